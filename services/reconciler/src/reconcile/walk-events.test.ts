import type { Delivery } from '@scanhook/domain/delivery'
import { plainSubscription } from '@scanhook/domain/endpoint'
import type { EndpointVersion } from '@scanhook/domain/endpoint-version'
import type { DomainEvent } from '@scanhook/domain/event'
import { deliveryId, endpointId, eventId, orgId } from '@scanhook/domain/ids'
import { openFilterJudge } from '@scanhook/filters/filter-judge'
import type { EventRow } from '@scanhook/postgres/events'
import type { LoggedDelivery } from '@scanhook/postgres/reconciliations'
import { expect, test } from 'vitest'
import { type WalkPorts, type WalkTerms, walkEvents } from './walk-events.ts'

const t0 = 1_000_000

const row = (number: number): EventRow => ({
  ...{ eventId: `e${number}`, orgId: 1, type: 'asset.moved', occurredAtMs: t0, receivedAtMs: t0 + number },
  ...{
    subject: 'asset:5',
    assetId: 5,
    sequence: number,
    previousEventId: null,
    transitionId: null,
    dataJson: '{}',
  },
})

const version = (id: number, eventType: string, change: Partial<EndpointVersion> = {}): EndpointVersion => ({
  ...{
    id: endpointId(id),
    orgId: orgId(1),
    url: 'https://example.test',
    state: 'active',
    profile: 'standard',
  },
  ...{
    subscriptions: [plainSubscription(eventType)],
    createdAtMs: 0,
    version: 1,
    validFromMs: 0,
    isDeleted: false,
  },
  ...change,
})

const logged = (
  number: number,
  endpoint: number,
  state: 'pending' | 'delivered' | 'dead',
): LoggedDelivery => ({
  ...{ orgId: 1, deliveryId: `d-e${number}-${endpoint}`, endpointId: endpoint, eventId: `e${number}` },
  ...{ trigger: 'event', state, attempts: 1, nextAttemptAt: state === 'pending' ? t0 : null, createdAt: t0 },
  ...{ firstAttemptAt: t0, manualChains: null },
})

function world(
  rows: readonly EventRow[],
  versions: readonly EndpointVersion[],
  log: readonly LoggedDelivery[],
) {
  const sent: Delivery[][] = []
  const found: string[] = []
  const ports: WalkPorts = {
    events: {
      listReceived: async (_, { sinceMs, untilMs, after, limit }) =>
        rows
          .filter(({ receivedAtMs }) => receivedAtMs >= sinceMs && receivedAtMs <= untilMs)
          .filter(({ receivedAtMs }) => after === null || receivedAtMs > after.receivedAtMs)
          .slice(0, limit),
    },
    versions: { list: async () => versions },
    log: {
      deliveriesOf: async (_, { eventIds }) => log.filter((each) => eventIds.includes(each.eventId)),
    },
    eventOf: (each) =>
      ({ ...each, eventId: eventId(each.eventId), orgId: orgId(1) }) as unknown as DomainEvent,
    judgeFilter: openFilterJudge(),
    deliveryIdFor: (event, endpoint) => deliveryId(`d-${event}-${endpoint}`),
    send: async (deliveries) => void sent.push([...deliveries]),
    found: (delivery) => found.push(delivery.deliveryId),
  }
  return { ports, sent, found }
}

const terms: WalkTerms = { nowMs: t0 + 60_000, overdueMs: 10, marginMs: 5, requeuedMax: 100, repairs: true }
const span = { orgId: 1, fromMs: t0, toMs: t0 + 50_000 }

test('W1: every event is held against every endpoint; what is missing is put back under its own id', async () => {
  const versions = [
    version(1, '*'),
    version(2, 'asset.moved'),
    version(3, 'location.*'),
    version(4, '*', { validFromMs: t0 }),
  ]
  const log = [
    logged(1, 1, 'delivered'),
    logged(1, 2, 'dead'),
    logged(2, 1, 'pending'),
    logged(2, 4, 'delivered'),
  ]
  const { ports, sent, found } = world([row(1), row(2)], versions, log)
  expect(await walkEvents(ports, span, terms)).toEqual({
    ...{
      events: 2,
      delivered: 2,
      dead: 1,
      waiting: 0,
      overdue: 1,
      missing: 1,
      unsure: 1,
      unwanted: 2,
      requeued: 1,
    },
  })
  expect(found).toEqual(['d-e2-2'])
  expect(sent).toEqual([
    [
      expect.objectContaining({
        deliveryId: 'd-e2-2',
        endpointId: 2,
        trigger: 'event',
        attemptNumber: 1,
        rendered: null,
      }),
    ],
  ])
})

test('W1: what a filter kept back is not missing; what it let through, and is not there, is', async () => {
  const filtered = (filter: string) => ({
    subscriptions: [{ ...plainSubscription('asset.*'), filter }],
  })
  const versions = [
    version(1, '*', filtered('data.n > 5')),
    version(2, '*', filtered('data.n > 0 && data.nope')),
    version(3, '*', filtered('data.n == 1')),
  ]
  const { ports, found } = world([{ ...row(1), dataJson: '{"n":1}' }], versions, [])
  expect(await walkEvents(ports, span, terms)).toMatchObject({ missing: 1, unwanted: 2, unsure: 0 })
  expect(found).toEqual(['d-e1-3'])
})

test('W2, W3: page by page, each acknowledged before the next is read, and no more than is allowed', async () => {
  const rows = Array.from({ length: 1_201 }, (_, index) => row(index))
  const { ports, sent } = world(rows, [version(1, '*')], [])
  let asked = 0
  const counting: WalkPorts = {
    ...ports,
    events: {
      listReceived: (org, query) => {
        expect(sent.flat()).toHaveLength(Math.min(700, asked * 500))
        asked += 1
        return ports.events.listReceived(org, query)
      },
    },
  }
  const tally = await walkEvents(counting, span, { ...terms, requeuedMax: 700 })
  expect(tally).toMatchObject({ events: 1_201, missing: 1_201, requeued: 700 })
  expect(asked).toBe(3)
  expect(new Set(sent.flat().map((each) => each.deliveryId)).size).toBe(700)
})

test('one that only looks puts nothing back', async () => {
  const { ports, sent, found } = world([row(1)], [version(1, '*')], [])
  expect(await walkEvents(ports, span, { ...terms, repairs: false })).toMatchObject({
    missing: 1,
    requeued: 0,
  })
  expect([sent, found]).toEqual([[], ['d-e1-1']])
})
