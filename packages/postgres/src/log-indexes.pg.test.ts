/** What migration 0014 indexes is what the lists ask for: a partial index serves only the very expression it was made with. */
import { silentLog } from '@scanhook/observability/log'
import { type Expression, type SqlBool, sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ofEventFilters, shownStateSql } from './deliveries.ts'
import { openPostgres, type Postgres } from './open.ts'
import { literalFilter } from './row-filters.ts'
import { statusClassFilter } from './status-class.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

let database: TestDatabase
let pg: Postgres

beforeAll(async () => {
  database = await createTestDatabase('indexes', process.env['POSTGRES_URL'])
  pg = openPostgres({ url: database.url, log: silentLog })
})
afterAll(async () => {
  await pg.close()
  await database.drop()
})

/** Of the newest fifty. Sorting is forbidden, so what comes in order is taken out of an index that has the order. */
async function planOf(table: 'deliveries' | 'attempts', filters: readonly Expression<SqlBool>[]) {
  const at = sql.ref(table === 'deliveries' ? 'created_at' : 'started_at')
  const where = sql.join([sql<boolean>`org_id = 5`, ...filters], sql` and `)
  return pg.db.transaction().execute(async (db) => {
    await sql`set local enable_sort = off`.execute(db)
    await sql`set local enable_seqscan = off`.execute(db)
    const { rows } = await sql<{ 'QUERY PLAN': string }>`
      explain (costs off) select * from ${sql.table(`${table}_default`)} where ${where}
      order by ${at} desc limit 50`.execute(db)
    return rows.map((row) => Object.values(row)[0]).join('\n')
  })
}

test.each([
  ['deliveries', 'state dead', literalFilter(shownStateSql, ['dead']), /_shown_delivery_state_created_at/],
  [
    'deliveries',
    'state pending',
    literalFilter(shownStateSql, ['pending']),
    /_shown_delivery_state_created_at/,
  ],
  ['deliveries', '5xx', statusClassFilter('last_status', ['5xx']), /_coalesce_created_at/],
  ['deliveries', 'no status', statusClassFilter('last_status', ['none']), /_coalesce_created_at/],
  [
    'attempts',
    '5xx',
    [sql<boolean>`outcome is not null`, ...statusClassFilter('status', ['5xx'])],
    /_coalesce_started_at/,
  ],
] as const)('%s of %s are read out of the index of it', async (table, _, filters, index) => {
  const plan = await planOf(table, filters)
  expect(plan).toMatch(index)
  expect(plan).not.toMatch(/Filter:/)
})

test('the deliveries of one event are read out of the index of events, in one partition', async () => {
  const day = '2026-03-05'
  const { rows } = await pg.db.transaction().execute(async (db) => {
    await sql`select ensure_day_partition('deliveries', (${day}::date - d)::date) from generate_series(0, 3) d`.execute(
      db,
    )
    // So many that the planner has a reason to choose.
    await sql`
      insert into deliveries (delivery_id, org_id, endpoint_id, event_id, event_type, event_occurred_at, trigger, state,
        attempts, created_at, rank_attempt_number, rank_at)
      select gen_random_uuid(), 5, 1 + n % 3, gen_random_uuid(), 'asset.moved', at, 'event', 'delivered', 1, at, 1, at
      from generate_series(1, 2000) n, lateral (select ${day}::timestamptz + n * interval '1 second' as at) t`.execute(
      db,
    )
    await sql`analyze deliveries`.execute(db)
    const filters = ofEventFilters(5, {
      eventId: '00000002-0000-5000-8000-000000000001',
      occurredAtMs: Date.parse(`${day}T10:00:00Z`),
      endpointIds: [1, 2],
    })
    return sql<{ 'QUERY PLAN': string }>`
      explain (costs off) select * from deliveries where ${sql.join(filters, sql` and `)}`.execute(db)
  })
  const plan = rows.map((row) => Object.values(row)[0]).join('\n')
  expect(plan).toMatch(/_org_id_event_id_idx/)
  expect(plan.match(/ on deliveries_/g)).toHaveLength(1)
  expect(plan).not.toMatch(/Seq Scan/)
})
