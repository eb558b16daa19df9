/**
 * The transactional outbox: `announce` writes inside the caller's transaction, the session side hands rows to the
 * relay and forgets them when they were acknowledged. What is announced is the caller's business.
 *
 * Invariants
 *   X1. A change and its announcement commit together or not at all.
 *   X2. Positions of one (kind, id) rise in commit order: `announce` is called after the row was locked by its change.
 *   X3. A row is deleted only by `forget`, so nothing is lost between reading and acknowledgement.
 *   X4. At most one session leads at a time (session advisory lock); the lock falls with its connection.
 */

import { orgId } from '@scanhook/domain/ids'
import type { MasterDataChange, MasterDataKind } from '@scanhook/domain/master-data'
import type { Db, Postgres } from './open.ts'

export interface Announcement {
  readonly orgId: number
  readonly kind: MasterDataKind
  readonly id: number
  readonly isDeleted: boolean
  /** What a cache needs to find its entry; an `Endpoint` for kind `endpoint`. */
  readonly document: object
}

/** Writes announcements in the order given. Call it with the transaction that makes the change, and after the change. */
export async function announce(db: Db, announcements: readonly Announcement[]): Promise<void> {
  if (announcements.length === 0) return
  await db
    .insertInto('outbox')
    .values(
      announcements.map(({ orgId: org, kind, id, isDeleted, document }) => ({
        orgId: org,
        kind,
        entityId: id,
        isDeleted,
        document: JSON.stringify(document),
      })),
    )
    .execute()
}

export interface OutboxSession {
  /** True when this session leads now. Asking again while leading is harmless. */
  tryLead(): Promise<boolean>
  /** The oldest waiting changes, at most `limit`, by position. */
  list(limit: number): Promise<readonly MasterDataChange[]>
  /** They were acknowledged. */
  forget(versions: readonly number[]): Promise<void>
  close(): Promise<void>
}

interface OutboxRow {
  readonly position: number
  readonly org_id: number
  readonly kind: MasterDataKind
  readonly entity_id: number
  readonly is_deleted: boolean
  readonly document: string
  readonly changed_at: number
}

/** A connection of its own that hears of new rows (`onWake`) and of its own end. Rejects with POSTGRES_UNAVAILABLE. */
export async function openOutboxSession(
  pg: Postgres,
  { onWake, onEnd }: { readonly onWake: () => void; readonly onEnd: () => void },
): Promise<OutboxSession> {
  const session = await pg.openSession({ onNotification: onWake, onEnd })
  await session.query('listen scanhook_outbox')
  let isLeading = false
  return {
    tryLead: async () => {
      if (isLeading) return true // a session lock counts its holders: asking twice would need two releases
      const [row] = await session.query<{ leads: boolean }>(
        `select pg_try_advisory_lock(hashtext('scanhook'), hashtext('outbox')) as leads`,
      )
      isLeading = row?.leads === true
      return isLeading
    },
    list: async (limit) =>
      (await session.query<OutboxRow>('select * from outbox order by position limit $1', [limit])).map(
        changeOf,
      ),
    forget: async (versions) => {
      await session.query('delete from outbox where position = any($1::bigint[])', [versions])
    },
    close: () => session.close(),
  }
}

function changeOf(row: OutboxRow): MasterDataChange {
  return {
    orgId: orgId(row.org_id),
    kind: row.kind,
    id: row.entity_id,
    version: row.position,
    changedAtMs: row.changed_at,
    isDeleted: row.is_deleted,
    document: row.document,
  }
}
