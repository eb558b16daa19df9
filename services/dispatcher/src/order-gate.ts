/**
 * Which events of an asset have to arrive before others may go, for endpoints that want order. Knows of every delivery
 * that waits outside of this process' memory (in a tier); what is in memory is kept in order by the scheduler. Kept on
 * the compacted topic `delivery-order`, read back when a partition is assigned. Knows no Kafka and no clock.
 *
 * Invariants
 *   O1. A delivery goes only when no earlier one of its asset, for its endpoint, waits elsewhere.
 *   O2. What was written and not taken back is known again after `restore`, in whatever order the records come.
 *   O3. An entry that nobody takes back (its delivery ended elsewhere) holds its asset for `forgetAfterMs` at most.
 */
import type { OutgoingRecord } from '@scanhook/kafka/record'
import type { Work } from './work.ts'

export interface Parked {
  readonly endpointId: number
  readonly assetId: number
  readonly sequence: number
  readonly partition: number
  /** When it is due again. */
  readonly dueAtMs: number
}

interface Entry extends Parked {
  /** In the scheduler, or under way: those behind it may queue up. */
  isHere: boolean
}

export type OrderVerdict =
  | { readonly kind: 'go' }
  /** `dueAtMs`: when the first that it waits for is due. */
  | { readonly kind: 'behind'; readonly dueAtMs: number }

/** Longer than any policy keeps a delivery alive (51 h, `domain/retry/deadline`). */
const forgetAfterMs = 72 * 60 * 60 * 1_000
/**
 * Some 150 B each: 30 MB. An outage that parks more than that at endpoints that want order lets the rest go unordered,
 * and says so (`scanhook_order_overflow_total`), instead of stopping the partition for everybody.
 */
const parkedMax = 200_000

const go: OrderVerdict = { kind: 'go' }

export class OrderGate {
  /** By endpoint and asset; few of each. */
  readonly #lanes = new Map<string, Entry[]>()
  #count = 0

  get size(): number {
    return this.#count
  }

  judge(endpointId: number, assetId: number, sequence: number, nowMs: number): OrderVerdict {
    const entries = this.#lanes.get(laneKey(endpointId, assetId))
    if (entries === undefined) return go
    for (const entry of entries) {
      if (entry.sequence >= sequence) break
      if (!entry.isHere && entry.dueAtMs + forgetAfterMs > nowMs)
        return { kind: 'behind', dueAtMs: entry.dueAtMs }
    }
    return go
  }

  /** It has been taken in: those behind it may queue up behind it. */
  arrived(endpointId: number, assetId: number, sequence: number): void {
    const entry = this.#find(endpointId, assetId, sequence)
    if (entry !== undefined) entry.isHere = true
  }

  /** It leaves memory for a tier. False when there is no room to remember it. */
  park(parked: Parked): boolean {
    const key = laneKey(parked.endpointId, parked.assetId)
    const entries = this.#lanes.get(key) ?? []
    const at = entries.findIndex(({ sequence }) => sequence >= parked.sequence)
    const entry: Entry = { ...parked, isHere: false }
    if (at >= 0 && entries[at]?.sequence === parked.sequence) entries[at] = entry
    else {
      if (this.#count >= parkedMax) return false
      entries.splice(at < 0 ? entries.length : at, 0, entry)
      this.#count += 1
    }
    this.#lanes.set(key, entries)
    return true
  }

  /** It has ended. True when it was parked before. */
  end(endpointId: number, assetId: number, sequence: number): boolean {
    const key = laneKey(endpointId, assetId)
    const entries = this.#lanes.get(key)
    const at = entries?.findIndex((entry) => entry.sequence === sequence) ?? -1
    if (entries === undefined || at < 0) return false
    entries.splice(at, 1)
    this.#count -= 1
    if (entries.length === 0) this.#lanes.delete(key)
    return true
  }

  /** The partitions are somebody else's now. */
  forget(partitions: ReadonlySet<number>): void {
    for (const [key, entries] of this.#lanes) {
      const kept = entries.filter(({ partition }) => !partitions.has(partition))
      this.#count -= entries.length - kept.length
      if (kept.length === 0) this.#lanes.delete(key)
      else this.#lanes.set(key, kept)
    }
  }

  #find(endpointId: number, assetId: number, sequence: number): Entry | undefined {
    return this.#lanes.get(laneKey(endpointId, assetId))?.find((entry) => entry.sequence === sequence)
  }
}

function laneKey(endpointId: number, assetId: number): string {
  return `${endpointId}:${assetId}`
}

/** Key on `delivery-order`. */
export function orderKey({ endpointId, assetId, sequence }: Omit<Parked, 'partition' | 'dueAtMs'>): string {
  return `${endpointId}:${assetId}:${sequence}`
}

/**
 * What `topic` (`delivery-order` with its prefix) is told of a delivery before its own record is done: when it is due
 * again, or its end. Null where there is nothing to tell. In the delivery's partition, whose owner reads it back.
 */
export function orderRecord(
  topic: string,
  { delivery, order, orderNote, partition }: Pick<Work, 'delivery' | 'order' | 'orderNote' | 'partition'>,
): OutgoingRecord | null {
  if (order === null || orderNote === null) return null
  const { dueAtMs } = orderNote
  return {
    topic,
    partition,
    key: orderKey({ endpointId: delivery.endpointId, assetId: order.key, sequence: order.sequence }),
    value: dueAtMs === null ? null : Buffer.from(String(dueAtMs)),
  }
}

/** What a record says; null when it can't be understood, which then holds nobody. `dueAtMs` null: taken back. */
export function parseOrderRecord(
  key: string,
  value: string | null,
): (Omit<Parked, 'partition' | 'dueAtMs'> & { readonly dueAtMs: number | null }) | null {
  const parts = /^(\d{1,16}):(\d{1,16}):(\d{1,16})$/.exec(key)
  const dueAtMs = value === null ? null : Number(value)
  if (parts === null || Number.isNaN(dueAtMs)) return null
  return { endpointId: Number(parts[1]), assetId: Number(parts[2]), sequence: Number(parts[3]), dueAtMs }
}
