/** Results by cell and seed, kept over partial runs in `results.json`: a later run of the same cell and seed replaces the earlier. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Judgement } from './evidence.ts'

export interface KeptResult {
  readonly cell: string
  readonly seed: number
  /** Of the run, ISO. */
  readonly at: string
  /** Of the sources that were run. */
  readonly commit: string
  readonly seconds: number
  readonly faults: readonly string[]
  readonly judgements: readonly Judgement[]
  readonly figures: Readonly<Record<string, number | string>>
  readonly tookS: number
  /** What kept the cell from being judged at all; null when it was. */
  readonly error: string | null
}

const file = join(import.meta.dirname, 'results.json')

export function readResults(): readonly KeptResult[] {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as KeptResult[]) : []
}

export function merged(kept: readonly KeptResult[], fresh: readonly KeptResult[]): readonly KeptResult[] {
  const byKey = new Map([...kept, ...fresh].map((one) => [`${one.cell} ${one.seed}`, one]))
  return [...byKey.values()].toSorted(
    (one, other) => one.cell.localeCompare(other.cell, 'en', { numeric: true }) || one.seed - other.seed,
  )
}

export function keepResults(fresh: readonly KeptResult[]): void {
  const draft = `${file}.${process.pid}.tmp`
  writeFileSync(draft, `${JSON.stringify(merged(readResults(), fresh), null, 1)}\n`)
  renameSync(draft, file)
}

export const isHeld = ({ judgements, error }: Pick<KeptResult, 'judgements' | 'error'>): boolean =>
  error === null && judgements.every(({ verdict }) => verdict !== 'violated')

/** What came of a promise that was broken on purpose, by its name. */
export interface KeptBreakage {
  readonly breakage: string
  readonly at: string
  readonly commit: string
  /** Empty: nobody noticed. */
  readonly noticed: readonly {
    readonly cell: string
    readonly invariant: string
    readonly violation: string
  }[]
}

const breakagesFile = join(import.meta.dirname, 'noticed.json')

export function readBreakages(): readonly KeptBreakage[] {
  return existsSync(breakagesFile) ? (JSON.parse(readFileSync(breakagesFile, 'utf8')) as KeptBreakage[]) : []
}

export function keepBreakage(fresh: KeptBreakage): void {
  const others = readBreakages().filter(({ breakage }) => breakage !== fresh.breakage)
  const all = [...others, fresh].toSorted((one, other) => one.breakage.localeCompare(other.breakage, 'en'))
  writeFileSync(breakagesFile, `${JSON.stringify(all, null, 1)}\n`)
}
