import type { Delivery } from '@scanhook/domain/delivery'
import { type Endpoint, plainEndpoint, plainSubscription } from '@scanhook/domain/endpoint'
import { endpointId, orgId } from '@scanhook/domain/ids'
import { deliveryIdFor } from '@scanhook/identity/derived-ids'
import type { DeliveryState } from '@scanhook/postgres/deliveries'
import type { EventRow } from '@scanhook/postgres/events'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { resendsMax } from '../deliveries/manual-delivery.ts'
import { type RecoverInput, type RecoverPorts, recoverDeliveries } from './recover-deliveries.ts'

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
  createdAtMs: 0,
  version: 1,
}

interface Told extends Partial<EventRow> {
  readonly receivedAtMs: number
  /** Undefined: there is no delivery. */
  readonly state?: DeliveryState
  readonly resends?: number
}

/** The log with these events, in the order given, and what is sent. */
function stage(told: readonly Told[]) {
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
  const sent: Delivery[] = []
  const acts: string[] = []
  const ports: RecoverPorts = {
    events: {
      listReceived: async (org, { sinceMs, untilMs, after, limit }) => {
        acts.push(`read ${limit}`)
        return rows
          .filter(
            (row) =>
              row.orgId === org &&
              row.receivedAtMs >= sinceMs &&
              row.receivedAtMs <= untilMs &&
              (after === null ||
                row.receivedAtMs > after.receivedAtMs ||
                (row.receivedAtMs === after.receivedAtMs && row.eventId > after.eventId)),
          )
          .toSorted(
            (one, other) => one.receivedAtMs - other.receivedAtMs || (one.eventId < other.eventId ? -1 : 1),
          )
          .slice(0, limit)
      },
    },
    deliveries: {
      ofEvents: async (_, { eventIds, fromMs, toMs }) =>
        rows.flatMap(({ eventId, state, occurredAtMs, resends = 0 }) =>
          state !== undefined && eventIds.includes(eventId) && occurredAtMs >= fromMs && occurredAtMs <= toMs
            ? [{ deliveryId: `d-${eventId}`, eventId, state, manualChainCount: resends }]
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
    deliveryIdFor,
    send: async (deliveries) => {
      acts.push(`sent ${deliveries.length}`)
      sent.push(...deliveries)
    },
  }
  const ids = () => sent.map((delivery) => delivery.event.eventId)
  return { rows, sent, acts, ports, ids }
}

const input: RecoverInput = {
  endpoint,
  sinceMs: 0,
  untilMs: 1_000,
  only: 'all',
  nowMs: 5_000,
  signal: new AbortController().signal,
  bounds: { pageSize: 10, recoveredMax: 1_000, scannedMax: 1_000 },
}

const mixed: readonly Told[] = [
  { receivedAtMs: 10, state: 'dead' },
  { receivedAtMs: 11, state: 'delivered' },
  { receivedAtMs: 12, state: 'pending' },
  { receivedAtMs: 13 },
  { receivedAtMs: 14, type: 'shipment.created' },
  { receivedAtMs: 15, type: 'shipment.created', state: 'dead' },
  { receivedAtMs: 16, state: 'dead', resends: resendsMax },
  { receivedAtMs: 17, orgId: 2 },
  { receivedAtMs: 18, type: 'asset.teleported' },
  { receivedAtMs: 19, type: 'endpoint.test' },
]

test.each([
  ['all', ['e0000', 'e0003', 'e0005']],
  ['failed', ['e0000', 'e0005']],
  ['missing', ['e0003']],
] as const)('O1, O2: %s', async (only, expected) => {
  const { ports, ids } = stage(mixed)
  expect(await recoverDeliveries(ports, { ...input, only })).toEqual({
    recovered: expected.length,
    nextSinceMs: null,
  })
  expect(ids()).toEqual(expected)
})

test('O1: a dead one goes with its id and body, a missing one with the id that the router would have given', async () => {
  const { ports, sent } = stage(mixed)
  await recoverDeliveries(ports, input)
  expect(sent[0]).toMatchObject({
    deliveryId: 'd-e0000',
    trigger: 'manual',
    attemptNumber: 1,
    createdAtMs: 5_000,
    rendered: { profile: 'standard', body: 'body of d-e0000' },
    event: { dataJson: '{"n":0}' },
  })
  const [, missing] = sent
  if (missing === undefined) throw new Error('nothing sent')
  expect(missing.deliveryId).toBe(deliveryIdFor(missing.event.eventId, endpoint.id))
  expect(missing.rendered).toBeNull()
})

test('O2: nothing of before the endpoint existed is made', async () => {
  const { ports, ids } = stage([{ receivedAtMs: 10 }, { receivedAtMs: 90_000 }])
  const young = { ...endpoint, createdAtMs: 90_000 }
  await recoverDeliveries(ports, { ...input, endpoint: young, untilMs: 100_000 })
  expect(ids()).toEqual(['e0001'])
})

test('O3: one page at a time; a millisecond is finished, and the next call begins with the next', async () => {
  const told = [5, 5, 6, 6, 6, 6, 6, 9, 9].map((receivedAtMs) => ({ receivedAtMs }))
  const { ports, ids, acts } = stage(told)
  const bounds = { pageSize: 2, recoveredMax: 3, scannedMax: 100 }
  const first = await recoverDeliveries(ports, { ...input, bounds })
  expect(first).toEqual({ recovered: 7, nextSinceMs: 9 })
  expect(acts.slice(0, 4)).toEqual(['read 2', 'sent 2', 'read 1', 'sent 1'])
  const second = await recoverDeliveries(ports, { ...input, bounds, sinceMs: first.nextSinceMs ?? 0 })
  expect(second).toEqual({ recovered: 2, nextSinceMs: null })
  expect(ids()).toEqual(told.map((_, index) => `e${String(index).padStart(4, '0')}`))
})

test('O3: whoever goes on with nextSinceMs gets every event exactly once, whatever the bounds', async () => {
  const plan = fc.record({
    receivedAtMs: fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 40 }),
    sinceMs: fc.integer({ min: 0, max: 12 }),
    untilMs: fc.integer({ min: 0, max: 12 }),
    pageSize: fc.integer({ min: 1, max: 7 }),
    recoveredMax: fc.integer({ min: 1, max: 9 }),
    scannedMax: fc.integer({ min: 1, max: 20 }),
    isWanted: fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }),
  })
  await fc.assert(
    fc.asyncProperty(plan, async ({ receivedAtMs, sinceMs, untilMs, isWanted, ...bounds }) => {
      const told = receivedAtMs.map((atMs, index) => ({
        receivedAtMs: atMs,
        ...(isWanted[index] === true ? {} : { state: 'delivered' as const }),
      }))
      const { ports, rows, ids } = stage(told)
      let calls = 0
      for (let nextMs: number | null = sinceMs; nextMs !== null; calls++) {
        if (calls > 50) throw new Error('it does not come to an end')
        const call: RecoverInput = { ...input, sinceMs: nextMs, untilMs, bounds }
        nextMs = (await recoverDeliveries(ports, call)).nextSinceMs
      }
      const expected = rows.filter(
        (row) => row.state === undefined && row.receivedAtMs >= sinceMs && row.receivedAtMs <= untilMs,
      )
      expect(ids().toSorted()).toEqual(expected.map((row) => row.eventId).toSorted())
    }),
  )
})

test('O3: when nobody waits any more, the call ends and says where', async () => {
  const { ports, ids } = stage([1, 2, 3, 4].map((receivedAtMs) => ({ receivedAtMs })))
  const bounds = { ...input.bounds, pageSize: 2 }
  const { nextSinceMs } = await recoverDeliveries(ports, { ...input, bounds, signal: AbortSignal.abort() })
  expect([nextSinceMs, ids()]).toEqual([3, ['e0000', 'e0001']])
})

test('O4: what can not be sent ends the call before the next page is read', async () => {
  const { ports, acts } = stage([1, 2, 3, 4].map((receivedAtMs) => ({ receivedAtMs })))
  const failing = { ...ports, send: () => Promise.reject(new Error('away')) }
  const bounds = { ...input.bounds, pageSize: 2 }
  await expect(recoverDeliveries(failing, { ...input, bounds })).rejects.toThrow('away')
  expect(acts).toEqual(['read 2'])
})
