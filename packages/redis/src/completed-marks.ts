/**
 * Which records above the committed offset are complete, so that the next owner of a partition, after a crash or a
 * rebalance, does not do again what is durable already. A help, never the truth: what is not marked is done again.
 *
 * A sorted set per partition, scored by the offset; a member is `<offset>:<id>`. Kafka commits one offset per partition,
 * so everything above the lowest incomplete record would be handed out again: 20 s of deliveries when one endpoint hangs.
 *
 * Invariants
 *   P1. A mark counts for its offset and its id together: when a topic is made anew, old marks hide nothing.
 *   P2. Nothing here throws, and only `load`, `flush` and `close` wait, none longer than a few commands' timeouts. Without
 *       Redis marks are lost, and told to `lost`.
 *   P3. What is waiting to be written is bounded, and so is what is kept of a partition and for how long.
 *   P4. Marks below what was committed are not kept.
 */
import type { Logger } from '@scanhook/observability/log'
import type { Metrics } from '@scanhook/observability/metrics'
import type { ChainableCommander } from 'ioredis'
import { openRedis } from './connection.ts'
import { runPipeline } from './run-pipeline.ts'

export interface LoadedMarks {
  readonly size: number
  has(offset: number, id: string): boolean
}

export interface CompletedMarks {
  /** The record at `offset` is durable. Buffered; costs no promise. `id` tells it from another at that offset (P1). */
  note(partition: number, offset: number, id: string): void
  /** Everything below `nextOffset` is committed, or about to be. */
  committed(partition: number, nextOffset: number): void
  /** On assignment; flushes before. Empty without Redis. */
  load(partition: number): Promise<LoadedMarks>
  /** On revocation: what was noted is written, or lost. */
  flush(): Promise<void>
  /** Flushes. */
  close(): Promise<void>
}

export interface CompletedMarksOptions {
  readonly url: string
  readonly log: Logger
  readonly metrics: Metrics
  /** Put before each partition's number. Include group and topic, e.g. `scanhook.done:dispatcher:deliveries:`. */
  readonly prefix: string
  /** Calls `act` once; returns the way to cancel it. */
  readonly after: (delayMs: number, act: () => void) => () => void
  /** So many marks were not written, or a partition's could not be read (1). */
  readonly lost: (what: 'note' | 'load', count: number) => void
  readonly commandTimeoutMs?: number | undefined
}

/** What a crash does again at most; at 6,000 a second 60 marks share one write, and each costs us about 5 µs. */
const flushEveryMs = 10
/** One ZADD of 500 takes Redis about 1 ms. */
const marksPerFlush = 500
/** Three seconds of deliveries at full speed: many times what one command's timeout lets pile up. */
const waitingMax = 20_000
/**
 * Per partition. The consumer hands out no more than 20,000 incomplete records, and a dispatcher lets none wait for
 * longer than 20 s; 100,000 are five thousand a second meanwhile, and 10 MB in Redis. The lowest go first: they are
 * committed next.
 */
const keptMax = 100_000
/** Kafka forgets what a group without members committed after seven days, and without that marks mean nothing. */
const keptMs = 7 * 24 * 3_600_000
/** 5,000 members are 300 KB: a few ms. */
const marksPerPage = 5_000
/** An assignment waits for it. */
const loadMaxMs = 2_000

interface Partition {
  /** Members by offset; a mark noted twice is one. */
  readonly waiting: Map<number, string>
  nextOffset: number
  /** Whether what was committed has not been told to Redis. */
  isTrimDue: boolean
}

export function openCompletedMarks(options: CompletedMarksOptions): CompletedMarks {
  const { prefix, lost } = options
  const redis = openRedis(options)
  const partitions = new Map<number, Partition>()
  let waiting = 0
  let cancel: (() => void) | null = null
  /** Flushes go one after the other, so that no more than one is ever unanswered. */
  let flushing: Promise<void> | null = null

  const keyOf = (partition: number): string => `${prefix}${partition}`

  function partitionOf(partition: number): Partition {
    const known = partitions.get(partition)
    if (known !== undefined) return known
    const added: Partition = { waiting: new Map(), nextOffset: 0, isTrimDue: false }
    partitions.set(partition, added)
    return added
  }

  function schedule(): void {
    if (cancel !== null || flushing !== null) return
    cancel = options.after(flushEveryMs, () => {
      cancel = null
      void flushOnce()
    })
  }

  function flushOnce(): Promise<void> {
    flushing ??= write().finally(() => {
      flushing = null
      if (waiting > 0) schedule()
    })
    return flushing
  }

  async function write(): Promise<void> {
    const taken = [...partitions].flatMap(([partition, each]) => takeFrom(partition, each))
    if (taken.length === 0) return
    waiting = 0
    const isTaken = await redis.attempt((client) =>
      runPipeline(client, (pipeline) => {
        for (const each of taken) fill(pipeline, each)
      }),
    )
    const count = taken.reduce((sum, { marks }) => sum + marks.length, 0)
    if (isTaken === null && count > 0) lost('note', count)
  }

  interface Taken {
    readonly key: string
    readonly nextOffset: number
    readonly isTrimDue: boolean
    readonly marks: readonly (readonly [number, string])[]
  }

  function takeFrom(partition: number, each: Partition): Taken[] {
    if (each.waiting.size === 0 && !each.isTrimDue) return []
    const marks = [...each.waiting].filter(([offset]) => offset >= each.nextOffset) // saves the write
    const { nextOffset, isTrimDue } = each
    each.waiting.clear()
    each.isTrimDue = false
    return marks.length === 0 && !isTrimDue ? [] : [{ key: keyOf(partition), nextOffset, isTrimDue, marks }]
  }

  function fill(pipeline: ChainableCommander, { key, nextOffset, isTrimDue, marks }: Taken): void {
    for (let start = 0; start < marks.length; start += marksPerFlush) {
      const part = marks.slice(start, start + marksPerFlush)
      pipeline.zadd(key, ...part.flatMap(([offset, id]) => [`${offset}`, `${offset}:${id}`]))
    }
    if (isTrimDue) pipeline.zremrangebyscore(key, '-inf', `(${nextOffset}`)
    if (marks.length === 0) return
    pipeline.zremrangebyrank(key, 0, -keptMax - 1) // P3
    pipeline.pexpire(key, keptMs)
  }

  async function read(partition: number): Promise<Set<string>> {
    const found = new Set<string>()
    const untilMs = performance.now() + loadMaxMs
    for (let start = 0; start < keptMax; start += marksPerPage) {
      const page = await redis.attempt((client) =>
        client.zrange(keyOf(partition), `${start}`, `${start + marksPerPage - 1}`),
      )
      if (page === null) {
        lost('load', 1)
        break
      }
      for (const mark of page) found.add(mark)
      if (page.length < marksPerPage || performance.now() > untilMs) break
    }
    return found
  }

  const flush = async (): Promise<void> => {
    cancel?.()
    cancel = null
    if (flushing !== null) await flushing // what was noted after it began is not in it
    await flushOnce()
  }

  return {
    note: (partition, offset, id) => {
      const each = partitionOf(partition)
      if (offset < each.nextOffset) return // P4
      if (waiting >= waitingMax) return lost('note', 1) // P3
      const before = each.waiting.size
      each.waiting.set(offset, id)
      waiting += each.waiting.size - before
      if (waiting >= marksPerFlush && flushing === null) {
        cancel?.()
        cancel = null
        void flushOnce()
      } else schedule()
    },
    committed: (partition, nextOffset) => {
      const each = partitionOf(partition)
      if (nextOffset === each.nextOffset) return
      each.nextOffset = nextOffset
      each.isTrimDue = true
      schedule()
    },
    load: async (partition) => {
      await flush()
      partitions.delete(partition) // offsets of a topic made anew begin at 0 again
      const marks = await read(partition)
      return { size: marks.size, has: (offset, id) => marks.has(`${offset}:${id}`) }
    },
    flush,
    close: async () => {
      await flush()
      await redis.close()
    },
  }
}
