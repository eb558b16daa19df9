/** A connection that is lost while somebody holds it must not end the process. */
import { silentLog } from '@scanhook/observability/log'
import { openTcpDoor } from '@scanhook/testkit/tcp-door'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { openPostgres } from './open.ts'

test('a connection that is lost between two statements of a transaction is an error of the next one, and no more', async () => {
  const server = new URL(process.env['POSTGRES_URL'] ?? '')
  const door = await openTcpDoor({ host: server.hostname, port: Number(server.port) })
  const url = new URL(server.href)
  url.port = `${door.port}`
  const pg = openPostgres({ url: url.href, log: silentLog })
  const uncaught: unknown[] = []
  const seen = (error: unknown): void => void uncaught.push(error)
  process.on('uncaughtExceptionMonitor', seen)
  const lost = pg.db.transaction().execute(async (db) => {
    await sql`select 1`.execute(db)
    await door.shut()
    await sql`select 1`.execute(db)
  })
  await expect(lost).rejects.toMatchObject({ code: 'POSTGRES_UNAVAILABLE' })
  await door.open()
  await pg.ping()
  process.off('uncaughtExceptionMonitor', seen)
  expect(uncaught).toEqual([])
  await pg.close()
  await door.shut()
})
