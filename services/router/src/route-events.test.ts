import type { Delivery } from '@scanhook/domain/delivery'
import { type Endpoint, plainEndpoint, plainSubscription } from '@scanhook/domain/endpoint'
import type { DomainEvent } from '@scanhook/domain/event'
import { assetId, deliveryId, endpointId, eventId, orgId } from '@scanhook/domain/ids'
import { openFilterJudge } from '@scanhook/filters/filter-judge'
import type { RecordBatch } from '@scanhook/kafka/contract'
import type { KafkaRecord, OutgoingRecord } from '@scanhook/kafka/record'
import { expect, test } from 'vitest'
import { eventRouter, type RoutePorts } from './route-events.ts'

const event: DomainEvent = {
  eventId: eventId('event-1'),
  orgId: orgId(1),
  type: 'asset.moved',
  occurredAtMs: 1_000,
  receivedAtMs: 1_000,
  subject: 'asset:5',
  assetId: assetId(5),
  sequence: 1,
  previousEventId: null,
  transitionId: null,
  dataJson: '{}',
}

function endpointOf(id: number, eventType: string, org: number = 1): Endpoint {
  return {
    id: endpointId(id),
    orgId: orgId(org),
    url: 'https://example.com/',
    state: 'active',
    profile: 'standard',
    sealedSecrets: [],
    headers: {},
    subscriptions: [plainSubscription(eventType)],
    ...plainEndpoint,
    createdAtMs: 0,
    version: 1,
  }
}

const endpoints = [endpointOf(11, 'asset.*'), endpointOf(12, 'location.*'), endpointOf(13, '*')]

function recordOf(offset: number, value: unknown): KafkaRecord {
  return {
    topic: 'events',
    partition: 0,
    offset,
    timestampMs: 50_000 + offset,
    key: Buffer.from('1:5'),
    value: value === null ? null : Buffer.from(JSON.stringify(value)),
    headers: { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
  }
}

interface Routed {
  readonly appended: OutgoingRecord[]
  readonly done: number[]
}

async function routed(
  records: KafkaRecord[],
  ports: Partial<RoutePorts> = {},
  signal?: AbortSignal,
): Promise<Routed> {
  const appended: OutgoingRecord[] = []
  const done: number[] = []
  const batch: RecordBatch = {
    topic: 'events',
    partition: 0,
    records,
    highWatermark: 100,
    signal: signal ?? new AbortController().signal,
    over: signal ?? new AbortController().signal,
    done: (offset) => void done.push(offset),
    doneThrough: (offset) => void done.push(offset),
    stillWaiting: () => undefined,
    pauseUntil: () => undefined,
  }
  await eventRouter({
    decodeEvent: (bytes) =>
      bytes === null
        ? { kind: 'bad', reason: 'null_value', detail: 'no value' }
        : { kind: 'good', value: JSON.parse(bytes.toString()) as DomainEvent },
    encodeDelivery: (delivery) => Buffer.from(JSON.stringify(delivery)),
    endpointsOf: (org) => (org === 1 ? endpoints : []),
    judgeFilter: openFilterJudge(),
    deliveryIdFor: (id, endpoint) => deliveryId(`${id}/${endpoint}`),
    keyOf: (endpoint) => `${endpoint}`,
    poisonOf: (record, reason) => ({
      topic: 'poison',
      key: record.key,
      value: record.value,
      headers: { reason },
    }),
    appendAll: async (outgoing) => {
      expect(done).toEqual([])
      appended.push(...outgoing)
    },
    deliveriesTopic: 'deliveries',
    routed: () => undefined,
    ...ports,
  })(batch)
  return { appended, done }
}

test('R1: one delivery per endpoint that wants the event, done after the acknowledgement', async () => {
  const { appended, done } = await routed([recordOf(7, event)])
  expect(appended.map(({ topic, key }) => [topic, key])).toEqual([
    ['deliveries', '11'],
    ['deliveries', '13'],
  ])
  expect(done).toEqual([7])
})

test('R1: what is not acknowledged is not done', async () => {
  const failing = routed([recordOf(7, event)], { appendAll: () => Promise.reject(new Error('refused')) })
  await expect(failing).rejects.toThrow('refused')
})

test('R1: a failure after the partition was revoked is nobody else’s problem', async () => {
  const revoked = new AbortController()
  const { done } = await routed(
    [recordOf(7, event)],
    {
      appendAll: () => {
        revoked.abort()
        return Promise.reject(new Error('closed'))
      },
    },
    revoked.signal,
  )
  expect(done).toEqual([])
})

test('R2: the same record gives the same bytes, and its time is the time of the delivery', async () => {
  const first = await routed([recordOf(7, event)])
  const again = await routed([recordOf(7, event)])
  expect(first.appended.map(({ value }) => value)).toEqual(again.appended.map(({ value }) => value))
  const delivery = JSON.parse(first.appended[0]?.value?.toString() ?? '{}') as Delivery
  expect(delivery).toEqual({
    deliveryId: 'event-1/11',
    orgId: 1,
    endpointId: 11,
    trigger: 'event',
    event,
    attemptNumber: 1,
    dueAtMs: 50_007,
    createdAtMs: 50_007,
    firstAttemptAtMs: null,
    rendered: null,
  })
})

test('R3: deliveries keep the order of their events, under the endpoint’s key and in the event’s trace', async () => {
  const second = { ...event, eventId: eventId('event-2') }
  const { appended, done } = await routed([recordOf(7, event), recordOf(8, second)])
  const ofFirstEndpoint = appended.filter(({ key }) => key === '11')
  expect(
    ofFirstEndpoint.map(({ value }) => (JSON.parse(value?.toString() ?? '') as Delivery).event.eventId),
  ).toEqual(['event-1', 'event-2'])
  expect(appended[0]?.headers?.['traceparent']).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-/)
  expect(done).toEqual([8])
})

test('a record that is no event goes to poison and does not hold up the next', async () => {
  const { appended, done } = await routed([recordOf(7, null), recordOf(8, event)])
  expect(appended.map(({ topic }) => topic)).toEqual(['poison', 'deliveries', 'deliveries'])
  expect(done).toEqual([8])
})

test('an event that a filter does not let through makes no delivery; a filter that fails holds up nobody', async () => {
  const filtered = (id: number, filter: string, ...others: readonly string[]): Endpoint => ({
    ...endpointOf(id, 'asset.*'),
    subscriptions: [filter, ...others].map((each) => ({ ...plainSubscription('asset.*'), filter: each })),
  })
  const all = [
    filtered(21, 'data.n > 5'),
    filtered(22, 'data.n > 5 && data.missing'),
    filtered(23, 'data.n >'),
    filtered(24, 'data.n > 100', 'data.n == 7'),
    endpointOf(25, 'asset.*'),
  ]
  const small = { ...event, dataJson: '{"n":1}' }
  const large = { ...event, eventId: eventId('event-2'), dataJson: '{"n":7}' }
  const { appended, done } = await routed([recordOf(7, small), recordOf(8, large)], {
    endpointsOf: () => all,
  })
  expect(appended.map(({ key, value }) => [key, (JSON.parse(`${value}`) as Delivery).event.eventId])).toEqual(
    [
      ['25', 'event-1'],
      ['21', 'event-2'],
      ['24', 'event-2'],
      ['25', 'event-2'],
    ],
  )
  expect(done).toEqual([8])
})

test('an event that nobody wants is done without a delivery', async () => {
  const counted: number[] = []
  const { appended, done } = await routed([recordOf(7, { ...event, orgId: 2 })], {
    routed: (_event, count) => void counted.push(count),
  })
  expect(appended).toEqual([])
  expect(counted).toEqual([0])
  expect(done).toEqual([7])
})

test('a filter for a subtree gets what happens inside of it, as the event itself says', async () => {
  const filter = '"WH-1" in event.location_path || "WH-1" in event.from_location_path'
  const inWarehouse: Endpoint = {
    ...endpointOf(11, '*'),
    subscriptions: [{ ...plainSubscription('*'), filter }],
  }
  const paths = [
    { at: ['BAY-3', 'WH-1'], from: [] },
    { at: ['WH-1'], from: [] },
    { at: ['DOCK'], from: ['BAY-3', 'WH-1'] },
    { at: ['DOCK', 'WH-2'], from: ['BAY-3'] },
    undefined, // derived before there were paths
  ]
  const records = paths.map((locationPaths, offset) => recordOf(offset, { ...event, locationPaths }))
  const { appended, done } = await routed(records, { endpointsOf: () => [inWarehouse] })
  const delivered = appended.map(({ value }) => JSON.parse(value?.toString() ?? '{}') as Delivery)
  expect(delivered.map((delivery) => delivery.event.locationPaths)).toEqual(paths.slice(0, 3))
  expect(done).toEqual([4])
})
