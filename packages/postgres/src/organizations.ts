/** Organizations: the boundary of everything else. */

import { systemActor } from '@scanhook/domain/auditing/audit-entry'
import { sql } from 'kysely'
import { append, orgOf, record, type Writer } from './audit-log.ts'
import { announceEndpointsOf, lockEndpointsOf } from './endpoints.ts'
import type { Postgres } from './open.ts'
import { announce } from './outbox.ts'

export interface Organization {
  readonly id: number
  readonly name: string
  /** Who is written to when something is wrong. */
  readonly contactEmails: readonly string[]
  /** To all endpoints together; null: as many as they take. */
  readonly deliveriesPerSecond: number | null
  /** For how many days events, deliveries and attempts are kept, where that is shorter than all are; null: as all. */
  readonly logDays: number | null
  readonly createdAt: number
}

export interface OrganizationChange {
  readonly contactEmails?: readonly string[] | undefined
  readonly deliveriesPerSecond?: number | null | undefined
  readonly logDays?: number | null | undefined
}

export interface Organizations {
  find(id: number): Promise<Organization | null>
  /** Null when there is none. A new pace is announced with every endpoint: it is in their documents. */
  update(by: Writer<Organization>, change: OrganizationChange): Promise<Organization | null>
  /** Gives the live organization of that name, and makes it when there is none. Two callers at once get the same one. */
  ensure(name: string): Promise<Organization>
}

const columns = ['id', 'name', 'contactEmails', 'deliveriesPerSecond', 'logDays', 'createdAt'] as const

export function organizations(pg: Postgres): Organizations {
  return {
    find: async (id) =>
      (await pg.db
        .selectFrom('organizations')
        .select(columns)
        .where('id', '=', id)
        .where('deletedAt', 'is', null)
        .executeTakeFirst()) ?? null,
    update: (by, change) => update(pg, by, change),
    ensure: (name) =>
      pg.db.transaction().execute(async (db) => {
        await sql`select pg_advisory_xact_lock(hashtext('scanhook organization'), hashtext(${name}))`.execute(
          db,
        )
        const existing = await db
          .selectFrom('organizations')
          .select(columns)
          .where('name', '=', name)
          .where('deletedAt', 'is', null)
          .orderBy('id')
          .executeTakeFirst()
        if (existing !== undefined) return existing
        const made = await db
          .insertInto('organizations')
          .values({ name })
          .returning(columns)
          .executeTakeFirstOrThrow()
        await announce(db, [
          { orgId: made.id, kind: 'organization', id: made.id, isDeleted: false, document: {} },
        ])
        await append(
          db,
          { orgId: made.id, actor: systemActor, requestId: null },
          {
            operation: 'organization.created',
            id: made.id,
            name,
            before: null,
            after: { id: made.id, name },
          },
        )
        return made
      }),
  }
}

function update(
  pg: Postgres,
  by: Writer<Organization>,
  { contactEmails, deliveriesPerSecond, logDays }: OrganizationChange,
): Promise<Organization | null> {
  const id = orgOf(by)
  return pg.db.transaction().execute(async (db) => {
    // An endpoint that is being made at this moment either is seen here, or reads the new pace.
    await lockEndpointsOf(db, id)
    const before = await db
      .selectFrom('organizations')
      .select(columns)
      .where('id', '=', id)
      .where('deletedAt', 'is', null)
      .forNoKeyUpdate()
      .executeTakeFirst()
    if (before === undefined) return null
    const isNewPace = deliveriesPerSecond !== undefined && deliveriesPerSecond !== before.deliveriesPerSecond
    if (!isNewPace && contactEmails === undefined && logDays === undefined) return before
    const after = await db
      .updateTable('organizations')
      .set({ contactEmails, deliveriesPerSecond, logDays, updatedAt: sql<string>`now()` })
      .where('id', '=', id)
      .returning(columns)
      .executeTakeFirstOrThrow()
    if (isNewPace) await announceEndpointsOf(db, id)
    await record(db, by, { operation: 'organization.updated', id, name: after.name, before, after })
    return after
  })
}
