import fc from 'fast-check'
import { expect, test } from 'vitest'
import { plainSubscription } from '../endpoint.ts'
import type { EndpointVersion } from '../endpoint-version.ts'
import type { DomainEvent } from '../event.ts'
import { endpointId, eventId, orgId } from '../ids.ts'
import { mismatchOf } from '../matching/match-subscriptions.ts'
import { type ExplainContext, type ExplainedRow, explainDelivery, whyCodes } from './explain-delivery.ts'

const minute = 60_000
const receivedAtMs = 1_000 * minute
const event: DomainEvent = {
  eventId: eventId('e'),
  orgId: orgId(1),
  type: 'asset.moved',
  occurredAtMs: receivedAtMs,
  receivedAtMs,
  subject: 'asset:5',
  assetId: null,
  sequence: null,
  previousEventId: null,
  transitionId: null,
  dataJson: '{}',
}

interface Kind {
  readonly state?: 'active' | 'paused' | 'disabled'
  readonly pattern?: string
  readonly isDeleted?: boolean
}

/** `atMinutes`: from the event's receipt. */
function version(number: number, atMinutes: number, kind: Kind = {}, createdMinutes = -500): EndpointVersion {
  return {
    id: endpointId(9),
    orgId: orgId(1),
    url: 'https://example.test',
    state: kind.state ?? 'active',
    profile: 'standard',
    subscriptions: [plainSubscription(kind.pattern ?? 'asset.*')],
    createdAtMs: receivedAtMs + createdMinutes * minute,
    version: number,
    validFromMs: receivedAtMs + atMinutes * minute,
    isDeleted: kind.isDeleted ?? false,
  }
}

const row: ExplainedRow = {
  deliveryId: 'd',
  state: 'delivered',
  attempts: 2,
  nextAttemptAtMs: null,
  completedAtMs: 7,
  deadReason: null,
  heldReason: null,
  supersededBy: null,
}
const after = (ageMinutes: number): ExplainContext => ({
  mismatchOf,
  nowMs: receivedAtMs + ageMinutes * minute,
  marginMs: minute,
  patienceMs: 15 * minute,
})

test.each([
  ['delivered', {}, { code: 'delivered', sinceMs: 7, attemptNumber: 2 }],
  ['dead', { state: 'dead', deadReason: 'gone' }, { code: 'dead', reason: 'gone', sinceMs: 7 }],
  [
    'superseded',
    { state: 'dead', deadReason: 'superseded', supersededBy: 'f' },
    { code: 'superseded', supersededBy: 'f' },
  ],
  [
    'waiting for the next attempt',
    { state: 'pending', nextAttemptAtMs: 9, completedAtMs: null },
    { code: 'waiting', untilMs: 9, attemptNumber: 3 },
  ],
  [
    'held by the breaker',
    { state: 'pending', nextAttemptAtMs: 9, heldReason: 'breaker_open' },
    { code: 'held', reason: 'breaker_open', untilMs: 9 },
  ],
  [
    'held by a pause',
    { state: 'pending', nextAttemptAtMs: 9, heldReason: 'endpoint_paused' },
    { code: 'paused', untilMs: 9 },
  ],
] as const)('Y1: with a row: %s', (_, change, expected) => {
  const unwanting = [version(1, -500, { isDeleted: true })]
  expect(explainDelivery(event, unwanting, { ...row, ...change }, after(1))).toMatchObject({
    isCertain: true,
    deliveryId: 'd',
    ...expected,
  })
})

test.each([
  ['wanted, a minute ago', [version(1, -500)], 1, { code: 'on_its_way', ageMs: minute, isCertain: true }],
  ['wanted by a paused one', [version(1, -500, { state: 'paused' })], 1, { code: 'on_its_way' }],
  ['wanted, and long ago', [version(1, -500)], 15, { code: 'missing', isCertain: true, version: 1 }],
  [
    'other types wanted',
    [version(1, -500, { pattern: 'shipment.*' })],
    60,
    { code: 'not_subscribed', patterns: ['shipment.*'], isCertain: true },
  ],
  [
    'subscribed later',
    [version(1, -500, { pattern: 'shipment.*' }), version(2, 10)],
    60,
    { code: 'subscribed_too_late', lateByMs: 10 * minute, isCertain: true, patterns: ['shipment.*'] },
  ],
  [
    'subscribed half a minute later',
    [version(1, -500, { pattern: 'shipment.*' }), version(2, 0.5)],
    60,
    { code: 'subscribed_too_late', isCertain: false },
  ],
  [
    'made later',
    [version(1, 30, {}, 30)],
    60,
    { code: 'subscribed_too_late', lateByMs: 30 * minute, isCertain: true },
  ],
  [
    'disabled, enabled later',
    [version(1, -500), version(2, -20, { state: 'disabled' }), version(3, 40)],
    60,
    {
      code: 'disabled',
      sinceMs: receivedAtMs - 20 * minute,
      untilMs: receivedAtMs + 40 * minute,
      isCertain: true,
    },
  ],
  [
    'deleted before',
    [version(1, -500), version(2, -5, { isDeleted: true })],
    60,
    { code: 'deleted', isCertain: true },
  ],
  [
    'deleted half a minute before',
    [version(1, -500), version(2, -0.5, { isDeleted: true })],
    60,
    { code: 'deleted', isCertain: false },
  ],
  [
    'wanted, disabled soon after',
    [version(1, -500), version(2, 1, { state: 'disabled' })],
    60,
    { code: 'disabled', isCertain: false, version: 2 },
  ],
  [
    'wanted, disabled just now',
    [version(1, -500), version(2, 1, { state: 'disabled' })],
    2,
    { code: 'on_its_way', isCertain: false },
  ],
  [
    'wanted since a moment',
    [version(1, -500, { pattern: 'a.b' }), version(2, -0.5)],
    60,
    { code: 'missing', isCertain: false },
  ],
  ['history begins later', [version(7, 30)], 60, { code: 'history_unknown', isCertain: false }],
  ['no history', [], 60, { code: 'history_unknown', isCertain: false }],
] as const)('Y2, Y3, Y4: without a row: %s', (_, versions, ageMinutes, expected) => {
  expect(explainDelivery(event, versions, null, after(ageMinutes))).toMatchObject({
    deliveryId: null,
    ...expected,
  })
})

const anyKind = fc.record({
  state: fc.constantFrom('active', 'paused', 'disabled'),
  pattern: fc.constantFrom('*', 'asset.moved', 'shipment.*'),
  isDeleted: fc.boolean(),
} as const)
const anyPast = fc
  .array(fc.tuple(fc.integer({ min: -300, max: 300 }), anyKind), { minLength: 1, maxLength: 5 })
  .map((changes) =>
    changes
      .toSorted(([one], [other]) => one - other)
      .map(([at, kind], index) => version(index + 1, at, kind, changes[0]?.[0] ?? 0)),
  )

test('Y2: what nobody wanted is not missing; what was always wanted is not unwanted', () => {
  fc.assert(
    fc.property(anyPast, fc.integer({ min: 0, max: 400 }), (versions, ageMinutes) => {
      const { code } = explainDelivery(event, versions, null, after(ageMinutes))
      expect(whyCodes).toContain(code)
      const wants = versions.map((one) => !one.isDeleted && mismatchOf(event, one) === null)
      if (!wants.includes(true)) expect(['missing', 'on_its_way']).not.toContain(code)
      if (!wants.includes(false) && (versions[0]?.validFromMs ?? 0) <= receivedAtMs)
        expect(code).toBe(ageMinutes < 15 ? 'on_its_way' : 'missing')
    }),
  )
})

test('Y3: who is certain says the same of an event that came in anywhere within the margin', () => {
  fc.assert(
    fc.property(anyPast, fc.integer({ min: -minute, max: minute }), (versions, shiftMs) => {
      const context = after(1_000)
      const told = explainDelivery(event, versions, null, context)
      fc.pre(told.isCertain && told.code !== 'subscribed_too_late')
      const shifted = { ...event, receivedAtMs: receivedAtMs + shiftMs }
      expect(explainDelivery(shifted, versions, null, context).code).toBe(told.code)
    }),
    { numRuns: 500 },
  )
})
