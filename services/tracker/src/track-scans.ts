/**
 * The tracker's handler: takes batches of `scans`, brings the partition's memory on, and makes what follows durable.
 * Owns the order of acts; knows no Kafka client and no schema, only the ports below.
 *
 * The order of acts for each batch is the contract:
 *   apply all records → append events and poison (ack) → append urgent and long-waiting states (ack) → mark done.
 * A crash between any two of them derives the same events again: the states that were written contain only records
 * whose events are acknowledged, and every record above them is read again.
 *
 * Invariants
 *   S1. The events (ids and bytes) are the same with and without crashes, at any point.
 *   S2. The committed offset never passes the first record that an unflushed state contains.
 *   S3. What a former owner writes late is never taken for the present state.
 *   S4. A batch that fails is never half forgotten: memory is ahead of the log then, so the failure is passed up and
 *       ends the consumer; the next owner starts from the log.
 *   S6. An event is in the trace of a scan of its own asset or in none: a timer fires at whatever record moves the clock, and
 *       what another asset's scan carries, another organization's perhaps, is not for whoever gets this event.
 *   S5. Only the owner of a partition gives its clock: an offset without its clock would restart the clock at 0.
 */
import type { AssetState } from '@scanhook/domain/asset-state'
import type { DomainEvent } from '@scanhook/domain/event'
import type { PoisonReason } from '@scanhook/domain/poison'
import type { ScanRecord } from '@scanhook/domain/scan'
import type { Assignment, RecordBatch } from '@scanhook/kafka/contract'
import type { Headers, KafkaRecord, OutgoingRecord, TopicPartition } from '@scanhook/kafka/record'
import { traceHeaders } from '@scanhook/observability/trace'
import type { Decoded, RecordDecoder } from '@scanhook/schemas/decode-record'
import type { AssetTable } from './asset-table.ts'
import type { AssetTraces } from './asset-traces.ts'
import type { Movement } from './movement.ts'
import {
  nothingRestored,
  type RestoredPartition,
  type RestorePorts,
  restoreStates,
} from './restore-states.ts'
import { type Changes, type TrackedPartition, trackedPartition } from './tracked-partition.ts'

export interface TrackPorts extends RestorePorts {
  readonly movement: Movement
  /** The key of an asset's records. */
  readonly keyOf: (orgId: number, assetId: number) => string
  readonly decodeScan: RecordDecoder<ScanRecord>
  readonly encodeEvent: (event: DomainEvent) => Buffer
  readonly encodeState: (state: AssetState) => Buffer
  /** The record as it belongs on `poison`. */
  readonly poisonOf: (record: KafkaRecord, reason: PoisonReason, detail: string) => OutgoingRecord
  /** Resolves when every record is acknowledged. */
  readonly appendAll: (records: readonly OutgoingRecord[]) => Promise<void>
  /** What led to an asset's next event, for links between traces. */
  readonly traces: AssetTraces
  readonly nowMs: () => number
  readonly topics: { readonly events: string; readonly assetState: string }
  /** Told of each scan that moved on when its asset was last seen. Best effort. */
  readonly seen: (state: AssetState) => void
  /** Told after each batch, once it is durable. */
  readonly tracked: (progress: BatchProgress) => void
}

export interface BatchProgress {
  readonly partition: number
  readonly applied: number
  readonly included: number
  /** Scans that the rules do not listen to: below the floor, or a fix that nobody can have reached. */
  readonly unheard: number
  readonly poisoned: number
  readonly eventCounts: ReadonlyMap<DomainEvent['type'], number>
  readonly statesWritten: number
}

export interface TrackLimits {
  readonly flushMs: number
  readonly replayRecordsMax: number
}

export interface PartitionStatus {
  readonly partition: number
  readonly assets: number
  /** Assets whose silence waits for a word of their reader. */
  readonly awaiting: number
  /** Memory of the partition outside the heap. */
  readonly bytes: number
  readonly clockMs: number
}

export interface ScanTracker {
  readonly assign: (assignments: readonly Assignment[]) => Promise<void>
  readonly revoke: (partitions: readonly TopicPartition[]) => void
  readonly handle: (batch: RecordBatch) => Promise<void>
  /** Null for a partition that is not owned (S5). */
  readonly commitMetadata: (partition: TopicPartition, nextOffset: number) => string | null
  readonly status: () => readonly PartitionStatus[]
}

interface Owned {
  readonly tracked: TrackedPartition
  /** Offset up to which records were marked done. */
  markedThrough: number
  /** What the last commit asked for; everything before it can be forgotten once the next one asks. */
  committedOffset: number
}

export function scanTracker(ports: TrackPorts, limits: TrackLimits): ScanTracker {
  const owned = new Map<number, Owned>()
  /** Grows with every assignment and every revocation. */
  let assignmentEpoch = 0

  async function handle(batch: RecordBatch): Promise<void> {
    const partition = owned.get(batch.partition)
    if (partition === undefined || batch.signal.aborted) return
    try {
      await track(batch, partition)
    } catch (error) {
      // Somebody else owns the partition by now, and this memory is dropped already: nothing depends on it (S4).
      if (!batch.signal.aborted) throw error
    }
  }

  async function track(batch: RecordBatch, partition: Owned): Promise<void> {
    assertLogIsWhole(batch, partition.tracked)
    const work = newWork(ports)
    for (const record of batch.records) {
      const decoded = ports.decodeScan(record.value, batch)
      const applying = { tracked: partition.tracked, work, record }
      applyRecord(ports, applying, decoded instanceof Promise ? await decoded : decoded)
    }
    if (work.outgoing.length > 0) await ports.appendAll(work.outgoing)
    // Not `signal`: who is asked to hand back in time writes the states too, else the same events would be written again.
    if (batch.over.aborted) return
    const refs = statesToWrite(partition.tracked, work.urgent, batch)
    if (refs.length > 0) await writeStates(batch.partition, partition.tracked, refs)
    if (batch.over.aborted) return
    markDone(batch, partition)
    ports.tracked({ ...work.counts, partition: batch.partition, statesWritten: refs.length })
  }

  function statesToWrite(tracked: TrackedPartition, urgent: Set<number>, batch: RecordBatch): number[] {
    const sinceMs = ports.nowMs() - limits.flushMs
    const lastOffset = batch.records.at(-1)?.offset ?? 0
    const throughOffset = tracked.clock.isFull() ? lastOffset : lastOffset - limits.replayRecordsMax
    const waiting = tracked.dirty.waitingSince(sinceMs, throughOffset)
    for (const ref of waiting) urgent.add(ref)
    return [...urgent]
  }

  async function writeStates(
    partition: number,
    tracked: TrackedPartition,
    refs: readonly number[],
  ): Promise<void> {
    await ports.appendAll(stateRecords(ports, partition, tracked.assets, refs))
    for (const ref of refs) tracked.dirty.clean(ref)
  }

  async function assign(assignments: readonly Assignment[]): Promise<void> {
    const epoch = ++assignmentEpoch
    const partitions = assignments.map(({ partition }) => partition)
    const restored = await restoreStates(ports, partitions)
    const rewritten = partitions.flatMap((partition) => {
      const { assets, overwritten } = restored.get(partition) ?? nothingRestored()
      return stateRecords(ports, partition, assets, [...overwritten])
    })
    if (rewritten.length > 0) await ports.appendAll(rewritten)
    // Revoked while it was being restored: the next assignment restores for itself.
    if (epoch !== assignmentEpoch) return
    for (const assignment of assignments)
      take(assignment, restored.get(assignment.partition) ?? nothingRestored())
  }

  function take({ partition, committedOffset, metadata }: Assignment, { assets }: RestoredPartition): void {
    const nextOffset = committedOffset ?? 0
    const tracked = trackedPartition(ports.movement, { clockMs: parseClock(metadata), nextOffset, assets })
    owned.set(partition, { tracked, markedThrough: nextOffset - 1, committedOffset: nextOffset })
  }

  return {
    assign,
    handle,
    revoke(partitions) {
      assignmentEpoch++
      for (const { partition } of partitions) owned.delete(partition)
    },
    commitMetadata({ partition }, nextOffset) {
      const owner = owned.get(partition)
      if (owner === undefined) return null
      const text = renderClock(owner.tracked.clock.before(nextOffset))
      owner.tracked.clock.forgetBefore(owner.committedOffset)
      owner.committedOffset = nextOffset
      return text
    },
    status: () =>
      Array.from(owned, ([partition, { tracked }]) => ({
        partition,
        assets: tracked.assets.size(),
        awaiting: tracked.awaiting(),
        bytes: tracked.bytes(),
        clockMs: tracked.clock.nowMs(),
      })),
  }
}

interface Work {
  readonly outgoing: OutgoingRecord[]
  readonly urgent: Set<number>
  readonly changes: Changes
  readonly counts: {
    applied: number
    included: number
    unheard: number
    poisoned: number
    eventCounts: Map<DomainEvent['type'], number>
  }
  /** The scan that is being applied, by the key of its asset, with its headers; null while it is none. */
  origin: { readonly key: string; readonly headers: Headers } | null
}

function newWork(ports: TrackPorts): Work {
  const outgoing: OutgoingRecord[] = []
  const urgent = new Set<number>()
  const counts: Work['counts'] = { applied: 0, included: 0, unheard: 0, poisoned: 0, eventCounts: new Map() }
  const work: Work = {
    outgoing,
    urgent,
    counts,
    origin: null,
    changes: {
      derived(event) {
        // Only an asset's scans derive events here.
        const key = ports.keyOf(event.orgId, event.assetId ?? 0)
        const headers = work.origin?.key === key ? traceHeaders(work.origin.headers) : undefined // S6
        const causes = ports.traces.take(key)
        const value = ports.encodeEvent(event)
        outgoing.push({
          topic: ports.topics.events,
          key,
          value,
          headers,
          ...(causes.length === 0 ? {} : { causes }),
        })
        counts.eventCounts.set(event.type, (counts.eventCounts.get(event.type) ?? 0) + 1)
      },
      urgent: (ref) => urgent.add(ref),
      seen: ports.seen,
    },
  }
  return work
}

interface Applying {
  readonly tracked: TrackedPartition
  readonly work: Work
  readonly record: KafkaRecord
}

function applyRecord(
  ports: TrackPorts,
  { tracked, work, record }: Applying,
  decoded: Decoded<ScanRecord>,
): void {
  if (decoded.kind === 'bad') {
    work.outgoing.push(ports.poisonOf(record, decoded.reason, decoded.detail))
    work.counts.poisoned++
    return
  }
  const scan = decoded.value
  const isTraced = scan.kind === 'scan' && record.headers['traceparent'] !== undefined
  work.origin = isTraced ? { key: ports.keyOf(scan.orgId, scan.asset.id), headers: record.headers } : null
  const at = { offset: record.offset, nowMs: ports.nowMs() }
  const applied = tracked.apply(decoded.value, at, work.changes)
  if (work.origin !== null && applied === 'applied') ports.traces.note(work.origin.key, work.origin.headers)
  if (applied === 'applied') work.counts.applied++
  if (applied === 'included') work.counts.included++
  if (applied === 'unheard') work.counts.unheard++
}

/** The state stands on the partition of its scans, whatever a hash of its key would say. */
function stateRecords(
  ports: TrackPorts,
  partition: number,
  assets: AssetTable,
  refs: readonly number[],
): OutgoingRecord[] {
  return refs.map((ref) => {
    const state = assets.get(ref)
    const key = ports.keyOf(state.orgId, state.asset.id)
    return { topic: ports.topics.assetState, key, value: ports.encodeState(state), partition }
  })
}

/** S2: everything before the first record that only memory contains. */
function markDone(batch: RecordBatch, partition: Owned): void {
  const lastOffset = batch.records.at(-1)?.offset ?? partition.markedThrough
  const firstUnflushed = partition.tracked.dirty.firstUnflushed()
  const through = firstUnflushed === null ? lastOffset : Math.min(lastOffset, firstUnflushed - 1)
  if (through <= partition.markedThrough) return
  partition.markedThrough = through
  batch.doneThrough(through)
}

/**
 * States know offsets that the log does not have: `scans` was deleted and made anew under a kept `asset-state`. Every
 * scan would be taken for a replayed one and dropped in silence, so this must stop the tracker.
 */
function assertLogIsWhole(batch: RecordBatch, tracked: TrackedPartition): void {
  if (batch.highWatermark > tracked.restoredThrough) return
  throw new Error(
    `TRACKER_STATE_AHEAD: asset-state partition ${batch.partition} contains offset ${tracked.restoredThrough}, ` +
      `but scans ends at ${batch.highWatermark}; delete both topics together`,
  )
}

function renderClock(clockMs: number): string {
  return `clock=${clockMs}`
}

/** Where a commit has no clock (the group was reset by hand), the first record sets it. */
function parseClock(metadata: string): number {
  const digits = /^clock=(\d{1,16})$/.exec(metadata)?.[1]
  return digits === undefined ? 0 : Number(digits)
}
