/**
 * What lies on `poison`, the newest first, and single records of it put back. Reads without a group: nothing is committed, the
 * records stay where they are.
 *
 * Invariants
 *   W1. A page looks at `lookedAtMax` records at most and keeps their previews only, so memory is one answer of the broker's.
 *   W2. A record is put back as it lies there now, read by its coordinates; what retention has taken is not found.
 *   W3. Where Kafka does not answer nothing more is tried: what was done is told, the rest is said to be open.
 */
import type { KafkaAdmin, TopicPages } from '@scanhook/kafka/contract'
import type { OutgoingRecord } from '@scanhook/kafka/record'
import type { Authorship } from '@scanhook/postgres/audit-log'
import type { PoisonReplays } from '@scanhook/postgres/poison-replays'
import {
  type Filters,
  isWanted,
  type PoisonEntry,
  type PoisonTopics,
  poisonEntry,
  recordBack,
} from './show-poison.ts'

export interface PoisonPorts {
  readonly admin: () => Promise<Pick<KafkaAdmin, 'endOffsets' | 'offsetsFrom' | 'partitionCount'>>
  readonly openPages: (topic: string) => TopicPages
  readonly replays: Pick<PoisonReplays, 'among' | 'replay'>
  /** Resolves when it is acknowledged; rejects when that takes too long. */
  readonly append: (record: OutgoingRecord) => Promise<void>
  readonly topics: PoisonTopics
}

export interface PoisonQuery extends Filters {
  /** By partition: those below are looked at. Null: from the end. */
  readonly before: readonly number[] | null
}

export type ListedPoison = PoisonEntry & {
  /** The last time it was put back, epoch ms. */
  readonly replayedAtMs: number | null
}

export interface PoisonPage {
  /** Of those that were looked at the wanted ones, newest first. */
  readonly entries: readonly ListedPoison[]
  readonly lookedAt: number
  /** In the topic, as it is now. */
  readonly total: number
  /** Where the next page begins; null: there is nothing older. */
  readonly next: readonly number[] | null
}

/** A screenful several times over; the largest records are of 2 MiB, so at worst some seconds of reading. */
const lookedAtMax = 200

/** What lies there, without what people want of it and what became of it. */
export interface LookedAt extends Pick<PoisonPage, 'total' | 'next'> {
  readonly seen: readonly PoisonEntry[]
}

/** From `before` down; null: the newest. */
export async function lookAtPoison(
  { admin: openAdmin, openPages, topics }: Pick<PoisonPorts, 'admin' | 'openPages' | 'topics'>,
  before: PoisonQuery['before'],
): Promise<LookedAt> {
  const admin = await openAdmin()
  const firsts = await admin.offsetsFrom(topics.poison, 0)
  const ends = await admin.endOffsets(topics.poison)
  const spans = ends.map((last, partition) => {
    const first = firsts[partition] ?? 0
    const end = Math.min(last, before?.[partition] ?? last)
    return {
      partition,
      first,
      end,
      from: Math.max(first, end - Math.max(1, Math.floor(lookedAtMax / ends.length))),
    }
  })
  const seen: PoisonEntry[] = []
  const pages = openPages(topics.poison)
  try {
    for (const { partition, from, end } of spans)
      for (let offset = from; offset < end; ) {
        const { records, nextOffset } = await pages.read({ partition, offset, end }, lookedAtMax)
        for (const record of records) seen.push(poisonEntry(record)) // W1
        offset = nextOffset
      }
  } finally {
    pages.close()
  }
  return {
    seen,
    total: ends.reduce((sum, end, partition) => sum + Math.max(0, end - (firsts[partition] ?? 0)), 0),
    next: spans.some(({ from, first }) => from > first) ? spans.map(({ from }) => from) : null,
  }
}

/** `look` may answer what it answered somebody else a moment ago; what was put back is asked for each time. */
export async function listPoison(
  {
    look,
    replays,
    topics,
  }: Pick<PoisonPorts, 'replays' | 'topics'> & {
    readonly look: (before: PoisonQuery['before']) => Promise<LookedAt>
  },
  query: PoisonQuery,
): Promise<PoisonPage> {
  const { seen, total, next } = await look(query.before)
  const wanted = seen.filter((entry) => isWanted(entry, query)).sort(newestFirst)
  const places = wanted.map(({ partition, offset, setAsideAtMs: atMs }) => ({
    ...{ topic: topics.poison, partition, offset, atMs },
  }))
  const replayed = new Map(
    (await replays.among(places)).map((each) => [placeOf(each), each.replayedAtMs] as const),
  )
  return {
    entries: wanted.map((entry) => ({ ...entry, replayedAtMs: replayed.get(placeOf(entry)) ?? null })),
    lookedAt: seen.length,
    ...{ total, next },
  }
}

function newestFirst(one: PoisonEntry, other: PoisonEntry): number {
  return other.setAsideAtMs - one.setAsideAtMs || other.offset - one.offset || one.partition - other.partition
}

function placeOf({ partition, offset }: { readonly partition: number; readonly offset: number }): string {
  return `${partition}:${offset}`
}

export const replayOutcomes = ['replayed', 'already_replayed', 'not_found', 'no_origin', 'open'] as const
export type ReplayOutcome = (typeof replayOutcomes)[number]

export interface ReplayResult {
  readonly partition: number
  readonly offset: number
  readonly outcome: ReplayOutcome
  /** Where it went. */
  readonly topic: string | null
}

export interface ReplayAsked {
  readonly records: readonly { readonly partition: number; readonly offset: number }[]
  /** Also those that were put back before. */
  readonly isAgain: boolean
}

/** One after the other, in the order given. Rejects only where nothing was done. */
export async function replayPoison(
  ports: PoisonPorts,
  by: Authorship,
  { records, isAgain }: ReplayAsked,
): Promise<readonly ReplayResult[]> {
  const results: ReplayResult[] = []
  const pages = ports.openPages(ports.topics.poison)
  try {
    const admin = await ports.admin()
    const firsts = await admin.offsetsFrom(ports.topics.poison, 0)
    const ends = await admin.endOffsets(ports.topics.poison)
    for (const place of records) {
      const { partition, offset } = place
      const isThere = offset >= (firsts[partition] ?? 0) && offset < (ends[partition] ?? 0)
      const { outcome, topic } = isThere
        ? await replayAt({ ...ports, pages, partitionCount: (of) => admin.partitionCount(of) }, by, {
            ...{ partition, offset, isAgain },
          })
        : notFound
      results.push({ partition, offset, outcome, topic })
    }
  } catch (error) {
    if (results.length === 0) throw error
    // W3
    for (const { partition, offset } of records.slice(results.length))
      results.push({ partition, offset, outcome: 'open', topic: null })
  } finally {
    pages.close()
  }
  return results
}

type Outcome = Pick<ReplayResult, 'outcome' | 'topic'>
const notFound: Outcome = { outcome: 'not_found', topic: null }

interface ReplayAt {
  readonly partition: number
  readonly offset: number
  readonly isAgain: boolean
}

interface OneReplayPorts extends Pick<PoisonPorts, 'replays' | 'append' | 'topics'> {
  readonly pages: Pick<TopicPages, 'read'>
  readonly partitionCount: (topic: string) => Promise<number>
}

/** W2 */
async function replayAt(
  { pages, partitionCount, replays, append, topics }: OneReplayPorts,
  by: Authorship,
  { partition, offset, isAgain }: ReplayAt,
): Promise<Outcome> {
  const { records } = await pages.read({ partition, offset, end: offset + 1 }, 1)
  const [record] = records
  if (record === undefined) return notFound
  const back = recordBack(record, topics)
  if (back === null || !(await isThere(partitionCount, back.topic)))
    return { outcome: 'no_origin', topic: null }
  const done = await replays.replay(
    by,
    {
      place: { topic: topics.poison, partition, offset, atMs: record.timestampMs },
      isAgain,
      origin: { topic: back.topic, reason: (record.headers['poison-reason'] ?? '').slice(0, 64) },
    },
    () => append(back),
  )
  return { outcome: done === 'already' ? 'already_replayed' : 'replayed', topic: back.topic }
}

/** A producer would wait for a topic that nobody makes. */
async function isThere(partitionCount: OneReplayPorts['partitionCount'], topic: string): Promise<boolean> {
  try {
    return (await partitionCount(topic)) > 0
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'KAFKA_TOPIC_UNKNOWN') return false
    throw error
  }
}
