import { resendsMax } from '@scanhook/domain/delivering/manual-delivery'
import type { Delivery } from '@scanhook/domain/delivery'
import { type Endpoint, plainEndpoint, plainSubscription } from '@scanhook/domain/endpoint'
import { endpointId, orgId } from '@scanhook/domain/ids'
import { openFilterJudge } from '@scanhook/filters/filter-judge'
import { deliveryIdFor } from '@scanhook/identity/derived-ids'
import type { DeliveryState } from '@scanhook/postgres/deliveries'
import type { EventRow } from '@scanhook/postgres/events'
import type { ClaimedJob, Keyset, SkipReason } from '@scanhook/postgres/jobs'
import { expect, test } from 'vitest'
import { type LogPorts, logReader } from './read-log.ts'

const endpoint: Endpoint = {
  id: endpointId(9),
  orgId: orgId(1),
  url: 'https://example.test/',
  state: 'active',
  profile: 'standard',
  sealedSecrets: [],
  headers: {},
  subscriptions: [plainSubscription('asset.*')],
  ...plainEndpoint,
  createdAtMs: 10,
  version: 1,
}

interface Told extends Partial<EventRow> {
  readonly receivedAtMs: number
  /** Of the automatic chain; undefined: there is no delivery. */
  readonly state?: DeliveryState
  /** With what people have sent again. */
  readonly shown?: DeliveryState
  readonly resends?: number
  readonly isGone?: boolean
}

/** The log with these events, in the order given; each died 100 ms after it came in. */
function stage(told: readonly Told[], change: Partial<Endpoint> = {}): LogPorts {
  const rows = told.map((each, index): EventRow & Told => ({
    eventId: `e${String(index).padStart(4, '0')}`,
    orgId: 1,
    type: 'asset.moved',
    occurredAtMs: each.receivedAtMs - 1,
    subject: 'asset:5',
    assetId: 5,
    sequence: index,
    previousEventId: null,
    transitionId: null,
    dataJson: `{"n":${index}}`,
    ...each,
  }))
  const dead = rows.filter(({ state }) => state === 'dead')
  const isAfter = (after: Keyset | null, atMs: number, id: string): boolean =>
    after === null || atMs > after.atMs || (atMs === after.atMs && id > after.id)
  return {
    findEndpoint: async () => ({ ...endpoint, ...change }),
    pages: {
      findNewest: async () => null,
      countDead: async () => ({ count: dead.length, isEstimated: false }),
      listDead: async (_, after, limit) =>
        dead
          .map(({ eventId, receivedAtMs, state = 'dead', shown = state, resends = 0 }) => ({
            deliveryId: `d-${eventId}`,
            eventId,
            diedAtMs: receivedAtMs + 100,
            state: shown,
            manualChainCount: resends,
          }))
          .filter(({ diedAtMs, deliveryId }) => isAfter(after, diedAtMs, deliveryId))
          .slice(0, limit),
      countReceived: async () => ({ count: rows.length, isEstimated: true }),
      listReceived: async (_, after, limit) =>
        rows.filter((row) => isAfter(after, row.receivedAtMs, row.eventId)).slice(0, limit),
      findRows: async (_, ids) => rows.filter((row) => ids.includes(row.eventId) && row.isGone !== true),
    },
    deliveries: {
      ofEvents: async (_, { eventIds, fromMs, toMs }) =>
        rows.flatMap(({ eventId, state, occurredAtMs }) =>
          state !== undefined && eventIds.includes(eventId) && occurredAtMs >= fromMs && occurredAtMs <= toMs
            ? [{ deliveryId: `d-${eventId}`, eventId, state, manualChainCount: 0 }]
            : [],
        ),
    },
    attempts: {
      firstRequests: async (_, ids) =>
        ids.map((deliveryId) => ({
          deliveryId,
          requestHeaders: { 'webhook-signature': 'v1,x' },
          requestBody: `body of ${deliveryId}`,
        })),
    },
    judgeFilter: openFilterJudge(),
    deliveryIdFor,
    nowMs: () => 5_000,
  }
}

type LogKind = 'recover' | 'replay' | 'all'

function jobOf(kind: LogKind): ClaimedJob & { readonly kind: LogKind } {
  return {
    kind,
    ...{ id: 1, orgId: 1, endpointId: 9, sinceMs: 0, untilMs: 9_000, eventTypes: null, perSecond: 1 },
    ...{ createdBy: 1, state: 'running', error: null, createdAtMs: 0, startedAtMs: 0, finishedAtMs: null },
    ...{ position: null, scanned: 0, enqueued: 0, skipped: {}, total: null, isTotalEstimated: false },
    leaseNumber: 1,
  }
}

async function readAll(ports: LogPorts, kind: LogKind, limit: number) {
  const reader = logReader(ports, jobOf(kind))
  const { position: begin, ...plan } = await reader.plan()
  const sent: Delivery[] = []
  const skipped: Partial<Record<SkipReason, number>> = {}
  let scanned = 0
  for (let position = begin; ; ) {
    const page = await reader.read(position, limit)
    if (page.kind === 'stuck') return { ...plan, sent, skipped, scanned, stuck: page.endpoint }
    expect(page.scanned).toBeLessThanOrEqual(limit)
    sent.push(...page.deliveries)
    scanned += page.scanned
    for (const [reason, count] of Object.entries(page.skipped) as [SkipReason, number][])
      skipped[reason] = (skipped[reason] ?? 0) + count
    position = page.position
    if (page.isLast) return { ...plan, sent, skipped, scanned }
  }
}

const mixed: readonly Told[] = [
  { receivedAtMs: 10, state: 'dead' },
  { receivedAtMs: 11, state: 'delivered' },
  { receivedAtMs: 12, state: 'pending' },
  { receivedAtMs: 13 },
  { receivedAtMs: 14, type: 'shipment.created' },
  { receivedAtMs: 15, type: 'shipment.created', state: 'dead' },
  { receivedAtMs: 16, state: 'dead', resends: resendsMax },
  { receivedAtMs: 17, state: 'dead', shown: 'pending' },
  { receivedAtMs: 18, type: 'asset.teleported' },
  { receivedAtMs: 19, type: 'endpoint.test' },
  { receivedAtMs: 20, state: 'dead', isGone: true },
  { receivedAtMs: 20 },
]
const ofDead = { settled: 1, resent_too_often: 1, event_gone: 1 }
const ofReceived = { settled: 7, unwanted: 2, unreadable: 1 }

test.each([
  ['recover', ['e0000', 'e0005'], ofDead, 5],
  ['replay', ['e0003', 'e0011'], ofReceived, 12],
  ['all', ['e0000', 'e0005', 'e0003', 'e0011'], { ...ofDead, ...ofReceived, settled: 8 }, 17],
] as const)('O1, O3: %s, in pages of every size', async (kind, expected, skipped, scanned) => {
  for (const limit of [1, 2, 3, 5, 12, 100]) {
    const read = await readAll(stage(mixed), kind, limit)
    expect(read.sent.map(({ event }) => event.eventId)).toEqual(expected)
    expect(read).toMatchObject({ skipped, scanned, total: scanned, isTotalEstimated: kind !== 'recover' })
  }
})

test('O1: a dead one goes with its id and body, a missing one with the id that the router would have given', async () => {
  const { sent } = await readAll(stage(mixed), 'all', 100)
  expect(sent[0]).toMatchObject({
    deliveryId: 'd-e0000',
    trigger: 'manual',
    attemptNumber: 1,
    createdAtMs: 5_000,
    rendered: { profile: 'standard', body: 'body of d-e0000' },
    event: { dataJson: '{"n":0}' },
  })
  const missing = sent.find(({ event }) => event.eventId === 'e0003')
  if (missing === undefined) throw new Error('not sent')
  expect([missing.deliveryId, missing.rendered]).toEqual([
    deliveryIdFor(missing.event.eventId, endpoint.id),
    null,
  ])
})

test('O2: nothing of before the endpoint existed is made', async () => {
  const told = [{ receivedAtMs: 10 }, { receivedAtMs: 90_000 }]
  const { sent } = await readAll(stage(told, { createdAtMs: 90_000 }), 'replay', 100)
  expect(sent.map(({ event }) => event.eventId)).toEqual(['e0001'])
})

test.each(['paused', 'disabled'] as const)(
  'a webhook that is %s is told of, and nothing is read',
  async (state) => {
    expect(await readAll(stage(mixed, { state }), 'all', 100)).toMatchObject({ sent: [], stuck: state })
  },
)

test('O2: what the filter does not let through is not sent again', async () => {
  const ports = stage([{ receivedAtMs: 100 }, { receivedAtMs: 101 }, { receivedAtMs: 102 }], {
    subscriptions: [{ ...plainSubscription('asset.*'), filter: 'data.n == 1' }],
  })
  const { sent, skipped } = await readAll(ports, 'replay', 10)
  expect(sent.map(({ event }) => event.eventId)).toEqual(['e0001'])
  expect(skipped).toEqual({ unwanted: 2 })
})
