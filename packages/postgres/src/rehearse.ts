/**
 * What writes would come to, without writing: repositories work in one transaction that is always taken back.
 *
 * Invariants
 *   W1. Nothing that was written in a rehearsal is ever seen by anybody else, however it ends.
 *   W2. A transaction of a repository that fails takes back its own writes alone, as it would by itself.
 *   W3. Whoever reads what is recorded in the order of transactions need not wait for one: it is marked as long as it has an id,
 *       by a lock that all rehearsals share, and can not commit what it wrote.
 */
import { type Kysely, type RawBuilder, type SqlBool, sql, type Transaction } from 'kysely'
import type { Postgres } from './open.ts'
import type { Tables } from './tables.ts'

/** Ends the transaction the way that kysely takes it back. */
class TakenBack extends Error {}

/**
 * Runs `play` over a database in which its writes are real, one after the other, and then takes them back; gives what `play`
 * gave, throws what it threw. Rows that are written stay locked until the end: `play` must be short, and its writes must not
 * run side by side.
 */
export async function rehearse<T>(pg: Postgres, play: (pg: Postgres) => Promise<T>): Promise<T> {
  let played: { readonly value: T } | undefined
  try {
    await pg.db.transaction().execute(async (transaction) => {
      // Before its first write, which gives it its id. Nobody takes this lock for himself: it is only a mark.
      await sql`select pg_advisory_xact_lock_shared(hashtext('scanhook rehearsal'), 0)`.execute(transaction)
      played = { value: await play({ ...pg, db: nested(transaction) }) }
      throw new TakenBack()
    })
  } catch (error) {
    if (!(error instanceof TakenBack)) throw error
  }
  if (played === undefined) throw new Error('REHEARSAL_WITHOUT_END: the transaction ended before the play')
  return played.value
}

/** Of a row of `pg_locks`, under this alias: its session rehearses, in this database. */
export function isRehearsalMark(alias: string): RawBuilder<SqlBool> {
  const row = sql.table(alias)
  return sql<SqlBool>`(${row}.locktype = 'advisory' and ${row}.granted and ${row}.objsubid = 2
    and ${row}.classid = ((hashtext('scanhook rehearsal')::bigint + 4294967296) % 4294967296)::oid and ${row}.objid = 0
    and ${row}.database = (select oid from pg_database where datname = current_database()))`
}

/** Its transactions are savepoints of the one that is there (W2). */
function nested(transaction: Transaction<Tables>): Kysely<Tables> {
  const begin = () => ({
    execute: async <R>(write: (db: Transaction<Tables>) => Promise<R>): Promise<R> => {
      await sql`savepoint rehearsed`.execute(transaction)
      try {
        const written = await write(transaction)
        await sql`release savepoint rehearsed`.execute(transaction)
        return written
      } catch (error) {
        await sql`rollback to savepoint rehearsed`.execute(transaction)
        throw error
      }
    },
  })
  return new Proxy<Kysely<Tables>>(transaction, {
    get: (target, name) => {
      if (name === 'transaction') return begin
      const value: unknown = Reflect.get(target, name, target)
      // Private fields are those of the object itself.
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
