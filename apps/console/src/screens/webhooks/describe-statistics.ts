/** How requests went over a while, as points of a chart, and what is in an endpoint's way, in words. Pure. */
import type { Model } from '../../api/api.ts'
import type { Range } from './webhook-queries.ts'

type Statistics = Model<'WebhookStatistics'>
type Failures = NonNullable<Statistics['failures']>

export interface Point {
  /** "14:05", "Fri 27 Nov". */
  readonly label: string
  readonly delivered: number
  readonly failed: number
  readonly p50Ms: number | null
  readonly p95Ms: number | null
}

const dayMs = 86_400_000
const zone = { timeZone: 'UTC' } as const
const timeOfDay = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const
const dayOfMonth = { day: 'numeric', month: 'short' } as const

/** By minutes and hours in this person's zone; days are UTC's, as usage counts them. */
export function pointsOf(
  { buckets }: Pick<Statistics, 'buckets'>,
  range: Extract<Range, '1h' | '24h'>,
): readonly Point[] {
  const format = new Intl.DateTimeFormat(
    'en-GB',
    range === '1h' ? timeOfDay : { ...timeOfDay, ...dayOfMonth },
  )
  return buckets.map(({ start, delivered, failed, p50_ms: p50Ms, p95_ms: p95Ms }) => ({
    ...{ label: format.format(new Date(start)), delivered, failed, p50Ms, p95Ms },
  }))
}

/** `dayCount` days up to and with that of `nowMs`, oldest first; days without anything are there as well. */
export function pointsOfDays(
  rows: readonly Model<'Usage'>[],
  nowMs: number,
  dayCount: number,
): readonly Point[] {
  const format = new Intl.DateTimeFormat('en-GB', { ...dayOfMonth, ...zone })
  const rowOf = new Map(rows.map((row) => [row.day, row]))
  return Array.from({ length: dayCount }, (_, index) => {
    const day = new Date(nowMs - (dayCount - 1 - index) * dayMs)
    const row = rowOf.get(day.toISOString().slice(0, 10))
    const delivered = row?.deliveries.delivered ?? 0
    return {
      ...{ label: format.format(day), delivered, failed: Math.max(0, (row?.attempts ?? 0) - delivered) },
      ...{ p50Ms: row?.latency_ms.p50 ?? null, p95Ms: row?.latency_ms.p95 ?? null },
    }
  })
}

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
