/**
 * The past of endpoints' settings, as far as it decides what they get. Written with every change, read by whoever explains
 * or checks what became of an event.
 *
 * Invariants
 *   N1. A version is there when its change is committed, and never otherwise.
 *   N2. Two neighbouring versions of an endpoint differ in more than their number: a rotated secret makes none.
 *   N3. Of an endpoint's versions, the one that was in force at the oldest instant of interest is kept.
 *   N4. What is read around an instant is bounded for each endpoint, however often it was changed, and has the version that was
 *       in force then.
 */
import type { EndpointState, Subscription } from '@scanhook/domain/endpoint'
import type { EndpointVersion } from '@scanhook/domain/endpoint-version'
import { endpointId, orgId as orgIdOf } from '@scanhook/domain/ids'
import type { ProfileName } from '@scanhook/domain/profile'
import { type RawBuilder, sql } from 'kysely'
import type { Db, Postgres } from './open.ts'
import { isoOf } from './tables.ts'

export interface VersionQuery {
  /** All of the organization when left out. */
  readonly endpointIds?: readonly number[] | undefined
  /** Both inclusive, epoch ms: what was in force at any moment within. */
  readonly fromMs: number
  readonly toMs: number
}

export interface VersionsAround {
  readonly endpointIds: readonly number[]
  /** Epoch ms. */
  readonly atMs: number
}

export interface EndpointVersions {
  /** By endpoint and version. Of each endpoint the version in force at `fromMs`, if there was one, and all up to `toMs`. */
  list(orgId: number, query: VersionQuery): Promise<readonly EndpointVersion[]>
  /** By endpoint and version: what was in force at an instant, with at most `versionsBefore` before it and `versionsAfter` behind it. */
  around(orgId: number, query: VersionsAround): Promise<readonly EndpointVersion[]>
  /** Forgets what was in force before `beforeMs` only. Gives the number of versions. */
  forget(beforeMs: number): Promise<number>
}

/** A state is told since when it is: as far back as this. People change a webhook a few times a week at most. */
const versionsBefore = 10
/** And whether a later change wanted what this one did not: a month of changes, twice a day. */
const versionsAfter = 60

/** Call it inside the transaction that made the change, while the endpoint's row is locked, and after the change. */
export async function appendVersion(db: Db, endpoint: number, isDeleted: boolean): Promise<void> {
  await sql`
    insert into endpoint_versions
    select present.* from (
      select e.org_id, e.id, e.version, date_trunc('milliseconds', clock_timestamp()), ${isDeleted}::boolean,
        e.url, e.state, e.profile,
        coalesce((select jsonb_agg(jsonb_build_object('eventType', s.event_type, 'filter', s.filter,
            'expireAfterMinutes', s.expire_after_minutes, 'isLatestOnly', s.latest_only) order by s.position)
          from subscriptions s where s.org_id = e.org_id and s.endpoint_id = e.id), '[]'),
        e.created_at
      from endpoints e where e.id = ${endpoint}
    ) as present (org_id, endpoint_id, version, valid_from, is_deleted, url, state, profile, subscriptions, endpoint_created_at)
    where not exists (
      select from (
        select * from endpoint_versions v where v.endpoint_id = present.endpoint_id order by v.version desc limit 1
      ) newest
      where (newest.is_deleted, newest.url, newest.state, newest.profile, newest.subscriptions)
        is not distinct from (present.is_deleted, present.url, present.state, present.profile, present.subscriptions))`.execute(
    db,
  )
}

interface VersionRow {
  readonly orgId: number
  readonly endpointId: number
  readonly version: number
  readonly validFrom: number
  readonly isDeleted: boolean
  readonly url: string
  readonly state: EndpointState
  readonly profile: ProfileName
  readonly subscriptions: readonly Subscription[]
  readonly endpointCreatedAt: number
}

const columns = sql.raw(
  'org_id, endpoint_id, version, valid_from, is_deleted, url, state, profile, subscriptions, endpoint_created_at',
)

/** Each endpoint's two ends are read out of the index of its versions (endpoint-versions.pg.test.ts). */
export function versionsAround(orgId: number, { endpointIds, atMs }: VersionsAround): RawBuilder<unknown> {
  const at = sql`${isoOf(atMs)}::timestamptz`
  const ofOne = sql`select * from endpoint_versions v where v.org_id = ${orgId} and v.endpoint_id = asked.id`
  return sql`
    select near.* from unnest(${[...endpointIds]}::bigint[]) as asked (id) cross join lateral (
      (${ofOne} and v.valid_from <= ${at} order by v.valid_from desc, v.version desc limit ${versionsBefore + 1})
      union all
      (${ofOne} and v.valid_from > ${at} order by v.valid_from, v.version limit ${versionsAfter})
    ) near`
}

export function endpointVersions(pg: Postgres): EndpointVersions {
  return {
    list: async (orgId, { endpointIds, fromMs, toMs }) => {
      const some =
        endpointIds === undefined ? sql`` : sql`and v.endpoint_id = any(${[...endpointIds]}::bigint[])`
      const { rows } = await sql<VersionRow>`
        select ${columns} from (
          select v.*, lead(valid_from) over (partition by endpoint_id order by version) as valid_to
          from endpoint_versions v where v.org_id = ${orgId} ${some}
        ) v
        where valid_from <= ${isoOf(toMs)}::timestamptz and (valid_to is null or valid_to > ${isoOf(fromMs)}::timestamptz)
        order by endpoint_id, version`.execute(pg.db)
      return rows.map(versionOf)
    },
    around: async (orgId, query) => {
      const { rows } = await sql<VersionRow>`
        select ${columns} from (${versionsAround(orgId, query)}) v order by endpoint_id, version`.execute(
        pg.db,
      )
      return rows.map(versionOf)
    },
    forget: async (beforeMs) => {
      const { numAffectedRows } = await sql`
        delete from endpoint_versions v
        where exists (select from endpoint_versions newer
          where newer.endpoint_id = v.endpoint_id and newer.version > v.version
            and newer.valid_from <= ${isoOf(beforeMs)}::timestamptz)`.execute(pg.db)
      return Number(numAffectedRows ?? 0n)
    },
  }
}

function versionOf(row: VersionRow): EndpointVersion {
  return {
    id: endpointId(row.endpointId),
    orgId: orgIdOf(row.orgId),
    url: row.url,
    state: row.state,
    profile: row.profile,
    subscriptions: row.subscriptions,
    createdAtMs: row.endpointCreatedAt,
    version: row.version,
    validFromMs: row.validFrom,
    isDeleted: row.isDeleted,
  }
}
