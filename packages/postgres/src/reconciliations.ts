/**
 * What the reconciler reads of the log, and what it leaves behind. Decides nothing.
 *
 * Invariants
 *   Y1. At most one session leads at a time (session advisory lock); the lock falls with its connection.
 *   Y2. Lists are keyset pages over what they promise: a row that changes meanwhile may be missed or met in its new state, one
 *       that does not is met once.
 */
import type { ManualChains } from '@scanhook/domain/manual-chains'
import { type Expression, sql } from 'kysely'
import type { Postgres } from './open.ts'
import { isoOf } from './tables.ts'

export interface HourOfEvents {
  readonly orgId: number
  readonly hourMs: number
  readonly events: number
}

export interface HourReport extends HourOfEvents {
  readonly checkedAtMs: number
  readonly expected: number
  readonly delivered: number
  readonly dead: number
  readonly waiting: number
  readonly unsure: number
  readonly missing: number
  readonly overdue: number
  readonly requeued: number
}

/** A delivery as far as the reconciler looks at it. `state` and the members after it are those of the automatic chain. */
export interface LoggedDelivery {
  readonly orgId: number
  readonly deliveryId: string
  readonly endpointId: number
  readonly eventId: string
  readonly trigger: string
  readonly state: 'pending' | 'delivered' | 'dead'
  readonly attempts: number
  readonly nextAttemptAt: number | null
  readonly createdAt: number
  readonly firstAttemptAt: number | null
  readonly manualChains: ManualChains | null
}

export interface DeliveriesOfEvents {
  readonly eventIds: readonly string[]
  /** Within which the events occurred, both inclusive: finds the partitions. */
  readonly fromMs: number
  readonly toMs: number
}

export interface OverdueQuery {
  readonly beforeMs: number
  /** Of the page before; null at the beginning. */
  readonly afterId: string | null
  readonly limit: number
}

export interface Reconciliations {
  /** Hours with events received in [`fromMs`, `toMs`), by organization. Hours begin with the UTC hour. */
  countHours(fromMs: number, toMs: number): Promise<readonly HourOfEvents[]>
  /** What was found of those hours before. */
  listReports(fromMs: number, toMs: number): Promise<readonly HourReport[]>
  /**
   * Replaces what was found of the hour before. What was put back then is not missing any more: `requeued` is the sum, and
   * `missing` counts those and what is missing now.
   */
  record(report: HourReport): Promise<void>
  /** Gives the number of reports of hours before. */
  forget(beforeMs: number): Promise<number>
  deliveriesOf(orgId: number, query: DeliveriesOfEvents): Promise<readonly LoggedDelivery[]>
  /** With a chain, automatic or manual, that waits for an instant before `beforeMs`; by id. */
  listOverdue(query: OverdueQuery): Promise<readonly LoggedDelivery[]>
}

const columns = sql.raw(
  'org_id, delivery_id, endpoint_id, event_id, trigger, state, attempts, next_attempt_at, created_at, first_attempt_at, manual_chains',
)

interface ReportRow extends Omit<HourReport, 'hourMs' | 'checkedAtMs'> {
  readonly hour: number
  readonly checkedAt: number
}

export function reconciliations(pg: Postgres): Reconciliations {
  return {
    countHours: async (fromMs, toMs) => {
      const { rows } = await sql<{ orgId: number; hour: number; events: number }>`
        select org_id, date_trunc('hour', received_at, 'UTC') as hour, count(*) as events from events
        where received_at >= ${isoOf(fromMs)}::timestamptz and received_at < ${isoOf(toMs)}::timestamptz
        group by 1, 2 order by 2, 1`.execute(pg.db)
      return rows.map(({ orgId, hour, events }) => ({ orgId, hourMs: hour, events }))
    },
    listReports: async (fromMs, toMs) => {
      const { rows } = await sql<ReportRow>`
        select * from reconciliations
        where hour >= ${isoOf(fromMs)}::timestamptz and hour < ${isoOf(toMs)}::timestamptz
        order by hour, org_id`.execute(pg.db)
      return rows.map(({ hour, checkedAt, ...row }) => ({ ...row, hourMs: hour, checkedAtMs: checkedAt }))
    },
    record: async (report) => {
      const { orgId, hourMs, checkedAtMs, events, expected, delivered, dead, waiting, unsure } = report
      const { missing, overdue, requeued } = report
      await sql`
        insert into reconciliations as before
          (org_id, hour, checked_at, events, expected, delivered, dead, waiting, unsure, missing, overdue, requeued)
        values (${orgId}, ${isoOf(hourMs)}, ${isoOf(checkedAtMs)}, ${events}, ${expected}, ${delivered}, ${dead},
          ${waiting}, ${unsure}, ${missing}, ${overdue}, ${requeued})
        on conflict (org_id, hour) do update set checked_at = excluded.checked_at, events = excluded.events,
          expected = excluded.expected, delivered = excluded.delivered, dead = excluded.dead, waiting = excluded.waiting,
          unsure = excluded.unsure, missing = before.requeued + excluded.missing, overdue = excluded.overdue,
          requeued = before.requeued + excluded.requeued`.execute(pg.db)
    },
    forget: async (beforeMs) => {
      const { numAffectedRows } =
        await sql`delete from reconciliations where hour < ${isoOf(beforeMs)}::timestamptz`.execute(pg.db)
      return Number(numAffectedRows ?? 0n)
    },
    deliveriesOf: (orgId, { eventIds, fromMs, toMs }) =>
      select(
        pg,
        sql`where org_id = ${orgId} and event_id = any(${[...eventIds]}::uuid[])
          and event_occurred_at between ${isoOf(fromMs)}::timestamptz and ${isoOf(toMs)}::timestamptz`,
      ),
    listOverdue: ({ beforeMs, afterId, limit }) => {
      const after = afterId === null ? sql`` : sql`and delivery_id > ${afterId}::uuid`
      const before = isoOf(beforeMs)
      // One index each; together they are a page, because each is one by itself.
      return select(
        pg,
        sql`where (delivery_id, event_occurred_at) in (
            (select delivery_id, event_occurred_at from deliveries
              where state = 'pending' and next_attempt_at < ${before}::timestamptz ${after} order by delivery_id limit ${limit})
            union
            (select delivery_id, event_occurred_at from deliveries
              where manual_chains is not null and exists (select from jsonb_each(manual_chains) c
                where c.value ->> 'state' = 'pending' and coalesce((c.value ->> 'nextAttemptAtMs')::bigint, 0) < ${beforeMs})
              ${after} order by delivery_id limit ${limit}))
          order by delivery_id limit ${limit}`,
      )
    },
  }
}

async function select(pg: Postgres, rest: Expression<unknown>): Promise<readonly LoggedDelivery[]> {
  const { rows } = await sql<LoggedDelivery>`select ${columns} from deliveries ${rest}`.execute(pg.db)
  return rows
}

export interface ReconcilerSession {
  /** True when this session leads now. Asking again while leading is harmless. */
  tryLead(): Promise<boolean>
  close(): Promise<void>
}

/** A connection of its own. Rejects with POSTGRES_UNAVAILABLE. */
export async function openReconcilerSession(pg: Postgres, onEnd: () => void): Promise<ReconcilerSession> {
  const session = await pg.openSession({ onNotification: () => undefined, onEnd })
  let isLeading = false
  return {
    tryLead: async () => {
      if (isLeading) return true // a session lock counts its holders: asking twice would need two releases
      const [row] = await session.query<{ leads: boolean }>(
        `select pg_try_advisory_lock(hashtext('scanhook'), hashtext('reconciler')) as leads`,
      )
      isLeading = row?.leads === true
      return isLeading
    },
    close: () => session.close(),
  }
}
