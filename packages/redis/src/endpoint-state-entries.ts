/** Entries of the hash in which dispatchers share what they learnt: texts of whoever wrote them, so nothing is taken on trust. Pure. */
import type { BreakerSnapshot, EndpointShared } from '@scanhook/domain/endpoint-shared'
import { type EndpointId, endpointId } from '@scanhook/domain/ids'

/** A breaker is open for 18 minutes at most, and a limit of yesterday says nothing of today. */
const keptMs = 24 * 3_600_000

export function isOfToday({ atMs }: EndpointShared, nowMs: number): boolean {
  return Math.abs(nowMs - atMs) <= keptMs
}

/** Field, value, field, value … as HSCAN answers (HGETALL, too). Broken entries are passed over. */
export function* readPage(page: readonly string[]): Generator<readonly [EndpointId, EndpointShared]> {
  for (let index = 0; index + 1 < page.length; index += 2) {
    const id = Number(page[index])
    const shared = sharedOf(page[index + 1] ?? '')
    if (Number.isSafeInteger(id) && shared !== null) yield [endpointId(id), shared]
  }
}

type Unchecked<T> = { readonly [Key in keyof T]?: unknown }

/** Null for what is none. */
export function sharedOf(text: string): EndpointShared | null {
  const value = objectOf<EndpointShared>(text)
  if (value === null || !isCount(value.atMs)) return null
  if (value.limit !== null && !isCount(value.limit)) return null
  const { limit, atMs } = value
  if (value.breaker === null) return { breaker: null, sinceMs: null, limit, atMs }
  const breaker = snapshotOf(value.breaker)
  // Dispatchers of before say no beginning.
  const sinceMs = isCount(value.sinceMs) ? value.sinceMs : null
  return breaker === null ? null : { breaker, sinceMs, limit, atMs }
}

function snapshotOf(value: unknown): BreakerSnapshot | null {
  if (typeof value !== 'object' || value === null) return null
  const { state, untilMs, openings, epoch }: Unchecked<BreakerSnapshot> = value
  if (state !== 'open' && state !== 'half_open') return null
  if (!isCount(untilMs) || !isCount(openings) || openings < 1 || !isCount(epoch)) return null
  return { state, untilMs, openings, epoch }
}

function objectOf<T>(text: string): Unchecked<T> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' ? value : null
  } catch {
    return null
  }
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0
