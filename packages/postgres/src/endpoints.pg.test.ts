import { plainEndpoint, plainSubscription } from '@scanhook/domain/endpoint'
import { silentLog } from '@scanhook/observability/log'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EndpointInput, endpoints, type StoredEndpoint } from './endpoints.ts'
import { openPostgres, type Postgres } from './open.ts'
import { organizations } from './organizations.ts'
import { openOutboxSession } from './outbox.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

let database: TestDatabase
let pg: Postgres
let orgId = 0

beforeAll(async () => {
  database = await createTestDatabase('endpoints', process.env['POSTGRES_URL'])
  pg = openPostgres({ url: database.url, log: silentLog })
  orgId = (await organizations(pg).ensure('A')).id
})
afterAll(async () => {
  await pg.close()
  await database.drop()
})

const input: EndpointInput = {
  url: 'https://example.test/hook',
  state: 'active',
  profile: 'trakrf',
  headers: { 'X-Custom': 'a' },
  subscriptions: [plainSubscription('location.*'), plainSubscription('asset.moved')],
  sealedSecret: 'v1.k1.a.b.c',
  secretHint: '2c7d',
}

async function made(org: number = orgId): Promise<StoredEndpoint> {
  const created = await endpoints(pg).create(org, input, 50)
  if (created.kind !== 'changed') throw new Error(created.kind)
  return created.row
}

async function announced(id: number): Promise<readonly { isDeleted: boolean; document: string }[]> {
  const { rows } = await sql<{ isDeleted: boolean; document: string }>`
    select is_deleted, document from outbox where entity_id = ${id} order by position`.execute(pg.db)
  return rows
}

test('E1, E2: every change announces the whole document, sealed, with a version one higher', async () => {
  const row = await made()
  await endpoints(pg).update(orgId, row.id, {
    state: 'paused',
    subscriptions: [plainSubscription('*')],
  })
  await endpoints(pg).remove(orgId, row.id)
  const [first, second, third] = (await announced(row.id)).map(({ isDeleted, document }) => ({
    isDeleted,
    ...JSON.parse(document),
  }))
  expect(first).toEqual({
    isDeleted: false,
    id: row.id,
    orgId,
    url: input.url,
    state: 'active',
    profile: 'trakrf',
    sealedSecrets: ['v1.k1.a.b.c'],
    headers: { 'X-Custom': 'a' },
    subscriptions: input.subscriptions,
    ...plainEndpoint,
    createdAtMs: row.createdAt,
    version: 1,
  })
  expect(second).toMatchObject({
    version: 2,
    state: 'paused',
    subscriptions: [plainSubscription('*')],
  })
  expect(third).toMatchObject({ version: 3, isDeleted: true, sealedSecrets: [] })
})

test('E2, X2: changes made at once get versions in the order of their announcements', async () => {
  const row = await made()
  await Promise.all(
    Array.from({ length: 12 }, (_, n) => endpoints(pg).update(orgId, row.id, { name: `n${n}` })),
  )
  const versions = (await announced(row.id)).map(({ document }) => JSON.parse(document).version)
  expect(versions).toEqual(Array.from({ length: 13 }, (_, n) => n + 1))
})

test('E3: the bound holds when many are made at once', async () => {
  const org = (await organizations(pg).ensure('bounded')).id
  const outcomes = await Promise.all(Array.from({ length: 8 }, () => endpoints(pg).create(org, input, 3)))
  expect(outcomes.filter((outcome) => outcome.kind === 'changed').length).toBe(3)
  expect(outcomes.filter((outcome) => outcome.kind === 'too_many').length).toBe(5)
})

test('another organization sees and changes nothing', async () => {
  const other = (await organizations(pg).ensure('B')).id
  const row = await made()
  expect(await endpoints(pg).find(other, row.id)).toBeNull()
  expect(await endpoints(pg).update(other, row.id, { state: 'paused' })).toEqual({ kind: 'not_found' })
  expect(await endpoints(pg).remove(other, row.id)).toBe(false)
  expect(await endpoints(pg).find(orgId, row.id)).toMatchObject({ state: 'active', version: 1 })
})

test('X1: a change that fails announces nothing', async () => {
  const before = (await announced(0)).length
  await expect(
    pg.db.transaction().execute(async (db) => {
      await db.insertInto('organizations').values({ name: 'never' }).execute()
      await sql`insert into outbox (org_id, kind, entity_id, is_deleted, document) values (1, 'asset', 0, false, '{}')`.execute(
        db,
      )
      await sql`select 1/0`.execute(db)
    }),
  ).rejects.toMatchObject({ code: 'POSTGRES_BAD_VALUE' })
  expect((await announced(0)).length).toBe(before)
})

test('X3, X4: rows stay until forgotten; one session leads, and another takes over when it ends', async () => {
  let woken = 0
  const wakes: (() => void)[] = []
  const onWake = (): void => {
    woken++
    for (const wake of wakes.splice(0)) wake()
  }
  const first = await openOutboxSession(pg, { onWake, onEnd: () => undefined })
  const second = await openOutboxSession(pg, { onWake: () => undefined, onEnd: () => undefined })
  expect([await first.tryLead(), await second.tryLead(), await first.tryLead()]).toEqual([true, false, true])
  const heard = new Promise<void>((resolve) => wakes.push(resolve))
  const row = await made()
  await heard
  expect(woken).toBeGreaterThan(0)
  const waiting = await first.list(10_000)
  expect(waiting).toEqual(await first.list(10_000))
  expect(waiting.at(-1)).toMatchObject({ orgId, kind: 'endpoint', id: row.id, isDeleted: false })
  await first.forget(waiting.slice(0, -1).map((change) => change.version))
  expect(await first.list(10)).toEqual(waiting.slice(-1))
  await first.forget(waiting.map((change) => change.version))
  expect(await first.list(10)).toEqual([])
  await first.close()
  await expect.poll(() => second.tryLead()).toBe(true)
  await second.close()
})
