/** Counts scans against the reads that were sent, id by id. In memory; one bit for each read, so 18 million of them are 2 MB. */

export interface Audit {
  readonly run: string
  readonly sent: number
  /** Scans of this run. */
  readonly scans: number
  /** Reads without a scan: what was lost. */
  readonly missing: number
  /** Scans beyond the first of their read. */
  readonly duplicates: number
}

export interface ScanTally {
  /** Ids are `<run>-<number from 0>`; those of other runs are passed over. */
  readonly take: (scanId: string) => void
  readonly audits: () => readonly Audit[]
}

export function scanTally(runs: readonly { readonly run: string; readonly sent: number }[]): ScanTally {
  const tallies = new Map(runs.map(({ run, sent }) => [run, newTally(sent)]))
  return {
    take(scanId) {
      const dash = scanId.lastIndexOf('-')
      const tally = tallies.get(scanId.slice(0, dash))
      const number = Number(scanId.slice(dash + 1))
      if (tally !== undefined && number < tally.sent) count(tally, number)
    },
    audits: () =>
      Array.from(tallies, ([run, { sent, scans, distinct }]) => ({
        run,
        sent,
        scans,
        missing: sent - distinct,
        duplicates: scans - distinct,
      })),
  }
}

interface Tally {
  readonly sent: number
  readonly bits: Uint8Array
  scans: number
  distinct: number
}

function newTally(sent: number): Tally {
  return { sent, bits: new Uint8Array(Math.ceil(sent / 8)), scans: 0, distinct: 0 }
}

function count(tally: Tally, number: number): void {
  tally.scans += 1
  const byte = tally.bits[number >> 3] ?? 0
  const bit = 1 << (number & 7)
  if ((byte & bit) !== 0) return
  tally.bits[number >> 3] = byte | bit
  tally.distinct += 1
}
