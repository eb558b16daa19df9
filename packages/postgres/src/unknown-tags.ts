/**
 * Tags that readers see and nobody has registered: the producer adds what it counted, the API lists them.
 *
 * Invariants
 *   U1. What is listed is not registered: a live tag hides its row, registering it deletes the row, and a count that comes
 *       later is not taken.
 *   U2. An organization has at most `rowsMax` rows: those read most, and the newest, which have not had the time.
 *   U3. A count of an organization that does not exist is not taken, and costs the others nothing.
 */
import type { TagType } from '@scanhook/domain/asset'
import type { OrgId } from '@scanhook/domain/ids'
import { type Expression, type SqlBool, sql } from 'kysely'
import type { Page, PageQuery } from './change.ts'
import type { Db, Postgres } from './open.ts'
import { allOf, amongFilter } from './row-filters.ts'
import { isoOf } from './tables.ts'

export interface UnknownTagCount {
  readonly orgId: OrgId
  readonly matchKey: string
  /** The rest is of the last read, but for the sum, the first time and the best signal. */
  readonly value: string
  readonly tagType: TagType | null
  readonly reads: number
  readonly firstSeenMs: number
  readonly lastSeenMs: number
  readonly lastDeviceKey: string
  readonly lastAntennaPort: number
  readonly rssiMaxCdbm: number | null
}

export interface UnknownTag {
  readonly matchKey: string
  readonly value: string
  readonly tagType: string | null
  readonly reads: number
  readonly firstSeenAt: number
  readonly lastSeenAt: number
  readonly lastDeviceKey: string
  /** Null while no such device is registered. */
  readonly lastDeviceId: number | null
  readonly lastDeviceName: string | null
  readonly lastAntennaPort: number
  readonly rssiMaxCdbm: number | null
}

export const unknownTagSortFields = ['reads', 'last_seen_at'] as const
export type UnknownTagSortField = (typeof unknownTagSortFields)[number]

export interface UnknownTagQuery extends PageQuery<UnknownTagSortField> {
  readonly deviceKeys?: readonly string[] | undefined
  /** Seen at or after. */
  readonly fromMs?: number | undefined
}

export interface UnknownTags {
  /** At most one count for each (organization, key). Told twice, it adds twice. */
  add(counts: readonly UnknownTagCount[]): Promise<void>
  list(orgId: number, query: UnknownTagQuery): Promise<Page<UnknownTag>>
}

/** More than anybody registers by hand; a site with that many strays has somebody else's goods in it. */
const rowsMax = 10_000
/** Of them kept for being new. As many as a producer writes at once. */
const newestKept = 1_000

export function unknownTags(pg: Postgres): UnknownTags {
  return {
    add: async (counts) => {
      if (counts.length === 0) return
      const grown = await addCounts(pg.db, counts)
      if (grown.length > 0) await trim(pg.db, grown)
    },
    list: (orgId, query) => list(pg.db, orgId, query),
  }
}

/**
 * The organizations that have a row more than before. Keys may be what no tag's can be: longer in upper case than they
 * were, or the same once what PostgreSQL can't hold is replaced. They must not cost the others their counts.
 */
async function addCounts(db: Db, counts: readonly UnknownTagCount[]): Promise<readonly number[]> {
  const column = <T>(of: (count: UnknownTagCount) => T): T[] => counts.map(of)
  const { rows } = await sql<{ orgId: number; isNew: boolean }>`
    insert into unknown_tags as known (org_id, match_key, value, tag_type, reads, first_seen_at, last_seen_at,
      last_device_key, last_antenna_port, rssi_max_cdbm)
    select distinct on (r.org_id, r.match_key) r.org_id, r.match_key, r.value, r.tag_type, r.reads, to_timestamp(r.first_ms / 1000), to_timestamp(r.last_ms / 1000),
      r.device_key, r.antenna_port, r.rssi
    from unnest(${column((count) => count.orgId)}::bigint[], ${column((count) => clean(count.matchKey))}::text[],
      ${column((count) => clean(count.value))}::text[], ${column((count) => count.tagType)}::text[],
      ${column((count) => count.reads)}::bigint[], ${column((count) => count.firstSeenMs)}::double precision[],
      ${column((count) => count.lastSeenMs)}::double precision[], ${column((count) => clean(count.lastDeviceKey))}::text[],
      ${column((count) => count.lastAntennaPort)}::integer[], ${column((count) => count.rssiMaxCdbm)}::integer[])
      as r (org_id, match_key, value, tag_type, reads, first_ms, last_ms, device_key, antenna_port, rssi)
    join organizations o on o.id = r.org_id and o.deleted_at is null
    where length(r.match_key) between 1 and 255 and not ${isRegistered('r')}
    order by r.org_id, r.match_key
    on conflict (org_id, match_key) do update set
      reads = known.reads + excluded.reads,
      first_seen_at = least(known.first_seen_at, excluded.first_seen_at),
      rssi_max_cdbm = greatest(known.rssi_max_cdbm, excluded.rssi_max_cdbm),
      last_seen_at = greatest(known.last_seen_at, excluded.last_seen_at),
      ${sql.raw(ofTheLast.map((name) => `${name} = case when excluded.last_seen_at >= known.last_seen_at then excluded.${name} else known.${name} end`).join(', '))}
    returning known.org_id, xmax = 0 as is_new`.execute(db)
  return [...new Set(rows.filter(({ isNew }) => isNew).map(({ orgId }) => orgId))]
}

const ofTheLast = ['value', 'tag_type', 'last_device_key', 'last_antenna_port']

/** Whether a live tag has this row's key. One look-up by index a row, whatever the planner knows of the tables. */
function isRegistered(row: 'r' | 'u'): Expression<SqlBool> {
  return sql<boolean>`exists (select 1 from tags t where t.org_id = ${sql.ref(`${row}.org_id`)}
    and t.match_key = ${sql.ref(`${row}.match_key`)} and t.deleted_at is null offset 0)`
}

/** U2. What was registered while its count was under way goes first. */
async function trim(db: Db, orgIds: readonly number[]): Promise<void> {
  const { rows } = await sql<{ orgId: number }>`
    select org_id from unknown_tags where org_id = any(${[...orgIds]}::bigint[])
    group by org_id having count(*) > ${rowsMax}`.execute(db)
  for (const { orgId } of rows) {
    await sql`delete from unknown_tags u where u.org_id = ${orgId} and ${isRegistered('u')}`.execute(db)
    await sql`
      delete from unknown_tags u using (
        select match_key, row_number() over (order by by_time <= ${newestKept} desc, reads desc, by_time) as place
        from (
          select match_key, reads, row_number() over (order by last_seen_at desc, match_key) as by_time
          from unknown_tags where org_id = ${orgId}) ranked) r
      where u.org_id = ${orgId} and u.match_key = r.match_key and r.place > ${rowsMax}`.execute(db)
  }
}

/** Within the transaction that registered them. */
export async function forgetUnknownTags(db: Db, orgId: number, matchKeys: readonly string[]): Promise<void> {
  await sql`delete from unknown_tags where org_id = ${orgId} and match_key = any(${[...matchKeys]}::text[])`.execute(
    db,
  )
}

async function list(db: Db, orgId: number, query: UnknownTagQuery): Promise<Page<UnknownTag>> {
  const where = allOf([
    sql<boolean>`u.org_id = ${orgId}`,
    sql<boolean>`not ${isRegistered('u')}`,
    ...amongFilter('u.last_device_key', 'text', query.deviceKeys),
    ...(query.fromMs === undefined
      ? []
      : [sql<boolean>`u.last_seen_at >= ${isoOf(query.fromMs)}::timestamptz`]),
  ])
  const order = query.sort.map(({ by, direction }) => sql`${sql.ref(`u.${by}`)} ${sql.raw(direction)}`)
  const { rows } = await sql<UnknownTag>`
    select u.match_key, u.value, u.tag_type, u.reads, u.first_seen_at, u.last_seen_at, u.last_device_key,
      d.id as last_device_id, d.name as last_device_name, u.last_antenna_port, u.rssi_max_cdbm
    from unknown_tags u
    left join scan_devices d on d.org_id = u.org_id and d.external_key = u.last_device_key and d.deleted_at is null
    where ${where} order by ${sql.join([...order, sql`u.match_key`])} limit ${query.limit} offset ${query.offset}`.execute(
    db,
  )
  const counted = await sql<{ count: number }>`select count(*) from unknown_tags u where ${where}`.execute(db)
  return { rows, totalCount: counted.rows[0]?.count ?? 0 }
}

/** PostgreSQL's text has no NUL and no half of a character, and what a reader sends may. */
function clean(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', '\uFFFD')
}
