/**
 * What migrations 0014 and 0027 index, is what the lists ask for: a partial index serves only the very expression it was made with.
 * And what is asked of one event touches one day.
 */
import { silentLog } from '@scanhook/observability/log'
import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isOfEvent, shownStateSql } from './deliveries.ts'
import { versionsAround } from './endpoint-versions.ts'
import { isConcerned } from './endpoints.ts'
import { openPostgres, type Postgres } from './open.ts'
import { amongFilter, literalFilter } from './row-filters.ts'
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
  return explain(
    sql`select * from ${sql.table(`${table}_default`)} where ${where} order by ${at} desc limit 50`,
  )
}

async function explain(statement: RawBuilder<unknown>): Promise<string> {
  return pg.db.transaction().execute(async (db) => {
    await sql`set local enable_sort = off`.execute(db)
    await sql`set local enable_seqscan = off`.execute(db)
    const { rows } = await sql<{ 'QUERY PLAN': string }>`explain (costs off) ${statement}`.execute(db)
    return rows.map((row) => Object.values(row)[0]).join('\n')
  })
}

const hasAnswer = sql<boolean>`outcome is not null`

test.each([
  ['deliveries', 'state dead', literalFilter(shownStateSql, ['dead']), /_created_at_delivery_id_endpoint_/],
  [
    'deliveries',
    'state pending',
    literalFilter(shownStateSql, ['pending']),
    /_created_at_delivery_id_endpoint_/,
  ],
  ['deliveries', '5xx', statusClassFilter('last_status', ['5xx']), /_coalesce_created_at/],
  ['deliveries', 'no status', statusClassFilter('last_status', ['none']), /_coalesce_created_at/],
  ['deliveries', 'a type', amongFilter('event_type', 'text', ['asset.moved']), /_event_type_created_at/],
  ['attempts', '5xx', [hasAnswer, ...statusClassFilter('status', ['5xx'])], /_coalesce_started_at/],
  [
    'attempts',
    'an error',
    [hasAnswer, ...amongFilter('error_class', 'text', ['timeout'])],
    /_error_class_started_at/,
  ],
] as const)('%s of %s are read out of the index of it', async (table, _, filters, index) => {
  const plan = await planOf(table, filters)
  expect(plan).toMatch(index)
  expect(plan).not.toMatch(/Filter:/)
})

test.each([
  ['state dead', literalFilter(shownStateSql, ['dead'])],
  ['state pending', literalFilter(shownStateSql, ['pending'])],
  ['5xx', statusClassFilter('last_status', ['5xx'])],
  ['a type', amongFilter('event_type', 'text', ['asset.moved'])],
] as const)('deliveries of %s are counted without a row', async (_, filters) => {
  const where = sql.join([sql<boolean>`org_id = 5`, ...filters], sql` and `)
  const plan = await explain(
    sql`select count(*) from (select 1 from deliveries_default where ${where} limit 10000) counted`,
  )
  expect(plan).toMatch(/Index Only Scan/)
})

const occurredAtMs = Date.parse('2026-03-02T10:00:00Z')

/** Four days with 2,000 deliveries each of the organization: of indexes over nothing the planner takes any. */
async function fillDays(): Promise<void> {
  await sql`select ensure_day_partition('deliveries', date '2026-03-01' + day) from generate_series(0, 3) day`.execute(
    pg.db,
  )
  await sql`insert into deliveries (delivery_id, org_id, endpoint_id, event_id, event_type, event_occurred_at, trigger, state,
      attempts, created_at, last_attempt_at, last_status, rank_attempt_number, rank_at)
    select gen_random_uuid(), 5, 1 + n % 20, gen_random_uuid(), 'asset.moved', at, 'event', 'delivered', 1, at, at, 200, 1, at
    from generate_series(0, 7999) n, lateral (select timestamptz '2026-03-01 00:00Z' + n * interval '43 s' as at) t`.execute(
    pg.db,
  )
  await sql`analyze deliveries`.execute(pg.db)
}

describe('of one event', () => {
  beforeAll(fillDays)
  test.each([
    [
      'the deliveries of an event',
      sql`select * from deliveries where ${isOfEvent(5, { eventId: '00000002-0000-5000-8000-000000000001', occurredAtMs, endpointIds: [1, 2] })}`,
    ],
    [
      'the endpoints that an event concerns',
      sql`select id from endpoints where ${isConcerned(5, { eventId: '00000002-0000-5000-8000-000000000001', occurredAtMs, existedAtMs: 0, limit: 200 })}`,
    ],
  ])('%s are looked up in the index of its day alone', async (_, statement) => {
    const plan = await explain(statement)
    expect(plan).toMatch(/deliveries_20260302_org_id_event_id_idx/)
    expect(plan).not.toMatch(/Seq Scan/)
    expect(new Set(plan.match(/deliveries_(?:default|\d{8})(?!\w)/g))).toEqual(
      new Set(['deliveries_20260302']),
    )
  })
})

test('the versions of an endpoint around an instant are read from its index, both ways, and no further than they are wanted', async () => {
  const plan = await explain(versionsAround(5, { endpointIds: [1, 2], atMs: occurredAtMs }))
  expect(plan.match(/Index Scan( Backward)? using endpoint_versions_org/g)).toHaveLength(2)
  expect(plan).not.toMatch(/Seq Scan on endpoint_versions/)
  expect(plan.match(/Limit/g)).toHaveLength(2)
})
