/**
 * Erases what is stored about a subject: an asset, or whatever business events say about somebody or something by a value in
 * their data. What is erased is replaced by a mark (domain/erased): ids, times and outcomes stay, so that the log still tells
 * that something was sent and what became of it.
 *
 * Invariants
 *   E1. After it nothing that this organization's history tables hold says the subject's data: neither the events, nor bodies of
 *       attempts (also of other deliveries that went in the same request), nor the audit log.
 *   E2. It may be done again, and is done again at no cost: what bears the mark is left as it is.
 *   E3. A page of events at a time, each in a transaction of its own: who dies in between begins again and finds the rest.
 *   E4. It has an entry in the audit log, which does not say the value.
 *   E5. What is still to be delivered is counted: its next attempt is logged with its body, so it has to be done again after that.
 */
import { erasedJson } from '@scanhook/domain/erased'
import { sql } from 'kysely'
import { type Authorship, append } from './audit-log.ts'
import type { Db, Postgres } from './open.ts'

export type Subject =
  | { readonly kind: 'asset'; readonly assetId: number }
  /** `path` into the data of an event, e.g. `['shipment', 'contact', 'email']`, and the text that stands there. */
  | { readonly kind: 'value'; readonly path: readonly string[]; readonly value: string }

export interface Erasure {
  readonly events: number
  readonly attempts: number
  readonly auditEntries: number
  /** Of an asset: rows that said where it was. They are gone wholly. */
  readonly positions: number
  readonly unknownTags: number
  /** Deliveries of these events that are not over (E5). */
  readonly waiting: number
}

export type Erased =
  | { readonly kind: 'erased'; readonly found: Erasure }
  | { readonly kind: 'not_found' }
  /** It would be read, announced and written again. */
  | { readonly kind: 'not_deleted' }

/** Some hundred attempts at most, in one short transaction. */
const pageEvents = 200

export async function eraseSubject(pg: Postgres, by: Authorship, subject: Subject): Promise<Erased> {
  const { orgId } = by
  if (subject.kind === 'asset') {
    const asset = await findAsset(pg, orgId, subject.assetId)
    if (asset === null) return { kind: 'not_found' }
    if (!asset.isDeleted) return { kind: 'not_deleted' }
  }
  const found = { events: 0, attempts: 0, auditEntries: 0, positions: 0, unknownTags: 0, waiting: 0 }
  for (let after: Position | null = null; ; ) {
    const page: readonly Position[] = await listEvents(pg, { orgId, subject, after })
    await pg.db.transaction().execute(async (db) => {
      const ids = page.map(({ eventId }) => eventId)
      found.events += await erase(
        db,
        sql`events set data = ${erasedJson}::json, location_paths = null
        where org_id = ${orgId} and event_id = any(${ids}::uuid[]) and data::text <> ${erasedJson}`,
      )
      found.attempts += await eraseAttempts(db, orgId, ids)
      found.waiting += await countWaiting(db, orgId, ids)
    })
    after = page.at(-1) ?? null
    if (page.length < pageEvents) break
  }
  await pg.db.transaction().execute(async (db) => {
    if (subject.kind === 'asset') await eraseAsset(db, { orgId, assetId: subject.assetId, found })
    found.auditEntries += await eraseEntries(db, orgId, subject)
    const { waiting: _, ...counts } = found
    const about = subject.kind === 'asset' ? { asset_id: subject.assetId } : { path: subject.path.join('.') }
    const id = subject.kind === 'asset' ? subject.assetId : null
    const after = { ...about, ...counts }
    await append(db, by, { operation: 'organization.subject_erased', id, name: null, before: null, after }) // E4
  })
  return { kind: 'erased', found }
}

interface Position {
  readonly receivedAt: number
  readonly eventId: string
}

async function findAsset(pg: Postgres, orgId: number, id: number): Promise<{ isDeleted: boolean } | null> {
  const { rows } = await sql<{ isDeleted: boolean }>`
    select deleted_at is not null as is_deleted from assets where org_id = ${orgId} and id = ${id}`.execute(
    pg.db,
  )
  return rows[0] ?? null
}

interface Search {
  readonly orgId: number
  readonly subject: Subject
  readonly after: Position | null
}

/** Also those that are erased already: attempts of theirs may have come since (E5). */
async function listEvents(pg: Postgres, { orgId, subject, after }: Search): Promise<readonly Position[]> {
  const behind =
    after === null
      ? sql``
      : sql`and (received_at, event_id) > (${new Date(after.receivedAt).toISOString()}::timestamptz, ${after.eventId}::uuid)`
  const { rows } = await sql<Position>`
    select received_at, event_id from events where org_id = ${orgId} and ${isAbout(subject)} ${behind}
    order by received_at, event_id limit ${pageEvents}`.execute(pg.db)
  return rows
}

/** `json` admits an escaped NUL, of which `#>>` can make no text: there the value is looked for in all of it. */
function isAbout(subject: Subject) {
  if (subject.kind === 'asset') return sql<boolean>`asset_id = ${subject.assetId}`
  const { path, value } = subject
  return sql<boolean>`case when position('\\u0000' in data::text) > 0 then position(${value} in data::text) > 0
    else data #>> ${[...path]}::text[] = ${value} end`
}

async function erase(db: Db, what: ReturnType<typeof sql>): Promise<number> {
  const { numAffectedRows } = await sql`update ${what}`.execute(db)
  return Number(numAffectedRows ?? 0n)
}

/** A batch's body stands with each of its deliveries (E1). Found by the deliveries' index of events and by the attempts' key. */
async function eraseAttempts(db: Db, orgId: number, eventIds: readonly string[]): Promise<number> {
  const own = sql`select delivery_id from deliveries where org_id = ${orgId} and event_id = any(${[...eventIds]}::uuid[])`
  const { rows } = await sql<{ batchId: string; startedAt: number }>`
    select distinct batch_id, started_at from attempts
    where org_id = ${orgId} and delivery_id = any(array(${own})) and batch_id is not null`.execute(db)
  const batches = rows.map(({ batchId }) => batchId)
  const starts = rows.map(({ startedAt }) => new Date(startedAt).toISOString())
  const set = sql`attempts set request_body = case when request_body = '' then '' else ${erasedJson} end,
    response_headers = case when response_headers is null then null else '{}'::json end,
    response_body = case when response_body is null then null else ${erasedJson} end, error_message = null`
  const isLeft = sql`org_id = ${orgId} and request_body <> ${erasedJson} and outcome is not null`
  const alone = await erase(db, sql`${set} where ${isLeft} and delivery_id = any(array(${own}))`)
  if (batches.length === 0) return alone
  const together = await erase(
    db,
    sql`${set} where ${isLeft} and started_at = any(${starts}::timestamptz[]) and batch_id = any(${batches}::text[])`,
  )
  return alone + together
}

async function countWaiting(db: Db, orgId: number, eventIds: readonly string[]): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) from deliveries where org_id = ${orgId} and event_id = any(${[...eventIds]}::uuid[])
      and (case when manual_chains is null then state else shown_delivery_state(state, manual_chains) end) = 'pending'`.execute(
    db,
  )
  return rows[0]?.count ?? 0
}

interface AssetErasure {
  readonly orgId: number
  readonly assetId: number
  readonly found: { positions: number; unknownTags: number }
}

/** The row stays, because history refers to it; what it said does not. */
async function eraseAsset(db: Db, { orgId, assetId, found }: AssetErasure): Promise<void> {
  const ofAsset = sql`where org_id = ${orgId} and asset_id = ${assetId}`
  const scans = await sql`delete from asset_scans ${ofAsset}`.execute(db)
  const places = await sql`delete from asset_locations ${ofAsset}`.execute(db)
  found.positions += Number((scans.numAffectedRows ?? 0n) + (places.numAffectedRows ?? 0n))
  const unknown = await sql`
    delete from unknown_tags where org_id = ${orgId}
      and match_key = any(array(select match_key from tags ${ofAsset}))`.execute(db)
  found.unknownTags += Number(unknown.numAffectedRows ?? 0n)
  await sql`
    update tags set value = 'erased-' || id, match_key = 'erased-' || id ${ofAsset} and deleted_at is not null`.execute(
    db,
  )
  await sql`
    update assets set external_key = 'erased-' || id, name = 'erased', description = null, metadata = '{}'
    where org_id = ${orgId} and id = ${assetId} and deleted_at is not null`.execute(db)
}

/** The entry stays: who changed it, and when. */
async function eraseEntries(db: Db, orgId: number, subject: Subject): Promise<number> {
  const about =
    subject.kind === 'asset'
      ? sql`((resource_kind = 'asset' and resource_id = ${String(subject.assetId)}) or (resource_kind = 'tag'
          and resource_id = any(array(select id::text from tags where org_id = ${orgId} and asset_id = ${subject.assetId}))))`
      : sql`(position(${subject.value} in coalesce(before::text, '')) > 0 or position(${subject.value} in coalesce(after::text, '')) > 0
          or resource_name = ${subject.value})`
  const mark = (side: 'before' | 'after') =>
    sql`${sql.ref(side)} = case when ${sql.ref(side)} is null then null else ${erasedJson}::json end`
  return erase(
    db,
    sql`audit_log set ${mark('before')}, ${mark('after')}, resource_name = null
      where org_id = ${orgId} and operation <> 'organization.subject_erased' and ${about}
        and (coalesce(before, after)::text is distinct from ${erasedJson} or resource_name is not null)`,
  )
}
