/**
 * One partition of `scans` in memory: the states of its assets, its clock, its timers and what is not yet durable.
 * Applies records; decides nothing itself and does no IO. Whoever owns it writes what it reports, in the order that
 * track-scans.ts describes.
 *
 * Invariants
 *   T1. A record at or below an asset's state offset is not applied to that asset again.
 *   T2. Timers fire only at a record that moves the partition clock, before that record is applied, in the order of
 *       due time and ref; never at a record that the asset's restored state already contains. So a replay from the
 *       committed offset fires every timer at the same record as the first time.
 *   T3. Every change of a state makes its asset dirty at the offset of the record that changed it.
 *   T4. A word of a reader reaches every asset that awaits it by the clock of its record, whether it was restored or
 *       not, and no other.
 */
import assert from 'node:assert/strict'
import type { AssetState } from '@scanhook/domain/asset-state'
import type { DomainEvent } from '@scanhook/domain/event'
import type { AssetInput, Wake } from '@scanhook/domain/movement/advance-asset'
import type { HeardDevice, Liveness, Scan, ScanRecord, Withdrawal } from '@scanhook/domain/scan'
import type { AssetTable } from './asset-table.ts'
import { awaitingAssets } from './awaiting-assets.ts'
import { type DirtyOffsets, dirtyOffsets } from './dirty-offsets.ts'
import type { Movement } from './movement.ts'
import { type PartitionClock, partitionClock } from './partition-clock.ts'
import { timerClockMs, timerHeap } from './timer-heap.ts'

/** What a record led to, told while it is applied. */
export interface Changes {
  readonly derived: (event: DomainEvent) => void
  /** The state under `ref` must be durable before the record counts as done. */
  readonly urgent: (ref: number) => void
  /** A scan that was not late moved on when the asset was last seen. */
  readonly seen: (state: AssetState) => void
}

export interface At {
  readonly offset: number
  /** The wall clock: it says since when a changed state waits to be written, nothing else. */
  readonly nowMs: number
}

/** `unheard`: a scan that the rules do not listen to. */
export type Applied = 'applied' | 'included' | 'unheard' | 'ticked'

export interface TrackedPartition {
  readonly assets: AssetTable
  readonly clock: PartitionClock
  readonly dirty: DirtyOffsets
  /** Largest offset, not below the start, that a restored state contains; −1 when there is none. */
  readonly restoredThrough: number
  apply(record: ScanRecord, at: At, changes: Changes): Applied
  /** Assets whose silence waits for a word of their reader. */
  awaiting(): number
  /** Memory outside the heap. */
  bytes(): number
}

export interface PartitionStart {
  /** The clock right before the committed offset; 0 when nothing was ever committed. */
  readonly clockMs: number
  /** First record that will be seen. */
  readonly nextOffset: number
  /** Taken over, not copied. */
  readonly assets: AssetTable
}

type Step = Exclude<AssetInput['record'], Scan>

export function trackedPartition(movement: Movement, start: PartitionStart): TrackedPartition {
  const { assets } = start
  const clock = partitionClock(start.clockMs)
  const timers = timerHeap()
  const dirty = dirtyOffsets()
  const awaiting = awaitingAssets()
  const sleepers = restore()

  /** Assets whose state contains records that come again: their timers sleep until those are past (T2). */
  function restore(): Sleepers {
    const ahead: Sleeper[] = []
    assets.forEach((ref, state) => {
      if (state.offset < start.nextOffset) wake(ref, state)
      else ahead.push({ ref, offset: state.offset })
    })
    return sleepersOf(ahead)
  }

  /** By the clock that the timers go by: who is due within their step is not due yet, restored or not (T2, T4). */
  function wakeOf(state: AssetState): Wake {
    return movement.wakeOf(state, timerClockMs(clock.nowMs()))
  }

  /** T4: who awaits is known from state and clock alone, so it is the same after a restart. */
  function wake(ref: number, state: AssetState): void {
    const { dueAtMs, awaits } = wakeOf(state)
    timers.arm(ref, dueAtMs)
    if (awaits !== null) awaiting.add(awaits, ref)
  }

  /** Whether the record changed anything. `ref` is −1 for an asset that is not known yet. */
  function take(
    ref: number,
    before: AssetState | null,
    input: AssetInput,
    at: At,
    changes: Changes,
  ): boolean {
    const { state, events, isUrgent } = movement.advance(before, input)
    for (const event of events) changes.derived(event)
    if (state === null) return false
    const known = state === before ? ref : keep(ref, state, at)
    wake(known, state)
    if (state === before) return false
    if (isUrgent) changes.urgent(known)
    if (state.lastSeenMs > (before?.lastSeenMs ?? 0)) changes.seen(state)
    return true
  }

  function keep(ref: number, state: AssetState, at: At): number {
    assert(state.offset === at.offset, 'a state carries the offset of the last record it contains')
    const known = ref === -1 ? assets.add(state) : ref
    if (ref !== -1) assets.set(ref, state)
    dirty.touch(known, at.offset, at.nowMs)
    return known
  }

  function step(ref: number, record: Step, at: At, changes: Changes): void {
    const input = { record, offset: at.offset, clockMs: clock.nowMs() }
    take(ref, assets.get(ref), input, at, changes)
  }

  function wakeBefore(offset: number): void {
    for (const ref of sleepers.takeBefore(offset)) wake(ref, assets.get(ref))
  }

  function moveClock(atMs: number, at: At, changes: Changes): void {
    if (!clock.advance(at.offset, atMs)) return
    const nowMs = clock.nowMs()
    const taken = timers.take(nowMs)
    if (taken.length === 0) return
    for (const ref of dueOf(taken)) step(ref, { kind: 'tick', atMs: nowMs }, at, changes)
  }

  /** The heap knows earliest times only: who is not due yet goes back. */
  function dueOf(taken: readonly number[]): number[] {
    const timerMs = timerClockMs(clock.nowMs())
    const due: { readonly ref: number; readonly dueAtMs: number }[] = []
    for (const ref of taken) {
      const state = assets.get(ref)
      const { dueAtMs } = wakeOf(state)
      if (dueAtMs !== null && dueAtMs <= timerMs) due.push({ ref, dueAtMs })
      else wake(ref, state)
    }
    return due.sort((one, other) => one.dueAtMs - other.dueAtMs || one.ref - other.ref).map(({ ref }) => ref)
  }

  function applyScan(scan: Scan, at: At, changes: Changes): Applied {
    const found = assets.find(scan.orgId, scan.asset.id)
    // Asked before the timers run: a timer may well put this very offset into the asset's state.
    const isIncluded = found !== -1 && assets.get(found).offset >= at.offset
    moveClock(scan.receivedAtMs, at, changes)
    if (isIncluded) return 'included'
    const place = assets.book.canonical(scan.place)
    const record = place === scan.place ? scan : { ...scan, place }
    const before = found === -1 ? null : assets.get(found)
    const input = { record, offset: at.offset, clockMs: clock.nowMs() }
    return take(found, before, input, at, changes) ? 'applied' : 'unheard'
  }

  function applyLiveness({ atMs, devices }: Liveness, at: At, changes: Changes): void {
    moveClock(atMs, at, changes)
    for (const device of devices) hear(device, at, changes)
  }

  function hear(device: HeardDevice, at: At, changes: Changes): void {
    for (const ref of awaiting.take(device.deviceId)) {
      // A sleeper is never in the list, so nobody here contains the record already (T1). The list may hold one that was
      // seen again since: after a restart it would not be there, so it must not be asked now (T4).
      const state = assets.get(ref)
      if (wakeOf(state).awaits === device.deviceId) step(ref, { kind: 'heard', device }, at, changes)
      else wake(ref, state)
    }
  }

  /** Does not move the clock: it carries the time of a database. */
  function applyWithdrawal(withdrawal: Withdrawal, at: At, changes: Changes): void {
    for (const ref of concernedBy(withdrawal)) {
      if (assets.get(ref).offset < at.offset) step(ref, withdrawal, at, changes)
    }
  }

  function concernedBy({ orgId, withdrawn }: Withdrawal): readonly number[] {
    if (withdrawn.kind === 'location') return assets.near(withdrawn.locationId)
    const ref = assets.find(orgId, withdrawn.assetId)
    return ref === -1 ? [] : [ref]
  }

  return {
    assets,
    clock,
    dirty,
    restoredThrough: sleepers.lastOffset,
    awaiting: awaiting.size,
    bytes: () => assets.bytes() + timers.bytes(),
    apply(record, at, changes) {
      wakeBefore(at.offset)
      switch (record.kind) {
        case 'scan':
          return applyScan(record, at, changes)
        case 'tick':
          moveClock(record.atMs, at, changes)
          return 'ticked'
        case 'liveness':
          applyLiveness(record, at, changes)
          return 'ticked'
        case 'withdrawal':
          applyWithdrawal(record, at, changes)
          return 'ticked'
      }
    },
  }
}

interface Sleeper {
  readonly ref: number
  readonly offset: number
}

interface Sleepers {
  readonly lastOffset: number
  /** Refs whose state contains no record at or above `offset`; each is returned once. */
  takeBefore(offset: number): number[]
}

const none: number[] = []

function sleepersOf(ahead: Sleeper[]): Sleepers {
  ahead.sort((one, other) => one.offset - other.offset)
  let index = 0
  return {
    lastOffset: ahead.at(-1)?.offset ?? -1,
    takeBefore(offset) {
      const first = ahead[index]
      if (first === undefined || first.offset >= offset) return none
      const refs: number[] = []
      for (
        let sleeper = ahead[index];
        sleeper !== undefined && sleeper.offset < offset;
        sleeper = ahead[++index]
      ) {
        refs.push(sleeper.ref)
      }
      return refs
    },
  }
}
