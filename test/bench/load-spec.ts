/** What the load generator is told, and what it answers; it is another process, so all of it is JSON. */
import type { WalkLoad } from './walk-load.ts'

export interface LoadSpec {
  readonly brokers: string
  readonly topic: string
  readonly orgId: number
  /** Ids are `<run>-<number from 0>`, without a gap. */
  readonly run: string
  readonly source:
    | {
        readonly kind: 'walks'
        readonly load: WalkLoad
        readonly assets: number
        /** How far the walkers have come already. */
        readonly fromMs: number
        /** Ends after that much wall time. */
        readonly seconds: number
      }
    /** Every read is an asset's first and only one. */
    | { readonly kind: 'portal'; readonly devices: readonly string[]; readonly assets: number }
  /** `real`: as fast as recorded, received when it is sent. `unbounded`: as fast as it goes, received as recorded from `startsAtMs` on. */
  readonly pace: { readonly kind: 'real' } | { readonly kind: 'unbounded'; readonly startsAtMs: number }
  /** Reads that may be sent before the pipeline has applied them; null for any number. Told of by lines `{"applied":n}` on stdin. */
  readonly aheadMax: number | null
}

/** One line on stdout, at the end. */
export interface LoadReport {
  readonly sent: number
  readonly seconds: number
  readonly cpuMicros: number
  /** How late it was at worst, behind the recorded times; 0 when unbounded. */
  readonly behindMaxMs: number
  /** Receive time of the last read. */
  readonly endsAtMs: number
}

/** Tags of the bench's assets, by what they are for. 24 hex digits under a header that no GS1 scheme uses. */
export function benchTag(kind: 'walker' | 'portal' | 'passer' | 'mover', index: number): string {
  const digit = { walker: 'A', portal: 'B', passer: 'C', mover: 'D' }[kind]
  return `E5CA000${digit}${index.toString(16).toUpperCase().padStart(16, '0')}`
}
