import type { AssetEventType, DomainEvent } from '@scanhook/domain/event'
import { assetEventTypes } from '@scanhook/domain/event'
import { assetId, eventId, orgId } from '@scanhook/domain/ids'
import { describe, expect, test } from 'vitest'
import { checkEvent, checkEventData } from './check-event.ts'
import { eventCatalogue } from './event-catalogue.ts'
import { exampleData, type JsonObject } from './examples.ts'

test.each(eventCatalogue.map((entry) => [entry.type, entry.exampleData] as const))(
  '%s: its own example passes',
  (type, example) => {
    expect(checkEventData(type, example)).toEqual([])
  },
)

test.each(assetEventTypes)('%s: a field too many, too few, or in another place does not pass', (type) => {
  const example = exampleData[type]
  for (const name of Object.keys(example)) {
    const { [name]: removed, ...rest } = example
    expect(checkEventData(type, rest), `without ${name}`).not.toEqual([])
    if (name !== Object.keys(example).at(-1))
      expect(checkEventData(type, { ...rest, [name]: removed }), `${name} at the end`).toMatchObject([
        { field: 'data' },
      ])
  }
  expect(checkEventData(type, { ...example, more: 1 })).toMatchObject([{ code: 'unknown_field' }])
  const { id, ...others } = example['asset'] as JsonObject
  expect(checkEventData(type, { ...example, asset: { ...others, id } })).toMatchObject([{ field: 'data' }])
})

test.each<[AssetEventType, JsonObject, string]>([
  ['asset.scanned', { late: true, reason: 'first_seen' }, 'data.reason'],
  ['asset.moved', { from_location: exampleData['asset.moved']['to_location'] }, 'data.to_location'],
  ['asset.moved', { reason: 'absence' }, 'data.reason'],
  ['location.entered', { reason: 'reassigned' }, 'data.reason'],
  ['location.entered', { previous_event_id: null }, 'data.previous_event_id'],
  ['location.exited', { dwell_seconds: -1 }, 'data.dwell_seconds'],
  ['location.exited', { derived_at: '2026-07-27T16:26:26Z' }, 'data.derived_at'],
])('%s with %j is wrong at %s', (type, change, field) => {
  const example = exampleData[type]
  expect(checkEventData(type, replaced(example, change))).toMatchObject([{ field }])
})

test('what may come passes: absence, a late sighting, a GPS tracker', () => {
  const { 'location.exited': exited, 'asset.scanned': scanned } = exampleData
  expect(checkEventData('location.exited', replaced(exited, { reason: 'absence' }))).toEqual([])
  expect(checkEventData('asset.scanned', replaced(scanned, { late: true, reason: null }))).toEqual([])
  const scan = scanned['scan'] as JsonObject
  const gps = replaced(scan, { tag: { tag_type: 'gps', value: 'T-1' } })
  expect(checkEventData('asset.scanned', replaced(scanned, { scan: gps }))).toEqual([])
})

/** The same keys in the same order, some with other values. */
function replaced(example: JsonObject, change: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries({ ...example, ...change }))
}

describe('a whole event', () => {
  const data = exampleData['asset.moved']
  const event: DomainEvent = {
    eventId: eventId('6f9b1c1e-1e7c-5a7b-8d55-2f5f3c1f9a10'),
    orgId: orgId(7),
    type: 'asset.moved',
    occurredAtMs: 0,
    receivedAtMs: 0,
    subject: 'asset:3947115820491',
    assetId: assetId(3_947_115_820_491),
    sequence: 44,
    previousEventId: eventId(String(data['previous_event_id'])),
    transitionId: String(data['transition_id']),
    dataJson: JSON.stringify(data),
  }
  test('passes when data and event tell the same', () => {
    expect(checkEvent(event)).toEqual([])
  })
  test.each<[Partial<DomainEvent>, string]>([
    [{ sequence: 45 }, 'data.asset.sequence'],
    [{ assetId: assetId(1), subject: 'asset:1' }, 'data.asset.id'],
    [{ previousEventId: null }, 'data.previous_event_id'],
    [{ transitionId: null }, 'data.transition_id'],
    [{ subject: 'asset:2' }, 'subject'],
    [{ dataJson: '{' }, 'data'],
    [{ type: 'endpoint.test' }, 'type'],
  ])('is wrong with %j', (change, field) => {
    expect(checkEvent({ ...event, ...change })).toMatchObject([{ field }])
  })
})

test('a business event is held to its schema, and keeps the order of its sender', () => {
  const shipment = { more: true, status: 'approved', reference: 'BU-1', id: 'ship_1' }
  expect(checkEventData('shipment.approved', { extra: 1, shipment })).toEqual([])
  expect(checkEventData('shipment.approved', { shipment: { ...shipment, id: '' } })).toMatchObject([
    { field: 'data.shipment.id' },
  ])
})
