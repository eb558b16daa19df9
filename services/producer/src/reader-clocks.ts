/**
 * The readers' clocks as this process knows them, over what all processes learned before. Judging is pure
 * (`domain/reading/judge-clock`); this keeps the states.
 *
 * Invariants
 *   K1. A reader that is met for the first time is asked for once; whatever the answer and however long it takes, what is
 *       learned from its reads meanwhile stands.
 *   K2. An offset is shared when it is first learned and when it has moved by more than a second, and not otherwise.
 *   K3. Memory is bounded; a reader that was pushed out is met for the first time again.
 *   K4. What is tried teaches nothing, is not counted and is not shared.
 */
import type { ScanDeviceId } from '@scanhook/domain/ids'
import {
  type ClockedRead,
  type ClockJudgement,
  type ClockLimits,
  judgeClock,
  knownClock,
  type Lateness,
  offsetOf,
  type ReaderClock,
} from '@scanhook/domain/reading/judge-clock'
import type { DeviceOffset } from '@scanhook/redis/device-clocks'
import { LRUCache } from 'lru-cache'

export interface ReaderClocksOptions {
  /** In the order of the ids; null where nothing is known. Never rejects. */
  readonly find: (deviceIds: readonly ScanDeviceId[]) => Promise<readonly (number | null)[]>
  /** Never rejects. */
  readonly keep: (offsets: readonly DeviceOffset[]) => Promise<void>
  /** Told when sharing, of all reads since the last time. */
  readonly counted: (fate: ClockFate, count: number) => void
}

export type ClockFate = Lateness | 'too_old'

export interface ReaderClocks {
  /** Asks for what others know of readers that are met for the first time. Never rejects. */
  prepare(first: ReadonlyMap<ScanDeviceId, ClockedRead>): Promise<void>
  isKnown(deviceId: ScanDeviceId): boolean
  judge(deviceId: ScanDeviceId, read: ClockedRead, limits: ClockLimits): ClockJudgement
  /** Tells others what was learned since the last time. Never rejects. Meant for once a batch. */
  share(): Promise<void>
  /** The same judgements as if the reads came now, one after the other, of which nothing stays (K4). */
  trial(): Pick<ReaderClocks, 'prepare' | 'isKnown' | 'judge'>
}

interface Entry {
  clock: ReaderClock | null
  /** What others have been told; null: nothing. */
  sharedMs: number | null
}

/** Some thousand readers and handhelds in the largest installations; an entry is about 250 bytes, 13 MB when full. */
const readersMax = 50_000
/** Less than this changes nothing that anybody decides, and the way alone varies by it. */
const shareFromMs = 1_000

export function readerClocks({ find, keep, counted }: ReaderClocksOptions): ReaderClocks {
  const entries = new LRUCache<ScanDeviceId, Entry>({ max: readersMax })
  const moved = new Map<ScanDeviceId, number>()
  const fates = new Map<ClockFate, number>()

  return {
    isKnown: (deviceId) => entries.has(deviceId),
    prepare: async (first) => {
      const deviceIds = [...first.keys()].filter((deviceId) => !entries.has(deviceId))
      if (deviceIds.length === 0) return
      const offsets = await find(deviceIds)
      for (const [index, deviceId] of deviceIds.entries()) {
        const offsetMs = offsets[index] ?? null
        if (entries.has(deviceId)) continue // K1: another batch was quicker
        const receivedAtMs = first.get(deviceId)?.receivedAtMs ?? 0
        const clock = offsetMs === null ? null : knownClock(offsetMs, receivedAtMs)
        entries.set(deviceId, { clock, sharedMs: offsetMs })
      }
    },
    judge: (deviceId, read, limits) => {
      const entry = entries.get(deviceId) ?? { clock: null, sharedMs: null }
      const judgement = judgeClock(entry.clock, read, limits)
      const fate = judgement.kind === 'timed' ? judgement.lateness : 'too_old'
      fates.set(fate, (fates.get(fate) ?? 0) + 1)
      if (judgement.clock === entry.clock) return judgement
      entry.clock = judgement.clock
      entries.set(deviceId, entry)
      if (judgement.clock?.isKnownGood === true) {
        const offsetMs = offsetOf(judgement.clock)
        // K2
        if (entry.sharedMs === null || Math.abs(offsetMs - entry.sharedMs) > shareFromMs) {
          entry.sharedMs = offsetMs
          moved.set(deviceId, offsetMs)
        }
      }
      return judgement
    },
    share: async () => {
      for (const [fate, count] of fates) counted(fate, count)
      fates.clear()
      if (moved.size === 0) return
      const offsets = [...moved].map(([deviceId, offsetMs]) => ({ deviceId, offsetMs }))
      moved.clear()
      await keep(offsets)
    },
    trial: () => {
      const tried = new Map<ScanDeviceId, ReaderClock | null>()
      return {
        isKnown: (deviceId) => tried.has(deviceId) || entries.has(deviceId),
        prepare: async (first) => {
          const offsets = await find([...first.keys()])
          for (const [index, [deviceId, { receivedAtMs }]] of [...first].entries()) {
            const offsetMs = offsets[index] ?? null
            tried.set(deviceId, offsetMs === null ? null : knownClock(offsetMs, receivedAtMs))
          }
        },
        judge: (deviceId, read, limits) => {
          const clock = tried.get(deviceId) ?? entries.peek(deviceId)?.clock ?? null
          const judgement = judgeClock(clock, read, limits)
          tried.set(deviceId, judgement.clock)
          return judgement
        },
      }
    },
  }
}
