/**
 * Seals everything that is sealed anew under the first key of the ring, and says under which keys all of it is then, so that
 * an old key can be taken out. Runs beside the services; may be ended at any moment and begun again.
 *
 * Order of acts for each page: read → open and seal → replace where it is still the same (with its announcement).
 *
 * Invariants
 *   R1. What can't be opened stays as it is, is named by its ids, and keeps back nothing else. No text that is sealed, and
 *       none that was, is ever told.
 *   R2. What is under the first key already is opened, so that it is known to open, and left as it is: a second run writes
 *       nothing.
 *   R3. An old key counts as free only when nothing is under it in PostgreSQL, in the outbox and in what `master-data`
 *       says last of each endpoint.
 *   R4. A dry run writes nothing.
 */
import type {
  CountByKey,
  Resealed,
  SealedAnswer,
  SealedSecret,
  SealedTexts,
} from '@scanhook/postgres/sealed-texts'
import { type KeyRing, SealError, sealingKeyOf } from '@scanhook/signing/seal'

/** A hundred endpoints with five secrets of 150 bytes, or most with one. */
export const secretsPage = 500
/** A kept answer has up to 1 MiB; nearly all have one or two KiB. */
export const answersPage = 20

export interface ResealPorts {
  readonly texts: SealedTexts
  readonly ring: KeyRing
  /** Secrets in the newest announcement of each endpoint on `master-data`. */
  readonly countOnTopic: () => Promise<CountByKey>
  readonly isStopped: () => boolean
}

export interface Unopened {
  /** `endpoint 12, secret 34` or `organization 5, idempotency key "abc"`. */
  readonly what: string
  readonly code: string
}

export interface Resealing {
  /** Replaced, or in a dry run what would be. */
  readonly secrets: number
  readonly answers: number
  /** Somebody else changed or deleted them while they were in hand. */
  readonly meanwhile: number
  readonly unopened: readonly Unopened[]
  /** Of more than these only the number is known. */
  readonly unopenedCount: number
}

export interface Whereabouts {
  readonly secrets: CountByKey
  readonly answers: CountByKey
  readonly outbox: CountByKey
  readonly topic: CountByKey
}

/** A list that a person reads; more than this have one cause. */
const unopenedMax = 100

export async function resealSecrets(
  ports: Pick<ResealPorts, 'texts' | 'ring' | 'isStopped'>,
  { isDryRun }: { readonly isDryRun: boolean },
): Promise<Resealing> {
  const { texts } = ports
  const unopened: Unopened[] = []
  let unopenedCount = 0
  let meanwhile = 0
  const anew = <T extends { readonly sealed: string }>(all: readonly T[], name: (each: T) => string) =>
    all.flatMap((each): Resealed<T>[] => {
      const result = sealAnew(ports.ring, each.sealed)
      if (typeof result === 'string') return [{ ...each, resealed: result }]
      if (result === null) return []
      unopenedCount++
      if (unopened.length < unopenedMax) unopened.push({ what: name(each), code: result.code })
      return []
    })
  const replace = async <T>(
    all: readonly T[],
    act: (all: readonly T[]) => Promise<number>,
  ): Promise<number> => {
    if (isDryRun || all.length === 0) return all.length // R4
    const replaced = await act(all)
    meanwhile += all.length - replaced
    return replaced
  }

  let secrets = 0
  for await (const page of pagesOf(texts.listSecrets, secretsPage, ports.isStopped))
    for (const ofOne of byEndpoint(anew(page, nameOfSecret)))
      if (!ports.isStopped()) secrets += await replace(ofOne, texts.replaceSecrets)
  let answers = 0
  for await (const page of pagesOf(texts.listAnswers, answersPage, ports.isStopped))
    answers += await replace(anew(page, nameOfAnswer), texts.replaceAnswers)
  return { secrets, answers, meanwhile, unopened, unopenedCount }
}

export async function whereaboutsOf({
  texts,
  countOnTopic,
}: Pick<ResealPorts, 'texts' | 'countOnTopic'>): Promise<Whereabouts> {
  const [secrets, answers] = await Promise.all([texts.countSecrets(), texts.countAnswers()])
  // In the order in which an announcement goes: what leaves the outbox in between is found on the topic.
  const outbox = await texts.countAnnounced()
  return { secrets, answers, outbox, topic: await countOnTopic() }
}

/** The keys under which something still is, beside the one that seals: of the ring, and unknown ones. */
export function heldBy(where: Whereabouts, sealingKey: string): readonly string[] {
  const all = [where.secrets, where.answers, where.outbox, where.topic].flatMap((each) => [...each.keys()])
  return [...new Set(all)].filter((key) => key !== sealingKey).sort()
}

/** Sealed under the ring's first key; null when it is so already and opens; the error when it does not open. */
function sealAnew(ring: KeyRing, sealed: string): string | null | SealError {
  try {
    const plain = ring.open(sealed)
    return sealingKeyOf(sealed) === ring.keyIds[0] ? null : ring.seal(plain)
  } catch (error) {
    if (error instanceof SealError) return error
    throw error
  }
}

async function* pagesOf<T>(
  list: (after: T | null, limit: number) => Promise<readonly T[]>,
  limit: number,
  isStopped: () => boolean,
): AsyncGenerator<readonly T[]> {
  for (let after: T | null = null; !isStopped(); ) {
    const page: readonly T[] = await list(after, limit)
    yield page
    const last = page.at(-1)
    if (last === undefined || page.length < limit) return
    after = last
  }
}

function byEndpoint<T extends SealedSecret>(all: readonly T[]): readonly (readonly T[])[] {
  return [...Map.groupBy(all, ({ endpointId }) => endpointId).values()]
}

function nameOfSecret({ endpointId, id }: SealedSecret): string {
  return `endpoint ${endpointId}, secret ${id}`
}

function nameOfAnswer({ orgId, key }: SealedAnswer): string {
  return `organization ${orgId}, idempotency key ${JSON.stringify(key)}`
}
