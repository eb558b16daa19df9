/**
 * A bounded memory over a batch lookup (tag → asset, antenna → scan point). Owns: what is known, how fresh it is, and
 * going on with what was known while the store is away. Refuses to know what it remembers.
 *
 * Invariants
 *   L1. After `forget` or `forgetAll` of a key's organization, an answer that was asked for before is not taken for
 *       fresh, not even when it arrives afterwards.
 *   L2. While the store is away, what was known stays known, however old; what was never known is `undefined`, which is
 *       not the same as "does not exist" (null). A read is dropped only because the store said so.
 *   L3. Memory is bounded, and unknown keys can't push known ones out: a stray tag that nobody registered is read as
 *       often as a registered one.
 *   L4. A store that does not answer is asked once in `retryMs`, not once for every batch.
 *   L5. What a batch was told it knows to its end, also where the memory is smaller than the batch, or other batches
 *       push it out meanwhile: else a batch with too many stray tags would wait for itself for ever.
 */
import { LRUCache } from 'lru-cache'
import type { Generations } from './generations.ts'

export interface LookupCacheOptions<K, V extends object> {
  /** In the order of `keys`; null: does not exist. A rejection means that the store is away. */
  readonly find: (keys: readonly K[]) => Promise<readonly (V | null)[]>
  /** Entries, or their weight together where they have one. */
  readonly knownMax: number
  /** At least 1, and always less than `knownMax`. */
  readonly weightOf?: ((value: V) => number) | undefined
  readonly generations: Generations
  readonly monotonicMs: () => number
  /** Told of each rejection. */
  readonly failed: (error: unknown) => void
  /** Told how many keys of a batch were known and fresh, and how many had to be asked for. */
  readonly counted: (hits: number, misses: number) => void
}

/** A key as text, unique within the cache, and the way to make the key itself, which is only needed for asking. */
export interface Wanted<K> {
  readonly text: string
  readonly orgId: number
  readonly key: () => K
}

/** What is known of one of the keys of a batch. Null: does not exist. Undefined: nobody could be asked. */
export type Recall<V> = (text: string) => V | null | undefined

export interface LookupCache<K, V extends object> {
  /** Finds out what can be known. Never rejects. */
  load(wanted: readonly Wanted<K>[]): Promise<Recall<V>>
  /** This key has changed. */
  forget(text: string): void
  size(): number
}

interface Known<V> {
  readonly value: V
  readonly orgId: number
  /** The organization's generation when it was asked for; −1 once it is stale. */
  generation: number
  readonly freshUntilMs: number
}

interface Absent {
  readonly orgId: number
  readonly generation: number
  readonly freshUntilMs: number
}

// Every change is announced within a second; this only mends an announcement that was lost. 10 minutes of wrong places
// are bad, but asking for a million tags more often than that would be load for nothing.
const knownFreshMs = 600_000
// What does not exist yet is announced when it does; ten seconds cover a tag registered just before its first read.
const absentFreshMs = 10_000
// Stray tags near a dock door; an entry is about 100 bytes.
const absentMax = 50_000
const retryMs = 500
// One query's worth; arrays of this size are planned and answered in some milliseconds.
const keysPerFind = 1_000

export function lookupCache<K, V extends object>(options: LookupCacheOptions<K, V>): LookupCache<K, V> {
  const { generations, monotonicMs } = options
  const { weightOf, knownMax } = options
  const known = new LRUCache<string, Known<V>>(
    weightOf === undefined
      ? { max: knownMax }
      : { maxSize: knownMax, sizeCalculation: ({ value }) => weightOf(value) },
  )
  const absent = new LRUCache<string, Absent>({ max: absentMax })
  /** Keys forgotten while a question was under way, one set for each question. */
  const underWay = new Set<Set<string>>()
  let askAgainAtMs = 0
  let isAway = false

  const isFresh = (entry: Known<V> | Absent, nowMs: number): boolean =>
    nowMs < entry.freshUntilMs && entry.generation === generations.of(entry.orgId, nowMs)

  /** Keys that must be asked for; what is fresh goes to `answers` (L5). */
  const missing = (
    wanted: readonly Wanted<K>[],
    answers: Map<string, V | null>,
    nowMs: number,
  ): Map<string, Wanted<K>> => {
    const found = new Map<string, Wanted<K>>()
    for (const one of wanted) {
      const entry = known.get(one.text)
      const freshest = entry ?? absent.get(one.text)
      if (freshest === undefined || !isFresh(freshest, nowMs)) found.set(one.text, one)
      else answers.set(one.text, entry?.value ?? null)
    }
    return found
  }

  const remember = (one: Wanted<K>, value: V | null, generation: number, nowMs: number): void => {
    if (value === null) {
      known.delete(one.text)
      absent.set(one.text, { orgId: one.orgId, generation, freshUntilMs: nowMs + absentFreshMs })
    } else {
      absent.delete(one.text)
      known.set(one.text, { value, orgId: one.orgId, generation, freshUntilMs: nowMs + knownFreshMs })
    }
  }

  const ask = async (
    part: readonly Wanted<K>[],
    answers: Map<string, V | null>,
    nowMs: number,
  ): Promise<void> => {
    // L1: stamped with the generation before the question, and with none where the key was forgotten meanwhile.
    const before = part.map(({ orgId }) => generations.of(orgId, nowMs))
    const forgotten = new Set<string>()
    underWay.add(forgotten)
    try {
      const values = await options.find(part.map(({ key }) => key()))
      isAway = false
      for (const [index, one] of part.entries()) {
        const generation = forgotten.has(one.text) ? -1 : (before[index] ?? -1)
        const value = values[index] ?? null
        answers.set(one.text, value)
        remember(one, value, generation, nowMs)
      }
    } catch (error) {
      askAgainAtMs = monotonicMs() + retryMs
      isAway = true
      options.failed(error)
    } finally {
      underWay.delete(forgotten)
    }
  }

  const remembered: Recall<V> = (text) => {
    const entry = known.get(text)
    if (entry !== undefined) return entry.value
    const gone = absent.get(text)
    if (gone === undefined) return undefined
    // L2: it did not exist, but something changed since and nobody can say what.
    const isDoubtful = isAway && gone.generation !== generations.of(gone.orgId, monotonicMs())
    return isDoubtful ? undefined : null
  }

  return {
    load: async (wanted) => {
      const nowMs = monotonicMs()
      const answers = new Map<string, V | null>()
      const recall: Recall<V> = (text) => (answers.has(text) ? answers.get(text) : remembered(text))
      const toAsk = [...missing(wanted, answers, nowMs).values()]
      options.counted(wanted.length - toAsk.length, toAsk.length)
      if (toAsk.length === 0 || nowMs < askAgainAtMs) return recall
      const parts: Wanted<K>[][] = []
      for (let start = 0; start < toAsk.length; start += keysPerFind) {
        parts.push(toAsk.slice(start, start + keysPerFind))
      }
      await Promise.all(parts.map((part) => ask(part, answers, nowMs)))
      return recall
    },
    forget: (text) => {
      for (const forgotten of underWay) forgotten.add(text)
      absent.delete(text)
      const entry = known.peek(text)
      if (entry !== undefined) entry.generation = -1
    },
    size: () => known.size,
  }
}
