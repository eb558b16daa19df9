/** Holds what was expected against what arrived, and says what is wrong in words that name the events. */
import { expect } from 'vitest'
import type { Received } from './receiver.ts'
import { verifyStandard } from './verify-samples.ts'
import { describeEvent, parseEvent } from './warehouse.ts'

export interface LedgerFindings {
  /** Requests beyond the first for an event id: allowed after a crash, counted. */
  readonly duplicateCount: number
}

/**
 * Nothing is missing, nothing is there that can't be derived, an event that came twice came with the same id and the
 * same bytes, and every request verifies.
 */
export function auditLedger(
  received: readonly Received[],
  expected: readonly string[],
  secret: string,
): LedgerFindings {
  const byId = new Map<string, string>()
  for (const request of received) {
    const { id } = parseEvent(request.body)
    expect(request.headers['webhook-id']).toBe(id)
    expect(byId.get(id) ?? request.body, `two bodies for ${id}`).toBe(request.body)
    byId.set(id, request.body)
    verifyStandard(request, secret)
  }
  const arrived = [...byId.values()].map(describeEvent).toSorted()
  expect(arrived).toEqual(expected.toSorted())
  return { duplicateCount: received.length - byId.size }
}

/** True when every expected event has arrived at least once. */
export function isComplete(received: readonly Received[], expected: readonly string[]): boolean {
  const arrived = new Set(received.map(({ body }) => describeEvent(body)))
  return expected.every((event) => arrived.has(event))
}
