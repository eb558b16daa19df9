/** The router against the real broker and registry. */
import { type Endpoint, plainEndpoint, plainSubscription } from '@scanhook/domain/endpoint'
import type { DomainEvent } from '@scanhook/domain/event'
import { assetId, endpointId, eventId, orgId } from '@scanhook/domain/ids'
import type { MasterDataChange } from '@scanhook/domain/master-data'
import { type StartedService, startService } from '@scanhook/runtime/start-service'
import { assetKey, endpointKey, masterDataKey } from '@scanhook/schemas/keys'
import { type OwnTopics, ownTopics } from '@scanhook/testkit/own-topics'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { routerService } from './service.ts'

let own: OwnTopics
let started: StartedService | null = null

beforeEach(async () => {
  own = await ownTopics('router')
})

afterEach(async () => {
  await started?.stop()
  started = null
  await own.close()
})

const org = orgId(42)

function endpointOf(id: number, eventType: string): Endpoint {
  return {
    id: endpointId(id),
    orgId: org,
    url: 'https://example.com/',
    state: 'active',
    profile: 'standard',
    sealedSecrets: ['v1.k1.a.b.c'],
    headers: {},
    subscriptions: [plainSubscription(eventType)],
    ...plainEndpoint,
    createdAtMs: 0,
    version: 1,
  }
}

async function announce(endpoint: Endpoint, version: number, isDeleted: boolean = false): Promise<void> {
  const change: MasterDataChange = {
    orgId: org,
    kind: 'endpoint',
    id: endpoint.id,
    version,
    changedAtMs: 1,
    isDeleted,
    document: isDeleted ? '{}' : JSON.stringify(endpoint),
  }
  await own.producer.append({
    topic: own.topics.masterData,
    key: masterDataKey(org, 'endpoint', endpoint.id),
    value: own.codecs.masterData.encode(change),
  })
}

function eventOf(number: number): DomainEvent {
  return {
    eventId: eventId(`00000000-0000-5000-8000-${`${number}`.padStart(12, '0')}`),
    orgId: org,
    type: 'asset.moved',
    occurredAtMs: 1_000,
    receivedAtMs: 1_000,
    subject: 'asset:5',
    assetId: assetId(5),
    sequence: number,
    previousEventId: null,
    transitionId: null,
    dataJson: '{"asset":{"id":5}}',
  }
}

async function emit(event: DomainEvent): Promise<void> {
  await own.producer.append({
    topic: own.topics.events,
    key: assetKey(org, assetId(5)),
    value: own.codecs.events.encode(event),
  })
}

async function deliveries(): Promise<(readonly [event: string, endpoint: number, id: string])[]> {
  const records = await own.readAll(own.topics.deliveries)
  const decoded = await Promise.all(records.map(async ({ value }) => own.codecs.deliveries.decode(value)))
  return decoded.map(({ event, endpointId: endpoint, deliveryId: id }) => [event.eventId, endpoint, id])
}

const eventually = { timeout: 20_000, interval: 100 }

test('events that were there before the start reach every endpoint that was announced before', async () => {
  await announce(endpointOf(11, 'asset.*'), 1)
  await announce(endpointOf(12, 'location.*'), 2)
  await announce(endpointOf(13, '*'), 3)
  await emit(eventOf(1))
  started = await startService(routerService, own.env)
  await vi.waitFor(async () => expect(await deliveries()).toHaveLength(2), eventually)
  expect(new Set((await deliveries()).map(([, endpoint]) => endpoint))).toEqual(new Set([11, 13]))
  const records = await own.readAll(own.topics.deliveries)
  expect(new Set(records.map(({ key }) => key?.toString()))).toEqual(
    new Set([endpointKey(endpointId(11)), endpointKey(endpointId(13))]),
  )
})

test('an endpoint counts from its announcement and is gone with its deletion, while the router runs', async () => {
  started = await startService(routerService, own.env)
  await announce(endpointOf(11, '*'), 1)
  await vi.waitFor(async () => {
    expect(await started?.metrics.text()).toContain('scanhook_endpoints_known{service="router"} 1')
  }, eventually)
  await emit(eventOf(1))
  await vi.waitFor(async () => expect(await deliveries()).toHaveLength(1), eventually)
  await announce(endpointOf(11, '*'), 2, true)
  await vi.waitFor(async () => {
    expect(await started?.metrics.text()).toContain('scanhook_endpoints_known{service="router"} 0')
  }, eventually)
  // The demo waits for this line before it feeds the first read (tools/up).
  expect(await started.metrics.text()).toContain(
    'scanhook_endpoint_announcements_applied_total{service="router"} 2',
  )
  await emit(eventOf(2))
  await vi.waitFor(async () => {
    expect(await started?.metrics.text()).toContain(
      'scanhook_events_unmatched_total{event_type="asset.moved"} 1',
    )
  }, eventually)
  expect(await deliveries()).toHaveLength(1)
})

test('a filter counts from its announcement: what it keeps back makes no delivery, what the next lets through does', async () => {
  const filtered = (filter: string): Endpoint => ({
    ...endpointOf(11, '*'),
    subscriptions: [{ ...plainSubscription('*'), filter }],
  })
  await announce(filtered('data.asset.id == 6'), 1)
  started = await startService(routerService, own.env)
  await emit(eventOf(1))
  await vi.waitFor(async () => {
    expect(await started?.metrics.text()).toContain(
      'scanhook_events_unmatched_total{event_type="asset.moved"} 1',
    )
  }, eventually)
  await announce(filtered('data.asset.id == 5'), 2)
  await vi.waitFor(async () => {
    expect(await started?.metrics.text()).toContain(
      'scanhook_endpoint_announcements_applied_total{service="router"} 2',
    )
  }, eventually)
  await emit(eventOf(2))
  await vi.waitFor(async () => expect(await deliveries()).toHaveLength(1), eventually)
  expect((await deliveries()).map(([event]) => event)).toEqual([eventOf(2).eventId])
})

test('R1, R2: a second router takes up where the first stopped; bytes that are no event go to poison', async () => {
  await announce(endpointOf(11, '*'), 1)
  started = await startService(routerService, own.env)
  await emit(eventOf(1))
  await vi.waitFor(async () => expect(await deliveries()).toHaveLength(1), eventually)
  await started.stop()
  await own.producer.append({
    topic: own.topics.events,
    key: assetKey(org, assetId(5)),
    value: Buffer.from('rubbish'),
  })
  await emit(eventOf(2))
  started = await startService(routerService, own.env)
  await vi.waitFor(async () => expect(await deliveries()).toHaveLength(2), eventually)
  const [poison] = await own.readAll(own.topics.poison)
  expect(poison?.value?.toString()).toBe('rubbish')
  expect(poison?.headers).toMatchObject({
    'poison-reason': 'bad_magic',
    'poison-service': 'router',
    'poison-topic': own.topics.events,
  })
  // Nothing twice: the first record was committed when the first router left.
  expect((await deliveries()).map(([event]) => event)).toEqual([eventOf(1).eventId, eventOf(2).eventId])
})
