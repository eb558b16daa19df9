import { deliveryTo } from '@scanhook/testkit/delivery-world'
import { expect, test } from 'vitest'
import { planNext } from './plan-next.ts'

const nowMs = 1_800_000_000_000
const rendered = { profile: 'standard', body: '{"a":1}' } as const
const attempted = { startedAtMs: nowMs - 50, rendered }
const delivery = deliveryTo(7, { attemptNumber: 3 })

test('N1, N2: a retry counts on and carries what was rendered', () => {
  expect(
    planNext(delivery, { kind: 'retry', dueAtMs: nowMs + 65_000 }, { attempted, nowMs, scale: 1 }),
  ).toEqual({
    to: { kind: 'tier', name: '1m' },
    delivery: {
      ...delivery,
      attemptNumber: 4,
      dueAtMs: nowMs + 65_000,
      firstAttemptAtMs: nowMs - 50,
      rendered,
    },
  })
})

test('N3: below the smallest tier it goes straight back, to wait in memory', () => {
  const step = planNext(delivery, { kind: 'retry', dueAtMs: nowMs + 9_900 }, { attempted, nowMs, scale: 1 })
  expect(step?.to).toEqual({ kind: 'deliveries' })
  expect(step?.delivery.dueAtMs).toBe(nowMs + 9_900)
})

test('N1: held keeps its number, and stays unrendered when nothing was sent', () => {
  const step = planNext(
    delivery,
    { kind: 'held', reason: 'queue_full', dueAtMs: nowMs + 10_000 },
    { attempted: null, nowMs, scale: 1 },
  )
  expect(step).toEqual({
    to: { kind: 'tier', name: '10s' },
    delivery: { ...delivery, dueAtMs: nowMs + 10_000 },
  })
})

test('N2: the first attempt stays the first', () => {
  const again = { ...delivery, firstAttemptAtMs: 5, rendered }
  const step = planNext(
    again,
    { kind: 'retry', dueAtMs: nowMs },
    { attempted: { startedAtMs: nowMs, rendered }, nowMs, scale: 1 },
  )
  expect(step?.delivery.firstAttemptAtMs).toBe(5)
})

test('N2: dead goes to its topic with its body, replayable', () => {
  const step = planNext(delivery, { kind: 'dead', reason: 'gone' }, { attempted, nowMs, scale: 1 })
  expect(step).toMatchObject({ to: { kind: 'dead' }, delivery: { attemptNumber: 3, rendered } })
})

test('N1: delivered has no next step', () => {
  expect(planNext(delivery, { kind: 'delivered' }, { attempted, nowMs, scale: 1 })).toBeNull()
})

test.each([
  [1, 10_000, 3, '10s'],
  [1, 10_000, 50, '10s'],
  [1, 24 * 3_600_000, 12, '24h'],
  [1000, 60, 1, '1m'],
])('N4: at scale %i a wait of %i ms that was decided %i ms ago goes to %s', (scale, waitMs, agoMs, name) => {
  const held = { kind: 'held', reason: 'endpoint_unknown', dueAtMs: nowMs + waitMs - agoMs } as const
  const step = planNext(delivery, held, { attempted: null, nowMs, scale })
  expect(step?.to).toEqual({ kind: 'tier', name })
  expect(step?.delivery.dueAtMs).toBe(held.dueAtMs)
})
