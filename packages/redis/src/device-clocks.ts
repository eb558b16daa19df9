/**
 * What was learned of readers' clocks, so that a restart does not learn it again: one number per reader. Knows nothing of
 * what it means (`domain/reading/judge-clock`).
 *
 * Invariant
 *   D1. Without Redis nothing is known and nothing is kept, at once and without an error: a clock is learned again from
 *       the reader's next reads.
 */
import type { Logger } from '@scanhook/observability/log'
import type { Metrics } from '@scanhook/observability/metrics'
import { openRedis } from './connection.ts'

export interface DeviceOffset {
  readonly deviceId: number
  readonly offsetMs: number
}

export interface DeviceClocks {
  /** In the order of `deviceIds`; null where nothing is known or nobody can be asked. One round trip per 1,000. */
  find(deviceIds: readonly number[]): Promise<readonly (number | null)[]>
  /** Never rejects; what can't be kept is lost. */
  keep(offsets: readonly DeviceOffset[]): Promise<void>
  close(): Promise<void>
}

export interface DeviceClocksOptions {
  readonly url: string
  readonly log: Logger
  readonly metrics: Metrics
  /** Put before every key, e.g. `scanhook.clock:`. */
  readonly prefix: string
  readonly commandTimeoutMs?: number | undefined
}

// One command holds up everybody else for its length; 1,000 keys take about 1 ms.
const keysPerCommand = 1_000
/** A reader that was in a cupboard for longer has had its battery changed or was set anew. */
const keptMs = 30 * 86_400_000

export function openDeviceClocks(options: DeviceClocksOptions): DeviceClocks {
  const redis = openRedis(options)
  const keyOf = (deviceId: number): string => `${options.prefix}${deviceId}`

  const findPart = async (part: readonly number[]): Promise<readonly (number | null)[]> => {
    const found = await redis.attempt((client) => client.mget(part.map(keyOf)))
    return part.map((_, index) => offsetOf(found?.[index] ?? null))
  }

  const keepPart = async (part: readonly DeviceOffset[]): Promise<void> => {
    await redis.attempt(async (client) => {
      const pipeline = client.pipeline()
      for (const { deviceId, offsetMs } of part) pipeline.set(keyOf(deviceId), offsetMs, 'PX', keptMs)
      return pipeline.exec()
    })
  }

  return {
    find: async (deviceIds) => (await Promise.all(partsOf(deviceIds).map(findPart))).flat(),
    keep: async (offsets) => {
      await Promise.all(partsOf(offsets).map(keepPart))
    },
    close: () => redis.close(),
  }
}

/** Whatever else stands there is as good as nothing. */
function offsetOf(text: string | null): number | null {
  return text !== null && /^-?\d{1,15}$/.test(text) ? Number(text) : null
}

function partsOf<T>(list: readonly T[]): (readonly T[])[] {
  const parts: (readonly T[])[] = []
  for (let start = 0; start < list.length; start += keysPerCommand) {
    parts.push(list.slice(start, start + keysPerCommand))
  }
  return parts
}
