/** Holds what was expected against what arrived, and says what is wrong in words that name the events. */
import { expect } from 'vitest'
import type { Received } from './receiver.ts'
import { verifyStandard } from './verify-samples.ts'
import { describeEvent, parseEvent } from './warehouse.ts'

export interface LedgerFindings {
  /** Requests for an event that had been accepted already: allowed after a crash, counted. */
  readonly duplicateCount: number
}

const isAccepted = ({ answered }: Received): boolean =>
  answered !== null && answered >= 200 && answered <= 299

/**
 * Nothing is missing (what was refused and never accepted is missing), nothing is there that can't be derived, an
 * event that came twice came with the same id and the same bytes, and every request verifies.
 */
export function auditLedger(
  received: readonly Received[],
  expected: readonly string[],
  secret: string,
): LedgerFindings {
  const byId = new Map<string, string>()
  const accepted = new Set<string>()
  let duplicateCount = 0
  for (const request of received) {
    const { id } = parseEvent(request.body)
    expect(request.headers['webhook-id']).toBe(id)
    expect(byId.get(id) ?? request.body, `two bodies for ${id}`).toBe(request.body)
    byId.set(id, request.body)
    verifyStandard(request, secret)
    if (accepted.has(id)) duplicateCount += 1
    if (isAccepted(request)) accepted.add(id)
  }
  const arrived = [...byId.values()].map(describeEvent).toSorted()
  expect(arrived).toEqual(expected.toSorted())
  expect([...byId.keys()].filter((id) => !accepted.has(id))).toEqual([])
  return { duplicateCount }
}

const countEach = (values: readonly string[]): Map<string, number> => {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return counts
}

/** True when every expected event was accepted, as often as it is expected; a message that came twice counts once. */
export function isComplete(received: readonly Received[], expected: readonly string[]): boolean {
  const bodies = new Map(
    received.filter(isAccepted).map(({ headers, body }) => [String(headers['webhook-id']), body]),
  )
  const arrived = countEach([...bodies.values()].map(describeEvent))
  return [...countEach(expected)].every(([event, count]) => (arrived.get(event) ?? 0) >= count)
}

/**
 * True when no accepted event of an asset stands after one that was not accepted: their sequence numbers have no gap.
 * The endpoint must be subscribed to all that an asset does.
 */
export function isGapless(received: readonly Received[]): boolean {
  const sequences = new Map<string, Set<number>>()
  for (const { body } of received.filter(isAccepted)) {
    const { external_key, sequence } = parseEvent(body).data.asset
    const ofAsset = sequences.get(external_key) ?? new Set()
    sequences.set(external_key, ofAsset.add(sequence))
  }
  return [...sequences.values()].every((ofAsset) => Math.max(...ofAsset) === ofAsset.size)
}
