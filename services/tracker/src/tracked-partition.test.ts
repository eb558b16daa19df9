import type { AssetState } from '@scanhook/domain/asset-state'
import { assetId, locationId, orgId, scanDeviceId } from '@scanhook/domain/ids'
import type { Advanced } from '@scanhook/domain/movement/advance-asset'
import type { Liveness, Scan, ScanRecord, Withdrawal, Withdrawn } from '@scanhook/domain/scan'
import { location, place, scan, state } from '@scanhook/testkit/scan-builders'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type AssetTable, assetTable } from './asset-table.ts'
import type { Movement } from './movement.ts'
import { type TrackedPartition, trackedPartition } from './tracked-partition.ts'

/** How long after a scan an asset wants to be looked at. */
const waitMs = 32
const door = place({ kind: 'portal', point: 8 })
const zone = place({ kind: 'zone', point: 7 })
const otherZone = place({ kind: 'zone', point: 9, path: [location(2, 'Yard')] })
const places = { door, zone, otherZone }

/**
 * Notes what it is asked. An asset is looked at 32 ms after its last scan: at a door by a tick, in a zone by a word of
 * its reader that was heard until then. A scan without reads is not heard.
 */
function notes(): { readonly movement: Movement; readonly asked: string[] } {
  const asked: string[] = []
  const advanced = (known: AssetState, over: Partial<AssetState>): Advanced => ({
    state: { ...known, ...over },
    events: [],
    isUrgent: false,
  })
  return {
    asked,
    movement: {
      advance(before, { record, offset, clockMs }) {
        const id = record.kind === 'scan' ? record.asset.id : before?.asset.id
        asked.push(`${record.kind} ${id} @${offset} ${clockMs}`)
        if (record.kind === 'scan') {
          if (record.reads === 0) return { state: before, events: [], isUrgent: false }
          return advanced(knownAs(record), { offset })
        }
        if (before === null) throw new Error('an asset that nobody knows')
        if (record.kind === 'heard' && record.device.lastHeardMs < before.lastSeenMs + waitMs)
          return { state: before, events: [], isUrgent: false }
        return advanced(before, { offset, isPresent: false })
      },
      wakeOf({ isPresent, lastSeenMs, here }, clockMs) {
        if (!isPresent || here === null) return { dueAtMs: null, awaits: null }
        const dueAtMs = lastSeenMs + waitMs
        return here.point.kind === 'zone' && dueAtMs <= clockMs
          ? { dueAtMs: null, awaits: here.device.id }
          : { dueAtMs, awaits: null }
      },
    },
  }
}

function knownAs({ asset, place: here, receivedAtMs }: Scan): AssetState {
  return state({ asset: asset.id, here, path: here.path, isPresent: true, lastSeenMs: receivedAtMs })
}

const seen = (asset: number, receivedAtMs: number, at = door): Scan =>
  scan({ asset, receivedAtMs, atMs: receivedAtMs, place: at })
const tick = (atMs: number): ScanRecord => ({ kind: 'tick', atMs })
const word = (device: number, atMs: number, lastHeardMs = atMs): Liveness => ({
  kind: 'liveness',
  atMs,
  devices: [{ orgId: orgId(7), deviceId: scanDeviceId(device), lastHeardMs, aliveSinceMs: 0 }],
})
const withdrawal = (withdrawn: Withdrawn): Withdrawal => ({
  kind: 'withdrawal',
  orgId: orgId(7),
  atMs: 0,
  withdrawn,
})
const quiet = { derived: () => undefined, urgent: () => undefined, seen: () => undefined }

function tableOf(states: readonly AssetState[]): AssetTable {
  const assets = assetTable()
  for (const each of states) assets.add(each)
  return assets
}

/** The asset as a scan left it, restored from a state of `offset`. */
function restored(asset: number, offset: number, lastSeenMs: number, at = door): AssetState {
  return { ...knownAs(seen(asset, lastSeenMs, at)), offset }
}

interface Start {
  readonly clockMs?: number
  readonly nextOffset?: number
  readonly states?: readonly AssetState[]
}

function started(movement: Movement, { clockMs = 0, nextOffset = 0, states = [] }: Start = {}) {
  return trackedPartition(movement, { clockMs, nextOffset, assets: tableOf(states) })
}

function feed(partition: TrackedPartition, records: readonly ScanRecord[], from: number = 0): string[] {
  return records.map((record, index) => partition.apply(record, { offset: from + index, nowMs: 0 }, quiet))
}

test('T1: what the state contains is not applied again, what comes after is', () => {
  const { movement, asked } = notes()
  const partition = started(movement, { states: [restored(5, 1, 100)] })
  const applied = feed(partition, [seen(5, 1), seen(5, 2), seen(5, 3), seen(6, 3)])
  expect(applied).toEqual(['included', 'included', 'applied', 'applied'])
  expect(asked).toEqual(['scan 5 @2 3', 'scan 6 @3 3'])
})

test('T1: a withdrawal that the state contains is not applied again', () => {
  const { movement, asked } = notes()
  const partition = started(movement, { states: [restored(5, 0, 0), restored(6, 1, 0)] })
  const gone = withdrawal({ kind: 'location', locationId: locationId(1) })
  expect(feed(partition, [gone, gone, gone])).toEqual(['ticked', 'ticked', 'ticked'])
  expect(asked).toEqual(['withdrawal 5 @1 0', 'withdrawal 5 @2 0', 'withdrawal 6 @2 0'])
})

test('a scan that is not heard leaves nothing to be written, and no asset where none was known', () => {
  const { movement } = notes()
  const partition = started(movement)
  const unheard = { ...seen(5, 3), reads: 0 }
  expect(feed(partition, [unheard, seen(5, 4), unheard])).toEqual(['unheard', 'applied', 'unheard'])
  expect(partition.assets.size()).toBe(1)
  expect(partition.dirty.firstUnflushed()).toBe(1)
})

test('a sighting is told when it is later than the one before, and of a scan only', () => {
  const { movement } = notes()
  const partition = started(movement)
  const told: number[] = []
  const changes = { ...quiet, seen: ({ lastSeenMs }: AssetState) => void told.push(lastSeenMs) }
  const records = [seen(5, 20), seen(5, 19), seen(5, 21), { ...seen(5, 22), reads: 0 }, tick(100)]
  for (const [offset, record] of records.entries()) partition.apply(record, { offset, nowMs: 0 }, changes)
  expect(told).toEqual([20, 21])
})

test('T2: timers fire at the record that moves the clock, before it, by due time and ref', () => {
  const { movement, asked } = notes()
  const partition = started(movement)
  feed(partition, [seen(9, 17), seen(8, 16), seen(7, 17), seen(9, 64)])
  expect(asked.slice(3)).toEqual(['tick 8 @3 64', 'tick 9 @3 64', 'tick 7 @3 64', 'scan 9 @3 64'])
})

test('T2: a record that does not move the clock fires nothing, whatever is due', () => {
  const { movement, asked } = notes()
  const partition = started(movement, { clockMs: 64 })
  feed(partition, [seen(9, 1), seen(8, 64), tick(64)])
  expect(asked).toEqual(['scan 9 @0 64', 'scan 8 @1 64'])
  feed(partition, [tick(65)], 3)
  expect(asked.slice(2)).toEqual(['tick 9 @3 65'])
})

test('T2: a timer that was put off fires at the same record as one that was set at once', () => {
  const putOff = notes()
  const atOnce = notes()
  const partition = started(putOff.movement)
  // Armed for 48 first, then for 49, which comes when the clock reaches 64.
  feed(partition, [seen(5, 16), seen(5, 17), tick(50), tick(63), tick(64)])
  feed(
    started(atOnce.movement, { clockMs: 17, nextOffset: 2, states: [restored(5, 1, 17)] }),
    [tick(50), tick(63), tick(64)],
    2,
  )
  expect(putOff.asked.slice(2)).toEqual(['tick 5 @4 64'])
  expect(atOnce.asked).toEqual(['tick 5 @4 64'])
})

test('T2: a restored timer sleeps until the records that its state contains are past', () => {
  const { movement, asked } = notes()
  const states = [restored(5, 12, 0), restored(6, 3, 0)]
  const partition = started(movement, { nextOffset: 10, states })
  expect(partition.restoredThrough).toBe(12)
  feed(partition, [tick(64), tick(65), tick(66), tick(67)], 10)
  expect(asked).toEqual(['tick 6 @10 64', 'tick 5 @13 67'])
})

test('T3: a changed state is dirty from the record that changed it, be it a timer, a word or a withdrawal', () => {
  const { movement } = notes()
  const partition = started(movement, { nextOffset: 10 })
  feed(partition, [tick(1), seen(5, 2), seen(5, 3)], 10)
  const ref = partition.assets.find(7, 5)
  expect(partition.dirty.firstUnflushed()).toBe(11)
  const changes: readonly (readonly ScanRecord[])[] = [
    [tick(64)],
    [withdrawal({ kind: 'asset', assetId: assetId(5) })],
    [seen(5, 64, zone)],
    [word(7, 128)],
  ]
  for (const [index, records] of changes.entries()) {
    partition.dirty.clean(ref)
    expect(partition.dirty.firstUnflushed()).toBeNull()
    feed(partition, records, 13 + index)
    expect(partition.dirty.firstUnflushed()).toBe(13 + index)
  }
})

test('T4: a word reaches whoever awaited it when the partition was taken over, before the clock has moved', () => {
  const { movement, asked } = notes()
  const partition = started(movement, {
    clockMs: 1_000,
    nextOffset: 9,
    states: [restored(5, 3, 100, zone), restored(6, 4, 990, zone)],
  })
  expect(partition.awaiting()).toBe(1)
  feed(partition, [word(8, 999), word(7, 999)], 9)
  expect(asked).toEqual(['heard 5 @10 1000'])
  expect(partition.awaiting()).toBe(0)
})

test('T4: a word reaches whoever begins to await it within its record, and no one twice', () => {
  const { movement, asked } = notes()
  const partition = started(movement)
  feed(partition, [seen(5, 16, zone), word(7, 64), word(7, 80)])
  expect(asked.slice(1)).toEqual(['heard 5 @1 64'])
})

test('T4: who hears a word too old to count goes on waiting', () => {
  const { movement, asked } = notes()
  const partition = started(movement)
  feed(partition, [seen(5, 16, zone), word(7, 64, 47), word(7, 64, 48)])
  expect(asked.slice(1)).toEqual(['heard 5 @1 64', 'heard 5 @2 64'])
  expect(partition.assets.get(0).isPresent).toBe(false)
})

test('T4: a word does not reach whoever was seen again, or awaits another reader by now', () => {
  const { movement, asked } = notes()
  const partition = started(movement)
  feed(partition, [seen(5, 16, zone), seen(6, 16, zone), tick(64)])
  expect(partition.awaiting()).toBe(2)
  feed(partition, [seen(5, 66, zone), seen(6, 20, otherZone), word(7, 66), word(9, 66)], 3)
  expect(asked.slice(2)).toEqual(['scan 5 @3 66', 'scan 6 @4 66', 'heard 6 @6 66'])
})

test('T4: a sleeper does not get the word that its state contains, and gets the next', () => {
  const { movement, asked } = notes()
  const partition = started(movement, {
    clockMs: 1_000,
    nextOffset: 5,
    states: [restored(5, 6, 100, zone), restored(6, 4, 100, zone)],
  })
  feed(partition, [word(7, 0), word(7, 1_000), word(7, 1_000)], 5)
  expect(asked).toEqual(['heard 6 @5 1000', 'heard 6 @6 1000', 'heard 5 @7 1000'])
})

test('T4: whoever is due within the clock’s step of 16 ms does not await yet, restored or not', () => {
  // Due at 49, so with the clock at 64.
  const whole = notes()
  feed(started(whole.movement), [seen(5, 17, zone), tick(50), word(7, 50), word(7, 63), word(7, 64)])
  expect(whole.asked.slice(1)).toEqual(['heard 5 @4 64'])
  const half = notes()
  const start = { clockMs: 50, nextOffset: 2, states: [restored(5, 0, 17, zone)] }
  feed(started(half.movement, start), [word(7, 50), word(7, 63), word(7, 64)], 2)
  expect(half.asked).toEqual(['heard 5 @4 64'])
})

test('a withdrawal goes to its asset, or to every asset that is at the location or may be bound for it', () => {
  const { movement, asked } = notes()
  const bound: AssetState = {
    ...restored(8, 0, 0),
    path: [],
    here: null,
    candidate: { sinceMs: 0, facts: { ...state().lastScan, place: otherZone } },
  }
  const states = [restored(5, 0, 0), restored(6, 0, 0, otherZone), restored(7, 0, 0), bound]
  const partition = started(movement, { nextOffset: 1, states })
  feed(
    partition,
    [
      withdrawal({ kind: 'asset', assetId: assetId(5) }),
      withdrawal({ kind: 'tag', assetId: assetId(7), value: 'E2' }),
      withdrawal({ kind: 'location', locationId: locationId(2) }),
      withdrawal({ kind: 'location', locationId: locationId(3) }),
      withdrawal({ kind: 'asset', assetId: assetId(99) }),
    ],
    1,
  )
  // Who has a candidate is asked about any location: the rules know whether it is this one.
  expect(asked).toEqual([
    'withdrawal 5 @1 0',
    'withdrawal 7 @2 0',
    'withdrawal 6 @3 0',
    'withdrawal 8 @3 0',
    'withdrawal 8 @4 0',
  ])
  expect(partition.clock.nowMs()).toBe(0)
})

// ── the same from any restart ──

const steps = fc.array(
  fc.record({
    kind: fc.constantFrom('scan', 'scan', 'scan', 'tick', 'liveness', 'liveness', 'withdrawal'),
    asset: fc.integer({ min: 1, max: 4 }),
    at: fc.constantFrom('door', 'zone', 'zone', 'otherZone'),
    laterMs: fc.nat(40),
    earlierMs: fc.constantFrom(0, 0, 0, 3, 30, 70),
    reads: fc.constantFrom(1, 1, 1, 0),
  }),
  { minLength: 20, maxLength: 90 },
)
type Step = Parameters<Parameters<typeof steps.map>[0]>[0][number]

function scriptOf(list: readonly Step[]): ScanRecord[] {
  let nowMs = 1_000
  return list.map(({ kind, asset, at, laterMs, earlierMs, reads }): ScanRecord => {
    nowMs += laterMs
    if (kind === 'scan') return { ...seen(asset, nowMs - earlierMs, places[at]), reads }
    if (kind === 'tick') return tick(nowMs)
    if (kind === 'liveness') return word(places[at].device.id, nowMs - earlierMs)
    return withdrawal(
      asset === 4
        ? { kind: 'location', locationId: locationId(2) }
        : { kind: 'asset', assetId: assetId(asset) },
    )
  })
}

/** States after each record, and the clock. */
interface Snapshot {
  readonly states: ReadonlyMap<number, AssetState>
  readonly clockMs: number
}

function snapshotOf({ assets, clock }: TrackedPartition): Snapshot {
  const states = new Map<number, AssetState>()
  assets.forEach((_, each) => void states.set(each.asset.id, each))
  return { states, clockMs: clock.nowMs() }
}

/** What was asked about one asset at offsets beyond `offset`. */
function about(asked: readonly string[], asset: number, offset: number): string[] {
  return asked.filter((line) => {
    const [, id, at] = /^\w+ (\d+) @(\d+)/.exec(line) ?? []
    return Number(id) === asset && Number(at) > offset
  })
}

test('T1, T2, T4: a restart at any offset, from states of that offset or of later ones, asks the same as no restart', () => {
  let restarts = 0
  let heard = 0
  fc.assert(
    fc.property(
      steps,
      fc.nat(40),
      fc.array(fc.nat(12), { minLength: 4, maxLength: 4 }),
      (list, at, ahead) => {
        const records = scriptOf(list)
        const whole = notes()
        const uninterrupted = started(whole.movement)
        const snapshots = records.map((record, offset) => {
          uninterrupted.apply(record, { offset, nowMs: 0 }, quiet)
          return snapshotOf(uninterrupted)
        })
        const nextOffset = 1 + (at % (records.length - 1))
        const states = ahead.flatMap((by, index) => {
          const contained = Math.min(nextOffset - 1 + by, records.length - 1)
          return snapshots[contained]?.states.get(index + 1) ?? []
        })
        const half = notes()
        const clockMs = snapshots[nextOffset - 1]?.clockMs ?? 0
        feed(started(half.movement, { clockMs, nextOffset, states }), records.slice(nextOffset), nextOffset)
        for (let asset = 1; asset <= 4; asset++) {
          const known = states.find((each) => each.asset.id === asset)
          const from = Math.max(nextOffset - 1, known?.offset ?? -1)
          expect(about(half.asked, asset, -1)).toEqual(about(whole.asked, asset, from))
        }
        restarts += states.length
        heard += half.asked.filter((line) => line.startsWith('heard')).length
      },
    ),
    { numRuns: 1_000 },
  )
  // A property about nothing would hold, too.
  expect(restarts).toBeGreaterThan(1_000)
  expect(heard).toBeGreaterThan(500)
})
