/** How requests went over a while, as points of a chart, and what is in an endpoint's way, in words. Pure. */
import type { Model } from '../../api/api.ts'
import { sayDuration } from '../../parts/say-relative.ts'
import type { Range } from './webhook-queries.ts'

type Statistics = Model<'WebhookStatistics'>
type Failures = NonNullable<Statistics['failures']>

export interface Point {
  /** "14:05", "27 Nov". */
  readonly label: string
  readonly delivered: number
  readonly failed: number
  readonly p50Ms: number | null
  readonly p95Ms: number | null
}

const zone = { timeZone: 'UTC' } as const
const timeOfDay = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const
const dayOfMonth = { day: 'numeric', month: 'short' } as const

/** By minutes and hours in this person's zone; days are UTC's, as they are counted. */
const formats: Readonly<Record<Range, Intl.DateTimeFormatOptions>> = {
  '1h': timeOfDay,
  '24h': { ...timeOfDay, ...dayOfMonth },
  '7d': { ...timeOfDay, ...dayOfMonth },
  '30d': { ...dayOfMonth, ...zone },
}

/** Oldest first; spans without anything are there as well. */
export function pointsOf({ buckets }: Pick<Statistics, 'buckets'>, range: Range): readonly Point[] {
  const format = new Intl.DateTimeFormat('en-GB', formats[range])
  return buckets.map(({ start, delivered, failed, p50_ms: p50Ms, p95_ms: p95Ms }) => ({
    ...{ label: format.format(new Date(start)), delivered, failed, p50Ms, p95Ms },
  }))
}

/** "In 24 hours 95 % were answered within 120 ms and 99 % within 1.20 s." and how true that is. Null where nothing was answered. */
export function sayLatency(
  { p95_ms: p95Ms, p99_ms: p99Ms, latency_error_percent: percent }: LatencyFacts,
  span: string,
): string | null {
  if (p95Ms === null || p99Ms === null) return null
  const about = percent === 0 ? '' : 'about '
  const said = `In ${span} 95 % were answered within ${about}${sayDuration(p95Ms)} and 99 % within ${about}${sayDuration(p99Ms)}`
  return percent === 0 ? `${said}.` : `${said}; the true figures are within ${percent} % of these.`
}

type LatencyFacts = Pick<Statistics, 'p95_ms' | 'p99_ms' | 'latency_error_percent'>

const errorNouns: Readonly<Record<string, readonly [one: string, many: string]>> = {
  timeout: ['timeout', 'timeouts'],
  connect: ['refused connection', 'refused connections'],
  reset: ['broken connection', 'broken connections'],
  dns: ['failed name look-up', 'failed name look-ups'],
  tls: ['failed TLS handshake', 'failed TLS handshakes'],
  blocked_address: ['address that must not be reached', 'addresses that must not be reached'],
}

/** Kinds after these are told as a number: nobody reads more in a sentence. */
const kindsMax = 3

/** "11 timeouts and 3 answers with 503"; null while nothing is known. */
export function sayFailures({ kinds }: Pick<Failures, 'kinds'>): string | null {
  if (kinds.length === 0) return null
  const said = kinds.slice(0, kindsMax).map(sayKind)
  const others = kinds.slice(kindsMax).reduce((sum, { requests }) => sum + requests, 0)
  const all = others === 0 ? said : [...said, `${others.toLocaleString('en')} other failures`]
  return all.length === 1 ? (all[0] ?? null) : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`
}

function sayKind({
  response_status: status,
  error_class: error,
  requests,
}: Failures['kinds'][number]): string {
  const count = requests.toLocaleString('en')
  if (status !== null) return `${count} ${requests === 1 ? 'answer' : 'answers'} with ${status}`
  const fallback = `${error?.replaceAll('_', ' ') ?? 'unknown'} error`
  const [one, many] = errorNouns[error ?? ''] ?? [fallback, `${fallback}s`]
  return `${count} ${requests === 1 ? one : many}`
}

/** "at 14:02" on the same day of this zone, "on 27 Nov at 14:02" on another. */
export function sayWhen(at: string, nowMs: number): string {
  const said = sayClock(at, nowMs)
  return said.includes(', ') ? `on ${said.replace(', ', ' at ')}` : `at ${said}`
}

/** "14:02" on the same day of this zone, "27 Nov, 14:02" on another. */
export function sayClock(at: string, nowMs: number): string {
  const then = new Date(at)
  const day = new Intl.DateTimeFormat('en-GB', dayOfMonth)
  const clock = new Intl.DateTimeFormat('en-GB', timeOfDay).format(then)
  return day.format(then) === day.format(new Date(nowMs)) ? clock : `${day.format(then)}, ${clock}`
}
