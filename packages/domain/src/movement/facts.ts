/** The facts of scans, as events show them: of one scan, of several of one place, or of what a slot remembers. */
import type { ScanFacts, Slot } from '../asset-state.ts'
import type { Scan, ScanTag } from '../scan.ts'
import { louder } from './signal.ts'

export function factsOf({ place, tag, readAtMs, receivedAtMs, rssiCdbm, reads }: Scan): ScanFacts {
  return { place, tag, readAtMs, receivedAtMs, rssiCdbm, reads }
}

/** One more scan of the same place: the newest times, all reads, the best signal. */
export function withScan(facts: ScanFacts, scan: Scan): ScanFacts {
  const isNewer = scan.receivedAtMs >= facts.receivedAtMs
  const { place, tag, readAtMs, receivedAtMs } = isNewer ? scan : facts
  const rssiCdbm = louder(facts.rssiCdbm, scan.rssiCdbm)
  return { place, tag, readAtMs, receivedAtMs, rssiCdbm, reads: facts.reads + scan.reads }
}

/**
 * A place that takes the lead without having been heard just now, because the asset's own fell back: what its slot
 * knows. Its last read counts as the candidate's first.
 */
export function factsOfSlot(slot: Slot, tag: ScanTag): ScanFacts {
  const { place, lastMs, levelCdbm } = slot
  return { place, tag, readAtMs: null, receivedAtMs: lastMs, rssiCdbm: levelCdbm, reads: 1 }
}
