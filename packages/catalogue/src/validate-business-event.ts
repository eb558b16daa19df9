/**
 * Holds the data of a business event against the catalogue. The data itself is delivered as it came; what comes out
 * is the event's subject, or everything that is wrong.
 */
import type { BusinessEventType } from '@scanhook/domain/event'
import type { Parsed } from '@scanhook/domain/read'
import { businessDataSchema, subjectKindOf } from './business-events.ts'
import { problemsOf } from './problems.ts'

/**
 * The subject, e.g. `shipment:ship_abc123`, which with the organization is the key on `events`; or all problems, with
 * field names that begin with `data.`.
 */
export function validateBusinessEvent(type: BusinessEventType, data: unknown): Parsed<string> {
  const parsed = businessDataSchema(type).safeParse(data)
  if (!parsed.success) return { ok: false, problems: problemsOf(parsed.error.issues, data, 'data') }
  const kind = subjectKindOf(type)
  return { ok: true, value: `${kind}:${idWithin(parsed.data, kind)}` }
}

function idWithin(data: unknown, kind: string): string {
  const subject = memberOf(data, kind)
  return String(memberOf(subject, 'id'))
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
}
