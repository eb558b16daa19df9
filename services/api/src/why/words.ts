/** What became of an event for a webhook, in a sentence for the customer's developer. Pure. */
import type { Explanation } from '@scanhook/domain/explaining/explain-delivery'
import { explainDead, explainHeld } from '../deliveries/explain.ts'

/** Without a full stop, as all explanations. */
export function wordsFor(why: Explanation): string {
  const guess = why.isCertain ? '' : '; the webhook was changed about then, so this is likely and not certain'
  return `${sentence(why)}${guess}`
}

function sentence(why: Explanation): string {
  const { code, reason, attemptNumber, patterns } = why
  switch (code) {
    case 'delivered':
      return `delivered${at(why.sinceMs)}, after ${attemptNumber} ${attemptNumber === 1 ? 'request' : 'requests'}`
    case 'dead':
      return `given up${at(why.sinceMs)}: ${explainDead(reason) ?? reason ?? 'no reason was kept'}`
    case 'superseded':
      return `not sent: ${explainDead('superseded')}`
    case 'waiting':
      return `attempt ${attemptNumber} is due${at(why.untilMs)}`
    case 'held':
    case 'paused':
      return `held back: ${explainHeld(reason) ?? reason}; looked at again${at(why.untilMs)}`
    case 'on_its_way':
      return 'wanted and on its way: nothing has been sent yet'
    case 'missing':
      return 'wanted, and the log knows of no delivery; the check of the hour in which it came in will make one'
    case 'not_subscribed':
      return `the event type is not among those that the webhook was subscribed to (${subscribed(patterns ?? [])})`
    case 'subscribed_too_late':
      return `the webhook was subscribed to this event type${at(why.untilMs ?? why.sinceMs)}, ${lateness(why.lateByMs ?? 0)} after the event came in`
    case 'disabled':
      return `the webhook was disabled${since(why.sinceMs)}`
    case 'deleted':
      return `the webhook was deleted${at(why.sinceMs)}`
    case 'history_unknown':
      return 'what the webhook was subscribed to when the event came in is not known any more'
  }
}

/** What `*` leaves out is what is asked about: it covers everything else (domain/matching). */
function subscribed(patterns: readonly string[]): string {
  const all = patterns.length === 0 ? 'none' : patterns.join(', ')
  return patterns.includes('*') ? `${all}; operational events are not in * and have to be named` : all
}

const textOf = (atMs: number): string => new Date(atMs).toISOString()
const at = (atMs: number | null): string => (atMs === null ? '' : ` at ${textOf(atMs)}`)
const since = (sinceMs: number | null): string => (sinceMs === null ? '' : ` since ${textOf(sinceMs)}`)

function lateness(lateByMs: number): string {
  const seconds = Math.round(lateByMs / 1_000)
  if (seconds < 120) return `${seconds} seconds`
  const minutes = Math.round(seconds / 60)
  return minutes < 120 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`
}
