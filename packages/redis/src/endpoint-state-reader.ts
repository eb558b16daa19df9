/**
 * What dispatchers share of endpoints (endpoint-states), for whoever only looks: people who ask why nothing is sent. Writes
 * nothing.
 *
 * Invariants
 *   R1. Null is "Redis did not say", never "none": who looks must be able to tell them apart.
 *   R2. Nothing here throws; a question costs one command's timeout at most, a scan `scanMaxMs`.
 *   R3. An entry of before yesterday is not told.
 */
import type { EndpointShared } from '@scanhook/domain/endpoint-shared'
import type { EndpointId } from '@scanhook/domain/ids'
import { openRedis } from './connection.ts'
import { isOfToday, readPage, sharedOf } from './endpoint-state-entries.ts'
import type { EndpointStatesOptions } from './endpoint-states.ts'

export type SharedStatesSeen = ReadonlyMap<EndpointId, EndpointShared>

export interface EndpointStateReader {
  /** Of these endpoints those that something is known of. Null: R1. */
  find(ids: readonly EndpointId[]): Promise<SharedStatesSeen | null>
  /** Those that `isWanted` says, at most `limit`; `isComplete` is false where more may be there. Null: R1. */
  list(
    isWanted: (shared: EndpointShared) => boolean,
    limit: number,
  ): Promise<{ readonly states: SharedStatesSeen; readonly isComplete: boolean } | null>
  close(): Promise<void>
}

// One command holds up everybody else for its length; 1,000 fields take about 1 ms.
const fieldsPerCommand = 1_000
/** 100,000 entries take 0.3 s from a Redis nearby; whoever looks waits for 5 s at most, and PostgreSQL is asked afterwards. */
const scanMaxMs = 2_000

export function openEndpointStateReader(options: EndpointStatesOptions): EndpointStateReader {
  const redis = openRedis(options)
  const { key, nowMs } = options
  return {
    find: async (ids) => {
      if (ids.length === 0) return new Map()
      const texts = await redis.attempt((client) => client.hmget(key, ...ids.map(String)))
      if (texts === null) return null
      const found = new Map<EndpointId, EndpointShared>()
      for (const [index, id] of ids.entries()) {
        const shared = sharedOf(texts[index] ?? 'null')
        if (shared !== null && isOfToday(shared, nowMs())) found.set(id, shared)
      }
      return found
    },
    list: async (isWanted, limit) => {
      const states = new Map<EndpointId, EndpointShared>()
      const wantedOf = (page: readonly string[]) =>
        [...readPage(page)].filter(([, shared]) => isOfToday(shared, nowMs()) && isWanted(shared))
      const untilMs = performance.now() + scanMaxMs
      let cursor = '0'
      do {
        const page = await redis.attempt((client) => client.hscan(key, cursor, 'COUNT', fieldsPerCommand))
        if (page === null) return null
        cursor = page[0]
        for (const [id, shared] of wantedOf(page[1])) states.set(id, shared)
      } while (cursor !== '0' && states.size <= limit && performance.now() < untilMs)
      const isCut = states.size > limit
      return {
        states: isCut ? new Map([...states].slice(0, limit)) : states,
        isComplete: cursor === '0' && !isCut,
      }
    },
    close: () => redis.close(),
  }
}
