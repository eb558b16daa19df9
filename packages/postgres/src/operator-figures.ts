/**
 * Figures of all organizations, for whoever runs the installation: the one place that reads across them. Its callers have made
 * sure that the organization that asks is the operator's (services/api/src/operator, N1).
 *
 * Invariants
 *   F1. Of an endpoint no more is told than its name, its host and how it fares: the rest of a URL is often a password.
 *   F2. What waits is counted up to `waitingMax`; that many means "at least".
 */
import { type RawBuilder, sql } from 'kysely'
import { shownStateSql } from './deliveries.ts'
import type { Postgres } from './open.ts'
import { allOf, literalFilter } from './row-filters.ts'

/** Counting them takes some ms out of the index of what is unsettled; beyond it only "many" matters. */
export const waitingMax = 10_000

export interface EndpointFacts {
  readonly endpointId: number
  readonly orgId: number
  readonly orgName: string
  readonly name: string | null
  /** Of its URL; F1. */
  readonly host: string
  readonly state: string
  /** Epoch ms. */
  readonly failingSince: number | null
  readonly lastStatus: number | null
  readonly lastErrorClass: string | null
  /** F2. */
  readonly waiting: number
}

export interface TenantFacts {
  readonly orgId: number
  readonly orgName: string
  /** Of the UTC day of today, as are the four below. */
  readonly events: number
  readonly attempts: number
  readonly delivered: number
  /** Given up, without what was expired or superseded on its owner's wish. */
  readonly dead: number
  readonly failingEndpoints: number
  readonly activeEndpoints: number
  /** F2. */
  readonly waiting: number
}

export interface FailingFacts extends EndpointFacts {
  /** Since yesterday (UTC), as are the two below. */
  readonly attempts: number
  readonly failed: number
  readonly dead: number
}

export interface OperatorFigures {
  /** Of these endpoints the ones that are not deleted. */
  endpoints(ids: readonly number[]): Promise<readonly EndpointFacts[]>
  /** Those with most that died today first, then the busiest; at most `limit`. `total` counts all. */
  tenants(limit: number): Promise<{ readonly rows: readonly TenantFacts[]; readonly total: number }>
  /** Those with most requests that did not deliver, at most `limit`. */
  failing(limit: number): Promise<readonly FailingFacts[]>
}

const today = sql.raw(`(now() at time zone 'UTC')::date`)

/** Of one organization's deliveries, those that wait: out of `deliveries_unsettled`. */
function waitingOf(where: RawBuilder<unknown>): RawBuilder<unknown> {
  const waits = allOf(literalFilter(shownStateSql, ['pending']))
  return sql`(select count(*) from (select from deliveries where ${where} and ${waits} limit ${waitingMax}) waiting)`
}

/** `e`: an endpoint; `o`: its organization. */
const facts = sql`
  e.id as endpoint_id, o.id as org_id, o.name as org_name, e.name, e.state, e.failing_since,
  coalesce((regexp_match(e.url, '^[a-z]+://(?:[^/?#@]*@)?([^/?#]+)'))[1], '') as host,
  last.status as last_status, last.error_class as last_error_class,
  ${waitingOf(sql`org_id = o.id and endpoint_id = e.id`)} as waiting`

const lastFailure = sql`
  left join lateral (
    select status, error_class from attempts a
    where a.org_id = e.org_id and a.endpoint_id = e.id and a.outcome is not null
      and coalesce(a.status / 100, 0) <> 2
    order by a.started_at desc limit 1) last on true`

export function operatorFigures(pg: Postgres): OperatorFigures {
  return {
    endpoints: async (ids) => {
      if (ids.length === 0) return []
      const { rows } = await sql<EndpointFacts>`
        select ${facts} from endpoints e join organizations o on o.id = e.org_id ${lastFailure}
        where e.id = any(${[...ids]}::bigint[]) and e.deleted_at is null`.execute(pg.db)
      return rows.map(factsOf)
    },
    tenants: async (limit) => {
      const { rows } = await sql<TenantFacts & { total: number }>`
        with busy as (
          select o.id as org_id, o.name as org_name, count(*) over () as total, coalesce(r.events, 0) as events,
            coalesce(u.attempts, 0) as attempts, coalesce(u.delivered, 0) as delivered, coalesce(u.dead, 0) as dead
          from organizations o
          left join usage_event_days r on r.org_id = o.id and r.day = ${today}
          left join (select org_id, sum(attempts)::bigint as attempts, sum(delivered)::bigint as delivered,
              sum(dead)::bigint as dead
            from usage_days where day = ${today} group by org_id) u on u.org_id = o.id
          where o.deleted_at is null
          order by coalesce(u.dead, 0) desc, coalesce(u.attempts, 0) desc, coalesce(r.events, 0) desc, o.id limit ${limit})
        select busy.*, e.failing_endpoints, e.active_endpoints, ${waitingOf(sql`org_id = busy.org_id`)} as waiting
        from busy left join lateral (
          select count(*) filter (where failing_since is not null and state = 'active') as failing_endpoints,
            count(*) filter (where state = 'active') as active_endpoints
          from endpoints where org_id = busy.org_id and deleted_at is null) e on true
        order by dead desc, attempts desc, events desc, busy.org_id`.execute(pg.db)
      return { rows: rows.map(({ total: _total, ...row }) => row), total: rows[0]?.total ?? 0 }
    },
    failing: async (limit) => {
      const { rows } = await sql<FailingFacts>`
        with worst as (
          select org_id, endpoint_id, sum(attempts)::bigint as attempts, sum(attempts - delivered)::bigint as failed,
            sum(dead)::bigint as dead
          from usage_days where day >= ${today} - 1
          group by org_id, endpoint_id having sum(attempts - delivered) > 0
          order by failed desc, dead desc, endpoint_id limit ${limit})
        select ${facts}, w.attempts, w.failed, w.dead
        from worst w join endpoints e on e.id = w.endpoint_id and e.deleted_at is null
        join organizations o on o.id = e.org_id ${lastFailure}
        order by w.failed desc, w.dead desc, e.id`.execute(pg.db)
      return rows.map((row) => ({
        ...factsOf(row),
        ...{ attempts: row.attempts, failed: row.failed, dead: row.dead },
      }))
    },
  }
}

function factsOf(row: EndpointFacts): EndpointFacts {
  const { endpointId, orgId, orgName, name, host, state } = row
  return {
    ...{ endpointId, orgId, orgName, name, host, state },
    ...{ failingSince: row.failingSince, lastStatus: row.lastStatus, lastErrorClass: row.lastErrorClass },
    waiting: row.waiting,
  }
}
