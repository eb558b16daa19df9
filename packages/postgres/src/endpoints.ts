/**
 * Endpoints with subscriptions and sealed secrets. Every change announces the whole document in the same transaction:
 * the data plane lives from it.
 *
 * Invariants
 *   E1. A secret is stored and announced sealed, never in clear; a deleted endpoint keeps none.
 *   E2. `version` grows by one with every change, while the row is locked.
 *   E3. An organization has at most `endpointMax` live endpoints, also when two are made at once.
 *   E4. An endpoint has at most `liveSecretsMax` secrets that sign; the newest has no end.
 *   E5. A secret whose overlap has ended is deleted, and its endpoint announced without it: by whoever deletes it, once.
 *   E6. What a change is decided on is what the one before it wrote: the row is locked while it is decided.
 */
import { type AuditOperation, systemActor } from '@scanhook/domain/auditing/audit-entry'
import { webhookOperation } from '@scanhook/domain/auditing/name-operation'
import {
  type BatchPolicy,
  type Endpoint,
  type EndpointState,
  type Ordering,
  plainEndpoint,
  type Subscription,
} from '@scanhook/domain/endpoint'
import type { DisabledReason } from '@scanhook/domain/endpoint-life/endpoint-life'
import { endpointId, orgId as orgIdOf } from '@scanhook/domain/ids'
import type { ProfileName } from '@scanhook/domain/profile'
import { type Expression, type SqlBool, sql } from 'kysely'
import { append, orgOf, record, type Writer } from './audit-log.ts'
import { containsPattern, type Page, type PageQuery } from './change.ts'
import { appendVersion } from './endpoint-versions.ts'
import { deleteGoneListener, insertListener } from './listeners.ts'
import type { Db, Postgres } from './open.ts'
import { type Announcement, announce } from './outbox.ts'
import { isoOf } from './tables.ts'

export interface StoredSecret {
  readonly sealed: string
  readonly hint: string
  /** `whpk_…` of an Ed25519 pair; null: an HMAC secret. */
  readonly publicKey: string | null
  /** Epoch ms; null for the newest. */
  readonly expiresAt: number | null
}

export interface NewSecret {
  readonly sealed: string
  /** Last four characters of what is shown masked. */
  readonly hint: string
  readonly publicKey: string | null
}

export interface StoredEndpoint {
  readonly id: number
  readonly orgId: number
  readonly url: string
  readonly name: string | null
  readonly description: string | null
  readonly state: EndpointState
  readonly profile: ProfileName
  readonly headers: Readonly<Record<string, string>>
  readonly subscriptions: readonly Subscription[]
  readonly ordering: Ordering
  readonly batch: BatchPolicy | null
  readonly rateLimitPerSecond: number | null
  /** The organization's: deliveries a second to all its endpoints. */
  readonly orgRateLimitPerSecond: number | null
  readonly headerPrefix: string | null
  /** The data plane does not know the two: services/reconciler goes by them. Null: no heartbeats. */
  readonly heartbeatMinutes: number | null
  readonly dailyManifest: boolean
  readonly sendsTraceparent: boolean
  /** Newest first; those whose overlap has ended are left out. */
  readonly secrets: readonly StoredSecret[]
  /** Since when there has been no success; null while it is not marked as failing. */
  readonly failingSince: number | null
  readonly disabledAt: number | null
  readonly disabledReason: DisabledReason | null
  readonly version: number
  readonly createdAt: number
  readonly updatedAt: number
}

export interface EndpointChange {
  readonly url?: string | undefined
  readonly name?: string | null | undefined
  readonly description?: string | null | undefined
  readonly state?: EndpointState | undefined
  readonly profile?: ProfileName | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Replaces all. */
  readonly subscriptions?: readonly Subscription[] | undefined
  readonly ordering?: Ordering | undefined
  /** Null: one event a request. */
  readonly batch?: BatchPolicy | null | undefined
  readonly rateLimitPerSecond?: number | null | undefined
  readonly headerPrefix?: string | null | undefined
  readonly heartbeatMinutes?: number | null | undefined
  readonly dailyManifest?: boolean | undefined
  readonly sendsTraceparent?: boolean | undefined
}

export type DecideChange = (current: StoredEndpoint) => EndpointChange

export interface EndpointInput extends EndpointChange {
  readonly url: string
  readonly state: EndpointState
  readonly profile: ProfileName
  readonly headers: Readonly<Record<string, string>>
  readonly subscriptions: readonly Subscription[]
  readonly secret: NewSecret
  /** Of a listener: the last part of its URL, by which it is known. */
  readonly listenerToken?: string | undefined
}

export type EndpointCreated =
  | { readonly kind: 'changed'; readonly row: StoredEndpoint }
  | { readonly kind: 'too_many' }
export type EndpointChanged =
  | { readonly kind: 'changed'; readonly row: StoredEndpoint }
  | { readonly kind: 'not_found' }
export type SecretRotated = EndpointChanged | { readonly kind: 'too_many' }

/** Standard Webhooks advises few: each is another signature in every request. Four rotations within one overlap. */
export const liveSecretsMax = 5

export const endpointSortFields = ['created_at', 'updated_at', 'name', 'url'] as const
export type EndpointSortField = (typeof endpointSortFields)[number]

/** A state, or what there is to say of an active endpoint that fails. */
export const endpointLives = ['active', 'failing', 'paused', 'disabled'] as const
export type EndpointLifeWord = (typeof endpointLives)[number]

export interface EndpointQuery extends PageQuery<EndpointSortField> {
  readonly ids?: readonly number[] | undefined
  readonly states?: readonly EndpointState[] | undefined
  readonly lives?: readonly EndpointLifeWord[] | undefined
  readonly q?: string | undefined
}

/** Endpoints that an event may have been for, also those that are deleted by now. */
export interface ConcernedQuery {
  readonly eventId: string
  /** Epoch ms; finds the partition of its deliveries. */
  readonly occurredAtMs: number
  /** Of deleted endpoints those that still were there at this instant, epoch ms, and those that the event has a delivery to. */
  readonly existedAtMs: number
  readonly limit: number
}

export interface Concerned {
  /** Those that exist first, then the newest. */
  readonly ids: readonly number[]
  readonly totalCount: number
}

export interface Endpoints {
  create(by: Writer<StoredEndpoint>, input: EndpointInput, endpointMax: number): Promise<EndpointCreated>
  find(orgId: number, id: number): Promise<StoredEndpoint | null>
  list(orgId: number, query: EndpointQuery): Promise<Page<StoredEndpoint>>
  /** Whether there is such an endpoint, or was: a deleted one counts. */
  existed(orgId: number, id: number): Promise<boolean>
  listConcerned(orgId: number, query: ConcernedQuery): Promise<Concerned>
  /**
   * `change` may be decided on the endpoint as it is while nobody else changes it; what it throws is thrown, and nothing is
   * changed.
   */
  update(
    by: Writer<StoredEndpoint>,
    id: number,
    change: EndpointChange | DecideChange,
  ): Promise<EndpointChanged>
  remove(by: Writer<StoredEndpoint>, id: number): Promise<boolean>
  /** With its listener, where nobody has followed that for `goneMs`. False: somebody has, or it was removed already. */
  removeGoneListener(by: Writer<StoredEndpoint>, id: number, goneMs: number): Promise<boolean>
  /** `secret` becomes the newest; all others end after `overlapMs` or earlier, with 0 at once. */
  rotateSecret(
    by: Writer<StoredEndpoint>,
    id: number,
    secret: NewSecret,
    overlapMs: number,
  ): Promise<SecretRotated>
  /** Forgets ended secrets of at most `limit` endpoints and announces these. Gives the number of endpoints. */
  forgetEndedSecrets(limit: number): Promise<number>
}

export function endpoints(pg: Postgres): Endpoints {
  return {
    create: (by, input, endpointMax) => create(pg, by, input, endpointMax),
    find: async (orgId, id) =>
      (await load(pg.db, sql<boolean>`org_id = ${orgId} and id = ${id} and deleted_at is null`))[0] ?? null,
    list: (orgId, query) => list(pg, orgId, query),
    existed: async (orgId, id) =>
      (await sql`select from endpoints where org_id = ${orgId} and id = ${id}`.execute(pg.db)).rows.length >
      0,
    listConcerned: async (orgId, query) => {
      const { rows } = await sql<{ id: number; count: number }>`
        select id, count(*) over () as count from endpoints where ${isConcerned(orgId, query)}
        order by deleted_at is not null, created_at desc, id limit ${query.limit}`.execute(pg.db)
      return { ids: rows.map(({ id }) => id), totalCount: rows[0]?.count ?? 0 }
    },
    update: (by, id, change) => update(pg, by, id, change),
    remove: (by, id) => pg.db.transaction().execute((db) => remove(db, by, id)),
    removeGoneListener: (by, id, goneMs) =>
      pg.db.transaction().execute(async (db) => {
        if (!(await deleteGoneListener(db, { orgId: orgOf(by), webhookId: id }, goneMs))) return false
        // Where somebody had deleted the webhook before, there is nothing more to do.
        await remove(db, by, id)
        return true
      }),
    rotateSecret: (by, id, secret, overlapMs) => rotateSecret(pg, { by, id }, secret, overlapMs),
    forgetEndedSecrets: (limit) => forgetEndedSecrets(pg, limit),
  }
}

/** The document of an announcement. */
export function endpointDocument(row: StoredEndpoint): Endpoint {
  return {
    id: endpointId(row.id),
    orgId: orgIdOf(row.orgId),
    url: row.url,
    state: row.state,
    profile: row.profile,
    sealedSecrets: row.secrets.map((secret) => secret.sealed),
    headers: row.headers,
    subscriptions: row.subscriptions,
    ...plainEndpoint,
    failingSinceMs: row.failingSince,
    headerPrefix: row.headerPrefix,
    ordering: row.ordering,
    sendsTraceparent: row.sendsTraceparent,
    batch: row.batch,
    rateLimitPerSecond: row.rateLimitPerSecond,
    orgRateLimitPerSecond: row.orgRateLimitPerSecond,
    createdAtMs: row.createdAt,
    version: row.version,
  }
}

function announcementOf(row: StoredEndpoint, isDeleted: boolean): Announcement {
  return { orgId: row.orgId, kind: 'endpoint', id: row.id, isDeleted, document: endpointDocument(row) }
}

interface Paging {
  readonly order: readonly Expression<unknown>[]
  readonly limit: number
  readonly offset: number
}

async function load(db: Db, where: Expression<SqlBool>, paging?: Paging): Promise<readonly StoredEndpoint[]> {
  const order = sql.join([...(paging?.order ?? []), sql`id`])
  const page = paging === undefined ? sql`` : sql`limit ${paging.limit} offset ${paging.offset}`
  const { rows } = await sql<StoredEndpoint>`
    select id, org_id, url, name, description, state, profile, headers, version, created_at, updated_at,
      failing_since, disabled_at, disabled_reason,
      ordering, rate_limit_per_second, header_prefix, heartbeat_minutes, daily_manifest, sends_traceparent,
      case when batch_max_events is null then null else json_build_object(
        'maxEvents', batch_max_events, 'maxWaitMs', batch_max_wait_ms, 'maxBytes', batch_max_bytes) end as batch,
      (select deliveries_per_second from organizations o where o.id = e.org_id) as org_rate_limit_per_second,
      coalesce((select json_agg(json_build_object('eventType', event_type, 'filter', filter,
          'expireAfterMinutes', expire_after_minutes, 'isLatestOnly', latest_only) order by position)
        from subscriptions s where s.org_id = e.org_id and s.endpoint_id = e.id), '[]') as subscriptions,
      coalesce((select json_agg(json_build_object('sealed', sealed, 'hint', hint, 'publicKey', public_key,
          'expiresAt', (extract(epoch from expires_at) * 1000)::bigint) order by expires_at is null desc, created_at desc, id)
        from endpoint_secrets k where k.org_id = e.org_id and k.endpoint_id = e.id
          and (k.expires_at is null or k.expires_at > now())), '[]') as secrets
    from endpoints e where ${where} order by ${order} ${page}`.execute(db)
  return rows
}

async function list(pg: Postgres, orgId: number, query: EndpointQuery): Promise<Page<StoredEndpoint>> {
  const all: Expression<SqlBool>[] = [sql<boolean>`org_id = ${orgId} and deleted_at is null`]
  if (query.ids !== undefined) all.push(sql<boolean>`id = any(${[...query.ids]}::bigint[])`)
  if (query.states !== undefined) all.push(sql<boolean>`state = any(${[...query.states]}::text[])`)
  if (query.lives !== undefined)
    all.push(
      sql<boolean>`case when state = 'active' and failing_since is not null then 'failing' else state end
        = any(${[...query.lives]}::text[])`,
    )
  if (query.q !== undefined) {
    const pattern = containsPattern(query.q)
    all.push(sql<boolean>`(url ilike ${pattern} or name ilike ${pattern} or description ilike ${pattern})`)
  }
  const where = sql<boolean>`${sql.join(all, sql` and `)}`
  const { rows } = await sql<{ count: number }>`select count(*) from endpoints where ${where}`.execute(pg.db)
  const order = query.sort.map(({ by, direction }) => sql`${sql.ref(by)} ${sql.raw(direction)}`)
  return {
    rows: await load(pg.db, where, { order, limit: query.limit, offset: query.offset }),
    totalCount: rows[0]?.count ?? 0,
  }
}

/** Of one organization, and of its event's deliveries in the one partition of its time (log-indexes.pg.test.ts). */
export function isConcerned(
  orgId: number,
  { eventId, occurredAtMs, existedAtMs }: ConcernedQuery,
): Expression<SqlBool> {
  return sql<boolean>`org_id = ${orgId} and (deleted_at is null or deleted_at >= ${isoOf(existedAtMs)}::timestamptz
    or id in (select d.endpoint_id from deliveries d where d.org_id = ${orgId} and d.event_id = ${eventId}::uuid
      and d.event_occurred_at = ${isoOf(occurredAtMs)}::timestamptz))`
}

function create(
  pg: Postgres,
  by: Writer<StoredEndpoint>,
  input: EndpointInput,
  endpointMax: number,
): Promise<EndpointCreated> {
  const orgId = orgOf(by)
  return pg.db.transaction().execute(async (db) => {
    // E3: counted while nobody else of this organization can add one.
    await lockEndpointsOf(db, orgId)
    const { rows } = await sql<{ count: number }>`
      select count(*) from endpoints where org_id = ${orgId} and deleted_at is null`.execute(db)
    if ((rows[0]?.count ?? 0) >= endpointMax) return { kind: 'too_many' }
    const { url, name = null, description = null, state, profile } = input
    const { ordering = 'none', batch = null, rateLimitPerSecond = null, headerPrefix = null } = input
    const { heartbeatMinutes = null, dailyManifest = false, sendsTraceparent = false } = input
    const { id } = await db
      .insertInto('endpoints')
      .values({
        ...{ heartbeatMinutes, dailyManifest, sendsTraceparent },
        ...{ orgId, url, name, description, state, profile, ordering, rateLimitPerSecond, headerPrefix },
        ...batchColumns(batch),
        headers: JSON.stringify(input.headers),
      })
      .returning('id')
      .executeTakeFirstOrThrow()
    await insertSubscriptions(db, orgId, id, input.subscriptions)
    await insertSecret(db, { orgId, id }, input.secret)
    if (input.listenerToken !== undefined)
      await insertListener(db, { orgId, webhookId: id, token: input.listenerToken })
    const row = await announceChanged(db, orgId, id)
    await recordEndpoint(db, by, 'webhook.created', null, row)
    return { kind: 'changed', row }
  })
}

function recordEndpoint(
  db: Db,
  by: Writer<StoredEndpoint>,
  operation: AuditOperation,
  before: StoredEndpoint | null,
  after: StoredEndpoint | null,
): Promise<void> {
  const { id = null, name = null } = after ?? before ?? {}
  return record(db, by, { operation, id, name, before, after })
}

/** The living row, which nobody else changes until the end of the transaction. */
async function lockEndpoint(db: Db, orgId: number, id: number): Promise<StoredEndpoint | null> {
  const isIt = sql<boolean>`org_id = ${orgId} and id = ${id} and deleted_at is null`
  await sql`select from endpoints where ${isIt} for no key update`.execute(db)
  return (await load(db, isIt))[0] ?? null
}

/** Until the end of the transaction nobody else adds an endpoint to the organization, or changes its pace. */
export async function lockEndpointsOf(db: Db, orgId: number): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('scanhook endpoints'), hashtext(${String(orgId)}))`.execute(
    db,
  )
}

function batchColumns(batch: BatchPolicy | null) {
  return {
    batchMaxEvents: batch?.maxEvents ?? null,
    batchMaxWaitMs: batch?.maxWaitMs ?? null,
    batchMaxBytes: batch?.maxBytes ?? null,
  }
}

interface EndpointRef {
  readonly orgId: number
  readonly id: number
}

async function insertSecret(db: Db, { orgId, id }: EndpointRef, secret: NewSecret): Promise<void> {
  const { sealed, hint, publicKey } = secret
  await db.insertInto('endpointSecrets').values({ orgId, endpointId: id, sealed, hint, publicKey }).execute()
}

async function insertSubscriptions(
  db: Db,
  orgId: number,
  id: number,
  all: readonly Subscription[],
): Promise<void> {
  if (all.length === 0) return
  await db
    .insertInto('subscriptions')
    .values(
      all.map(({ eventType, filter, expireAfterMinutes, isLatestOnly: latestOnly }, position) => ({
        ...{ orgId, endpointId: id, eventType, filter, expireAfterMinutes, latestOnly, position },
      })),
    )
    .execute()
}

/** The row as it is now, announced. It exists: the transaction has just written it. */
export async function announceChanged(db: Db, orgId: number, id: number): Promise<StoredEndpoint> {
  const [row] = await load(db, sql<boolean>`org_id = ${orgId} and id = ${id}`)
  if (row === undefined) throw new Error(`endpoint ${id} vanished inside its own transaction`)
  await appendVersion(db, id, false)
  await announce(db, [announcementOf(row, false)])
  return row
}

/** The outbox takes five values a row, PostgreSQL 65,535 a statement; a thousand documents are some megabytes. */
const announcedAtOnce = 1_000

/** Announces all live endpoints of the organization, after something that is in all their documents has changed. */
export async function announceEndpointsOf(db: Db, orgId: number): Promise<void> {
  await sql`update endpoints set version = version + 1 where org_id = ${orgId} and deleted_at is null`.execute(
    db,
  )
  for (let offset = 0; ; offset += announcedAtOnce) {
    const rows = await load(db, sql<boolean>`org_id = ${orgId} and deleted_at is null`, {
      order: [],
      limit: announcedAtOnce,
      offset,
    })
    await announce(
      db,
      rows.map((row) => announcementOf(row, false)),
    )
    if (rows.length < announcedAtOnce) return
  }
}

function rotateSecret(
  pg: Postgres,
  { by, id }: { readonly by: Writer<StoredEndpoint>; readonly id: number },
  secret: NewSecret,
  overlapMs: number,
): Promise<SecretRotated> {
  const orgId = orgOf(by)
  return pg.db.transaction().execute(async (db) => {
    const before = await lockEndpoint(db, orgId, id)
    if (before === null) return { kind: 'not_found' }
    const { rows } = await sql<{ count: number }>`
      select count(*) from endpoint_secrets
      where org_id = ${orgId} and endpoint_id = ${id} and (expires_at is null or expires_at > now())`.execute(
      db,
    )
    // E4: with an overlap of 0 the new one is alone, however many there were.
    if (overlapMs > 0 && (rows[0]?.count ?? 0) >= liveSecretsMax) return { kind: 'too_many' }
    if (overlapMs === 0)
      await db.deleteFrom('endpointSecrets').where('orgId', '=', orgId).where('endpointId', '=', id).execute()
    else
      await sql`
        update endpoint_secrets
        set expires_at = least(expires_at, now() + make_interval(secs => ${overlapMs}::double precision / 1000))
        where org_id = ${orgId} and endpoint_id = ${id}`.execute(db)
    await insertSecret(db, { orgId, id }, secret)
    await sql`
      update endpoints set version = version + 1, updated_at = now()
      where org_id = ${orgId} and id = ${id}`.execute(db)
    const row = await announceChanged(db, orgId, id)
    await recordEndpoint(db, by, 'webhook.secret_rotated', before, row)
    return { kind: 'changed', row }
  })
}

function forgetEndedSecrets(pg: Postgres, limit: number): Promise<number> {
  return pg.db.transaction().execute(async (db) => {
    // E5: who comes second skips what the first has locked, and finds nothing there the next time. No leader is needed.
    const { rows } = await sql<EndpointRef>`
      select org_id, id from endpoints e
      where deleted_at is null and exists (select from endpoint_secrets k
        where k.org_id = e.org_id and k.endpoint_id = e.id and k.expires_at <= now())
      order by id limit ${limit} for update skip locked`.execute(db)
    let count = 0
    for (const { orgId, id } of rows) {
      const { numAffectedRows } = await sql`
        delete from endpoint_secrets
        where org_id = ${orgId} and endpoint_id = ${id} and expires_at <= now()`.execute(db)
      if (numAffectedRows === 0n) continue // somebody else's transaction ended between our looking and our locking
      await sql`update endpoints set version = version + 1 where org_id = ${orgId} and id = ${id}`.execute(db)
      const { name } = await announceChanged(db, orgId, id)
      // No view shows a secret that has ended, so none tells the difference.
      await append(
        db,
        { orgId, actor: systemActor, requestId: null },
        {
          ...{ operation: 'webhook.secrets_ended', id, name },
          ...{ before: null, after: { ended_secrets: Number(numAffectedRows) } },
        },
      )
      count++
    }
    return count
  })
}

function update(
  pg: Postgres,
  by: Writer<StoredEndpoint>,
  id: number,
  change: EndpointChange | DecideChange,
): Promise<EndpointChanged> {
  const orgId = orgOf(by)
  return pg.db.transaction().execute(async (db) => {
    const before = await lockEndpoint(db, orgId, id)
    if (before === null) return { kind: 'not_found' }
    const decided = typeof change === 'function' ? change(before) : change // E6
    const { url, name, description, state, profile, headers, subscriptions } = decided
    const { ordering, batch, rateLimitPerSecond, headerPrefix } = decided
    const { heartbeatMinutes, dailyManifest, sendsTraceparent } = decided
    if (state === 'active') await beginLife(db, orgId, id)
    await db
      .updateTable('endpoints')
      .set({
        url,
        name,
        description,
        state,
        profile,
        ordering,
        rateLimitPerSecond,
        headerPrefix,
        heartbeatMinutes,
        dailyManifest,
        sendsTraceparent,
        ...(batch === undefined ? {} : batchColumns(batch)),
        headers: headers === undefined ? undefined : JSON.stringify(headers),
        version: sql<number>`version + 1`,
        updatedAt: sql<string>`now()`,
      })
      .where('orgId', '=', orgId)
      .where('id', '=', id)
      .execute()
    if (subscriptions !== undefined) {
      await db.deleteFrom('subscriptions').where('orgId', '=', orgId).where('endpointId', '=', id).execute()
      await insertSubscriptions(db, orgId, id, subscriptions)
    }
    const row = await announceChanged(db, orgId, id)
    await recordEndpoint(db, by, webhookOperation(before.state, row.state), before, row)
    return { kind: 'changed', row }
  })
}

/**
 * A person enables a paused or disabled endpoint: its marks go, and what happened up to now changes nothing any more,
 * not even from a clock that is ahead (domain/endpoint-life). One that is active keeps its marks.
 */
async function beginLife(db: Db, orgId: number, id: number): Promise<void> {
  await sql`
    update endpoints set enabled_at = greatest(now(), disabled_at, failing_at), failing_since = null, failing_at = null,
      disabled_at = null, disabled_reason = null, is_episode_told = false
    where org_id = ${orgId} and id = ${id} and deleted_at is null and state <> 'active'`.execute(db)
}

async function remove(db: Db, by: Writer<StoredEndpoint>, id: number): Promise<boolean> {
  const orgId = orgOf(by)
  const before = await lockEndpoint(db, orgId, id)
  if (before === null) return false
  await db
    .updateTable('endpoints')
    .set({
      deletedAt: sql<string>`now()`,
      updatedAt: sql<string>`now()`,
      version: sql<number>`version + 1`,
    })
    .where('orgId', '=', orgId)
    .where('id', '=', id)
    .execute()
  await db.deleteFrom('endpointSecrets').where('orgId', '=', orgId).where('endpointId', '=', id).execute()
  const [row] = await load(db, sql<boolean>`org_id = ${orgId} and id = ${id}`)
  if (row !== undefined) await announce(db, [announcementOf(row, true)])
  await appendVersion(db, id, true)
  await recordEndpoint(db, by, 'webhook.deleted', before, null)
  return true
}
