/** How many assets are at each location just now, and what moved lately: one statement for the whole tree, over rows that the recorder keeps. */
import { sql } from 'kysely'
import type { Postgres } from './open.ts'
import { isValidLocation } from './row-filters.ts'
import { isoOf } from './tables.ts'

/** Of one location alone, or with all locations inside of it. */
export interface PlaceCounts {
  /** Assets that are there now. */
  readonly present: number
  /** Of these, the ones that came since the instant that was asked for. */
  readonly arrived: number
  /** Assets that left since then, and were at no location since. One that went elsewhere arrived there. */
  readonly left: number
}

export interface CountedLocation {
  readonly id: number
  readonly externalKey: string
  readonly name: string
  /** Null as well when the parent is deleted or out of its validity. */
  readonly parentId: number | null
  readonly own: PlaceCounts
  readonly inside: PlaceCounts
}

export interface LocationCountsQuery {
  /** What counts as lately; epoch ms. */
  readonly sinceMs: number
  /** Those with the most assets inside come first, so a parent never comes after what fills it. */
  readonly limit: number
}

export interface CountedLocations {
  readonly rows: readonly CountedLocation[]
  /** Locations that there are, in `rows` or not. */
  readonly locationCount: number
  /** Living assets that are at one of them, and those that were seen and are at none. */
  readonly presentCount: number
  readonly absentCount: number
}

export interface LocationCounts {
  count(orgId: number, query: LocationCountsQuery): Promise<CountedLocations>
}

/** Far deeper than people nest rooms; a circle, which the API does not make, would turn until the statement's deadline. */
const depthMax = 100

interface Row {
  readonly id: number
  readonly externalKey: string
  readonly name: string
  readonly parentId: number | null
  readonly present: number
  readonly arrived: number
  readonly gone: number
  readonly presentInside: number
  readonly arrivedInside: number
  readonly goneInside: number
  readonly locationCount: number
  readonly presentCount: number
  readonly seenCount: number
}

/**
 * Reads every living asset's row of the organization once, and its locations once: 100,000 assets at 2,000 locations, among
 * 400,000 of others, take 125 to 330 ms on two busy cores. An index with these columns would have to be written with every read.
 */
export function locationCounts(pg: Postgres): LocationCounts {
  return {
    count: async (orgId, { sinceMs, limit }) => {
      const since = sql`${isoOf(sinceMs)}::timestamptz`
      const { rows } = await sql<Row>`
        with recursive place as materialized (
          select l.id, l.external_key, l.name, l.parent_id from locations l
          where l.org_id = ${orgId} and ${isValidLocation('l')}
        ), counted as materialized (
          select location_id as id, count(*) as seen,
            count(*) filter (where located_sequence > left_sequence) as present,
            count(*) filter (where located_sequence > left_sequence and located_at >= ${since}) as arrived,
            count(*) filter (where located_sequence <= left_sequence and left_at >= ${since}) as gone
          from asset_locations where org_id = ${orgId} and asset_deleted_at is null
          group by location_id
        ), way as (
          select place.id, place.parent_id, counted.present, counted.arrived, counted.gone, 1 as depth
          from counted join place on place.id = counted.id
          union all
          select place.id, place.parent_id, way.present, way.arrived, way.gone, way.depth + 1
          from way join place on place.id = way.parent_id where way.depth < ${depthMax}
        ), inside as (
          select id, sum(present)::bigint as present, sum(arrived)::bigint as arrived, sum(gone)::bigint as gone
          from way group by id
        ), rung as (
          select place.id, 1 as depth from place
          where not exists (select 1 from place up where up.id = place.parent_id)
          union all
          select place.id, rung.depth + 1 from rung join place on place.parent_id = rung.id
          where rung.depth < ${depthMax}
        ), total as (
          select (select count(*) from place) as location_count,
            coalesce(sum(counted.seen), 0)::bigint as seen_count,
            coalesce(sum(counted.present) filter (where place.id is not null), 0)::bigint as present_count
          from counted left join place on place.id = counted.id
        )
        select place.id, place.external_key, place.name, parent.id as parent_id,
          coalesce(counted.present, 0) as present, coalesce(counted.arrived, 0) as arrived,
          coalesce(counted.gone, 0) as gone, coalesce(inside.present, 0) as present_inside,
          coalesce(inside.arrived, 0) as arrived_inside, coalesce(inside.gone, 0) as gone_inside,
          total.location_count, total.seen_count, total.present_count
        from total left join place on true
        left join place parent on parent.id = place.parent_id
        left join counted on counted.id = place.id
        left join inside on inside.id = place.id
        left join rung on rung.id = place.id
        order by present_inside desc, rung.depth, place.external_key limit ${limit}`.execute(pg.db)
      const { locationCount = 0, presentCount = 0, seenCount = 0 } = rows[0] ?? {}
      return {
        // Without a location, there is one row with the totals.
        rows: locationCount === 0 ? [] : rows.map(countedOf),
        ...{ locationCount, presentCount, absentCount: seenCount - presentCount },
      }
    },
  }
}

function countedOf(row: Row): CountedLocation {
  return {
    ...{ id: row.id, externalKey: row.externalKey, name: row.name, parentId: row.parentId },
    own: { present: row.present, arrived: row.arrived, left: row.gone },
    inside: { present: row.presentInside, arrived: row.arrivedInside, left: row.goneInside },
  }
}
