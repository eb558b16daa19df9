/**
 * Keeps who was seen lately until it is written: a waiting room in memory between `asset-seen` and PostgreSQL. Best
 * effort: what is in it when the process dies is made up for by the asset's next sighting or event. So its records are
 * done when they are noted, and no backlog of them is ever read twice.
 *
 * Invariants
 *   N1. An asset waits once, with its latest sighting: whatever the rate of reads, a round writes a row at most once.
 *   N2. At most `waitingMax` assets wait. Beyond that new ones are dropped and counted, known ones are brought up to date.
 *   N3. A round writes at most `rowsMax`, of those that have waited longest; one round at a time. So a flood makes all of
 *       them a little late and the database no busier.
 *   N4. After a round that failed everything waits as before; what was noted meanwhile is not lost by one that succeeded.
 */
import type { AssetSeen, SeenAsset } from '@scanhook/domain/asset-seen'

export interface SeenPorts {
  /** Writes them; gives how many rows moved. */
  readonly write: (sightings: readonly SeenAsset[]) => Promise<number>
  readonly onWritten: (count: number) => void
  readonly onDropped: (count: number) => void
  readonly onFailure: (error: unknown) => void
}

export interface SeenLimits {
  readonly rowsMax: number
  readonly waitingMax: number
}

export interface SeenKeeper {
  note(records: readonly AssetSeen[]): void
  /** Writes one round; at once when one is under way or nobody waits. Never rejects. */
  write(): Promise<void>
  waiting(): number
}

export function seenKeeper(ports: SeenPorts, { rowsMax, waitingMax }: SeenLimits): SeenKeeper {
  /** By asset: ids are unique over all organizations. In the order of waiting. */
  const waiting = new Map<number, SeenAsset>()
  let isWriting = false

  function noteOne(seen: SeenAsset): boolean {
    const before = waiting.get(seen.assetId)
    if (before === undefined && waiting.size >= waitingMax) return false
    if (before === undefined || before.lastSeenMs < seen.lastSeenMs) waiting.set(seen.assetId, seen)
    return true
  }

  function longestWaiting(): SeenAsset[] {
    const round: SeenAsset[] = []
    for (const seen of waiting.values()) {
      if (round.length >= rowsMax) break
      round.push(seen)
    }
    return round
  }

  async function writeRound(): Promise<void> {
    const round = longestWaiting()
    try {
      ports.onWritten(await ports.write(round))
    } catch (error) {
      ports.onFailure(error)
      return
    }
    for (const seen of round) {
      const now = waiting.get(seen.assetId)
      waiting.delete(seen.assetId)
      // Seen again meanwhile: to the end of the queue.
      if (now !== undefined && now !== seen) waiting.set(seen.assetId, now)
    }
  }

  return {
    note(records) {
      let dropped = 0
      for (const { seen } of records) for (const each of seen) if (!noteOne(each)) dropped++
      if (dropped > 0) ports.onDropped(dropped)
    },
    async write() {
      if (isWriting || waiting.size === 0) return
      isWriting = true
      try {
        await writeRound()
      } finally {
        isWriting = false
      }
    },
    waiting: () => waiting.size,
  }
}
