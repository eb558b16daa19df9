/** How far the installation is behind, in words: what is normal, what wants a look. Pure. */
import type { Model } from '../../api/api.ts'
import type { Tone } from '../../parts/pill.tsx'

type Pipeline = Model<'Pipeline'>
export type Group = Pipeline['groups'][number]
export type Tier = Pipeline['retry_tiers'][number]

export interface Judgement {
  readonly tone: Tone
  readonly word: string
}

/** A rebalance after a deployment takes as long; then a customer begins to notice. */
const behindFromS = 30
/** Where the alerts ScanhookConsumerLag and ScanhookRetryOverdue begin (deploy/helm/scanhook/files/rules/causes.yaml). */
const farBehindFromS = 60

export function judgeLag({ lag_records: records, lag_seconds: seconds }: Group): Judgement {
  if (records === 0) return { tone: 'good', word: 'Up to date' }
  if (seconds === null) return { tone: 'warn', word: 'Age unknown' }
  if (seconds >= farBehindFromS) return { tone: 'bad', word: 'Far behind' }
  return seconds >= behindFromS ? { tone: 'warn', word: 'Behind' } : { tone: 'good', word: 'Keeps up' }
}

/** A look at a tier takes some ms, and a head that is due is gone within a second. */
const overdueFromS = 10

/** A full tier is not late; one whose head could have gone is. */
export function judgeTier({ waiting, overdue_seconds: seconds }: Tier): Judgement {
  if (waiting === 0) return { tone: 'good', word: 'Empty' }
  if (seconds === null) return { tone: 'warn', word: 'Age unknown' }
  if (seconds >= farBehindFromS) return { tone: 'bad', word: 'Overdue' }
  return seconds >= overdueFromS ? { tone: 'warn', word: 'Late' } : { tone: 'good', word: 'On time' }
}

/**
 * What the names of all groups begin with, up to a mark that is neither a letter nor a digit: the prefix of the installation, which
 * says nothing where only one installation is shown. Empty: they have nothing in common.
 */
export function sharedPrefix(names: readonly string[]): string {
  const [first = '', ...others] = names
  let length = first.length
  for (const other of others) while (!other.startsWith(first.slice(0, length))) length -= 1
  return first.slice(0, length).match(/^.*[^\p{L}\p{N}]/u)?.[0] ?? ''
}

/** A name without the prefix; whole where it has another one, or nothing else. */
export function plainName(name: string, prefix: string): string {
  return name.startsWith(prefix) && name.length > prefix.length ? name.slice(prefix.length) : name
}

/** "0.4 s", "3 min 20 s", "2 h 5 min"; "not known" for null. */
export function saySeconds(seconds: number | null): string {
  if (seconds === null) return 'not known'
  if (seconds < 10) return `${seconds === 0 ? 0 : seconds.toFixed(1)} s`
  const whole = Math.floor(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3_600) return together([Math.floor(whole / 60), 'min'], [whole % 60, 's'])
  return together([Math.floor(whole / 3_600), 'h'], [Math.floor((whole % 3_600) / 60), 'min'])
}

function together(...parts: readonly (readonly [number, string])[]): string {
  return parts
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ')
}
