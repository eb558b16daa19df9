import type { Attempt } from '@scanhook/domain/attempt'
import type { Delivery } from '@scanhook/domain/delivery'
import type { DomainEvent } from '@scanhook/domain/event'
import { endpointId, eventId, orgId } from '@scanhook/domain/ids'
import { businessEventId, deliveryIdFor } from '@scanhook/identity/derived-ids'
import { expect, test } from 'vitest'
import { audit } from './audit.ts'
import type { Evidence, Expectations, InvariantId, Stored } from './evidence.ts'

const org = orgId(1)
const endpoint = endpointId(7)
const type = 'shipment.approved'
const id = businessEventId(org, type, 'one')
const delivery = deliveryIdFor(id, endpoint)

const event: DomainEvent = {
  eventId: id,
  orgId: org,
  type,
  occurredAtMs: 20_000,
  receivedAtMs: 20_000,
  subject: 'shipment:1',
  assetId: null,
  sequence: null,
  previousEventId: null,
  transitionId: null,
  dataJson: '{}',
}

const stored = <T>(topic: string, offset: number, timestampMs: number, value: T): Stored<T> => ({
  topic,
  partition: 0,
  offset,
  timestampMs,
  value,
})

const routed = { deliveryId: delivery, endpointId: endpoint, attemptNumber: 1, event } as unknown as Delivery
const attempted = (
  attemptNumber: number,
  disposition: Attempt['disposition'],
  startedAtMs = 20_020,
): Attempt =>
  ({
    deliveryId: delivery,
    eventId: id,
    endpointId: endpoint,
    attemptNumber,
    startedAtMs,
    outcome: {},
    disposition,
  }) as unknown as Attempt

/** One business event, routed to one healthy endpoint, delivered at the first attempt, logged, committed. */
const good: Evidence = {
  orgId: 1,
  timeScale: 100,
  endpoints: [{ id: 7, index: 0, isHealthy: true, eventTypes: [type] }],
  load: [
    { kind: 'tried-event', id: 'one', type, atMs: 19_990 },
    { kind: 'acked-event', id: 'one', type, atMs: 20_000 },
    { kind: 'end', atMs: 21_000 },
  ],
  plannedTransitions: [],
  perhapsTransitions: [],
  ackedReadIds: [],
  received: [
    {
      kind: 'request',
      number: 1,
      index: 0,
      webhookId: id,
      attemptAtS: 20,
      receivedAtMs: 20_030,
      verdict: 'valid',
      bodyHash: 'a',
      bodyBytes: 2,
    },
    { kind: 'answer', number: 1, status: 200, atMs: 20_031 },
  ],
  topics: {
    scanIds: [],
    upstreamIds: [stored('business-events', 0, 20_000, `event\n${id}`)],
    events: [stored('events', 0, 20_005, event)],
    deliveries: [stored('deliveries', 0, 20_010, routed)],
    tiers: [],
    dead: [],
    attempts: [stored('attempts', 0, 20_035, attempted(1, { kind: 'delivered' }))],
    poison: [],
  },
  offsets: [
    { atMs: 20_500, group: 'producer', topic: 'business-events', committed: [1], ends: [1] },
    { atMs: 20_500, group: 'router', topic: 'events', committed: [1], ends: [1] },
    { atMs: 20_500, group: 'dispatcher', topic: 'deliveries', committed: [1], ends: [1] },
  ],
  processes: [],
  logRows: [
    {
      deliveryId: delivery,
      attemptNumber: 1,
      endpointId: 7,
      eventId: id,
      disposition: 'delivered',
      outcome: 'responded',
      status: 200,
    },
  ],
  times: {
    baselineFromMs: 10_000,
    faultFromMs: 20_500,
    healedAtMs: 30_000,
    loadEndedAtMs: 21_000,
    drainedAtMs: 31_000,
  },
  faults: [{ what: 'f', fromMs: 20_500, untilMs: 30_000, mayForgetAttempts: false, isKill: false }],
  lagging: [],
  reconciled: { behind: null, expected: 10, unsure: 0, missing: 0, overdue: 0 },
}

function violatedBy(
  evidence: Evidence,
  expectations: Expectations = { invariants: [] },
): readonly InvariantId[] {
  return audit(evidence, expectations)
    .filter(({ verdict }) => verdict === 'violated')
    .map(({ invariant }) => invariant)
}

const withTopics = (topics: Partial<Evidence['topics']>): Evidence => ({
  ...good,
  topics: { ...good.topics, ...topics },
})

test('a run in which all is well holds everything that is judged', () => {
  expect(violatedBy(good)).toEqual([])
  expect(
    audit(good, { invariants: [] }).map(({ invariant, verdict }) => `${invariant} ${verdict}`),
  ).toContain('I4 not judged')
})

test('I1: an acknowledged business event without an event is lost', () => {
  expect(violatedBy({ ...withTopics({ events: [] }), received: [], logRows: [], offsets: [] })).toContain(
    'I1',
  )
})

test('I1: a delivery that was never accepted is lost, unless it died with a record', () => {
  const unanswered = { ...good, received: good.received.slice(0, 1) }
  expect(violatedBy(unanswered)).toContain('I1')
  const dead = [stored('deliveries.dead', 0, 20_050, routed)]
  expect(violatedBy({ ...unanswered, topics: { ...good.topics, dead } })).not.toContain('I1')
})

test('I1: an acknowledged read without a scan is lost, and so is a transition that nobody tells', () => {
  expect(violatedBy({ ...good, ackedReadIds: ['read-1'] })).toContain('I1')
  expect(violatedBy({ ...good, plannedTransitions: ['FORK-0 location.entered BAY'] })).toContain('I1')
})

test('I1: what is set aside is counted: more or less than the cell made bad is a violation', () => {
  const poison = [stored('poison', 0, 20_100, { reason: 'not_json', source: 'reads:0:7' })]
  expect(violatedBy(withTopics({ poison }))).toContain('I1')
  const offsets = [{ atMs: 20_500, group: 'producer', topic: 'reads', committed: [8], ends: [8] }]
  const set = { ...withTopics({ poison, upstreamIds: [stored('reads', 7, 20_000, 'read\nbad')] }), offsets }
  // And it is what follows a bad record, so that it may be committed past it.
  expect(violatedBy(set, { invariants: [], poisonCount: 1 })).toEqual([])
})

test('I2: what nobody sent, or nobody asked for, is invented', () => {
  expect(violatedBy({ ...good, load: [] })).toContain('I2')
  const [first] = good.endpoints
  if (first === undefined) throw new Error('no endpoint')
  expect(violatedBy({ ...good, endpoints: [{ ...first, eventTypes: [] }] })).toContain('I2')
})

const [request, answer] = good.received
if (request?.kind !== 'request' || answer?.kind !== 'answer') throw new Error('no request')
const again = [...good.received, { ...request, number: 2 }, { ...answer, number: 2 }]

test('I3: another body under the same id is a violation, and so are more duplicates than were under way', () => {
  expect(violatedBy({ ...good, received: again })).toContain('I3')
  const underWay: Evidence = {
    ...good,
    received: again,
    offsets: [
      ...good.offsets,
      { atMs: 20_400, group: 'dispatcher', topic: 'deliveries', committed: [0], ends: [1] },
    ],
  }
  expect(violatedBy(underWay)).not.toContain('I3')
  const other = [...good.received, { ...request, number: 2, bodyHash: 'b' }, { ...answer, number: 2 }]
  expect(violatedBy({ ...underWay, received: other })).toContain('I3')
})

test('I3: an event that is written twice says the same, but for the sentence about the request that ended a delivery', () => {
  const twice = (eventType: DomainEvent['type'], first: string, second: string): Evidence => {
    const one = { ...event, type: eventType, dataJson: first }
    const events = [
      ...good.topics.events,
      stored('events', 1, 20_006, { ...one, eventId: eventId('00000000-0000-5000-8000-000000000001') }),
      stored('events', 2, 20_007, {
        ...one,
        eventId: eventId('00000000-0000-5000-8000-000000000001'),
        dataJson: second,
      }),
    ]
    return withTopics({ events })
  }
  const isHeld = (evidence: Evidence): boolean => {
    const judged = audit(evidence, { invariants: [] }).find(({ invariant }) => invariant === 'I3')
    return judged?.verdict === 'held'
  }
  const after = (attempt: number, cause = 'deadline'): string =>
    JSON.stringify({ cause, reason: `given up after attempt ${attempt}` })
  expect(isHeld(twice('delivery.dead', after(1), after(3)))).toBe(true)
  expect(isHeld(twice('delivery.dead', after(1), after(1, 'gone')))).toBe(false)
  expect(isHeld(twice('shipment.approved', after(1), after(3)))).toBe(false)
})

test('I3: a copy that was written during a fault may be delivered, a copy written before it may not', () => {
  const copied = (timestampMs: number, value = routed): Evidence => ({
    ...good,
    received: again,
    topics: {
      ...good.topics,
      deliveries: [...good.topics.deliveries, stored('deliveries', 1, timestampMs, value)],
    },
  })
  expect(violatedBy(copied(20_600))).not.toContain('I3')
  expect(violatedBy(copied(20_400))).toContain('I3')
  // The next attempt is no copy of this one.
  expect(violatedBy(copied(20_600, { ...routed, attemptNumber: 2 }))).toContain('I3')
})

test('I4: is judged where it is named: late, or not at all during the fault, is a violation', () => {
  const during = (acceptedAtMs: number): Evidence => ({
    ...good,
    received: [{ ...request, receivedAtMs: acceptedAtMs }, answer],
    times: { ...good.times, baselineFromMs: 5_000, faultFromMs: 19_000 },
  })
  // With nothing in the baseline there is nothing to compare with, and that is said, too.
  const told = (evidence: Evidence): number =>
    audit(evidence, { invariants: ['I4'] }).find(({ invariant }) => invariant === 'I4')?.violationCount ?? 0
  expect(told(during(20_030))).toBe(1)
  expect(told(during(22_000))).toBe(2)
  expect(told(during(31_000))).toBe(2)
  expect(violatedBy(during(31_000))).not.toContain('I4')
})

test('I5: one signature that is not valid is one too many', () => {
  expect(violatedBy({ ...good, received: [{ ...request, verdict: 'out of tolerance' }, answer] })).toContain(
    'I5',
  )
})

test('I6: an attempt before it is due is a violation, and a late one where nothing was broken', () => {
  const retried = (startedAtMs: number): Evidence =>
    withTopics({
      attempts: [
        stored('attempts', 0, 1_000, attempted(1, { kind: 'retry', dueAtMs: 2_000 }, 900)),
        stored('attempts', 1, startedAtMs, attempted(2, { kind: 'delivered' }, startedAtMs)),
      ],
    })
  expect(violatedBy({ ...retried(2_050), offsets: [], faults: [] })).not.toContain('I6')
  expect(violatedBy({ ...retried(1_900), offsets: [], faults: [] })).toContain('I6')
  expect(violatedBy({ ...retried(7_200), offsets: [], faults: [] })).toContain('I6')
})

test('I7: a commit without a successor, or before it, is a violation for each group', () => {
  expect(violatedBy({ ...withTopics({ attempts: [] }), logRows: [] })).toContain('I7')
  const late = withTopics({ deliveries: [stored('deliveries', 0, 20_700, routed)] })
  expect(violatedBy(late)).toContain('I7')
  const unwritten = withTopics({ events: [stored('events', 0, 20_700, event)] })
  expect(violatedBy(unwritten)).toContain('I7')
})

test('I7: an attempt that wants another is no end: the next step must be there', () => {
  const spilled = withTopics({
    attempts: [stored('attempts', 0, 20_035, attempted(1, { kind: 'retry', dueAtMs: 90_000 }))],
  })
  expect(violatedBy(spilled)).toContain('I7')
  const moved = {
    ...spilled,
    topics: { ...spilled.topics, tiers: [stored('deliveries.retry.10s', 0, 20_040, routed)] },
  }
  expect(violatedBy(moved)).not.toContain('I7')
})

test('I8, I11, I12: lag that stays, a canary that was touched, a finding of the reconciler', () => {
  const undrained = { ...good, times: { ...good.times, drainedAtMs: null } }
  const sample = (topic: string, group: string, atMs: number): Evidence => ({
    ...undrained,
    offsets: [...good.offsets, { atMs, group, topic, committed: [0], ends: [1] }],
  })
  expect(violatedBy(sample('attempts', 'recorder', 90_000))).toEqual(['I8'])
  // Passing through, or not due yet, is no lag.
  expect(violatedBy(sample('attempts', 'recorder', 21_000))).toEqual([])
  const tiers = [stored('deliveries.retry.6h', 0, 20_040, { ...routed, dueAtMs: 95_000 })]
  const parked = sample('deliveries.retry.6h', 'retry', 90_000)
  expect(violatedBy({ ...parked, topics: { ...parked.topics, tiers } })).toEqual([])
  expect(violatedBy(parked)).toEqual(['I8'])
  const canary = { kind: 'canary', host: '127.0.0.77', port: 1, atMs: 1 } as const
  expect(violatedBy({ ...good, received: [...good.received, canary] })).toEqual(['I11'])
  const looked = { behind: null, expected: 10, unsure: 0, missing: 0, overdue: 0 }
  for (const change of [{ missing: 1 }, { overdue: 1 }, { behind: 'router on events' }, { expected: 0 }])
    expect(violatedBy({ ...good, reconciled: { ...looked, ...change } })).toEqual(['I12'])
  const lost = { invariants: [], isLossExpected: true } as const
  expect(violatedBy({ ...good, reconciled: { ...looked, missing: 3 } }, lost)).toEqual([])
  expect(violatedBy({ ...good, reconciled: looked }, lost)).toEqual(['I12'])
  const notRun = audit({ ...good, reconciled: null }, { invariants: [] })
  expect(notRun.at(-1)?.verdict).toBe('not run')
})

test('I10: a receiver that closes connections may see an attempt twice, once without an answer, and no more often', () => {
  const [first] = good.received.filter((line) => line.kind === 'request')
  if (first === undefined) throw new Error('no request')
  const dropped = (number: number) => ({ ...first, number })
  const once = { ...good, received: [dropped(900), ...good.received] }
  expect(violatedBy(once)).toContain('I10')
  expect(violatedBy(once, { invariants: [], mayReconnect: true })).not.toContain('I10')
  const twice = { ...good, received: [dropped(900), dropped(901), ...good.received] }
  expect(violatedBy(twice, { invariants: [], mayReconnect: true })).toContain('I10')
})

test('I10: two copies that were sent in one millisecond share a line of the log; two that were not do not', () => {
  const [first] = good.received.filter((line) => line.kind === 'request')
  const [attempt] = good.topics.attempts
  if (first === undefined || attempt === undefined) throw new Error('no attempt')
  const copies = (startedAtMs: number): Evidence => ({
    ...good,
    received: [...good.received, { ...first, number: 900 }],
    topics: {
      ...good.topics,
      attempts: [
        ...good.topics.attempts,
        { ...attempt, offset: attempt.offset + 1, value: { ...attempt.value, startedAtMs } },
      ],
    },
  })
  expect(violatedBy(copies(attempt.value.startedAtMs))).not.toContain('I10')
  expect(violatedBy(copies(attempt.value.startedAtMs + 1))).toContain('I10')
})

test('I9: more memory than the cap is a violation', () => {
  const sample = { atMs: 1, service: 'router', rssBytes: 2 ** 31, fds: 10, sockets: 5, metrics: {} }
  expect(violatedBy({ ...good, processes: [sample] })).toEqual(['I9'])
})

test('I10: a request that is not in the log counts unless a dispatcher died with it; an attempt that nobody saw always does', () => {
  expect(violatedBy({ ...good, logRows: [] })).toEqual(['I10'])
  const killed: Evidence = {
    ...good,
    logRows: [],
    faults: [{ what: 'kill', fromMs: 20_500, untilMs: 30_000, mayForgetAttempts: true, isKill: false }],
    offsets: [{ atMs: 20_450, group: 'dispatcher', topic: 'deliveries', committed: [0], ends: [1] }],
  }
  expect(violatedBy(killed)).toEqual([])
  const [row] = good.logRows
  if (row === undefined) throw new Error('no row')
  const invented = { ...row, eventId: eventId('nobody-saw-this') }
  expect(violatedBy({ ...good, logRows: [row, invented] })).toEqual(['I10'])
})
