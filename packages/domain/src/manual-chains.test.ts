import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type AttemptChain,
  countAttempts,
  type ManualChains,
  mergeManualChains,
  shownState,
} from './manual-chains.ts'

function chain(state: AttemptChain['state'], atMs: number, attempts: number = 1): AttemptChain {
  return {
    state,
    attempts,
    nextAttemptAtMs: state === 'pending' ? atMs : null,
    deadReason: state === 'dead' ? `dead at ${atMs}` : null,
    heldReason: null,
    completedAtMs: state === 'pending' ? null : atMs,
    supersededBy: null,
    rankAttemptNumber: attempts,
    rankAtMs: atMs,
  }
}

const anyChain = fc
  .record({
    state: fc.constantFrom('pending', 'delivered', 'dead'),
    atMs: fc.integer({ min: 1, max: 4 }),
    attempts: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ state, atMs, attempts }) => chain(state, atMs * 4 + attempts, attempts))
/** Records of the same rank in one chain are one record; the state is therefore made part of the rank here. */
const told = anyChain.map((one): AttemptChain => {
  const offset = { pending: 0, dead: 100, delivered: 200 }[one.state]
  return { ...one, rankAtMs: one.rankAtMs + offset }
})
const chains: fc.Arbitrary<ManualChains | null> = fc.option(
  fc.dictionary(fc.constantFrom('1', '2', '3'), told, { minKeys: 1 }),
)

test('M1: merging is commutative, associative and idempotent', () => {
  fc.assert(
    fc.property(chains, chains, chains, (one, other, third) => {
      const merged = mergeManualChains(one, other)
      expect(mergeManualChains(other, one)).toEqual(merged)
      expect(mergeManualChains(merged, third)).toEqual(
        mergeManualChains(one, mergeManualChains(other, third)),
      )
      expect(mergeManualChains(merged, one)).toEqual(merged)
    }),
  )
})

test('M2: delivered when one delivered, pending while one goes on, dead when all are', () => {
  fc.assert(
    fc.property(told, chains, (automatic, manual) => {
      const states = [automatic, ...Object.values(manual ?? {})].map((each) => each.state)
      const expected = states.includes('delivered')
        ? 'delivered'
        : states.includes('pending')
          ? 'pending'
          : 'dead'
      expect(shownState(automatic, manual).state).toBe(expected)
    }),
  )
})

test('M2: the first delivery, the next attempt and the last end are the ones that are shown', () => {
  const manual = { '1': chain('delivered', 20), '2': chain('delivered', 10) }
  expect(shownState(chain('dead', 5), manual).completedAtMs).toBe(10)
  expect(shownState(chain('pending', 30), { '1': chain('pending', 25) }).nextAttemptAtMs).toBe(25)
  expect(shownState(chain('dead', 30), { '1': chain('dead', 25) }).deadReason).toBe('dead at 30')
  const never = { ...chain('dead', 0, 0), deadReason: null, completedAtMs: null }
  expect(shownState(never, { '1': chain('dead', 25) }).deadReason).toBe('dead at 25')
})

test('M3: all requests are counted', () => {
  expect(countAttempts(4, { '1': chain('dead', 1, 9), '2': chain('pending', 1, 1) })).toBe(14)
  expect(countAttempts(4, null)).toBe(4)
})
