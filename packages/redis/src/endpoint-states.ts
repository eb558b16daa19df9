/**
 * What dispatchers learned of endpoints, in one hash, for whoever owns the partition next. Knows no breaker and no
 * partition: what is saved is what was said, what is loaded is what is well-formed and of today.
 *
 * Invariants
 *   E1. Nothing here throws or waits for longer than one command's timeout a step: without Redis nothing is known.
 *   E2. What is loaded is bounded, and a broken entry spoils no other.
 *   E3. An entry of before yesterday is not loaded, and is removed.
 */
import type { EndpointShared } from '@scanhook/domain/endpoint-shared'
import type { EndpointId } from '@scanhook/domain/ids'
import type { Logger } from '@scanhook/observability/log'
import type { Metrics } from '@scanhook/observability/metrics'
import type { ChainableCommander } from 'ioredis'
import { openRedis } from './connection.ts'
import { isOfToday, readPage } from './endpoint-state-entries.ts'
import { runPipeline } from './run-pipeline.ts'

export interface EndpointStates {
  /** Null removes. Returns whether Redis has taken all of it; the caller may say it again or let it be. */
  save(changes: ReadonlyMap<EndpointId, EndpointShared | null>): Promise<boolean>
  /** Of all endpoints, not only of one's own: one cannot tell which are. What was read before Redis went away. */
  loadAll(): Promise<ReadonlyMap<EndpointId, EndpointShared>>
  close(): Promise<void>
}

/** The hash of an installation, by the prefix of its topics. */
export function endpointStatesKey(prefix: string): string {
  return `${prefix}endpoint-states`
}

export interface EndpointStatesOptions {
  readonly url: string
  readonly log: Logger
  readonly metrics: Metrics
  /** The key of the hash, e.g. `scanhook.endpoint-states`. */
  readonly key: string
  /** Epoch ms. */
  readonly nowMs: () => number
  readonly commandTimeoutMs?: number | undefined
}

// One command holds up everybody else for its length; 1,000 fields take about 1 ms.
const fieldsPerCommand = 1_000
/** Twice the endpoints that one dispatcher is made to know; about 150 bytes each. */
const loadedMax = 200_000
/** An assignment waits for it. 100,000 entries take 0.3 s from a Redis nearby. */
const loadMaxMs = 2_000

export function openEndpointStates(options: EndpointStatesOptions): EndpointStates {
  const redis = openRedis(options)
  const { key } = options

  const send = (fill: (pipeline: ChainableCommander) => void): Promise<boolean> =>
    redis.attempt((client) => runPipeline(client, fill)).then((taken) => taken === true)

  const remove = (ids: readonly EndpointId[]): Promise<boolean> =>
    send((pipeline) => {
      for (const part of partsOf(ids)) pipeline.hdel(key, ...part.map(String))
    })

  return {
    save: async (changes) => {
      if (changes.size === 0) return true
      const kept: string[][] = []
      const gone: EndpointId[] = []
      for (const [id, shared] of changes) {
        if (shared === null) gone.push(id)
        else kept.push([`${id}`, JSON.stringify(shared)])
      }
      return send((pipeline) => {
        for (const part of partsOf(kept)) pipeline.hset(key, ...part.flat())
        for (const part of partsOf(gone)) pipeline.hdel(key, ...part.map(String))
      })
    },
    loadAll: async () => {
      const loaded = new Map<EndpointId, EndpointShared>()
      const stale: EndpointId[] = []
      const untilMs = performance.now() + loadMaxMs
      let cursor = '0'
      do {
        const page = await redis.attempt((client) => client.hscan(key, cursor, 'COUNT', fieldsPerCommand))
        if (page === null) break // E1
        cursor = page[0]
        for (const [id, shared] of readPage(page[1])) {
          if (isOfToday(shared, options.nowMs())) loaded.set(id, shared)
          else stale.push(id)
        }
      } while (cursor !== '0' && loaded.size < loadedMax && performance.now() < untilMs)
      if (stale.length > 0) void remove(stale)
      return loaded
    },
    close: () => redis.close(),
  }
}

function partsOf<T>(list: readonly T[]): (readonly T[])[] {
  const parts: (readonly T[])[] = []
  for (let start = 0; start < list.length; start += fieldsPerCommand) {
    parts.push(list.slice(start, start + fieldsPerCommand))
  }
  return parts
}
