/**
 * Jobs that send again in bulk: made and steered by the API, worked off by the reconciler. What a job does is its runner's
 * business; here is who has it, how far it is, and what became of it.
 *
 * Invariants
 *   R1. A job is one runner's at a time: a claim lasts for its lease, and whoever outlived it stores nothing any more.
 *   R2. What is known of a page is stored at once: position and counters, never one without the other.
 *   R3. What a person paused or cancelled is not claimed, and no runner's word undoes it; a finished job never changes.
 *   R4. Organizations take turns: next is a job of the one with the fewest under way, and of those the one that waits longest.
 *   R5. An organization has at most `unfinishedMax` unfinished jobs, also when two are made at once.
 */
import { jobOperation } from '@scanhook/domain/auditing/name-operation'
import { type Expression, type SqlBool, sql } from 'kysely'
import { orgOf, record, type Writer } from './audit-log.ts'
import type { Page } from './change.ts'
import type { DeliveryFilter } from './deliveries.ts'
import type { Postgres } from './open.ts'
import { allOf, amongFilter } from './row-filters.ts'
import { isoOf } from './tables.ts'

/** `recover`: what died; `replay`: what never became a delivery; `all`: both; `dead_topic`: out of Kafka's `deliveries.dead`; `resend`: what a filter means, whatever became of it. */
export const jobKinds = ['recover', 'replay', 'all', 'dead_topic', 'resend'] as const
export type JobKind = (typeof jobKinds)[number]

export const jobStates = ['waiting', 'running', 'paused', 'done', 'cancelled', 'failed'] as const
export type JobState = (typeof jobStates)[number]

/** Why something that was looked at is not sent. */
export const skipReasons = [
  'settled',
  'unwanted',
  'resent_too_often',
  'event_gone',
  'webhook_inactive',
  'unreadable',
] as const
export type SkipReason = (typeof skipReasons)[number]
export type Skipped = Readonly<Partial<Record<SkipReason, number>>>

/** Behind what is acknowledged. `dead`: by death; `missing`: by receipt, null at its beginning; `topic`: next and last offsets by partition; `deliveries`: by creation. */
export type JobPosition =
  | { readonly pass: 'dead'; readonly after: Keyset | null }
  | { readonly pass: 'missing'; readonly after: Keyset | null }
  | { readonly pass: 'topic'; readonly partitions: readonly OffsetSpan[] }
  | { readonly pass: 'deliveries'; readonly after: Keyset | null }

export interface Keyset {
  readonly atMs: number
  readonly id: string
}

export interface OffsetSpan {
  readonly next: number
  /** The first offset that is not the job's any more. */
  readonly end: number
}

/** Which deliveries a job sends again. */
export type JobFilter = Omit<DeliveryFilter, 'fromMs' | 'toMs' | 'attemptedFromMs' | 'attemptedToMs'>

export interface NewJob {
  readonly kind: JobKind
  /** Null (`dead_topic` and `resend` only): all of the organization. */
  readonly endpointId: number | null
  readonly sinceMs: number
  readonly untilMs: number
  /** Null: all. */
  readonly eventTypes: readonly string[] | null
  readonly perSecond: number
  /** Of `resend`, and only there; its span of creation is `sinceMs` to `untilMs`. */
  readonly filter?: JobFilter | null | undefined
  /** The API key. */
  readonly createdBy: number
}

export interface JobProgress {
  readonly position: JobPosition | null
  readonly scanned: number
  readonly enqueued: number
  readonly skipped: Skipped
  /** Of what will be scanned; null until the job has begun. */
  readonly total: number | null
  readonly isTotalEstimated: boolean
}

export interface StoredJob extends NewJob, JobProgress {
  readonly id: number
  readonly orgId: number
  readonly state: JobState
  readonly error: string | null
  readonly createdAtMs: number
  readonly startedAtMs: number | null
  readonly finishedAtMs: number | null
}

export interface ClaimedJob extends StoredJob {
  readonly leaseNumber: number
}

export type Lease = Pick<ClaimedJob, 'id' | 'leaseNumber'>

/** What people say while a job runs. */
export interface Course {
  readonly state: JobState
  readonly perSecond: number
}

/** How a runner lets go. `turn`: somebody goes on with it later. */
export type JobEnd =
  | { readonly kind: 'turn' }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed' | 'paused'; readonly error: string }

export interface JobQuery {
  readonly limit: number
  readonly offset: number
  readonly states?: readonly JobState[] | undefined
  readonly endpointIds?: readonly number[] | undefined
}

export interface JobChange {
  readonly isPaused?: boolean | undefined
  readonly perSecond?: number | undefined
}

export type JobChanged =
  | { readonly kind: 'changed'; readonly row: StoredJob }
  | { readonly kind: 'not_found' | 'finished' }

export interface Jobs {
  create(
    by: Writer<StoredJob>,
    job: NewJob,
    unfinishedMax: number,
  ): Promise<{ readonly kind: 'created'; readonly row: StoredJob } | { readonly kind: 'too_many' }>
  find(orgId: number, id: number): Promise<StoredJob | null>
  /** Newest first. */
  list(orgId: number, query: JobQuery): Promise<Page<StoredJob>>
  change(by: Writer<StoredJob>, id: number, change: JobChange): Promise<JobChanged>
  cancel(by: Writer<StoredJob>, id: number): Promise<JobChanged>
  /** The job whose turn it is, for `leaseMs`; null when none is to be had. */
  claim(leaseMs: number): Promise<ClaimedJob | null>
  /** Stores how far it is and renews the lease. Null when the job is somebody else's now. */
  advance(lease: Lease, progress: JobProgress, leaseMs: number): Promise<Course | null>
  /** False when it was somebody else's. */
  release(lease: Lease, end: JobEnd): Promise<boolean>
}

/** A failure is told in a sentence; what is beyond is of no help. */
const errorMax = 1_000

const columns =
  sql.raw(`id, org_id, kind, endpoint_id, since as since_ms, until as until_ms, event_types, per_second, filter, state,
  position, scanned, enqueued, skipped, total, is_total_estimated, error, created_by, created_at as created_at_ms,
  started_at as started_at_ms, finished_at as finished_at_ms`)

const isUnfinished = sql<boolean>`state in ('waiting', 'running', 'paused')`
const isRunnable = (alias: string) => sql.raw(`${alias}.state in ('waiting', 'running')`)

export function jobs(pg: Postgres): Jobs {
  return {
    create: (by, job, unfinishedMax) => create(pg, by, job, unfinishedMax),
    find: async (orgId, id) => {
      const { rows } = await sql<StoredJob>`
        select ${columns} from jobs where org_id = ${orgId} and id = ${id}`.execute(pg.db)
      return rows[0] ?? null
    },
    list: (orgId, query) => list(pg, orgId, query),
    change: (by, id, { isPaused, perSecond }) => {
      const state =
        isPaused === undefined
          ? sql``
          : isPaused
            ? sql`, state = 'paused'`
            : sql`, state = case when state = 'paused' then 'waiting' else state end, error = null`
      return steer(pg, { by, id }, sql`per_second = coalesce(${perSecond ?? null}, per_second)${state}`)
    },
    cancel: (by, id) => steer(pg, { by, id }, sql`state = 'cancelled', finished_at = now()`),
    claim: (leaseMs) => claim(pg, leaseMs),
    advance: (lease, progress, leaseMs) => advance(pg, lease, progress, leaseMs),
    release: (lease, end) => release(pg, lease, end),
  }
}

function create(
  pg: Postgres,
  by: Writer<StoredJob>,
  job: NewJob,
  unfinishedMax: number,
): ReturnType<Jobs['create']> {
  const orgId = orgOf(by)
  return pg.db.transaction().execute(async (db) => {
    // R5: counted while nobody else of this organization can add one.
    await sql`select pg_advisory_xact_lock(hashtext('scanhook jobs'), hashtext(${String(orgId)}))`.execute(db)
    const { rows: counted } = await sql<{ count: number }>`
      select count(*) from jobs where org_id = ${orgId} and ${isUnfinished}`.execute(db)
    if ((counted[0]?.count ?? 0) >= unfinishedMax) return { kind: 'too_many' }
    const filter = job.filter == null ? null : JSON.stringify(job.filter)
    const types = job.eventTypes === null ? null : [...job.eventTypes]
    const { rows } = await sql<StoredJob>`
      insert into jobs (org_id, kind, endpoint_id, since, until, event_types, per_second, filter, created_by)
      values (${orgId}, ${job.kind}, ${job.endpointId}, ${isoOf(job.sinceMs)}, ${isoOf(job.untilMs)}, ${types}::text[],
        ${job.perSecond}, ${filter}::jsonb, ${job.createdBy})
      returning ${columns}`.execute(db)
    const [row] = rows
    if (row === undefined) throw new Error('an insert returned nothing')
    await record(db, by, { operation: 'job.created', id: row.id, name: null, before: null, after: row })
    return { kind: 'created', row }
  })
}

async function list(pg: Postgres, orgId: number, query: JobQuery): Promise<Page<StoredJob>> {
  const where = allOf([
    sql<boolean>`org_id = ${orgId}`,
    ...amongFilter('state', 'text', query.states),
    ...amongFilter('endpoint_id', 'bigint', query.endpointIds),
  ])
  const { rows } = await sql<StoredJob>`
    select ${columns} from jobs where ${where} order by created_at desc, id limit ${query.limit} offset ${query.offset}`.execute(
    pg.db,
  )
  return { rows, totalCount: await countOf(pg, where) }
}

async function countOf(pg: Postgres, where: Expression<SqlBool>): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*) from jobs where ${where}`.execute(pg.db)
  return rows[0]?.count ?? 0
}

function steer(
  pg: Postgres,
  { by, id }: { readonly by: Writer<StoredJob>; readonly id: number },
  set: Expression<unknown>,
): Promise<JobChanged> {
  const isIt = sql<boolean>`org_id = ${orgOf(by)} and id = ${id}`
  return pg.db.transaction().execute(async (db) => {
    const { rows: found } = await sql<StoredJob>`
      select ${columns} from jobs where ${isIt} for no key update`.execute(db)
    const [before] = found
    if (before === undefined) return { kind: 'not_found' }
    const { rows } = await sql<StoredJob>`
      update jobs set ${set} where ${isIt} and ${isUnfinished} returning ${columns}`.execute(db)
    const [row] = rows
    if (row === undefined) return { kind: 'finished' }
    const operation = jobOperation(before.state, row.state)
    await record(db, by, { operation, id, name: null, before, after: row })
    return { kind: 'changed', row }
  })
}

async function claim(pg: Postgres, leaseMs: number): Promise<ClaimedJob | null> {
  const { rows } = await sql<ClaimedJob>`
    update jobs set state = 'running', started_at = coalesce(started_at, now()), lease_number = lease_number + 1,
      lease_until = clock_timestamp() + ${leaseMs} * interval '1 millisecond'
    where id = (
      select j.id from jobs j
      where ${isRunnable('j')} and (j.lease_until is null or j.lease_until <= now())
      order by
        (select count(*) from jobs o where o.org_id = j.org_id and ${isRunnable('o')} and o.lease_until > now()),
        j.turn_at, j.id
      limit 1 for update of j skip locked)
    returning ${columns}, lease_number`.execute(pg.db)
  return rows[0] ?? null
}

async function advance(
  pg: Postgres,
  { id, leaseNumber }: Lease,
  progress: JobProgress,
  leaseMs: number,
): Promise<Course | null> {
  const { position, scanned, enqueued, skipped, total, isTotalEstimated } = progress
  const place = position === null ? null : JSON.stringify(position)
  const { rows } = await sql<Course>`
    update jobs set position = ${place}::jsonb, scanned = ${scanned}, enqueued = ${enqueued},
      skipped = ${JSON.stringify(skipped)}::jsonb, total = ${total}, is_total_estimated = ${isTotalEstimated},
      state = case when state = 'waiting' then 'running' else state end,
      lease_until = clock_timestamp() + ${leaseMs} * interval '1 millisecond'
    where id = ${id} and lease_number = ${leaseNumber}
    returning state, per_second`.execute(pg.db)
  return rows[0] ?? null
}

async function release(pg: Postgres, { id, leaseNumber }: Lease, end: JobEnd): Promise<boolean> {
  const next = end.kind === 'turn' ? null : end.kind
  const isEnd = end.kind === 'done' || end.kind === 'failed'
  const error = 'error' in end ? end.error.slice(0, errorMax) : null
  const { numAffectedRows } = await sql`
    update jobs set lease_until = null, turn_at = clock_timestamp(),
      state = case when ${isRunnable('jobs')} then coalesce(${next}, state) else state end,
      error = case when ${isRunnable('jobs')} then coalesce(${error}, error) else error end,
      finished_at = case when ${isRunnable('jobs')} and ${isEnd} then now() else finished_at end
    where id = ${id} and lease_number = ${leaseNumber} and lease_until is not null`.execute(pg.db)
  return numAffectedRows === 1n
}
