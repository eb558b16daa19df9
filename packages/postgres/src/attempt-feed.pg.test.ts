/** How attempts are found in the order in which they were recorded; what is told of them: services/api/src/live.pg.test.ts. */
import { silentLog } from '@scanhook/observability/log'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPostgres, type Postgres } from './open.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

let database: TestDatabase
let pg: Postgres

beforeAll(async () => {
  database = await createTestDatabase('attempt_feed', process.env['POSTGRES_URL'])
  pg = openPostgres({ url: database.url, log: silentLog })
})
afterAll(async () => {
  await pg?.close()
  await database?.drop()
})

test('a page of deliveries that changed is read out of its index, in the order of the index', async () => {
  const { rows } = await sql<object>`
    explain select distinct recorded_xid, delivery_id from attempts
    where org_id = 1 and (recorded_xid, delivery_id) > ('5'::xid8, '00000000-0000-5000-8000-000000000000'::uuid)
      and recorded_xid < '99999'::xid8 order by recorded_xid, delivery_id limit 201`.execute(pg.db)
  expect(JSON.stringify(rows)).toMatch(/org_id_recorded_xid_delivery_id_idx/)
  expect(JSON.stringify(rows)).not.toMatch(/Sort|Seq Scan/)
})
