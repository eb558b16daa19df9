import { profiles } from '@scanhook/domain/profile'
import { expect, test } from 'vitest'
import { planDelivery, profileSent } from './plan-delivery.ts'

const second = 1_000
const createdAt = 1_000_000
const firstAt = createdAt + second

const automatic = { isManual: false, attempts: 1, nextAttemptAt: firstAt + 5 * second }
const pending = {
  state: 'pending',
  trigger: 'event',
  createdAt,
  pendingChains: [automatic],
} as const
const sentFirst = { trigger: 'event', startedAt: firstAt, outcome: 'responded' }
const held = { trigger: 'event', startedAt: createdAt, outcome: null }
const plan = { delivery: pending, attempts: [held, sentFirst], profile: 'trackberry', scale: 1 } as const

test('A2: every attempt to the end of the table, counted from the first request', () => {
  const { attempts, givesUpAtMs } = planDelivery(plan)
  expect(attempts.map(({ attemptNumber, trigger }) => [attemptNumber, trigger])).toEqual([
    [2, 'event'],
    [3, 'event'],
    [4, 'event'],
    [5, 'event'],
    [6, 'event'],
  ])
  const minutes = attempts.map(({ dueAtMs }) => (dueAtMs - automatic.nextAttemptAt) / 60_000)
  expect(minutes).toEqual([0, 5, 35, 155, 155 + 24 * 60])
  const hour = 3_600_000
  expect(givesUpAtMs).toBe(firstAt + (1 + 5 + 30) * 60_000 + (2 + 24 + 24) * hour)
})

test('A2: a window is as wide as the timeouts of the profile allow, and durations are scaled', () => {
  const { attempts } = planDelivery(plan)
  expect(attempts.map(({ latestAtMs, dueAtMs }) => latestAtMs - dueAtMs)).toEqual(
    [0, 1, 2, 3, 4].map((waits) => waits * profiles.trackberry.timeoutMs),
  )
  const scaled = planDelivery({ ...plan, scale: 1_000 })
  expect(scaled.attempts.map(({ dueAtMs }) => dueAtMs - automatic.nextAttemptAt)).toEqual([
    0, 300, 2_100, 9_300, 95_700,
  ])
})

test('A2: what a person had sent before the first automatic request does not start the clock', () => {
  const manualFirst = { trigger: 'manual', startedAt: createdAt, outcome: 'responded' }
  expect(planDelivery({ ...plan, attempts: [manualFirst, sentFirst] })).toEqual(planDelivery(plan))
})

test('A3: of what a person had sent again the next attempt is told as it is, in its place by time', () => {
  const manual = { isManual: true, attempts: 3, nextAttemptAt: automatic.nextAttemptAt + second }
  const both = planDelivery({ ...plan, delivery: { ...pending, pendingChains: [automatic, manual] } })
  const atMs = manual.nextAttemptAt
  expect(both.attempts[1]).toEqual({
    attemptNumber: 4,
    trigger: 'manual',
    dueAtMs: atMs,
    earliestAtMs: atMs,
    latestAtMs: atMs,
  })
  expect(both.attempts.filter(({ trigger }) => trigger === 'event')).toEqual(planDelivery(plan).attempts)
  const alone = planDelivery({ ...plan, delivery: { ...pending, pendingChains: [manual] } })
  expect([alone.attempts.length, alone.givesUpAtMs]).toEqual([1, null])
})

test('A1: nothing is planned for what was delivered, though its automatic chain has not ended', () => {
  expect(planDelivery({ ...plan, delivery: { ...pending, state: 'delivered' } })).toEqual({
    attempts: [],
    givesUpAtMs: null,
  })
})

test('the profile is that of the body which was sent first and alone', () => {
  const requestHeaders = { 'webhook-signature': 'v1,x' }
  const standard = { ...sentFirst, batchId: null, requestBody: '{}', requestHeaders }
  const trakrf = {
    ...standard,
    requestHeaders: { ...requestHeaders, 'X-TrakRF-Signature': 'sha256=y' },
  }
  expect(profileSent([{ ...trakrf, batchId: 'b' }, standard, trakrf])).toBe('standard')
  expect(profileSent([{ ...standard, outcome: null }, trakrf])).toBe('trakrf')
  expect(profileSent([{ ...standard, batchId: 'b' }])).toBeNull()
  expect(profileSent([{ ...standard, requestHeaders: {} }])).toBeNull()
})
