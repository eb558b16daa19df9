/**
 * Reads the JSON form of a business event (docs/reference/events.md):
 *
 *   {"org_id"?, "id"?, "type", "occurred_at"?, "data"}
 *
 * Owns the envelope; what `data` must hold for a type is the catalogue's business.
 *
 * Invariants
 *   F2. All problems are reported, not only the first, and unknown keys are problems.
 *   F3. What is accepted is bounded, in length and in depth.
 */
import { type BusinessEventType, businessEventTypes } from '../event.ts'
import type { OrgId } from '../ids.ts'
import type { IncomingEvent } from '../incoming-event.ts'
import { instantMaxMs } from '../instant.ts'
import type { Parsed } from '../read.ts'
import {
  type FieldReport,
  isJsonObject,
  type JsonObject,
  kindOf,
  readInstant,
  readText,
  refuseUnknownKeys,
  report,
  requireField,
} from './parse-fields.ts'
import { parseOrg } from './parse-org.ts'

export interface IncomingEventContext {
  /** The organization of the API key or topic; null where the event itself must say it. */
  readonly orgId: OrgId | null
  /** The receive time: what `occurred_at` is when the sender leaves it out. */
  readonly nowMs: number
  /** What field names in problems begin with. Default empty. */
  readonly fieldPrefix?: string | undefined
}

const eventKeys = ['org_id', 'id', 'type', 'occurred_at', 'data']
const textMaxLength = 255
/** A webhook body should stay small (Standard Webhooks: 20 KB); 256 KiB leaves room in every record for the rest of a delivery. */
const dataMaxLength = 262_144
/** JSON that nests deeper was made to break a parser, not to say something. */
const dataMaxDepth = 32

/** Never throws. `json` is what `JSON.parse` gave. */
export function parseIncomingEvent(json: unknown, context: IncomingEventContext): Parsed<IncomingEvent> {
  const into: FieldReport = { prefix: context.fieldPrefix ?? '', problems: [] }
  if (!isJsonObject(json)) {
    report(into, '', 'invalid_value', `must be a JSON object; received ${kindOf(json)}`)
    return { ok: false, problems: into.problems }
  }
  refuseUnknownKeys(json, eventKeys, into)
  const orgId = parseOrg(json, context.orgId, into)
  const clientId = readText(json, 'id', textMaxLength, into)
  const type = parseType(json, into)
  const occurredAtMs = parseOccurredAt(json, context.nowMs, into)
  const dataJson = parseData(json, into)
  if (into.problems.length > 0 || orgId === null || type === null || dataJson === null) {
    return { ok: false, problems: into.problems }
  }
  return { ok: true, value: { orgId, clientId, type, occurredAtMs, dataJson } }
}

function parseType(json: JsonObject, into: FieldReport): BusinessEventType | null {
  const said = requireField(json, 'type', readText(json, 'type', textMaxLength, into), into)
  if (said === null) return null
  const type = businessEventTypes.find((known) => known === said)
  return type ?? report(into, 'type', 'invalid_value', `must be one of ${businessEventTypes.join(', ')}`)
}

function parseOccurredAt(json: JsonObject, nowMs: number, into: FieldReport): number {
  const atMs = readInstant(json, 'occurred_at', into) ?? nowMs
  if (atMs > instantMaxMs) report(into, 'occurred_at', 'too_large', 'must be before the year 10000')
  return atMs
}

function parseData(json: JsonObject, into: FieldReport): string | null {
  const data = json['data']
  if (data === undefined || data === null) return report(into, 'data', 'required', 'is required')
  if (!isJsonObject(data))
    return report(into, 'data', 'invalid_value', `must be an object; received ${kindOf(data)}`)
  if (isDeeper(data, dataMaxDepth)) {
    return report(into, 'data', 'too_large', `must nest at most ${dataMaxDepth} levels deep`)
  }
  const text = JSON.stringify(data)
  if (text.length <= dataMaxLength) return text
  return report(
    into,
    'data',
    'too_large',
    `must have at most ${dataMaxLength} characters; has ${text.length}`,
  )
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (levels === 0) return true
  return Object.values(value).some((member) => isDeeper(member, levels - 1))
}
