/** Organizations: the boundary of everything else. */
import { sql } from 'kysely'
import type { Postgres } from './open.ts'
import { announce } from './outbox.ts'

export interface Organization {
  readonly id: number
  readonly name: string
  /** Who is written to when something is wrong. */
  readonly contactEmails: readonly string[]
  readonly createdAt: number
}

export interface Organizations {
  find(id: number): Promise<Organization | null>
  /** Gives the live organization of that name, and makes it when there is none. Two callers at once get the same one. */
  ensure(name: string): Promise<Organization>
  /** Null when there is none. */
  setContacts(id: number, contactEmails: readonly string[]): Promise<Organization | null>
}

const columns = ['id', 'name', 'contactEmails', 'createdAt'] as const

export function organizations(pg: Postgres): Organizations {
  return {
    find: async (id) =>
      (await pg.db
        .selectFrom('organizations')
        .select(columns)
        .where('id', '=', id)
        .where('deletedAt', 'is', null)
        .executeTakeFirst()) ?? null,
    setContacts: async (id, contactEmails) =>
      (await pg.db
        .updateTable('organizations')
        .set({ contactEmails, updatedAt: sql<string>`now()` })
        .where('id', '=', id)
        .where('deletedAt', 'is', null)
        .returning(columns)
        .executeTakeFirst()) ?? null,
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
        return made
      }),
  }
}
