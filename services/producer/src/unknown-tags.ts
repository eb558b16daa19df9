/**
 * Tags that readers see and nobody has registered, counted per organization until they are written. A real problem on
 * every site: somebody puts a tag on a pallet and forgets to say so.
 *
 * Invariants
 *   T1. Memory is bounded; when it is full the least read go, counted.
 *   T2. While the store is away counts wait and add up; each is written once. (A store that took them and could not say
 *       so is told again: these are counts for people.) What it refuses for good is dropped, counted.
 */
import type { OrgId } from '@scanhook/domain/ids'
import { normaliseTag } from '@scanhook/domain/reading/normalise-tag'
import type { UnknownTagCount } from '@scanhook/postgres/unknown-tags'
import type { Arrival } from './arrival.ts'

export interface UnknownTagsOptions {
  /** One statement's worth. */
  readonly write: (counts: readonly UnknownTagCount[]) => Promise<void>
  readonly dropped: (count: number) => void
  /** Told of each rejection; says whether the same may be written later. */
  readonly failed: (error: unknown) => 'again' | 'never'
}

export interface UnknownTags {
  note(arrival: Arrival): void
  /** Writes what was counted. Never rejects; resolves at once while the last one is under way. */
  flush(): Promise<void>
  size(): number
}

// Strays near a busy dock door; an entry is about 400 bytes, 20 MB when full.
const tagsMax = 50_000
// Sorting 50,000 takes 20 ms: dropping a tenth at once makes that one sort per 5,000 strangers.
const keptOfFull = 45_000
// Written with one statement of twelve arrays.
const countsPerWrite = 1_000

type Count = { -readonly [K in keyof UnknownTagCount]: UnknownTagCount[K] }

export function unknownTags({ write, dropped, failed }: UnknownTagsOptions): UnknownTags {
  let counts = new Map<string, Count>()
  let isWriting = false

  const add = (count: Count): void => {
    const key = keyOf(count.orgId, count.matchKey)
    const known = counts.get(key)
    if (known !== undefined) {
      merge(known, count)
      return
    }
    if (counts.size >= tagsMax) makeRoom()
    counts.set(key, count)
  }

  const makeRoom = (): void => {
    const byReads = [...counts].sort(
      ([, one], [, other]) => other.reads - one.reads || other.lastSeenMs - one.lastSeenMs,
    )
    counts = new Map(byReads.slice(0, keptOfFull))
    dropped(byReads.length - keptOfFull) // T1
  }

  const writeAll = async (): Promise<void> => {
    const taken = [...counts.values()]
    counts = new Map()
    for (let start = 0; start < taken.length; start += countsPerWrite) {
      const part = taken.slice(start, start + countsPerWrite)
      try {
        await write(part)
      } catch (error) {
        if (failed(error) === 'never') {
          dropped(part.length)
          continue
        }
        for (const count of taken.slice(start)) add(count) // T2
        return
      }
    }
  }

  return {
    note: (arrival) => add(countOf(arrival)),
    flush: async () => {
      if (isWriting || counts.size === 0) return
      isWriting = true
      await writeAll()
      isWriting = false
    },
    size: () => counts.size,
  }
}

function keyOf(orgId: OrgId, matchKey: string): string {
  return `${orgId}:${matchKey}`
}

function countOf({ read, receivedAtMs }: Arrival): Count {
  return {
    orgId: read.orgId,
    matchKey: normaliseTag(read.tagValue),
    value: read.tagValue,
    tagType: read.tagType,
    reads: read.reads,
    firstSeenMs: receivedAtMs,
    lastSeenMs: receivedAtMs,
    lastDeviceKey: read.deviceKey,
    lastAntennaPort: read.antennaPort ?? 1,
    rssiMaxCdbm: read.rssiCdbm,
  }
}

function merge(known: Count, more: Count): void {
  known.reads += more.reads
  known.firstSeenMs = Math.min(known.firstSeenMs, more.firstSeenMs)
  if (more.rssiMaxCdbm !== null) {
    known.rssiMaxCdbm =
      known.rssiMaxCdbm === null ? more.rssiMaxCdbm : Math.max(known.rssiMaxCdbm, more.rssiMaxCdbm)
  }
  if (more.lastSeenMs < known.lastSeenMs) return
  known.lastSeenMs = more.lastSeenMs
  known.value = more.value
  known.tagType = more.tagType ?? known.tagType
  known.lastDeviceKey = more.lastDeviceKey
  known.lastAntennaPort = more.lastAntennaPort
}
