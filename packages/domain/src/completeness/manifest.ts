/**
 * The manifest of an endpoint's day: how many events there were for it, what became of them, and a hash chain over their
 * ids that the receiver recomputes from what it got. One pass over the day, in constant memory; the hash is an argument.
 *
 * Invariants
 *   M1. The chain depends on the day and the set of ids alone: ids come in ascending order, each once; anything else throws.
 *   M2. An event belongs to the UTC day in which it occurred, which is what its body says. What the log took after the cut
 *       of its day's manifest is named as late by the next one: each event is in exactly one of the two.
 *   M3. `delivered`, `dead` and `pending` add up to `events`, and so do the numbers of `by_type`.
 *   M4. A day's manifest is made once it has settled, and days that were missed are made up for, up to a bound.
 */
import { formatInstant } from '../instant.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** Hexadecimal, in lower case, of the text's UTF-8. */
export type Sha256Hex = (text: string) => string

/** `link₀ = sha256(day)`, `linkₙ = sha256(linkₙ₋₁ + event id)`, all in hexadecimal. */
export const chainAlgorithm = 'sha256-chain-1'

/**
 * After midnight. A reader's backlog comes within minutes where it is online, and a recorder that was down makes up for an
 * hour of 1,000 events a second in some minutes. What comes later still is named by the next manifest.
 */
const settlingMs = 2 * hourMs
/** A reconciler that was down over a week's holiday; history is kept for 30 days. */
const madeUpDaysMax = 7
/** 37 bytes each: the body stays below what receivers accept by default, with the rest of it (1 MiB, nginx). */
export const namedIdsMax = 1_000

/**
 * The first instant of the day whose manifest is to be made now; null when there is none. `lastDayAtMs`: of the last day that
 * has one; null before the first, which is that of the day that ended last.
 */
export function decideManifest(lastDayAtMs: number | null, nowMs: number): number | null {
  const newestAtMs = Math.floor((nowMs - settlingMs) / dayMs) * dayMs - dayMs
  if (lastDayAtMs === null) return newestAtMs
  if (lastDayAtMs >= newestAtMs) return null
  return Math.max(lastDayAtMs + dayMs, newestAtMs - (madeUpDaysMax - 1) * dayMs) // M4
}

export interface ManifestEntry {
  readonly eventId: string
  readonly type: string
  readonly state: 'pending' | 'delivered' | 'dead'
}

export interface ManifestTally {
  /** In ascending order of their ids. */
  add(entry: ManifestEntry): void
  tell(): ManifestFacts
}

export interface ManifestFacts {
  readonly day: string
  readonly events: number
  readonly byType: Readonly<Record<string, number>>
  readonly firstEventId: string | null
  readonly lastEventId: string | null
  readonly chain: string
  readonly states: Readonly<Record<ManifestEntry['state'], number>>
  readonly deadEventIds: readonly string[]
}

export function manifestTally(dayAtMs: number, sha256Hex: Sha256Hex): ManifestTally {
  const day = formatInstant(dayAtMs).slice(0, 10)
  const states = { pending: 0, delivered: 0, dead: 0 }
  const byType = new Map<string, number>()
  const deadEventIds: string[] = []
  let link = sha256Hex(day)
  let events = 0
  let first: string | null = null
  let last: string | null = null
  return {
    add: ({ eventId, type, state }) => {
      if (last !== null && eventId <= last) throw new Error(`${eventId} comes after ${last}`) // M1
      first ??= eventId
      last = eventId
      link = sha256Hex(link + eventId)
      events += 1
      states[state] += 1
      byType.set(type, (byType.get(type) ?? 0) + 1)
      if (state === 'dead' && deadEventIds.length < namedIdsMax) deadEventIds.push(eventId)
    },
    tell: () => ({
      day,
      events,
      byType: Object.fromEntries([...byType].sort(([one], [other]) => (one < other ? -1 : 1))),
      firstEventId: first,
      lastEventId: last,
      chain: `sha256:${link}`,
      states: { ...states },
      deadEventIds,
    }),
  }
}

/** What the log took after the manifest of its day was made. */
export interface LateEvents {
  readonly eventIds: readonly string[]
  readonly areComplete: boolean
}

/** JSON text with keys in the order of docs/reference/events.md. */
export function renderManifest(
  endpoint: number,
  facts: ManifestFacts,
  late: LateEvents,
  cutMs: number,
): string {
  const { states } = facts
  return JSON.stringify({
    webhook: { id: endpoint },
    day: facts.day,
    as_of: formatInstant(cutMs),
    events: facts.events,
    by_type: facts.byType,
    first_event_id: facts.firstEventId,
    last_event_id: facts.lastEventId,
    chain: facts.chain,
    chain_algorithm: chainAlgorithm,
    delivered: states.delivered,
    dead: states.dead,
    pending: states.pending,
    dead_event_ids: facts.deadEventIds,
    dead_event_ids_complete: facts.deadEventIds.length === states.dead,
    late_event_ids: late.eventIds,
    late_event_ids_complete: late.areComplete,
  })
}
