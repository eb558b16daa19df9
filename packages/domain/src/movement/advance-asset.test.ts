import { describe, expect, test } from 'vitest'
import type { LocationRef, ScanPointKind } from '../asset.ts'
import type { AssetState } from '../asset-state.ts'
import type { DomainEvent } from '../event.ts'
import { assetId, eventId, locationId, orgId, scanDeviceId, scanPointId } from '../ids.ts'
import type { Scan } from '../scan.ts'
import { type Advanced, advanceAsset, dueAtMs } from './advance-asset.ts'
import type { Identify } from './identify.ts'
import { defaultMovementSettings, type MovementSettings } from './settings.ts'

const t0 = 1_777_336_418_021
const warehouse = place(1, 'WH', 'Warehouse', null)
const bay3 = place(3, 'BAY-3', 'Bay 3', warehouse)
const bay4 = place(4, 'BAY-4', 'Bay 4', warehouse)
const dock = place(9, 'DOCK', 'Dock', null)
const inBay3 = [bay3, warehouse]
const inBay4 = [bay4, warehouse]

function place(id: number, externalKey: string, name: string, parent: LocationRef | null): LocationRef {
  const parentExternalKey = parent?.externalKey ?? null
  return { id: locationId(id), externalKey, name, parentId: parent?.id ?? null, parentExternalKey }
}

const identify: Identify = {
  assetEventId: (org, asset, type, location, sequence) =>
    eventId([org, asset, type, location, sequence].join('/')),
  transitionId: (_org, _asset, sequence) => `t${sequence}`,
  visitId: (_org, _asset, location, sequence) => `v${location}/${sequence}`,
}

interface Read {
  readonly kind?: ScanPointKind
  readonly rssi?: number | null
  readonly reads?: number
}

function scan(path: readonly LocationRef[], atMs: number, read: Read = {}): Scan {
  return {
    kind: 'scan',
    orgId: orgId(7),
    scanId: `s${atMs}`,
    asset: { id: assetId(42), externalKey: 'FORK-7', name: 'Forklift 7' },
    path,
    tag: { tagType: 'rfid', value: 'E280' },
    device: { id: scanDeviceId(77), externalKey: 'cs463-214', name: 'cs463-214', type: 'csl_cs463' },
    point: { id: scanPointId(78), antennaPort: 1, kind: read.kind ?? 'zone' },
    readAtMs: null,
    receivedAtMs: atMs,
    rssiCdbm: read.rssi ?? null,
    reads: read.reads ?? 1,
  }
}

/** An asset that is told of scans and ticks, one offset after the other. */
class Asset {
  state: AssetState | null = null
  last: Advanced | null = null
  #offset = 0
  readonly #settings: MovementSettings

  constructor(settings: Partial<MovementSettings> = {}) {
    this.#settings = { ...defaultMovementSettings, ...settings }
  }

  seen(path: readonly LocationRef[], atMs: number, read: Read = {}): string[] {
    return this.#advance(scan(path, atMs, read))
  }

  tick(atMs: number): string[] {
    return this.#advance({ kind: 'tick', atMs })
  }

  get due(): number | null {
    return this.state === null ? null : dueAtMs(this.state, this.#settings)
  }

  #advance(record: Parameters<typeof advanceAsset>[1]['record']): string[] {
    this.#offset += 1
    this.last = advanceAsset(this.state, { record, offset: this.#offset }, this.#settings, identify)
    this.state = this.last.state
    return this.last.events.map(inShort)
  }
}

/** `exited Bay 3`, `moved Bay 3 → Bay 4`, `scanned null`. */
function inShort(event: DomainEvent): string {
  const data = JSON.parse(event.dataJson)
  const name = (location: { name: string } | null): string => location?.name ?? 'null'
  const what = event.type.slice(event.type.indexOf('.') + 1)
  if (what === 'moved') return `moved ${name(data.from_location)} → ${name(data.to_location)}`
  return `${what} ${name(data.location)}`
}

function eventsOf(asset: Asset): readonly DomainEvent[] {
  return asset.last?.events ?? []
}

function dataOf(asset: Asset, index: number): Record<string, unknown> {
  return JSON.parse(eventsOf(asset)[index]?.dataJson ?? 'null')
}

/** An asset that is in Bay 3 since t0; two seconds have passed. */
function inBay3Since(settings: Partial<MovementSettings> = {}): Asset {
  const asset = new Asset(settings)
  asset.seen(inBay3, t0)
  asset.tick(t0 + 2_000)
  return asset
}

describe('first sighting', () => {
  test('is scanned at once; entered and moved when the confirmation time is over, by a tick alone', () => {
    const asset = new Asset()
    expect(asset.seen(inBay3, t0)).toEqual(['scanned Bay 3'])
    expect(asset.due).toBe(t0 + 1_500)
    expect(asset.tick(t0 + 1_499)).toEqual([])
    expect(asset.tick(t0 + 1_500)).toEqual(['entered Warehouse', 'entered Bay 3', 'moved null → Bay 3'])
    expect(asset.due).toBeNull()
    expect(eventsOf(asset).map((event) => [event.occurredAtMs, event.receivedAtMs])).toEqual([
      [t0, t0],
      [t0, t0],
      [t0, t0],
    ])
  })
  test('the strongest location of the confirmation time wins, unknown signals below known ones', () => {
    const asset = new Asset()
    asset.seen([dock], t0)
    asset.seen(inBay3, t0 + 100, { rssi: -7000 })
    asset.seen(inBay4, t0 + 200, { rssi: -5000 })
    asset.seen([dock], t0 + 300, { rssi: -6000 })
    expect(asset.tick(t0 + 1_500)).toEqual(['entered Warehouse', 'entered Bay 4', 'moved null → Bay 4'])
    expect(dataOf(asset, 0)['scan']).toMatchObject({ rssi_dbm: -50, reads: 1 })
    expect(eventsOf(asset)[0]).toMatchObject({ occurredAtMs: t0, receivedAtMs: t0 + 200 })
  })
  test('without a tick, the next scan settles it before it is looked at', () => {
    const asset = new Asset()
    asset.seen(inBay3, t0)
    expect(asset.seen(inBay4, t0 + 5_000)).toEqual([
      'entered Warehouse',
      'entered Bay 3',
      'moved null → Bay 3',
      'scanned Bay 4',
    ])
  })
})

describe('moving', () => {
  test('needs the time and the reads; levels in common are neither left nor entered', () => {
    const asset = inBay3Since()
    expect(asset.seen(inBay4, t0 + 3_000)).toEqual(['scanned Bay 4'])
    expect(asset.due).toBeNull()
    expect(asset.tick(t0 + 60_000)).toEqual([])
    expect(asset.seen(inBay4, t0 + 60_001)).toEqual(['exited Bay 3', 'entered Bay 4', 'moved Bay 3 → Bay 4'])
    expect(eventsOf(asset).map((event) => event.occurredAtMs)).toEqual([t0 + 3_000, t0 + 3_000, t0 + 3_000])
  })
  test('two reads and then silence: a tick confirms', () => {
    const asset = inBay3Since()
    asset.seen(inBay4, t0 + 3_000)
    asset.seen(inBay4, t0 + 3_100)
    expect(asset.due).toBe(t0 + 4_500)
    expect(asset.tick(t0 + 4_500)).toEqual(['exited Bay 3', 'entered Bay 4', 'moved Bay 3 → Bay 4'])
  })
  test('a read where it is clears the candidate', () => {
    const asset = inBay3Since()
    asset.seen(inBay4, t0 + 3_000)
    asset.seen(inBay3, t0 + 3_500)
    expect(asset.state?.candidate).toBeNull()
    expect(asset.seen(inBay4, t0 + 4_600)).toEqual([])
    expect(asset.seen(inBay4, t0 + 6_100)).toEqual(['exited Bay 3', 'entered Bay 4', 'moved Bay 3 → Bay 4'])
  })
  test('a read in a third place begins another candidate', () => {
    const asset = inBay3Since()
    asset.seen(inBay4, t0 + 3_000)
    expect(asset.seen([dock], t0 + 5_000)).toEqual(['scanned Dock'])
    expect(asset.seen([dock], t0 + 6_500)).toEqual([
      'exited Bay 3',
      'exited Warehouse',
      'entered Dock',
      'moved Bay 3 → Dock',
    ])
  })
  test('a read where it is, weaker by the margin than the candidate’s best, does not contradict', () => {
    const asset = inBay3Since()
    asset.seen(inBay4, t0 + 3_000, { rssi: -5000 })
    asset.seen(inBay3, t0 + 3_500, { rssi: -5600 })
    expect(asset.state?.candidate).toMatchObject({ reads: 1 })
    asset.seen(inBay3, t0 + 3_600, { rssi: -5599 })
    expect(asset.state?.candidate).toBeNull()
    asset.seen(inBay4, t0 + 3_700, { rssi: -5000 })
    asset.seen(inBay3, t0 + 3_800)
    expect(asset.state?.candidate).toBeNull()
  })
  test('a read in a third place that is known to be no louder leaves the candidate alone', () => {
    const asset = inBay3Since()
    asset.seen(inBay4, t0 + 3_000, { rssi: -5000 })
    asset.seen([dock], t0 + 3_100, { rssi: -5000 })
    expect(asset.state?.candidate?.path).toEqual(inBay4)
    asset.seen([dock], t0 + 3_200, { rssi: -4999 })
    expect(asset.state?.candidate).toMatchObject({ path: [dock], sinceMs: t0 + 3_200 })
    asset.seen(inBay4, t0 + 3_300)
    expect(asset.state?.candidate?.path).toEqual(inBay4)
  })
  test('into the place above: the bay is left, nothing is entered', () => {
    const asset = inBay3Since()
    asset.seen([warehouse], t0 + 3_000)
    expect(asset.seen([warehouse], t0 + 4_500)).toEqual(['exited Bay 3', 'moved Bay 3 → Warehouse'])
    asset.seen(inBay4, t0 + 6_000)
    expect(asset.seen(inBay4, t0 + 7_500)).toEqual(['entered Bay 4', 'moved Warehouse → Bay 4'])
  })
  test('hierarchyEvents leaf: the place itself only', () => {
    const asset = inBay3Since({ hierarchyEvents: 'leaf' })
    asset.seen([dock], t0 + 3_000)
    expect(asset.seen([dock], t0 + 4_500)).toEqual(['exited Bay 3', 'entered Dock', 'moved Bay 3 → Dock'])
  })
  test('a report that stands for several reads counts as several', () => {
    const asset = inBay3Since()
    asset.seen(inBay4, t0 + 3_000, { reads: 7, rssi: -5600 })
    expect(asset.tick(t0 + 4_500)).toEqual(['exited Bay 3', 'entered Bay 4', 'moved Bay 3 → Bay 4'])
    expect(dataOf(asset, 2)['scan']).toMatchObject({ reads: 7, rssi_dbm: -56 })
  })
})

describe.each(['manual', 'portal'] as const)('a %s read', (kind) => {
  test('moves the asset at once', () => {
    const asset = inBay3Since()
    expect(asset.seen([dock], t0 + 3_000, { kind })).toEqual([
      'scanned Dock',
      'exited Bay 3',
      'exited Warehouse',
      'entered Dock',
      'moved Bay 3 → Dock',
    ])
    expect(dataOf(asset, 4)['reason']).toBe(kind)
    expect(asset.last?.isUrgent).toBe(true)
  })
  test('on first sighting too', () => {
    const asset = new Asset()
    expect(asset.seen([dock], t0, { kind })).toEqual(['scanned Dock', 'entered Dock', 'moved null → Dock'])
    expect(asset.last?.isUrgent).toBe(true)
  })
  test('where it is already says nothing new, and settles every doubt', () => {
    const asset = inBay3Since()
    asset.seen(inBay4, t0 + 3_000)
    expect(asset.seen(inBay3, t0 + 3_100, { kind })).toEqual([])
    expect(asset.state?.candidate).toBeNull()
  })
})

describe('asset.scanned', () => {
  test('is suppressed per location for a minute, then carries the reads and the best signal since', () => {
    const asset = inBay3Since()
    expect(asset.seen(inBay3, t0 + 10_000, { rssi: -6000, reads: 2 })).toEqual([])
    expect(asset.seen(inBay3, t0 + 20_000, { rssi: -5500 })).toEqual([])
    expect(asset.seen(inBay3, t0 + 59_999)).toEqual([])
    expect(asset.seen(inBay3, t0 + 60_000, { rssi: -7000 })).toEqual(['scanned Bay 3'])
    expect(dataOf(asset, 0)).toMatchObject({
      reason: null,
      visit_id: 'v3/2',
      scan: { reads: 5, rssi_dbm: -55 },
    })
    expect(asset.seen(inBay3, t0 + 119_999)).toEqual([])
  })
  test('one location does not use up another’s minute, nor does going to and fro', () => {
    const asset = inBay3Since()
    const news = Array.from({ length: 20 }, (_, index) =>
      asset.seen(index % 2 === 0 ? inBay4 : inBay3, t0 + 3_000 + index * 100),
    )
    expect(news.flat()).toEqual(['scanned Bay 4'])
  })
  test('without a location it says so, and nothing else follows', () => {
    const asset = new Asset()
    expect(asset.seen([], t0)).toEqual(['scanned null'])
    expect(asset.due).toBeNull()
    expect(dataOf(asset, 0)).toMatchObject({ location: null, reason: 'first_seen', visit_id: null })
    expect(asset.tick(t0 + 600_000)).toEqual([])
  })
  test('a read without a location does not disturb a candidate', () => {
    const asset = inBay3Since()
    asset.seen(inBay4, t0 + 3_000)
    asset.seen([], t0 + 3_500)
    expect(asset.seen(inBay4, t0 + 4_500)).toEqual(['exited Bay 3', 'entered Bay 4', 'moved Bay 3 → Bay 4'])
    expect(dataOf(asset, 0)['scan']).toMatchObject({ reads: 2 })
  })
  test('scanSuppressMs 0: every scan is an event', () => {
    const asset = inBay3Since({ scanSuppressMs: 0 })
    expect(asset.seen(inBay3, t0 + 3_000)).toEqual(['scanned Bay 3'])
    expect(asset.seen(inBay3, t0 + 3_000)).toEqual(['scanned Bay 3'])
  })
  test('the memory of locations is bounded', () => {
    const asset = new Asset()
    for (let id = 100; id < 120; id += 1) asset.seen([place(id, `L-${id}`, `L ${id}`, null)], t0 + id)
    expect(asset.state?.sightings).toHaveLength(8)
  })
})

describe('late and overtaken scans', () => {
  test('a scan from before the last transition decides nothing and leaves the state alone', () => {
    const asset = inBay3Since()
    asset.seen([dock], t0 + 10_000, { kind: 'manual' })
    const before = asset.state
    expect(asset.seen(inBay3, t0 + 9_499)).toEqual([])
    expect(asset.state).toBe(before)
  })
  test('half a second out of order is order enough', () => {
    const asset = inBay3Since()
    asset.seen([dock], t0 + 10_000, { kind: 'manual' })
    asset.seen(inBay3, t0 + 9_500)
    expect(asset.state?.candidate).toMatchObject({ sinceMs: t0 + 10_000, reads: 1 })
  })
})

describe('what an event carries', () => {
  test('asset.moved: every declared field, in its order', () => {
    const asset = inBay3Since()
    asset.seen(inBay4, t0 + 3_000, { rssi: -7304 })
    asset.seen(inBay4, t0 + 4_600, { rssi: -5600 })
    expect(eventsOf(asset)[2]).toEqual({
      eventId: '7/42/asset.moved/4/8',
      orgId: 7,
      type: 'asset.moved',
      occurredAtMs: t0 + 3_000,
      receivedAtMs: t0 + 4_600,
      subject: 'asset:42',
      assetId: 42,
      sequence: 8,
      previousEventId: '7/42/location.entered/4/7',
      transitionId: 't6',
      dataJson: [
        '{"asset":{"id":42,"external_key":"FORK-7","name":"Forklift 7","sequence":8}',
        '"from_location":{"id":3,"external_key":"BAY-3","name":"Bay 3","parent_id":1,"parent_external_key":"WH"}',
        '"to_location":{"id":4,"external_key":"BAY-4","name":"Bay 4","parent_id":1,"parent_external_key":"WH"}',
        '"transition_id":"t6","visit_id":"v4/6","previous_event_id":"7/42/location.entered/4/7"',
        '"reason":"seen_elsewhere"',
        '"scan":{"observed_at":null,"received_at":"2026-04-28T00:33:42.621Z","rssi_dbm":-56,"reads":2',
        '"tag":{"tag_type":"rfid","value":"E280"}',
        '"scan_device":{"id":77,"external_key":"cs463-214","name":"cs463-214","type":"csl_cs463"}',
        '"scan_point":{"id":78,"antenna_port":1}}}',
      ].join(','),
    })
  })
  test('location.exited: how long the visit was, and which; the warehouse has its own', () => {
    const asset = inBay3Since()
    asset.seen(inBay4, t0 + 60_000, { kind: 'manual' })
    expect(dataOf(asset, 1)).toMatchObject({
      location: { name: 'Bay 3' },
      visit_id: 'v3/2',
      dwell_seconds: 60,
    })
    asset.seen([dock], t0 + 90_999, { kind: 'manual' })
    expect(dataOf(asset, 1)).toMatchObject({
      location: { name: 'Bay 4' },
      visit_id: 'v4/6',
      dwell_seconds: 30,
    })
    expect(dataOf(asset, 2)).toMatchObject({
      location: { name: 'Warehouse' },
      visit_id: 'v1/2',
      dwell_seconds: 90,
    })
  })
})

describe('when to write the state', () => {
  test('at once: a new candidate, another one, none any more, a transition', () => {
    const asset = new Asset()
    const urgent = (act: () => void): boolean | undefined => {
      act()
      return asset.last?.isUrgent
    }
    expect(urgent(() => asset.seen(inBay3, t0))).toBe(true)
    expect(urgent(() => asset.seen(inBay3, t0 + 100))).toBe(false)
    expect(urgent(() => asset.tick(t0 + 1_500))).toBe(true)
    expect(urgent(() => asset.seen(inBay3, t0 + 1_600))).toBe(false)
    expect(urgent(() => asset.seen(inBay4, t0 + 2_000))).toBe(true)
    expect(urgent(() => asset.seen([dock], t0 + 2_100))).toBe(true)
    expect(urgent(() => asset.seen(inBay3, t0 + 2_200))).toBe(true)
    expect(urgent(() => asset.seen(inBay3, t0 + 70_000))).toBe(false)
  })
})

test('M2: a scan below the state’s offset is skipped', () => {
  const asset = inBay3Since()
  const { state } = asset
  const record = scan([dock], t0 + 9_000, { kind: 'manual' })
  const skipped = advanceAsset(state, { record, offset: 1 }, defaultMovementSettings, identify)
  expect(skipped).toEqual({ state, events: [], isUrgent: false })
  expect(skipped.state).toBe(state)
})

test('M2: a scan whose own receive time fired the asset’s timer is not lost: it has the offset of that tick', () => {
  const asset = new Asset()
  asset.seen(inBay3, t0)
  const { state } = asset
  const advance = (before: AssetState | null, record: Scan | { kind: 'tick'; atMs: number }): Advanced =>
    advanceAsset(before, { record, offset: 9 }, defaultMovementSettings, identify)
  const fired = advance(state, { kind: 'tick', atMs: t0 + 5_000 })
  const applied = advance(fired.state, scan(inBay4, t0 + 5_000))
  expect([...fired.events, ...applied.events].map(inShort)).toEqual([
    'entered Warehouse',
    'entered Bay 3',
    'moved null → Bay 3',
    'scanned Bay 4',
  ])
  expect(applied.state.offset).toBe(9)
})

describe('coming back after an absence (which nothing derives yet)', () => {
  const absent = (): Asset => {
    const asset = inBay3Since()
    if (asset.state !== null) asset.state = { ...asset.state, isPresent: false, visits: [] }
    return asset
  }
  test('to where it was: entered once more, in a new visit, and not moved', () => {
    const asset = absent()
    asset.seen(inBay3, t0 + 900_000)
    expect(asset.seen(inBay3, t0 + 902_000)).toEqual(['entered Warehouse', 'entered Bay 3'])
    expect(dataOf(asset, 1)).toMatchObject({ reason: 'returned', visit_id: 'v3/6' })
  })
  test('elsewhere: what was left by absence is not left again', () => {
    const asset = absent()
    expect(asset.seen(inBay4, t0 + 900_000, { kind: 'manual' })).toEqual([
      'scanned Bay 4',
      'entered Warehouse',
      'entered Bay 4',
      'moved Bay 3 → Bay 4',
    ])
  })
})

test('M6: a tick before its time changes nothing, not even the object', () => {
  const asset = new Asset()
  asset.seen(inBay3, t0)
  const { state } = asset
  asset.tick(t0 + 1_499)
  expect(asset.state).toBe(state)
})

test('a tick for an asset that nobody knows is a mistake of the caller', () => {
  expect(() => new Asset().tick(t0)).toThrow('no state')
})
