import type { AssetState } from '@scanhook/domain/asset-state'
import { assetId, locationId, orgId, scanDeviceId, scanPointId } from '@scanhook/domain/ids'
import type { Scan, ScanRecord } from '@scanhook/domain/scan'
import { expect, test } from 'vitest'
import type { Movement } from './movement.ts'
import { type TrackedPartition, trackedPartition } from './tracked-partition.ts'

/** Notes what it is asked, and wants to be looked at 10 ms after each scan. */
function notes(): { movement: Movement; asked: string[] } {
  const asked: string[] = []
  return {
    asked,
    movement: {
      advance(state, record, offset) {
        const id = record.kind === 'scan' ? record.asset.id : (state?.asset.id ?? 0)
        asked.push(`${record.kind} ${id} @${offset}`)
        const lastSeenMs = record.kind === 'scan' ? record.receivedAtMs : (state?.lastSeenMs ?? 0)
        return { state: stateOf(id, offset, lastSeenMs, record.kind === 'scan'), events: [], isUrgent: false }
      },
      dueAtMs: (state) => (state.isPresent ? state.lastSeenMs + 10 : null),
    },
  }
}

function stateOf(id: number, offset: number, lastSeenMs: number, hasTimer: boolean): AssetState {
  return {
    orgId: orgId(1),
    asset: { id: assetId(id), externalKey: `A-${id}`, name: `A-${id}` },
    path: [],
    visits: [],
    isPresent: hasTimer,
    lastSeenMs,
    lastTransitionMs: null,
    candidate: null,
    sightings: [],
    sequence: 0,
    previousEventId: null,
    lastScanJson: '',
    offset,
  }
}

function scanOf(id: number, receivedAtMs: number): Scan {
  return {
    kind: 'scan',
    orgId: orgId(1),
    scanId: 's',
    asset: { id: assetId(id), externalKey: `A-${id}`, name: `A-${id}` },
    path: [{ id: locationId(1), externalKey: 'L', name: 'L', parentId: null, parentExternalKey: null }],
    tag: { tagType: 'rfid', value: 'E2' },
    device: { id: scanDeviceId(7), externalKey: 'D', name: 'D', type: 'csl_cs463' },
    point: { id: scanPointId(8), antennaPort: 1, kind: 'zone' },
    readAtMs: null,
    receivedAtMs,
    rssiCdbm: null,
    reads: 1,
  }
}

const keyOf = (scan: Scan): string => `${scan.asset.id}`
const tick = (atMs: number): ScanRecord => ({ kind: 'tick', atMs })
const quiet = { derived: () => undefined, urgent: () => undefined }

function feed(partition: TrackedPartition, records: readonly ScanRecord[], from: number = 0): string[] {
  return records.map((record, index) => partition.apply(record, { offset: from + index, nowMs: 0 }, quiet))
}

test('T1: what the state contains is not applied again, what comes after is', () => {
  const { movement, asked } = notes()
  const states = new Map([['5', stateOf(5, 1, 100, false)]])
  const partition = trackedPartition({ movement, keyOf }, { clockMs: 0, nextOffset: 0, states })
  const applied = feed(partition, [scanOf(5, 1), scanOf(5, 2), scanOf(5, 3), scanOf(6, 3)])
  expect(applied).toEqual(['included', 'included', 'applied', 'applied'])
  expect(asked).toEqual(['scan 5 @2', 'scan 6 @3'])
})

test('T2: timers fire at the record that moves the clock, before it, by due time and key', () => {
  const { movement, asked } = notes()
  const partition = trackedPartition({ movement, keyOf }, { clockMs: 0, nextOffset: 0, states: new Map() })
  feed(partition, [scanOf(9, 1), scanOf(8, 1), scanOf(7, 3), scanOf(9, 13)])
  expect(asked.slice(3)).toEqual(['tick 8 @3', 'tick 9 @3', 'tick 7 @3', 'scan 9 @3'])
})

test('T2: a record that does not move the clock fires nothing, whatever is due', () => {
  const { movement, asked } = notes()
  const partition = trackedPartition({ movement, keyOf }, { clockMs: 50, nextOffset: 0, states: new Map() })
  feed(partition, [scanOf(9, 1), scanOf(8, 50), tick(50)])
  expect(asked).toEqual(['scan 9 @0', 'scan 8 @1'])
  feed(partition, [tick(51)], 3)
  expect(asked.slice(2)).toEqual(['tick 9 @3'])
})

test('T2: a restored timer sleeps until the records that its state contains are past', () => {
  const { movement, asked } = notes()
  const states = new Map([
    ['5', stateOf(5, 2, 0, true)],
    ['6', stateOf(6, -1, 0, true)],
  ])
  const partition = trackedPartition({ movement, keyOf }, { clockMs: 0, nextOffset: 0, states })
  expect(partition.restoredThrough).toBe(2)
  feed(partition, [tick(20), tick(21), tick(22), tick(23)])
  expect(asked).toEqual(['tick 6 @0', 'tick 5 @3'])
})

test('T3: a changed state is dirty from the record that changed it', () => {
  const { movement } = notes()
  const partition = trackedPartition({ movement, keyOf }, { clockMs: 0, nextOffset: 10, states: new Map() })
  feed(partition, [tick(1), scanOf(5, 2), scanOf(5, 3)], 10)
  expect(partition.dirty.firstUnflushed()).toBe(11)
  partition.dirty.clean('5')
  expect(partition.dirty.firstUnflushed()).toBeNull()
  feed(partition, [tick(30)], 13)
  expect(partition.dirty.firstUnflushed()).toBe(13)
})
