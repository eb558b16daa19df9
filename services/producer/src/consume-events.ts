/** Upstream business events: how they are taken from records, and how what was taken becomes events. */
import type { IncomingEvent } from '@scanhook/domain/incoming-event'
import type { Parsed } from '@scanhook/domain/read'
import { parseIncomingEvent } from '@scanhook/domain/reading/parse-incoming-event'
import {
  type AcceptEventsPorts,
  type AcceptedEvent,
  acceptEvents,
  type CheckEventPorts,
  checkEvent,
} from './accept-events.ts'
import type { Taken } from './consume-upstream.ts'
import type { Frame } from './take-record.ts'

/** An event in the JSON form, from a record or a request. */
export function eventFromJson(ports: CheckEventPorts, json: unknown, frame: Frame): Parsed<AcceptedEvent> {
  const { orgId, receivedAtMs, coordinate, headers, fieldPrefix } = frame
  const parsed = parseIncomingEvent(json, { orgId, nowMs: receivedAtMs, fieldPrefix })
  if (!parsed.ok) return parsed
  return prefixed(checkEvent(ports, { event: parsed.value, receivedAtMs, coordinate, headers }), fieldPrefix)
}

/** An event that came as Avro: held to the rules of the JSON form, as reads are. */
export function eventFromAvro(
  ports: CheckEventPorts,
  event: IncomingEvent,
  frame: Frame,
): Parsed<AcceptedEvent> {
  const { orgId, clientId, type, occurredAtMs, dataJson } = event
  const json = {
    org_id: orgId === 0 ? null : orgId,
    id: clientId,
    type,
    occurred_at: timeText(occurredAtMs),
    data: jsonOf(dataJson),
  }
  return eventFromJson(ports, json, frame)
}

/** Told in text, because the JSON form guesses the unit of a number from its size. */
function timeText(atMs: number): string {
  const date = new Date(atMs)
  return Number.isNaN(date.getTime()) ? 'out of range' : date.toISOString()
}

/** Text that is not JSON stays text, which no event's data is, so that the problem is named where it is. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function prefixed<T>(parsed: Parsed<T>, prefix: string): Parsed<T> {
  if (parsed.ok || prefix === '') return parsed
  return {
    ok: false,
    problems: parsed.problems.map((problem) => ({ ...problem, field: `${prefix}${problem.field}` })),
  }
}

/** What `upstreamHandler` calls. Events need no look-up, so all of them are dealt with. */
export function eventsAcceptor(
  ports: AcceptEventsPorts,
): (taken: readonly Taken<AcceptedEvent>[]) => Promise<number> {
  return async (taken) => {
    const poison = taken.flatMap((one) => (one.poison === null ? [] : [one.poison]))
    await acceptEvents(
      ports,
      taken.flatMap(({ items }) => items),
      poison,
    )
    return taken.length
  }
}
