/**
 * What a subscription may name: an event type, all of one noun (`location.*`), or everything (`*`). Operational
 * types such as `endpoint.test` are sent on a person's request to one endpoint and can't be subscribed to.
 */
import { assetEventTypes, businessEventTypes, type EventType } from './event.ts'

const subscribable: readonly EventType[] = [...assetEventTypes, ...businessEventTypes]

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
