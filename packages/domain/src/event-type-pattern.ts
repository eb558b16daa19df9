/**
 * What a subscription may name: an event type, all of one noun (`location.*`), or everything (`*`), which does not
 * cover operational types: those must be named. What is for one endpoint alone (`endpoint.test` and the signals) can't be
 * subscribed to.
 */
import { assetEventTypes, businessEventTypes, type EventType, noticeEventTypes } from './event.ts'

const subscribable: readonly EventType[] = [...assetEventTypes, ...businessEventTypes, ...noticeEventTypes]

/** Every text that a subscription may hold, in the order in which a form would show it. */
export const eventTypePatterns: readonly string[] = [
  '*',
  ...new Set(subscribable.map((type) => `${type.slice(0, type.indexOf('.'))}.*`)),
  ...subscribable,
]

/** True for `*`, `<noun>.*` of a noun that has events, and the name of an event type; nothing else, no blanks, no case folding. */
export function isEventTypePattern(text: string): boolean {
  return eventTypePatterns.includes(text)
}
