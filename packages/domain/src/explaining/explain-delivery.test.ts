import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type EndpointState, plainSubscription } from '../endpoint.ts'
import type { EndpointVersion } from '../endpoint-version.ts'
import { type DomainEvent, eventTypes } from '../event.ts'
import { eventTypePatterns } from '../event-type-pattern.ts'
import { endpointId, eventId, orgId } from '../ids.ts'
import { logHorizon } from '../log-horizon.ts'
import { mismatchOf } from '../matching/match-subscriptions.ts'
import { expectDelivery } from '../reconcile/expect-delivery.ts'
import {
  type ExplainContext,
  type ExplainedDelivery,
  explainDelivery,
  explanationCodes,
} from './explain-delivery.ts'

const { marginMs, usualMs } = logHorizon
const minuteMs = 60_000
const hourMs = 60 * minuteMs
/** Received a quarter of an hour into an hour. */
const receivedAtMs = 1_000 * hourMs + 15 * minuteMs

const event: DomainEvent = {
  eventId: eventId('e'),
  orgId: orgId(1),
  type: 'asset.moved',
  occurredAtMs: receivedAtMs - 1_000,
  receivedAtMs,
  subject: 'asset:5',
  assetId: null,
  sequence: null,
  previousEventId: null,
  transitionId: null,
  dataJson: '{}',
}

const contextOf = (asked: DomainEvent): ExplainContext => ({
  mismatchOf: (version) => mismatchOf(asked, version, () => null),
  horizon: logHorizon,
})
const context = contextOf(event)

interface Was extends Partial<Pick<EndpointVersion, 'state' | 'isDeleted' | 'createdAtMs' | 'version'>> {
  /** After the event came in. */
  readonly afterMs: number
  readonly wants: readonly string[]
}

function history(...all: readonly Was[]): readonly EndpointVersion[] {
  const createdAtMs = receivedAtMs + Math.min(...all.map(({ afterMs }) => afterMs))
  return all.map(({ afterMs, wants, ...rest }, index) => ({
    ...{ id: endpointId(9), orgId: orgId(1), url: 'https://example.test', state: 'active' as const },
    ...{ profile: 'standard' as const, subscriptions: wants.map(plainSubscription), createdAtMs },
    ...{ version: index + 1, validFromMs: receivedAtMs + afterMs, isDeleted: false, ...rest },
  }))
}

const before = -10 * hourMs
const moved = ['asset.moved']
const scanned = ['asset.scanned', 'location.*']
const absent = (ageMs: number, ...all: readonly Was[]) =>
  explainDelivery({ event, versions: history(...all), delivery: null, nowMs: receivedAtMs + ageMs }, context)

test.each([
  ['not wanted', [{ afterMs: before, wants: scanned }], { code: 'not_subscribed', patterns: scanned }],
  ['no subscription at all', [{ afterMs: before, wants: [] }], { code: 'not_subscribed', patterns: [] }],
  [
    'given up before',
    [
      { afterMs: before, wants: moved },
      { afterMs: -2 * hourMs, wants: scanned },
    ],
    { code: 'not_subscribed', patterns: scanned },
  ],
  [
    'wanted later',
    [
      { afterMs: before, wants: scanned },
      { afterMs: 2 * minuteMs, wants: [...scanned, 'document.*'] },
      { afterMs: 3 * minuteMs, wants: ['asset.*'] },
    ],
    { code: 'subscribed_too_late', lateByMs: 3 * minuteMs, sinceMs: receivedAtMs + 3 * minuteMs },
  ],
  [
    'made later',
    [{ afterMs: 12_000, wants: moved }],
    { code: 'subscribed_too_late', lateByMs: 12_000, sinceMs: receivedAtMs + 12_000 },
  ],
  [
    'made later, and wanting it later still',
    [
      { afterMs: 12_000, wants: scanned },
      { afterMs: hourMs, wants: ['*'] },
    ],
    { code: 'subscribed_too_late', lateByMs: hourMs, sinceMs: receivedAtMs + hourMs },
  ],
  [
    'made later, and never wanting it',
    [{ afterMs: 12_000, wants: scanned }],
    { code: 'not_subscribed', patterns: scanned },
  ],
  [
    'made later, disabled from its beginning',
    [{ afterMs: 12_000, wants: moved, state: 'disabled' }],
    { code: 'subscribed_too_late', lateByMs: 12_000, sinceMs: receivedAtMs + 12_000 },
  ],
  [
    'disabled',
    [
      { afterMs: before, wants: moved },
      { afterMs: -3 * hourMs, wants: moved, state: 'disabled' },
      { afterMs: -2 * hourMs, wants: ['*'], state: 'disabled' },
      { afterMs: hourMs, wants: ['*'] },
    ],
    { code: 'disabled', sinceMs: receivedAtMs - 3 * hourMs },
  ],
  [
    'deleted',
    [
      { afterMs: before, wants: moved },
      { afterMs: -hourMs, wants: moved, isDeleted: true },
    ],
    { code: 'deleted', sinceMs: receivedAtMs - hourMs },
  ],
  [
    'not wanted, and deleted later while it would have been wanted',
    [
      { afterMs: before, wants: scanned },
      { afterMs: hourMs, wants: moved, isDeleted: true },
    ],
    { code: 'not_subscribed', patterns: scanned },
  ],
] as const)('without a delivery, %s: that is the answer, whenever it is asked', (_, all, expected) => {
  for (const ageMs of [0, hourMs, 100 * hourMs])
    expect(absent(ageMs, ...all)).toEqual({ ...expected, isCertain: true })
})

test('a filter that says no is named, with its subscription', () => {
  const subscription = {
    ...{ eventType: 'asset.*', filter: 'has(data.asset) && data.quantity > 5' },
    ...{ clause: 'data.quantity > 5', failure: null },
  }
  const versions = history({ afterMs: before, wants: moved })
  const refusing: ExplainContext = { ...context, mismatchOf: () => ({ kind: 'filtered', subscription }) }
  expect(explainDelivery({ event, versions, delivery: null, nowMs: receivedAtMs }, refusing)).toEqual({
    ...{ code: 'filtered', subscription, isCertain: true },
  })
})

test.each([
  ['nothing of it is known', [], null],
  [
    'what is known begins after the event came in',
    [{ afterMs: hourMs, wants: moved, version: 4, createdAtMs: 0 }],
    receivedAtMs + hourMs,
  ],
] as const)('when %s, the history is unknown, and that is all that is said', (_, all, sinceMs) => {
  expect(absent(hourMs, ...all)).toEqual({ code: 'history_unknown', sinceMs, isCertain: false })
})

const lookedAtMs = 1_001 * hourMs + 20 * minuteMs
test.each([
  ['a moment ago', 0, 'on_its_way', null],
  ['as long ago as it may take', usualMs, 'on_its_way', null],
  ['longer than it may take', usualMs + 1, 'on_its_way', lookedAtMs],
  ['and the reconciler is about to look', lookedAtMs - receivedAtMs, 'on_its_way', lookedAtMs],
  ['and the reconciler must have looked', lookedAtMs - receivedAtMs + 1, 'missing', lookedAtMs],
] as const)('wanted, without a delivery, %s', (_, ageMs, code, untilMs) => {
  for (const state of ['active', 'paused'] as const)
    expect(absent(ageMs, { afterMs: before, wants: moved, state })).toEqual({
      ...{ code, ageMs, untilMs, isCertain: true },
    })
})

test('what was given up since is not put back, and no such thing is said', () => {
  const all = [
    { afterMs: before, wants: moved },
    { afterMs: 2 * minuteMs, wants: [] },
  ]
  expect(absent(hourMs, ...all)).toEqual({
    ...{ code: 'on_its_way', ageMs: hourMs, untilMs: null, isCertain: true },
  })
  expect(absent(9 * hourMs, ...all)).toMatchObject({ code: 'missing', untilMs: null })
})

test.each([
  ['given up', moved, scanned, -marginMs + 1, false],
  ['given up before', moved, scanned, -marginMs, true],
  ['given up a moment later', moved, scanned, 1_000, false],
  ['given up within the margin', moved, scanned, marginMs, false],
  ['given up later', moved, scanned, marginMs + 1, true],
  ['wanted since a moment ago', scanned, moved, -1_000, false],
  ['wanted a moment later', scanned, moved, 1_000, false],
  ['changed, wanted as before', moved, ['*'], 1_000, true],
  ['changed, unwanted as before', scanned, [], 1_000, true],
] as const)('Q4: %s', (_, first, then, afterMs, isCertain) => {
  expect(absent(hourMs, { afterMs: before, wants: first }, { afterMs, wants: then }).isCertain).toBe(
    isCertain,
  )
})

test('Q4: an endpoint that was made within the tolerance for clocks may have been matched; nobody knows', () => {
  expect(absent(hourMs, { afterMs: 3_000, wants: moved })).toMatchObject({
    ...{ code: 'subscribed_too_late', lateByMs: 3_000, isCertain: false },
  })
})

test('Q4: it is not certain when what was in force within the margin is not kept any more', () => {
  const all = { afterMs: -1_000, wants: moved, version: 4, createdAtMs: 0 }
  expect(absent(hourMs, all)).toMatchObject({ code: 'on_its_way', isCertain: false })
})

const pending: ExplainedDelivery = {
  ...{ state: 'pending', nextAttemptNumber: 3, nextAttemptAtMs: receivedAtMs + hourMs },
  ...{ heldReason: null, deadReason: null, supersededBy: null, completedAtMs: null },
}
const planned = { untilMs: receivedAtMs + hourMs, attemptNumber: 3, isOverdue: false }
const ended = { ...pending, nextAttemptAtMs: null, completedAtMs: receivedAtMs + 5 }

test.each([
  [pending, { code: 'waiting', ...planned }],
  [
    { ...pending, nextAttemptAtMs: null },
    { code: 'waiting', ...planned, untilMs: null, isOverdue: true },
  ],
  [
    { ...pending, heldReason: 'breaker_open' },
    { code: 'held', reason: 'breaker_open', ...planned },
  ],
  [
    { ...pending, heldReason: 'of a newer writer' },
    { code: 'held', reason: 'of a newer writer', ...planned },
  ],
  [
    { ...pending, heldReason: 'endpoint_paused' },
    { code: 'paused', ...planned },
  ],
  [
    { ...ended, state: 'delivered' },
    { code: 'delivered', sinceMs: receivedAtMs + 5 },
  ],
  [
    { ...ended, state: 'dead', deadReason: 'gone' },
    { code: 'dead', reason: 'gone', sinceMs: receivedAtMs + 5 },
  ],
  [
    { ...ended, state: 'dead', deadReason: 'superseded', supersededBy: 'e2' },
    { code: 'superseded', by: 'e2', sinceMs: receivedAtMs + 5 },
  ],
] as const)('Q2: %j says %j, whatever the endpoint wanted', (delivery, expected) => {
  const input = { event, delivery, nowMs: receivedAtMs + minuteMs }
  for (const versions of [[], history({ afterMs: before, wants: scanned })])
    expect(explainDelivery({ ...input, versions }, context)).toEqual({ ...expected, isCertain: true })
})

test('an attempt that should have been long ago is overdue only after the time that things may take', () => {
  const at = (nowMs: number) => explainDelivery({ event, versions: [], delivery: pending, nowMs }, context)
  const dueMs = receivedAtMs + hourMs
  expect(at(dueMs + logHorizon.overdueMs)).toMatchObject({ isOverdue: false })
  expect(at(dueMs + logHorizon.overdueMs + 1)).toMatchObject({ isOverdue: true })
})

const states: readonly EndpointState[] = ['active', 'paused', 'disabled']
const anyHistory = fc
  .array(
    fc.record({
      afterMs: fc.integer({ min: -3 * marginMs, max: 3 * marginMs }),
      wants: fc.subarray([...eventTypePatterns], { maxLength: 3 }),
      state: fc.constantFrom(...states),
      isDeleted: fc.boolean(),
    }),
    { maxLength: 6 },
  )
  .chain((all) =>
    fc
      .integer({ min: 0, max: 3 })
      .map((forgotten) =>
        history(...all.toSorted((one, other) => one.afterMs - other.afterMs)).slice(forgotten),
      ),
  )
const anyDelivery = fc.option(
  fc.record<ExplainedDelivery>({
    state: fc.constantFrom('pending', 'delivered', 'dead'),
    nextAttemptNumber: fc.integer({ min: 1, max: 20 }),
    nextAttemptAtMs: fc.option(fc.constant(receivedAtMs)),
    heldReason: fc.option(fc.constantFrom('order', 'endpoint_paused', 'x')),
    deadReason: fc.option(fc.constantFrom('gone', 'superseded', 'x')),
    supersededBy: fc.constant(null),
    completedAtMs: fc.constant(null),
  }),
)
const ofDelivery = explanationCodes.slice(0, explanationCodes.indexOf('on_its_way'))

test('Q1, Q2, Q3, Q4: whatever the history, the delivery and the time', () => {
  fc.assert(
    fc.property(
      anyHistory,
      anyDelivery,
      fc.constantFrom(...eventTypes),
      fc.integer({ min: 0, max: 3 * hourMs }),
      (versions, delivery, type, ageMs) => {
        const asked = { ...event, type }
        const said = explainDelivery(
          { event: asked, versions, delivery, nowMs: receivedAtMs + ageMs },
          contextOf(asked),
        )
        expect(explanationCodes).toContain(said.code)
        expect(ofDelivery.includes(said.code)).toBe(delivery !== null)
        if (delivery !== null) return
        const wants = (_: DomainEvent, version: EndpointVersion) =>
          mismatchOf(asked, version, () => null) === null
        const inForce = versions.findLast(({ validFromMs }) => validFromMs <= receivedAtMs)
        const isWanted = inForce !== undefined && !inForce.isDeleted && wants(asked, inForce)
        expect(['on_its_way', 'missing'].includes(said.code)).toBe(isWanted)
        // What the reconciler is sure of is said, and nothing that it would contradict.
        const expectation = expectDelivery(asked, versions, { wants, marginMs })
        if (expectation === 'wanted') expect([isWanted, said.isCertain]).toEqual([true, true])
        if (expectation === 'unwanted') expect(isWanted).toBe(false)
        if ('untilMs' in said && said.untilMs !== null) expect(expectation).toBe('wanted')
      },
    ),
    { numRuns: 1_000 },
  )
})
