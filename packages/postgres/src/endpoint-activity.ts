/**
 * What happened last to each endpoint and when it goes on, for a list of them: one statement, out of indexes that are there.
 *
 * Invariants
 *   A1. The last request is the newest of the log, whatever came of it; holds are none.
 *   A2. The next attempt is the soonest of the deliveries that wait, by the chain that goes on first. Where more wait than are
 *       looked at, that is said.
 */
import { sql } from 'kysely'
import { shownNextAttemptSql, shownStateSql } from './deliveries.ts'
import type { Postgres } from './open.ts'
import { allOf, amongFilter, literalFilter } from './row-filters.ts'

export interface LastRequest {
  readonly deliveryId: string
  /** Epoch ms. */
  readonly startedAt: number
  readonly disposition: string
  readonly status: number | null
  readonly errorClass: string | null
}

export interface EndpointActivity {
  readonly endpointId: number
  readonly last: LastRequest | null
  /** Epoch ms; null where nothing waits, or nothing that was looked at. */
  readonly nextAttemptAt: number | null
}

export interface ActivityPage {
  /** The newest endpoints first. */
  readonly rows: readonly EndpointActivity[]
  /** False: more deliveries wait than were looked at, so an attempt may be sooner than is said. */
  readonly isComplete: boolean
}

export interface EndpointActivities {
  /** Of the living endpoints of the organization, or of those among them; at most 200. */
  list(orgId: number, endpointIds?: readonly number[]): Promise<ActivityPage>
}

/** A page of a list, at most. Each is one look into the index of each day that is kept. */
const endpointsMax = 200
/** The newest that wait; a row each is fetched for its instant. An organization with more has an endpoint that fails. */
const waitingMax = 2_000

interface Row extends Partial<{ [Name in keyof LastRequest]: LastRequest[Name] | null }> {
  readonly endpointId: number
  readonly nextAttemptAt: number | null
  readonly waitingCount: number
}

export function endpointActivities(pg: Postgres): EndpointActivities {
  return {
    list: async (orgId, endpointIds) => {
      const own = allOf([
        sql<boolean>`org_id = ${orgId} and deleted_at is null`,
        ...amongFilter('id', 'bigint', endpointIds),
      ])
      const waits = allOf([sql<boolean>`org_id = ${orgId}`, ...literalFilter(shownStateSql, ['pending'])])
      const { rows } = await sql<Row>`
        with asked as (
          select id, created_at from endpoints where ${own} order by created_at desc, id limit ${endpointsMax}),
        waiting as (
          select endpoint_id, ${shownNextAttemptSql} as next_at from deliveries where ${waits}
          order by created_at desc limit ${waitingMax + 1}),
        soonest as (select endpoint_id, min(next_at) as next_at from waiting group by endpoint_id)
        select asked.id as endpoint_id, soonest.next_at as next_attempt_at,
          (select count(*) from waiting) as waiting_count,
          newest.delivery_id, newest.started_at, newest.disposition, newest.status, newest.error_class
        from asked
        left join soonest on soonest.endpoint_id = asked.id
        left join lateral (
          select delivery_id, started_at, disposition, status, error_class from attempts
          where org_id = ${orgId} and endpoint_id = asked.id and outcome is not null
          order by started_at desc limit 1) newest on true
        order by asked.created_at desc, asked.id`.execute(pg.db)
      return {
        rows: rows.map((row) => ({
          ...{ endpointId: row.endpointId, nextAttemptAt: row.nextAttemptAt, last: lastOf(row) },
        })),
        isComplete: (rows[0]?.waitingCount ?? 0) <= waitingMax,
      }
    },
  }
}

function lastOf({ deliveryId, startedAt, disposition, status, errorClass }: Row): LastRequest | null {
  if (deliveryId == null || startedAt == null || disposition == null) return null
  return { deliveryId, startedAt, disposition, status: status ?? null, errorClass: errorClass ?? null }
}
