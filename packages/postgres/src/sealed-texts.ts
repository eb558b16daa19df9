/**
 * Everything that is stored sealed, for whoever seals it anew under another key: read page by page, replaced, counted by
 * key. Knows of a sealed text its key's id (`v1.<key id>.…`, packages/signing/seal) and opens none.
 *
 * Invariants
 *   R1. A text is replaced only while it is the one that was read: what was made or rotated meanwhile stays.
 *   R2. An endpoint's new texts and their announcement commit together, under a version one higher; where nothing was
 *       replaced nothing is announced.
 *   R3. A page is bounded, and every text that was there at the beginning is in one.
 */
import { sql } from 'kysely'
import { announceChanged } from './endpoints.ts'
import type { Postgres } from './open.ts'

export interface SealedSecret {
  readonly orgId: number
  readonly endpointId: number
  readonly id: number
  readonly sealed: string
}

export interface SealedAnswer {
  readonly orgId: number
  readonly key: string
  readonly sealed: string
}

/** A sealed text and what is to stand in its place. */
export type Resealed<T> = T & { readonly resealed: string }

/** By id of the key that sealed them. */
export type CountByKey = ReadonlyMap<string, number>

export interface SealedTexts {
  /** In the order of organization, endpoint and id, behind `after`, at most `limit`. */
  listSecrets(after: SealedSecret | null, limit: number): Promise<readonly SealedSecret[]>
  /** Of one endpoint. Gives how many were replaced. */
  replaceSecrets(all: readonly Resealed<SealedSecret>[]): Promise<number>
  /** Answers under idempotency keys, in the order of organization and key, behind `after`, at most `limit`. */
  listAnswers(after: SealedAnswer | null, limit: number): Promise<readonly SealedAnswer[]>
  /** Gives how many were replaced. */
  replaceAnswers(all: readonly Resealed<SealedAnswer>[]): Promise<number>
  countSecrets(): Promise<CountByKey>
  countAnswers(): Promise<CountByKey>
  /** Secrets in announcements that the relay has not carried to `master-data` yet. */
  countAnnounced(): Promise<CountByKey>
}

export function sealedTexts(pg: Postgres): SealedTexts {
  return {
    listSecrets: async (after, limit) => {
      const behind =
        after === null
          ? sql``
          : sql`where (org_id, endpoint_id, id) > (${after.orgId}, ${after.endpointId}, ${after.id})`
      const { rows } = await sql<SealedSecret>`
        select org_id, endpoint_id, id, sealed from endpoint_secrets ${behind}
        order by org_id, endpoint_id, id limit ${limit}`.execute(pg.db)
      return rows
    },
    replaceSecrets: (all) => replaceSecrets(pg, all),
    listAnswers: async (after, limit) => {
      const behind = after === null ? sql`` : sql`and (org_id, key) > (${after.orgId}, ${after.key})`
      const { rows } = await sql<SealedAnswer>`
        select org_id, key, answer as sealed from idempotency_keys where answer is not null ${behind}
        order by org_id, key limit ${limit}`.execute(pg.db)
      return rows
    },
    replaceAnswers: async (all) => {
      const { numAffectedRows } = await sql`
        update idempotency_keys k set answer = given.resealed
        from unnest(${all.map((each) => each.orgId)}::bigint[], ${all.map((each) => each.key)}::text[],
          ${all.map((each) => each.sealed)}::text[], ${all.map((each) => each.resealed)}::text[])
          as given (org_id, key, sealed, resealed)
        where k.org_id = given.org_id and k.key = given.key and k.answer = given.sealed`.execute(pg.db)
      return Number(numAffectedRows ?? 0n)
    },
    countSecrets: () => count(pg, sql`select sealed from endpoint_secrets`),
    countAnswers: () => count(pg, sql`select answer from idempotency_keys where answer is not null`),
    countAnnounced: () =>
      count(
        pg,
        sql`select json_array_elements_text(document::json -> 'sealedSecrets') from outbox where kind = 'endpoint'`,
      ),
  }
}

function replaceSecrets(pg: Postgres, all: readonly Resealed<SealedSecret>[]): Promise<number> {
  const [first] = all
  if (first === undefined) return Promise.resolve(0)
  const { orgId, endpointId } = first
  return pg.db.transaction().execute(async (db) => {
    // As every change of an endpoint: its row first. A rotation that came before is seen, one that comes now waits. Of a
    // deleted one there is no secret any more, so nothing is replaced and nothing announced.
    await sql`select from endpoints where org_id = ${orgId} and id = ${endpointId} for update`.execute(db)
    const { numAffectedRows } = await sql`
      update endpoint_secrets k set sealed = given.resealed
      from unnest(${all.map((each) => each.id)}::bigint[], ${all.map((each) => each.sealed)}::text[],
        ${all.map((each) => each.resealed)}::text[]) as given (id, sealed, resealed)
      where k.org_id = ${orgId} and k.endpoint_id = ${endpointId} and k.id = given.id
        and k.sealed = given.sealed`.execute(db)
    const replaced = Number(numAffectedRows ?? 0n)
    if (replaced === 0) return 0
    await sql`update endpoints set version = version + 1 where org_id = ${orgId} and id = ${endpointId}`.execute(
      db,
    )
    await announceChanged(db, orgId, endpointId)
    return replaced
  })
}

async function count(pg: Postgres, texts: ReturnType<typeof sql>): Promise<CountByKey> {
  const { rows } = await sql<{ keyId: string; count: number }>`
    select split_part(sealed, '.', 2) as key_id, count(*) from (${texts}) as texts (sealed)
    group by 1 order by 1`.execute(pg.db)
  return new Map(rows.map(({ keyId, count: number }) => [keyId, number]))
}
