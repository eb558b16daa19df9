/**
 * One partition of `scans` in memory: the states of its assets, its clock, its timers and what is not yet durable.
 * Applies records; decides nothing itself and does no IO. Whoever owns it writes what it reports, in the order that
 * track-scans.ts describes.
 *
 * Invariants
 *   T1. A record at or below an asset's state offset is not applied to that asset again.
 *   T2. Timers fire only at a record that moves the partition clock, before that record is applied, in the order of
 *       due time and key; never at a record that the asset's restored state already contains. So a replay from the
 *       committed offset fires every timer at the same record as the first time.
 *   T3. Every change of a state makes its asset dirty at the offset of the record that changed it.
 */
import assert from 'node:assert/strict'
import type { AssetState } from '@scanhook/domain/asset-state'
import type { DomainEvent } from '@scanhook/domain/event'
import type { Scan, ScanRecord } from '@scanhook/domain/scan'
import { type AssetTable, assetTable } from './asset-table.ts'
import { type DirtyOffsets, dirtyOffsets } from './dirty-offsets.ts'
import type { Movement } from './movement.ts'
import { type PartitionClock, partitionClock } from './partition-clock.ts'
import { timerHeap } from './timer-heap.ts'

/** What a record led to, told while it is applied. */
export interface Changes {
  readonly derived: (key: string, event: DomainEvent) => void
  /** The state under `key` must be durable before the record counts as done. */
  readonly urgent: (key: string) => void
}

export interface At {
  readonly offset: number
  /** The wall clock: it says since when a changed state waits to be written, nothing else. */
  readonly nowMs: number
}

export type Applied = 'applied' | 'included' | 'ticked'

export interface TrackedPartition {
  readonly assets: AssetTable
  readonly clock: PartitionClock
  readonly dirty: DirtyOffsets
  /** Largest offset, not below the start, that a restored state contains; −1 when there is none. */
  readonly restoredThrough: number
  apply(record: ScanRecord, at: At, changes: Changes): Applied
}

export interface PartitionStart {
  /** The clock right before the committed offset; 0 when nothing was ever committed. */
  readonly clockMs: number
  /** First record that will be seen. */
  readonly nextOffset: number
  readonly states: ReadonlyMap<string, AssetState>
}

export interface PartitionPorts {
  readonly movement: Movement
  /** The key of an asset's records. */
  readonly keyOf: (scan: Scan) => string
}

export function trackedPartition(ports: PartitionPorts, start: PartitionStart): TrackedPartition {
  const { movement, keyOf } = ports
  const assets = assetTable()
  const clock = partitionClock(start.clockMs)
  const timers = timerHeap()
  const dirty = dirtyOffsets()
  const sleepers = restore()

  /** Assets whose state contains records that come again: their timers sleep until those are past (T2). */
  function restore(): Sleepers {
    const ahead: Sleeper[] = []
    for (const [key, state] of start.states) {
      assets.set(key, state)
      if (state.offset < start.nextOffset) timers.set(key, movement.dueAtMs(state))
      else ahead.push({ key, offset: state.offset })
    }
    return sleepersOf(ahead)
  }

  function step(key: string, record: ScanRecord, at: At, changes: Changes): void {
    const before = assets.get(key) ?? null
    const { state, events, isUrgent } = movement.advance(before, record, at.offset)
    for (const event of events) changes.derived(key, event)
    if (state !== before) {
      assert(state.offset === at.offset, 'a state carries the offset of the last record it contains')
      assets.set(key, state)
      dirty.touch(key, at.offset, at.nowMs)
      if (isUrgent) changes.urgent(key)
    }
    timers.set(key, movement.dueAtMs(state))
  }

  function wakeBefore(offset: number): void {
    for (const key of sleepers.takeBefore(offset)) {
      const state = assets.get(key)
      if (state !== undefined) timers.set(key, movement.dueAtMs(state))
    }
  }

  function moveClock(record: ScanRecord, at: At, changes: Changes): void {
    const atMs = record.kind === 'scan' ? record.receivedAtMs : record.atMs
    if (!clock.advance(at.offset, atMs)) return
    const nowMs = clock.nowMs()
    for (const key of timers.takeDue(nowMs)) step(key, { kind: 'tick', atMs: nowMs }, at, changes)
  }

  return {
    assets,
    clock,
    dirty,
    restoredThrough: sleepers.lastOffset,
    apply(record, at, changes) {
      wakeBefore(at.offset)
      const key = record.kind === 'scan' ? keyOf(record) : null
      // Asked before the timers run: a timer may well put this very offset into the asset's state.
      const isIncluded = key !== null && (assets.get(key)?.offset ?? -1) >= at.offset
      moveClock(record, at, changes)
      if (key === null) return 'ticked'
      if (isIncluded) return 'included'
      step(key, record, at, changes)
      return 'applied'
    },
  }
}

interface Sleeper {
  readonly key: string
  readonly offset: number
}

interface Sleepers {
  readonly lastOffset: number
  /** Keys whose state contains no record at or above `offset`; each is returned once. */
  takeBefore(offset: number): string[]
}

const none: string[] = []

function sleepersOf(ahead: Sleeper[]): Sleepers {
  ahead.sort((one, other) => one.offset - other.offset)
  let index = 0
  return {
    lastOffset: ahead.at(-1)?.offset ?? -1,
    takeBefore(offset) {
      const first = ahead[index]
      if (first === undefined || first.offset >= offset) return none
      const keys: string[] = []
      for (
        let sleeper = ahead[index];
        sleeper !== undefined && sleeper.offset < offset;
        sleeper = ahead[++index]
      ) {
        keys.push(sleeper.key)
      }
      return keys
    },
  }
}
