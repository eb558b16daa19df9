import {
  type Endpoint,
  type EndpointState,
  plainSubscription,
  type Subscription,
} from '@scanhook/domain/endpoint'
import { eventId } from '@scanhook/domain/ids'
import type { KnownEndpoint } from '@scanhook/endpoint-directory/directory'
import { openFilterJudge } from '@scanhook/filters/filter-judge'
import { deliveryTo } from '@scanhook/testkit/delivery-world'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { holdUntil, planDelivery } from './plan-delivery.ts'

const nowMs = 1_800_000_000_000
const minute = 60_000

function known(state: EndpointState): KnownEndpoint {
  return { kind: 'known', endpoint: { state, profile: 'standard', subscriptions: [] } as unknown as Endpoint }
}

const calm = { breakerOpenUntilMs: null, newerThan: () => null, judgeFilter: openFilterJudge() }
const due = deliveryTo(7, { dueAtMs: nowMs, createdAtMs: nowMs })

describe('P2: the endpoint decides', () => {
  test('P2: active is attempted', () => {
    expect(planDelivery(due, { ...calm, known: known('active'), nowMs, scale: 1 }).kind).toBe('attempt')
  })

  test.each([
    ['deleted', { kind: 'deleted' } as KnownEndpoint, 'endpoint_deleted'],
    ['disabled', known('disabled'), 'endpoint_disabled'],
  ])('P2: %s kills', (_what, endpoint, reason) => {
    expect(planDelivery(due, { ...calm, known: endpoint, nowMs, scale: 1 })).toEqual({
      kind: 'settle',
      disposition: { kind: 'dead', reason },
    })
  })

  test.each([
    ['paused', known('paused'), 'endpoint_paused'],
    ['unknown', { kind: 'unknown' } as KnownEndpoint, 'endpoint_unknown'],
  ])('P3: %s holds for a tier', (_what, endpoint, reason) => {
    expect(planDelivery(due, { ...calm, known: endpoint, nowMs, scale: 1 })).toEqual({
      kind: 'settle',
      disposition: { kind: 'held', reason, dueAtMs: nowMs + 10_000 },
    })
  })
})

test('P7: a heartbeat is not sent after the next one is due, whatever the scale; a manifest is', () => {
  const signal = (type: 'endpoint.heartbeat' | 'endpoint.manifest') => ({
    ...due,
    event: {
      ...due.event,
      type,
      dataJson: JSON.stringify({ next_heartbeat_at: new Date(nowMs).toISOString() }),
    },
  })
  const at = (type: 'endpoint.heartbeat' | 'endpoint.manifest', atMs: number) =>
    planDelivery(signal(type), { ...calm, known: known('active'), nowMs: atMs, scale: 1_000 })
  expect(at('endpoint.heartbeat', nowMs - 1).kind).toBe('attempt')
  expect(at('endpoint.heartbeat', nowMs)).toMatchObject({ disposition: { kind: 'dead', reason: 'expired' } })
  expect(at('endpoint.manifest', nowMs + 1).kind).toBe('attempt')
})

test('P3: a long pause goes round ever more rarely', () => {
  const heldFor = (ageMs: number): number => {
    const plan = planDelivery(
      { ...due, createdAtMs: nowMs - ageMs },
      { ...calm, known: known('paused'), nowMs, scale: 1 },
    )
    return plan.kind === 'settle' && plan.disposition.kind === 'held' ? plan.disposition.dueAtMs - nowMs : 0
  }
  expect([0, 2, 30, 600].map((minutes) => heldFor(minutes * minute) / minute)).toEqual([1 / 6, 1, 5, 30])
})

test('P4: an endpoint that was never announced holds for ten minutes and then counts as deleted', () => {
  const at = (ageMs: number, scale: number) =>
    planDelivery(
      { ...due, createdAtMs: nowMs - ageMs },
      { ...calm, known: { kind: 'unknown' }, nowMs, scale },
    )
  expect(at(9 * minute, 1)).toMatchObject({ disposition: { kind: 'held' } })
  expect(at(11 * minute, 1)).toMatchObject({ disposition: { kind: 'dead', reason: 'endpoint_deleted' } })
  expect(at((11 * minute) / 100, 100)).toMatchObject({ disposition: { kind: 'dead' } })
})

test('P4: what is old when it is seen first is held once all the same', () => {
  const old = { ...due, dueAtMs: nowMs - 20 * minute, createdAtMs: nowMs - 20 * minute }
  expect(planDelivery(old, { ...calm, known: { kind: 'unknown' }, nowMs, scale: 1 })).toMatchObject({
    disposition: { kind: 'held', dueAtMs: nowMs + 5 * minute },
  })
})

test('P1: before its time a delivery waits, in memory or in a tier, whatever the endpoint is', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100_000_000 }), fc.constantFrom(1, 10, 10_000), (inMs, scale) => {
      // Put off when it was made; a retry is what its maker's clock says it is.
      const retry = { ...due, attemptNumber: 2, dueAtMs: nowMs + inMs, createdAtMs: nowMs + inMs }
      expect(planDelivery(retry, { ...calm, known: known('active'), nowMs, scale }).kind).not.toBe('attempt')
      const plan = planDelivery(
        { ...due, dueAtMs: nowMs + inMs },
        { ...calm, known: known('active'), nowMs, scale },
      )
      expect(plan.kind).toBe(inMs < Math.ceil(10_000 / scale) ? 'wait' : 'hop')
    }),
  )
})

test("P1: a first attempt that nobody put off is made at once, however far ahead its maker's clock is", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100_000_000 }), fc.constantFrom(1, 10_000), (aheadMs, scale) => {
      const made = { ...due, dueAtMs: nowMs + aheadMs, createdAtMs: nowMs + aheadMs }
      expect(planDelivery(made, { ...calm, known: known('active'), nowMs, scale }).kind).toBe('attempt')
    }),
  )
})

test("P1: what was put aside waits its time, also when its maker's clock is ahead", () => {
  fc.assert(
    fc.property(fc.integer({ min: -100_000_000, max: 100_000_000 }), (aheadMs) => {
      const made = { ...due, dueAtMs: nowMs + aheadMs, createdAtMs: nowMs + aheadMs }
      const plan = planDelivery(made, { ...calm, known: known('paused'), nowMs, scale: 1 })
      const dueAtMs =
        plan.kind === 'settle' && plan.disposition.kind === 'held' ? plan.disposition.dueAtMs : nowMs
      const held = planDelivery({ ...made, dueAtMs }, { ...calm, known: known('active'), nowMs, scale: 1 })
      expect(['wait', 'hop']).toContain(held.kind)
    }),
  )
})

test("P8: how long something is put aside does not depend on how wrong its maker's clock is", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100_000_000 }), (aheadMs) => {
      const made = { ...due, dueAtMs: nowMs + aheadMs, createdAtMs: nowMs + aheadMs }
      const paused = planDelivery(made, { ...calm, known: known('paused'), nowMs, scale: 1 })
      const parked = holdUntil(made, 'breaker_open', { dueAtMs: nowMs + 5_000, deadlineAtMs: nowMs + minute })
      // Where both fall on the same millisecond, one more tells them apart.
      const untilMs = (afterMs: number) => nowMs + afterMs + (afterMs === aheadMs ? 1 : 0)
      expect(paused).toMatchObject({ disposition: { dueAtMs: untilMs(10_000) } })
      expect(parked).toMatchObject({ dueAtMs: untilMs(5_000) })
    }),
    { examples: [[5_000], [10_000]] },
  )
})

test('P3: what was put off is put aside forward only', () => {
  const retry = { ...due, attemptNumber: 2, dueAtMs: nowMs + minute }
  const context = { dueAtMs: nowMs + 1_000, deadlineAtMs: nowMs + 2 * minute }
  expect(holdUntil(retry, 'order', context)).toMatchObject({ dueAtMs: nowMs + minute })
})

test('P3: what is put aside is due at a whole millisecond, not before it was asked for', () => {
  const context = { dueAtMs: nowMs + 0.25, deadlineAtMs: nowMs + minute }
  expect(holdUntil(due, 'queue_full', context)).toEqual({
    kind: 'held',
    reason: 'queue_full',
    dueAtMs: nowMs + 1,
  })
})

test('P5: nothing is held beyond its deadline', () => {
  const context = { dueAtMs: nowMs + minute + 1, deadlineAtMs: nowMs + minute }
  expect(holdUntil(due, 'breaker_open', context)).toEqual({ kind: 'dead', reason: 'deadline' })
})

test('P6: while the breaker is open nothing is attempted', () => {
  const plan = planDelivery(due, {
    ...calm,
    known: known('active'),
    breakerOpenUntilMs: nowMs + minute,
    nowMs,
    scale: 1,
  })
  expect(plan).toEqual({
    kind: 'settle',
    disposition: { kind: 'held', reason: 'breaker_open', dueAtMs: nowMs + minute },
  })
})

describe('P7: what the subscription does not want any more', () => {
  const wanting = (...subscriptions: readonly Partial<Subscription>[]): KnownEndpoint => ({
    kind: 'known',
    endpoint: {
      state: 'active',
      profile: 'standard',
      subscriptions: subscriptions.map((each) => ({ ...plainSubscription('*'), ...each })),
    } as unknown as Endpoint,
  })
  const planOf = (endpoint: KnownEndpoint, delivery = due, newer: string | null = null) => {
    const newerThan = () => (newer === null ? null : eventId(newer))
    const plan = planDelivery(delivery, { ...calm, newerThan, known: endpoint, nowMs, scale: 1 })
    return plan.kind === 'settle' && plan.disposition.kind === 'dead' ? plan.disposition.reason : plan.kind
  }
  const old = { ...due, event: { ...due.event, occurredAtMs: nowMs - 6 * minute } }

  test('P7: too old ends, unless a person asked for it or another subscription wants it', () => {
    expect(planOf(wanting({ expireAfterMinutes: 5 }), old)).toBe('expired')
    expect(planOf(wanting({ expireAfterMinutes: 7 }), old)).toBe('attempt')
    expect(planOf(wanting({ expireAfterMinutes: 5 }), { ...old, trigger: 'manual' })).toBe('attempt')
    expect(planOf(wanting({ expireAfterMinutes: 5 }, { eventType: 'shipment.*' }), old)).toBe('attempt')
  })

  test('P7: a subscription whose filter does not let the event through has no say', () => {
    const other = { expireAfterMinutes: null, filter: 'event.type == "asset.scanned" && data.late' }
    expect(planOf(wanting({ expireAfterMinutes: 5 }, other), old)).toBe('expired')
    const same = { expireAfterMinutes: null, filter: `event.type == "${old.event.type}"` }
    expect(planOf(wanting({ expireAfterMinutes: 5 }, same), old)).toBe('attempt')
  })

  test('P7: superseded is only what was put off, and only where all that cover it want the latest', () => {
    const late = { ...due, attemptNumber: 2 }
    expect(planOf(wanting({ isLatestOnly: true }), late, 'e')).toBe('superseded')
    expect(planOf(wanting({ isLatestOnly: true }), due, 'e')).toBe('attempt')
    expect(planOf(wanting({ isLatestOnly: true }), late)).toBe('attempt')
    expect(planOf(wanting({ isLatestOnly: true }, { eventType: 'shipment.approved' }), late, 'e')).toBe(
      'attempt',
    )
  })
})
