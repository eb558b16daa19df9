/**
 * What of a lane goes next: from its queues, in batches, and in the order of assets. Takes and puts; counts nothing and
 * decides nothing about turns, which the scheduler does.
 *
 * Invariants
 *   L1. A batch has at most as many events as it may, and of several no more bytes; what waits longest decides when it
 *       goes. Fresh ones go before those that were put off.
 *   L2. Of an asset only the head is in a queue or under way; those behind it are kept by sequence.
 */
import type { Fifo } from './fifo.ts'
import { batchMaxOf, type Lane, type Order, type Waiting } from './lane.ts'

export function queueOf<T>(lane: Lane<T>, { isBacklog }: Waiting<T>): Fifo<Waiting<T>> {
  return isBacklog ? lane.backlog : lane.live
}

/** What goes in one request; `restMs` while it may still fill up, until it goes as it is. */
export type Batch<T> =
  | { readonly kind: 'full'; readonly taken: Waiting<T>[] }
  | { readonly kind: 'filling'; readonly restMs: number }

/** Takes from `queue` where the endpoint wants no batches; else from both (L1). */
export function takeNext<T>(lane: Lane<T>, queue: Fifo<Waiting<T>>, nowMs: number): Batch<T> {
  const { batch } = lane.terms
  if (batch === null) {
    const next = queue.shift()
    return { kind: 'full', taken: next === undefined ? [] : [next] }
  }
  const sinceMs = Math.min(lane.live.first()?.sinceMs ?? nowMs, lane.backlog.first()?.sinceMs ?? nowMs)
  const max = batchMaxOf(lane)
  const isFull = lane.live.size + lane.backlog.size >= max || lane.bytes >= batch.maxBytes
  const restMs = sinceMs + batch.maxWaitMs - nowMs
  if (!isFull && restMs > 0) return { kind: 'filling', restMs }
  return { kind: 'full', taken: takeUpTo(lane, max, batch.maxBytes) }
}

function takeUpTo<T>(lane: Lane<T>, max: number, maxBytes: number): Waiting<T>[] {
  const taken: Waiting<T>[] = []
  let bytes = 0
  for (const queue of [lane.live, lane.backlog]) {
    for (let next = queue.first(); next !== undefined && taken.length < max; next = queue.first()) {
      if (taken.length > 0 && bytes + next.bytes > maxBytes) return taken
      bytes += next.bytes
      taken.push(next)
      queue.shift()
    }
  }
  return taken
}

/** L2. True when another event of its asset is before it: it has its place, and no queue. */
export function isPutBehind<T>(lane: Lane<T>, waiting: Waiting<T>, { key, sequence }: Order): boolean {
  const behind = lane.behind.get(key)
  if (behind === undefined) {
    lane.behind.set(key, { headSequence: sequence, waiting: [] })
    return false
  }
  const all = behind.waiting
  let at = all.length
  while (at > 0 && (all[at - 1]?.order?.sequence ?? 0) > sequence) at -= 1
  all.splice(at, 0, waiting)
  lane.behindCount += 1
  return true
}

/** The head of its asset is through: the next one, which is the head now; undefined where it was the last, or no head. */
export function nextBehind<T>(lane: Lane<T>, { key, sequence }: Order): Waiting<T> | undefined {
  const behind = lane.behind.get(key)
  if (behind?.headSequence !== sequence) return undefined
  const next = behind.waiting.shift()
  if (next === undefined) lane.behind.delete(key)
  else {
    behind.headSequence = next.order?.sequence ?? 0
    lane.behindCount -= 1
  }
  return next
}

/** The head of its asset is put off: all that were behind it, in their order. */
export function takeBehind<T>(lane: Lane<T>, { key, sequence }: Order): readonly Waiting<T>[] {
  const behind = lane.behind.get(key)
  if (behind?.headSequence !== sequence) return []
  lane.behind.delete(key)
  lane.behindCount -= behind.waiting.length
  return behind.waiting
}
