import { type DomainEvent, eventTypes } from '@scanhook/domain/event'
import { eventTypePatterns } from '@scanhook/domain/event-type-pattern'
import { assetId, eventId, locationId, orgId, scanDeviceId, scanPointId } from '@scanhook/domain/ids'
import { advanceAsset } from '@scanhook/domain/movement/advance-asset'
import { defaultMovementSettings } from '@scanhook/domain/movement/settings'
import type { ScanRecord } from '@scanhook/domain/scan'
import { describe, expect, test } from 'vitest'
import { assetDataSchema } from './asset-events.ts'
import { eventCatalogue } from './event-catalogue.ts'

test('every event type that can be subscribed to is in the catalogue once', () => {
  const types = eventCatalogue.map((entry) => entry.type)
  expect(types).toEqual(eventTypes.filter((type) => eventTypePatterns.includes(type)))
})

test.each(eventCatalogue.map((entry) => [entry.type, entry] as const))(
  '%s: its example is what it says',
  (_, entry) => {
    expect(entry.dataSchema.parse(entry.exampleData)).toEqual(entry.exampleData)
    expect(entry.description.length).toBeGreaterThan(10)
  },
)

// A life of one asset: seen, moved into a bay, on to the next, seen by a point without location.
function lifeOfAnAsset(): readonly DomainEvent[] {
  const uuid = (parts: readonly unknown[]): string => {
    const digits = Buffer.from(parts.join('')).toString('hex').padEnd(32, '0').slice(-32)
    return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-5${digits.slice(13, 16)}-8${digits.slice(17, 20)}-${digits.slice(20)}`
  }
  const identify = {
    assetEventId: (...parts: unknown[]) => eventId(uuid(parts)),
    transitionId: (...parts: unknown[]) => uuid(parts),
    visitId: (...parts: unknown[]) => uuid(parts),
  }
  const parent = {
    id: locationId(1),
    externalKey: 'WH',
    name: 'Warehouse',
    parentId: null,
    parentExternalKey: null,
  }
  const bay = (id: number) => [
    {
      id: locationId(id),
      externalKey: `BAY-${id}`,
      name: `Bay ${id}`,
      parentId: parent.id,
      parentExternalKey: 'WH',
    },
    parent,
  ]
  const t0 = 1_777_336_418_021
  const scan = (path: ReturnType<typeof bay>, laterMs: number, rssiCdbm: number | null): ScanRecord => ({
    kind: 'scan',
    orgId: orgId(7),
    scanId: `s${laterMs}`,
    asset: { id: assetId(42), externalKey: 'FORK-7', name: 'Forklift 7' },
    path,
    tag: { tagType: 'barcode', value: 'a\tb' },
    device: { id: scanDeviceId(77), externalKey: 'gw', name: 'gw', type: 'gl_s10' },
    point: { id: scanPointId(78), antennaPort: 0, kind: 'zone' },
    readAtMs: rssiCdbm === null ? null : t0 + laterMs,
    receivedAtMs: t0 + laterMs,
    rssiCdbm,
    reads: 2,
  })
  const records = [
    scan([], 0, null),
    scan(bay(3), 1_000, -5612),
    { kind: 'tick', atMs: t0 + 5_000 } as const,
    scan(bay(4), 6_000, -6000),
    scan(bay(4), 8_000, null),
    scan([], 70_000, null),
  ]
  let state: Parameters<typeof advanceAsset>[0] = null
  return records.flatMap((record, offset) => {
    const next = advanceAsset(state, { record, offset }, defaultMovementSettings, identify)
    state = next.state
    return next.events
  })
}

describe('what the tracker really derives', () => {
  const events = lifeOfAnAsset()
  test('has all four types', () => {
    expect(new Set(events.map((event) => event.type)).size).toBe(4)
  })
  test.each(events.map((event) => [event.sequence, event.type, event] as const))(
    'event %i, %s, is what the catalogue says, keys and order included',
    (_sequence, type, event) => {
      if (!type.startsWith('asset.') && !type.startsWith('location.')) return
      const schema = assetDataSchema(type as Parameters<typeof assetDataSchema>[0])
      const data: Record<string, unknown> = JSON.parse(event.dataJson)
      expect(schema.parse(data)).toEqual(data)
      const example = eventCatalogue.find((entry) => entry.type === type)?.exampleData
      expect(keysOf(data)).toEqual(keysOf({ ...example }))
    },
  )
})

/** Keys in order, two levels deep: what the documentation shows is the order in which they are sent. */
function keysOf(data: Readonly<Record<string, unknown>>): unknown {
  return Object.entries(data).map(([key, value]) =>
    key === 'asset' || key === 'scan' ? [key, Object.keys(value as object)] : key,
  )
}
