/**
 * Which readers were heard, until when, and since when without a gap: by any read of theirs, of whoever's tag, and by
 * heartbeats. Times are receive times. Knows no Kafka and no store; `write-liveness.ts` tells others.
 *
 * Invariants
 *   E1. What is told of a reader is never later than `untilMs`, and never later than it was heard; `aliveSinceMs` is not
 *       after `lastHeardMs`. Who was heard after `untilMs` only is told of later.
 *   E2. A silence of `deviceOfflineMs` begins a new `aliveSinceMs`, a shorter one does not. Where points of one reader
 *       differ, the shortest holds: a later beginning only delays an exit, an earlier one invents one.
 *   E3. A reader is told of once, and then again only when it was heard later than was told.
 *   E4. Memory is bounded: by number, and by an hour of silence.
 *   E5. What was heard is to be recorded until it was: a record that failed is asked for again.
 */
import { type ScanDeviceId, scanDeviceId } from '@scanhook/domain/ids'
import { defaultMovementSettings } from '@scanhook/domain/movement-settings'
import type { Heartbeat } from '@scanhook/domain/read'
import type { HeardDevice } from '@scanhook/domain/scan'
import type { DeviceKey, ResolvedDevice } from '@scanhook/postgres/scan-lookup'
import { LRUCache } from 'lru-cache'
import type { Recall, Wanted } from './lookup-cache.ts'

/** When a reader was heard last, for the record. */
export interface DeviceSighting extends Heartbeat {
  readonly deviceId: ScanDeviceId
  readonly lastHeardMs: number
  /** Silence after which it counts as offline; null: nobody asks it. */
  readonly offlineMs: number | null
}

export interface HeardRead extends Heartbeat {
  readonly deviceId: ScanDeviceId
  /** Of the scan point that read; null where that point does not ask, or none is known. */
  readonly offlineMs: number | null
}

export interface Presence {
  /** A read of this reader came in, and what came of it is acknowledged. */
  heard(read: HeardRead, receivedAtMs: number): void
  /** The reader said that it is there; who it is, is found out when it is told of. */
  heartbeat(heartbeat: Heartbeat, receivedAtMs: number): void
  /** Readers whose heartbeats nobody has looked up yet. */
  unnamed(): readonly Wanted<DeviceKey>[]
  /** Who they are. */
  name(wanted: readonly Wanted<DeviceKey>[], recall: Recall<ResolvedDevice>): void
  /** Those heard since they were last recorded (E5), at most `max`. */
  unrecorded(max: number): readonly DeviceSighting[]
  recorded(sightings: readonly DeviceSighting[]): void
  /** Those heard since they were last taken, as of `untilMs`. */
  take(untilMs: number): readonly HeardDevice[]
  size(): number
}

interface Entry {
  readonly heartbeat: Heartbeat
  /** Null until it was looked up. */
  deviceId: ScanDeviceId | null
  isToBeNamed: boolean
  offlineMs: number | null
  lastHeardMs: number
  aliveSinceMs: number
  /** It says that it is there even when it reads nothing. */
  hasHeartbeat: boolean
  /** The `lastHeardMs` that was told last. */
  toldMs: number
  /** The `lastHeardMs` that was recorded last. */
  recordedMs: number
}

/** Readers of the largest installations some thousand times over; an entry is about 250 bytes, 25 MB when full. */
const readersMax = 100_000
/** Longer than any timeout that waits for a reader: after an hour it is offline for everybody. */
const forgetAfterMs = 3_600_000
/** For a reader that has only sent heartbeats. */
const defaultOfflineMs = defaultMovementSettings.zone.deviceOfflineMs ?? 60_000

export function presence(max: number = readersMax): Presence {
  const entries = new LRUCache<string, Entry>({ max })

  const hear = (heartbeat: Heartbeat, offlineMs: number | null, receivedAtMs: number): Entry => {
    const text = textOf(heartbeat)
    const known = entries.get(text)
    if (known === undefined) {
      const entry: Entry = {
        heartbeat,
        deviceId: null,
        isToBeNamed: false,
        offlineMs,
        lastHeardMs: receivedAtMs,
        aliveSinceMs: receivedAtMs,
        hasHeartbeat: false,
        toldMs: Number.NEGATIVE_INFINITY,
        recordedMs: Number.NEGATIVE_INFINITY,
      }
      entries.set(text, entry)
      return entry
    }
    if (receivedAtMs > known.lastHeardMs) {
      const isBack = receivedAtMs - known.lastHeardMs >= (known.offlineMs ?? defaultOfflineMs) // E2
      if (isBack) known.aliveSinceMs = receivedAtMs
      if (isBack) known.offlineMs = offlineMs
      known.lastHeardMs = receivedAtMs
    }
    if (offlineMs !== null && (known.offlineMs === null || offlineMs < known.offlineMs))
      known.offlineMs = offlineMs
    return known
  }

  return {
    heard: (read, receivedAtMs) => {
      const entry = hear(read, read.offlineMs, receivedAtMs)
      entry.deviceId = read.deviceId
      entry.isToBeNamed = false
    },
    heartbeat: (heartbeat, receivedAtMs) => {
      const entry = hear(heartbeat, null, receivedAtMs)
      entry.isToBeNamed = true
      entry.hasHeartbeat = true
    },
    unnamed: () => {
      const wanted: Wanted<DeviceKey>[] = []
      for (const { isToBeNamed, heartbeat } of entries.values()) {
        if (isToBeNamed)
          wanted.push({ text: textOf(heartbeat), orgId: heartbeat.orgId, key: () => ({ ...heartbeat }) })
      }
      return wanted
    },
    name: (wanted, recall) => {
      for (const { text } of wanted) {
        const entry = entries.peek(text)
        const device = recall(text)
        if (entry === undefined || device === undefined) continue // nobody could be asked: the next round does
        if (device === null) entries.delete(text)
        else entry.deviceId = scanDeviceId(device.id)
        entry.isToBeNamed = false
      }
    },
    unrecorded: (max) => {
      const sightings: DeviceSighting[] = []
      for (const {
        deviceId,
        lastHeardMs,
        recordedMs,
        offlineMs,
        hasHeartbeat,
        heartbeat,
      } of entries.values()) {
        if (sightings.length >= max) break
        if (deviceId === null || lastHeardMs <= recordedMs) continue
        // A reader whose points do not ask is silent while no tag is near; one that beats is not.
        const asked = offlineMs ?? (hasHeartbeat ? defaultOfflineMs : null)
        sightings.push({ ...heartbeat, deviceId, lastHeardMs, offlineMs: asked })
      }
      return sightings
    },
    recorded: (sightings) => {
      for (const sighting of sightings) {
        const entry = entries.peek(textOf(sighting))
        if (entry !== undefined) entry.recordedMs = Math.max(entry.recordedMs, sighting.lastHeardMs)
      }
    },
    take: (untilMs) => {
      const devices: HeardDevice[] = []
      for (const [text, entry] of [...entries.entries()]) {
        if (entry.lastHeardMs < untilMs - forgetAfterMs) entries.delete(text) // E4
        const lastHeardMs = Math.min(entry.lastHeardMs, untilMs)
        const { deviceId, aliveSinceMs } = entry
        if (deviceId === null || lastHeardMs <= entry.toldMs || aliveSinceMs > lastHeardMs) continue // E1, E3
        entry.toldMs = lastHeardMs
        devices.push({ orgId: entry.heartbeat.orgId, deviceId, lastHeardMs, aliveSinceMs })
      }
      return devices
    },
    size: () => entries.size,
  }
}

function textOf({ orgId, deviceKey }: Heartbeat): string {
  return `${orgId}:${deviceKey}`
}
