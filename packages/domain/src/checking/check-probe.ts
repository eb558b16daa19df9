/**
 * The requests by which an endpoint is checked, and which comes next. Pure. A check is one delivery of an `endpoint.check`
 * event; its probes are the attempts of that delivery, in this order, so that attempt number 1 is the first of them.
 *
 * Invariants
 *   C1. Who sends the probes and who reads what came of them ask the same function what comes next: a series is over for
 *       both at the same probe.
 *   C2. A series begins no probe 20 s after its first, counted by how long its receiver took: with the 15 s of the longest
 *       timeout it lasts 35 s at most.
 *   C3. Which series a check has is written in its event when it is asked for: a secret that ends meanwhile changes nothing of it.
 */
import type { EventType } from '../event.ts'
import type { EndpointId } from '../ids.ts'

/** What every probe's body says it is; no other request has it. */
export const checkEventType: EventType = 'endpoint.check'

/** Of every check. */
const checkProbes = ['valid', 'duplicate', 'tampered', 'stale', 'unsigned'] as const
/** Of one while a secret is changed over: two more. */
export const allProbes = [
  'valid',
  'duplicate',
  'tampered',
  'stale',
  'unsigned',
  'new_secret',
  'old_secret',
] as const
/**
 * `valid`: as every event is sent. `duplicate`: the same `webhook-id` and body once more, signed anew, as a retry is.
 * `tampered`: the body was altered after signing. `stale`: signed rightly, an hour ago. `unsigned`: without signatures.
 * `new_secret`: signed by the newest secret alone. `old_secret`: by those before it alone.
 */
export type CheckProbe = (typeof allProbes)[number]

/** `overlap`: several secrets sign. */
export type CheckSeries = 'plain' | 'overlap'

/** In their order: attempt number 1 is the first of them. */
export function probesOf(series: CheckSeries): readonly CheckProbe[] {
  return series === 'overlap' ? allProbes : checkProbes
}

/** Twelve times the tolerance that Standard Webhooks recommends (5 min): no clock is that wrong. */
export const staleByMs: number = 60 * 60 * 1_000

const seriesMaxMs = 20_000

/** What came of one probe. */
export interface ProbeResult {
  /** Null: no answer came. */
  readonly status: number | null
  /** What was in the way (`AttemptErrorClass`); null with an answer. */
  readonly errorClass: string | null
  readonly totalMs: number
}

/**
 * The probe after these, which are the first ones in their order; null when the series is over: all were sent, the right one
 * got no answer at all, or the time is up (C2).
 */
export function nextProbe(results: readonly ProbeResult[], series: CheckSeries = 'plain'): CheckProbe | null {
  const [valid] = results
  if (valid !== undefined && valid.status === null) return null
  if (results.reduce((sum, { totalMs }) => sum + totalMs, 0) >= seriesMaxMs) return null
  return probesOf(series)[results.length] ?? null
}

export function isAccepted({ status }: ProbeResult): boolean {
  return status !== null && status >= 200 && status <= 299
}

const unaltered = '"altered":false'
/** Says of a check that it asks for the secrets, too. */
const overlapping = '"overlap":true'

/** The `data` of a check's event, as JSON text. */
export function renderCheckData(endpoint: EndpointId, series: CheckSeries = 'plain'): string {
  const message =
    'This is a check of this webhook. Nothing happened to any asset. A request in which altered is true must be refused.'
  const marks = series === 'overlap' ? `${unaltered},${overlapping}` : unaltered
  return `{"webhook":{"id":${endpoint}},${marks},"message":${JSON.stringify(message)}}`
}

/** What a check's `data` says, or a body that has it in it (C3): nothing else in one was written by a stranger. */
export function seriesIn(text: string): CheckSeries {
  return text.includes(overlapping) ? 'overlap' : 'plain'
}

/** A body with that data, changed in a way that shows in its meaning and not only in its bytes. */
export function alterBody(body: string): string {
  return body.replaceAll(unaltered, '"altered":true')
}
