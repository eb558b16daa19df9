/**
 * Endpoints as they fail, recover and are disabled: read and written under the row's lock, with what is to be said of
 * it. Decides nothing itself (domain/endpoint-life does, through `decide`).
 *
 * Invariants
 *   F1. A change, its notice and its announcement on `master-data` commit together or not at all.
 *   F2. A notice exists once for each endpoint, kind and episode, whoever decides how often.
 *   F3. What somebody decides at the same time is decided on what the other one wrote.
 */

import { systemActor } from '@scanhook/domain/auditing/audit-entry'
import { webhookOperation } from '@scanhook/domain/auditing/name-operation'
import type { EndpointState } from '@scanhook/domain/endpoint'
import type {
  DisabledReason,
  EndpointLife,
  LifeNotice,
  NoticeKind,
} from '@scanhook/domain/endpoint-life/endpoint-life'
import { type EndpointId, endpointId, type OrgId, orgId } from '@scanhook/domain/ids'
import type { ProfileName } from '@scanhook/domain/profile'
import { sql } from 'kysely'
import { append } from './audit-log.ts'
import { announceChanged } from './endpoints.ts'
import type { Db, Postgres } from './open.ts'
import { isoOf, isoOrNull } from './tables.ts'

export interface LivingEndpoint {
  readonly id: EndpointId
  readonly orgId: OrgId
  readonly url: string
  readonly name: string | null
  readonly profile: ProfileName
  readonly life: EndpointLife
}

export interface LifeDecision {
  readonly life: EndpointLife
  /** `facts`: a JSON object, kept as it is. */
  readonly notice: (LifeNotice & { readonly facts: object }) | null
}

/** A place in the list of failing endpoints. */
export interface FailingCursor {
  readonly failingSinceMs: number
  readonly id: number
}

export interface EndpointLives {
  /** The notice's kind, `unnoticed` for a change without one, or null: no such live endpoint, or nothing to change. */
  change(
    org: OrgId,
    id: EndpointId,
    decide: (endpoint: LivingEndpoint) => LifeDecision | null,
  ): Promise<NoticeKind | 'unnoticed' | null>
  /** Active endpoints that have been failing since `untilMs` or longer, longest first, after `cursor`. */
  listFailing(
    untilMs: number,
    cursor: FailingCursor | null,
    limit: number,
  ): Promise<readonly LivingEndpoint[]>
  /** What the delivery log says: a failed attempt at or after `fromMs`, the newest success after `sinceMs`. */
  findEvidence(
    endpoint: Pick<LivingEndpoint, 'id' | 'orgId'>,
    times: { readonly sinceMs: number; readonly fromMs: number },
  ): Promise<{ readonly hasFailedSince: boolean; readonly lastSuccessAtMs: number | null }>
  /** Of those that exist, deleted ones included. */
  describe(
    ids: readonly EndpointId[],
  ): Promise<ReadonlyMap<EndpointId, { readonly url: string; readonly name: string | null }>>
}

export function endpointLives(pg: Postgres): EndpointLives {
  return {
    change: (org, id, decide) => change(pg, { org, id }, decide),
    listFailing: (untilMs, cursor, limit) => listFailing(pg.db, untilMs, cursor, limit),
    findEvidence: (endpoint, times) => findEvidence(pg.db, endpoint, times),
    describe: async (ids) => {
      const { rows } = await sql<{ id: EndpointId; url: string; name: string | null }>`
        select id, url, name from endpoints where id = any(${[...ids]}::bigint[])`.execute(pg.db)
      return new Map(rows.map(({ id, url, name }) => [id, { url, name }]))
    },
  }
}

interface LifeRow {
  readonly id: number
  readonly orgId: number
  readonly url: string
  readonly name: string | null
  readonly profile: ProfileName
  readonly state: EndpointState
  readonly failingSince: number | null
  readonly failingAt: number | null
  readonly recoveredAt: number | null
  readonly enabledAt: number | null
  readonly disabledAt: number | null
  readonly disabledReason: DisabledReason | null
  readonly isEpisodeTold: boolean
}

const lifeColumns = sql.raw(
  'id, org_id, url, name, profile, state, failing_since, failing_at, recovered_at, enabled_at, disabled_at, disabled_reason, is_episode_told',
)

function livingOf(row: LifeRow): LivingEndpoint {
  return {
    id: endpointId(row.id),
    orgId: orgId(row.orgId),
    url: row.url,
    name: row.name,
    profile: row.profile,
    life: {
      state: row.state,
      failingSinceMs: row.failingSince,
      failingAtMs: row.failingAt,
      recoveredAtMs: row.recoveredAt,
      enabledAtMs: row.enabledAt,
      disabledAtMs: row.disabledAt,
      disabledReason: row.disabledReason,
      isEpisodeTold: row.isEpisodeTold,
    },
  }
}

interface Named {
  readonly org: OrgId
  readonly id: EndpointId
}

function change(
  pg: Postgres,
  { org, id }: Named,
  decide: (endpoint: LivingEndpoint) => LifeDecision | null,
): Promise<NoticeKind | 'unnoticed' | null> {
  return pg.db.transaction().execute(async (db) => {
    const { rows } = await sql<LifeRow>`
      select ${lifeColumns} from endpoints where org_id = ${org} and id = ${id} and deleted_at is null
      for update`.execute(db)
    const [row] = rows
    if (row === undefined) return null
    const before = livingOf(row)
    const decided = decide(before)
    if (decided === null) return null
    const { life, notice } = decided
    const isVisible = life.state !== before.life.state || life.failingSinceMs !== before.life.failingSinceMs
    await sql`
      update endpoints set state = ${life.state}, failing_since = ${isoOrNull(life.failingSinceMs)},
        failing_at = ${isoOrNull(life.failingAtMs)}, recovered_at = ${isoOrNull(life.recoveredAtMs)},
        disabled_at = ${isoOrNull(life.disabledAtMs)}, disabled_reason = ${life.disabledReason},
        is_episode_told = ${life.isEpisodeTold},
        version = version + ${isVisible ? 1 : 0}, updated_at = ${isVisible ? sql`now()` : sql`updated_at`}
      where org_id = ${org} and id = ${id}`.execute(db)
    if (notice !== null) await insertNotice(db, { org, id }, notice)
    if (isVisible) await announceChanged(db, org, id)
    await recordState(db, before, life)
    return notice?.kind ?? 'unnoticed'
  })
}

/** That it fails or recovers is told by the delivery log; that it gets nothing any more is a change, in the API's fields. */
async function recordState(db: Db, before: LivingEndpoint, life: EndpointLife): Promise<void> {
  if (life.state === before.life.state) return
  const stateOf = ({ state, disabledAtMs, disabledReason }: EndpointLife) => ({
    ...{ enabled: state === 'active', state },
    ...{ disabled_at: isoOrNull(disabledAtMs), disabled_reason: disabledReason },
  })
  await append(
    db,
    { orgId: before.orgId, actor: systemActor, requestId: null },
    {
      ...{ operation: webhookOperation(before.life.state, life.state), id: before.id, name: before.name },
      ...{ before: stateOf(before.life), after: stateOf(life) },
    },
  )
}

async function insertNotice(
  db: Db,
  { org, id }: Named,
  { kind, episodeMs, isTold, facts }: LifeNotice & { readonly facts: object },
): Promise<void> {
  await sql`
    insert into endpoint_notices (org_id, endpoint_id, kind, episode, facts, is_told)
    values (${org}, ${id}, ${kind}, ${isoOf(episodeMs)}, ${JSON.stringify(facts)}, ${isTold})
    on conflict (endpoint_id, kind, episode) do nothing`.execute(db)
}

async function listFailing(
  db: Db,
  untilMs: number,
  cursor: FailingCursor | null,
  limit: number,
): Promise<readonly LivingEndpoint[]> {
  const after =
    cursor === null
      ? sql``
      : sql`and (failing_since, id) > (${isoOf(cursor.failingSinceMs)}::timestamptz, ${cursor.id}::bigint)`
  const { rows } = await sql<LifeRow>`
    select ${lifeColumns} from endpoints
    where failing_since is not null and state = 'active' and deleted_at is null
      and failing_since <= ${isoOf(untilMs)}::timestamptz ${after}
    order by failing_since, id limit ${limit}`.execute(db)
  return rows.map(livingOf)
}

/** Longer than any delivery lives: the longest schedule of a profile takes 26.6 h. */
const deliveryLifeMs = 27 * 3_600_000
/**
 * How far back a success is looked for. An endpoint with one is found by its newest deliveries; one without is read to
 * this bound once, when it is due to be disabled: half a second, and not minutes for one with millions of failures.
 */
const deliveriesReadMax = 100_000

async function findEvidence(
  db: Db,
  { id, orgId: org }: Pick<LivingEndpoint, 'id' | 'orgId'>,
  { sinceMs, fromMs }: { readonly sinceMs: number; readonly fromMs: number },
): Promise<{ readonly hasFailedSince: boolean; readonly lastSuccessAtMs: number | null }> {
  const failed = await sql<{ hasFailed: boolean }>`
    select exists (
      select 1 from deliveries where org_id = ${org} and endpoint_id = ${id}
        and created_at >= ${isoOf(fromMs - deliveryLifeMs)}::timestamptz
        and state <> 'delivered' and last_attempt_at >= ${isoOf(fromMs)}::timestamptz) as has_failed`.execute(
    db,
  )
  const hasFailedSince = failed.rows[0]?.hasFailed === true
  if (!hasFailedSince) return { hasFailedSince, lastSuccessAtMs: null }
  const delivered = await sql<{ lastAt: number | null }>`
    select max(last_attempt_at) filter (where state = 'delivered' and last_attempt_at > ${isoOf(sinceMs)}::timestamptz) as last_at
    from (
      select state, last_attempt_at from deliveries where org_id = ${org} and endpoint_id = ${id}
        and created_at >= ${isoOf(sinceMs - deliveryLifeMs)}::timestamptz
      order by created_at desc limit ${deliveriesReadMax}) newest`.execute(db)
  return { hasFailedSince, lastSuccessAtMs: delivered.rows[0]?.lastAt ?? null }
}
