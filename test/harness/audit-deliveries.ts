/** Holds the requests that an endpoint got against the ids of the events that were promised, and counts what came twice. */
import { expect } from 'vitest'
import type { Received } from './receiver.ts'
import { verifyStandard } from './verify-samples.ts'

export interface Tally {
  /** Promised events; each was accepted. */
  readonly eventCount: number
  /** Requests for an event that had been accepted already. */
  readonly duplicateCount: number
}

const isAccepted = ({ answered }: Received): boolean =>
  answered !== null && answered >= 200 && answered <= 299

const idOf = ({ headers }: Received): string => String(headers['webhook-id'])

/** True when each of these events was accepted. */
export function areAccepted(received: readonly Received[], eventIds: readonly string[]): boolean {
  const accepted = new Set(received.filter(isAccepted).map(idOf))
  return eventIds.every((id) => accepted.has(id))
}

/** Each promised event was accepted and no other one came; what came twice is the same twice; every request verifies. */
export function tallyDeliveries(
  received: readonly Received[],
  eventIds: readonly string[],
  secret: string,
): Tally {
  const promised = new Set(eventIds)
  const accepted = new Set<string>()
  const bodies = new Map<string, string>()
  let duplicateCount = 0
  for (const request of received) {
    const id = idOf(request)
    expect(promised.has(id), `${id} was promised`).toBe(true)
    expect(bodies.get(id) ?? request.body, `two bodies for ${id}`).toBe(request.body)
    bodies.set(id, request.body)
    verifyStandard(request, secret)
    if (accepted.has(id)) duplicateCount += 1
    if (isAccepted(request)) accepted.add(id)
  }
  expect(eventIds.filter((id) => !accepted.has(id))).toEqual([])
  return { eventCount: promised.size, duplicateCount }
}
