/** An explanation in words for the customer's developer. Pure; what the log of deliveries says of a state is said in its words. */
import type { Explanation, RefusingSubscription } from '@scanhook/domain/explaining/explain-delivery'
import { explainDead, explainError, explainHeld, explainStatus } from '../deliveries/explain.ts'

export interface Circumstances {
  readonly eventType: string
  readonly nowMs: number
  /** Of the last request of the delivery; null when there is none. */
  readonly lastErrorClass: string | null
  readonly lastStatus: number | null
  /** Between two looks of the reconciler at the log. */
  readonly roundMs: number
  readonly marginMs: number
}

/** One sentence, without a full stop, as `explanation` is elsewhere. */
export function describeExplanation(explanation: Explanation, circumstances: Circumstances): string {
  const words = describe(explanation, circumstances)
  return explanation.isCertain || explanation.code === 'history_unknown'
    ? words
    : `${words}; this is not certain, because the webhook was changed within ${durationText(circumstances.marginMs)} of the event`
}

function describe(explanation: Explanation, about: Circumstances): string {
  switch (explanation.code) {
    case 'delivered':
      return `it was delivered${at(explanation.sinceMs)}`
    case 'waiting':
      return `it waits for attempt ${explanation.attemptNumber}, ${due(explanation, about)}${lastWords(about)}`
    case 'held':
      return `it is held before attempt ${explanation.attemptNumber}, ${due(explanation, about)}: ${explainHeld(explanation.reason) ?? explanation.reason}`
    case 'paused':
      return `it waits because the webhook is paused, and is sent when that is enabled; it is looked at next${at(explanation.untilMs)}`
    case 'dead':
      return `it was given up${at(explanation.sinceMs)}: ${explainDead(explanation.reason) ?? explanation.reason ?? 'no reason was recorded'}${lastWords(about)}`
    case 'superseded':
      return `it was not sent: ${explainDead('superseded')}${explanation.by === null ? '' : `, ${explanation.by}`}`
    default:
      return describeAbsence(explanation, about)
  }
}

type Absence = Exclude<
  Explanation,
  { readonly code: 'delivered' | 'waiting' | 'held' | 'paused' | 'dead' | 'superseded' }
>

function describeAbsence(explanation: Absence, about: Circumstances): string {
  switch (explanation.code) {
    case 'on_its_way':
      return `it is wanted, came in ${durationText(explanation.ageMs)} ago and is on its way${expected(explanation.untilMs)}`
    case 'missing':
      return `it is wanted, came in ${durationText(explanation.ageMs)} ago, and no delivery came of it${neglected(explanation.untilMs)}; POST /webhooks/{webhook_id}/recover sends what is missing`
    case 'not_subscribed':
      return `the webhook did not want ${about.eventType}: ${explanation.patterns.length === 0 ? 'it had no event types' : `its event types were ${explanation.patterns.join(', ')}`}`
    case 'filtered':
      return describeRefusal(explanation.subscription)
    case 'subscribed_too_late':
      return `the webhook wanted it only from ${instant(explanation.sinceMs)} on, ${durationText(explanation.lateByMs)} after it came in`
    case 'disabled':
      return `the webhook was disabled when it came in, since ${instant(explanation.sinceMs)}`
    case 'deleted':
      return `the webhook had been deleted when it came in, at ${instant(explanation.sinceMs)}`
    case 'history_unknown':
      return `what the webhook wanted when it came in is not kept${explanation.sinceMs === null ? '' : `; its settings are known from ${instant(explanation.sinceMs)} on`}`
  }
}

/** The clause that was not true; the whole filter is among the facts. */
function describeRefusal({ eventType, clause, failure }: RefusingSubscription): string {
  const words = `the filter of the webhook's subscription to ${eventType} did not let it through`
  return failure === null ? `${words}: ${clause}` : `${words}: ${clause} failed: ${failure}`
}

interface Due {
  readonly untilMs: number | null
  readonly isOverdue: boolean
}

function due({ untilMs, isOverdue }: Due, { nowMs, roundMs }: Circumstances): string {
  if (isOverdue)
    return `which was due${at(untilMs)} and has not been made; it is put back on its way within ${durationText(roundMs)}`
  return untilMs !== null && untilMs < nowMs ? `which is due since ${instant(untilMs)}` : `due${at(untilMs)}`
}

function expected(untilMs: number | null): string {
  return untilMs === null
    ? '; it shows in the log with its first attempt'
    : `; that is longer than usual: if it is lost, it is found and put back by ${instant(untilMs)}`
}

function neglected(untilMs: number | null): string {
  return untilMs === null
    ? '; the webhook was changed since, so it is not put back by itself'
    : `; it should have been put back by ${instant(untilMs)}`
}

function lastWords({ lastErrorClass, lastStatus }: Circumstances): string {
  const words =
    explainError(lastErrorClass) ??
    explainStatus(lastStatus, null) ??
    (lastStatus === null ? null : `the endpoint answered ${lastStatus}`)
  return words === null ? '' : `; at the last request ${words}`
}

function at(atMs: number | null): string {
  return atMs === null ? '' : ` at ${instant(atMs)}`
}

function instant(atMs: number): string {
  return new Date(atMs).toISOString()
}

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const

/** `2 h 5 min`, `12 s`, `840 ms`: the two largest units, cut off. */
export function durationText(durationMs: number): string {
  const index = units.findIndex(([, unitMs]) => durationMs >= unitMs)
  if (index === -1) return `${durationMs} ms`
  let restMs = durationMs
  const parts = units.slice(index, index + 2).map(([name, unitMs]) => {
    const count = Math.floor(restMs / unitMs)
    restMs -= count * unitMs
    return count === 0 ? '' : `${count} ${name}`
  })
  return parts.filter((part) => part !== '').join(' ')
}
