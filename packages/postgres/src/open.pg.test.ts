import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { silentLog } from '@scanhook/observability/log'
import { sql } from 'kysely'
import { expect, test, vi } from 'vitest'
import { openPostgres } from './open.ts'

const url = process.env['POSTGRES_URL'] ?? ''

test('int8 comes as a number and an instant as epoch ms, before 1970 and with every number of digits', async () => {
  const pg = openPostgres({ url, log: silentLog })
  const { rows } = await sql<{ big: number }>`
    select 9007199254740991::bigint as big`.execute(pg.db)
  expect(rows[0]?.big).toBe(Number.MAX_SAFE_INTEGER)
  for (const text of ['2026-04-28T00:33:38.021Z', '2026-04-28T00:33:38Z', '1969-12-31T23:59:59.9Z']) {
    const found = await sql<{ at: number }>`select ${text}::timestamptz as at`.execute(pg.db)
    expect(found.rows[0]?.at).toBe(Date.parse(text))
  }
  await pg.close()
})

test('a statement that takes too long is ended as a timeout, and the connection is good for the next', async () => {
  const pg = openPostgres({ url, log: silentLog, statementTimeoutMs: 100, max: 1 })
  await expect(sql`select pg_sleep(30)`.execute(pg.db)).rejects.toMatchObject({
    code: 'POSTGRES_TIMEOUT',
    retriable: true,
  })
  await pg.ping()
  await pg.close()
})

test('a server that accepts and never answers is given up within seconds', async () => {
  const silent = createServer(() => undefined)
  silent.listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const { port } = silent.address() as AddressInfo
  const pg = openPostgres({ url: `postgres://x@127.0.0.1:${port}/x`, log: silentLog })
  const startedMs = performance.now()
  await expect(pg.ping()).rejects.toMatchObject({ code: 'POSTGRES_UNAVAILABLE' })
  expect(performance.now() - startedMs).toBeLessThan(4_000)
  await pg.close()
  silent.close()
})

test('a session tells that it ended when it was open, and only rejects when it could not be opened', async () => {
  let ends = 0
  const told = { onNotification: () => undefined, onEnd: () => void ends++ }
  // Nobody listens on port 9 (discard) of the loopback address.
  const nowhere = openPostgres({ url: 'postgres://x@127.0.0.1:9/x', log: silentLog })
  await expect(nowhere.openSession(told)).rejects.toMatchObject({ code: 'POSTGRES_UNAVAILABLE' })
  const refusing = openPostgres({ url: `${url}_that_is_not_there`, log: silentLog })
  await expect(refusing.openSession(told)).rejects.toMatchObject({ sqlState: '3D000' })
  const pg = openPostgres({ url, log: silentLog })
  const session = await pg.openSession(told)
  expect(ends).toBe(0)
  await expect(session.query('select pg_terminate_backend(pg_backend_pid())')).rejects.toThrow()
  await vi.waitUntil(() => ends > 0)
  expect(ends).toBe(1)
  await Promise.all([nowhere, refusing, pg].map((each) => each.close()))
})

test('closing twice, and closing what was never used, is harmless', async () => {
  const pg = openPostgres({ url, log: silentLog })
  await pg.close()
  const used = openPostgres({ url, log: silentLog })
  await used.ping()
  await Promise.all([used.close(), used.close()])
})
