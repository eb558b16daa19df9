import { failedWith } from '@scanhook/testkit/outcomes'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { profileNames, profiles, type RetryPolicy } from '../profile.ts'
import { decideNext } from './decide-next.ts'
import { plannedAttempts } from './planned-attempts.ts'

const anyPolicy = fc.constantFrom(...profileNames).map((name) => profiles[name].retry)
const attemptMaxMs = 15_000

interface Step {
  readonly random: number
  readonly tookMs: number
}

// The due instants of a delivery whose every attempt fails, the first included.
function reallyDue(
  policy: RetryPolicy,
  scale: number,
  firstAttemptAtMs: number,
  steps: readonly Step[],
): readonly number[] {
  const due: number[] = []
  let dueAtMs = firstAttemptAtMs
  for (const { random, tookMs } of steps) {
    due.push(dueAtMs)
    const context = {
      policy,
      attemptNumber: due.length,
      firstAttemptAtMs,
      nowMs: dueAtMs + tookMs,
      random,
      scale,
    }
    const next = decideNext(failedWith('timeout'), context)
    if (next.kind !== 'retry') break
    dueAtMs = next.dueAtMs
  }
  return due
}

test('N1, N2: every attempt that decideNext plans lies in its window, seen from any attempt before it', () => {
  const anyStep = fc.record({
    random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    tookMs: fc.integer({ min: 0, max: attemptMaxMs }),
  })
  fc.assert(
    fc.property(
      anyPolicy,
      fc.constantFrom(1, 10, 1_000),
      fc.integer({ min: 0, max: 4 }),
      fc.array(anyStep, { minLength: 20, maxLength: 20 }),
      (policy, scale, seenAfter, steps) => {
        const firstAttemptAtMs = 1_000_000
        const due = reallyDue(policy, scale, firstAttemptAtMs, steps)
        const attemptsMade = Math.min(seenAfter, due.length - 1)
        const { attempts, givesUpAtMs } = plannedAttempts({
          policy,
          attemptsMade,
          firstAttemptAtMs: attemptsMade === 0 ? null : firstAttemptAtMs,
          createdAtMs: firstAttemptAtMs - 10,
          nextDueAtMs: due[attemptsMade] ?? 0,
          attemptMaxMs,
          scale,
        })
        for (const [index, dueAtMs] of due.slice(attemptsMade).entries()) {
          expect(attempts[index]?.attemptNumber).toBe(attemptsMade + index + 1)
          expect(attempts[index]?.earliestAtMs).toBeLessThanOrEqual(dueAtMs)
          expect(attempts[index]?.latestAtMs).toBeGreaterThanOrEqual(dueAtMs)
        }
        for (const planned of attempts) expect(planned.latestAtMs).toBeLessThanOrEqual(givesUpAtMs)
      },
    ),
  )
})

test('N3: numbers follow each other, and a window holds its own due instant', () => {
  fc.assert(
    fc.property(anyPolicy, fc.nat(6), fc.nat(100_000), (policy, attemptsMade, nextDueAtMs) => {
      const firstAttemptAtMs = attemptsMade === 0 ? null : 0
      const from = {
        policy,
        attemptsMade,
        firstAttemptAtMs,
        createdAtMs: 0,
        nextDueAtMs,
        attemptMaxMs,
        scale: 1,
      }
      for (const [index, planned] of plannedAttempts(from).attempts.entries()) {
        expect(planned.attemptNumber).toBe(attemptsMade + 1 + index)
        expect(planned.earliestAtMs).toBeLessThanOrEqual(planned.dueAtMs)
        expect(planned.dueAtMs).toBeLessThanOrEqual(planned.latestAtMs)
      }
    }),
  )
})

test('N2: what was held past its deadline before its first attempt has no attempt planned', () => {
  const policy = profiles.standard.retry
  const held = { policy, attemptsMade: 0, firstAttemptAtMs: null, createdAtMs: 0, attemptMaxMs, scale: 1 }
  expect(plannedAttempts({ ...held, nextDueAtMs: 86_400_001 })).toEqual({
    attempts: [],
    givesUpAtMs: 86_400_000,
  })
  expect(plannedAttempts({ ...held, nextDueAtMs: 86_400_000 }).givesUpAtMs).toBe(2 * 86_400_000)
})
