import { plainSubscription } from '@scanhook/domain/endpoint'
import { silentLog } from '@scanhook/observability/log'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { endpointVersions } from './endpoint-versions.ts'
import { type EndpointInput, endpoints, type StoredEndpoint } from './endpoints.ts'
import { openPostgres, type Postgres } from './open.ts'
import { organizations } from './organizations.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

let database: TestDatabase
let pg: Postgres
let orgId = 0
let otherId = 0

beforeAll(async () => {
  database = await createTestDatabase('versions', process.env['POSTGRES_URL'])
  pg = openPostgres({ url: database.url, log: silentLog })
  orgId = (await organizations(pg).ensure('A')).id
  otherId = (await organizations(pg).ensure('B')).id
})
afterAll(async () => {
  await pg.close()
  await database.drop()
})

const input: EndpointInput = {
  url: 'https://example.test/hook',
  state: 'active',
  profile: 'standard',
  headers: { 'X-Token': 'not to be kept' },
  subscriptions: [plainSubscription('asset.moved')],
  secret: { sealed: 'v1.k1.a.b.c', hint: '2c7d', publicKey: null },
}

async function made(org: number): Promise<StoredEndpoint> {
  const created = await endpoints(pg).create(org, input, 50)
  if (created.kind !== 'changed') throw new Error(created.kind)
  return created.row
}

const always = { fromMs: 0, toMs: Date.parse('2999-01-01T00:00:00Z') }
const all = (org: number, id: number) => endpointVersions(pg).list(org, { endpointIds: [id], ...always })

test('N1, N2: every change of what an endpoint wants is a version; a secret, a name and a refused change are none', async () => {
  const { id } = await made(orgId)
  const store = endpoints(pg)
  await store.rotateSecret(orgId, id, input.secret, 0)
  await store.update(orgId, id, { name: 'Another name', headers: { a: 'b' } })
  await store.update(orgId, id, { state: 'paused' })
  await store.update(orgId, id, { subscriptions: [plainSubscription('location.*'), plainSubscription('*')] })
  await expect(
    store.update(orgId, id, { subscriptions: [plainSubscription('*'), plainSubscription('*')] }),
  ).rejects.toThrow()
  await store.update(orgId, id, { state: 'active' })
  await store.remove(orgId, id)
  const versions = await all(orgId, id)
  expect(
    versions.map(({ version, state, isDeleted, subscriptions }) => [
      version,
      state,
      isDeleted,
      subscriptions.map(({ eventType }) => eventType).join(' '),
    ]),
  ).toEqual([
    [1, 'active', false, 'asset.moved'],
    [4, 'paused', false, 'asset.moved'],
    [5, 'paused', false, 'location.* *'],
    [6, 'active', false, 'location.* *'],
    [7, 'active', true, 'location.* *'],
  ])
  expect(versions[2]?.subscriptions).toEqual([plainSubscription('location.*'), plainSubscription('*')])
  const times = versions.map(({ validFromMs }) => validFromMs)
  expect(times).toEqual(times.toSorted((one, other) => one - other))
  const { rows } = await sql`select * from endpoint_versions where endpoint_id = ${id}`.execute(pg.db)
  expect(JSON.stringify(rows)).not.toMatch(/sealed|v1\.k1|not to be kept/)
})

test('a query gives what was in force at any moment of its time, and nothing of others', async () => {
  const { id } = await made(orgId)
  const theirs = await made(otherId)
  await endpoints(pg).update(orgId, id, { state: 'paused' })
  await endpoints(pg).update(orgId, id, { state: 'active' })
  const atMs = (minutes: number) => Date.parse('2026-03-01T00:00:00Z') + minutes * 60_000
  for (const [version, minutes] of [
    [1, 0],
    [2, 10],
    [3, 20],
  ] as const)
    await sql`update endpoint_versions set valid_from = ${new Date(atMs(minutes)).toISOString()}
      where endpoint_id = ${id} and version = ${version}`.execute(pg.db)
  const between = async (from: number, to: number) =>
    (await endpointVersions(pg).list(orgId, { endpointIds: [id], fromMs: atMs(from), toMs: atMs(to) })).map(
      ({ version }) => version,
    )
  expect(await between(-5, -1)).toEqual([])
  expect(await between(-5, 0)).toEqual([1])
  expect(await between(5, 9)).toEqual([1])
  expect(await between(5, 10)).toEqual([1, 2])
  expect(await between(10, 10)).toEqual([2])
  expect(await between(12, 60)).toEqual([2, 3])
  expect(await between(30, 60)).toEqual([3])
  expect(await all(orgId, theirs.id)).toEqual([])
  expect((await endpointVersions(pg).list(orgId, always)).every((each) => each.orgId === orgId)).toBe(true)
})

test('N3: what is forgotten was in force before the bound only', async () => {
  const { id } = await made(otherId)
  await endpoints(pg).update(otherId, id, { state: 'paused' })
  await endpoints(pg).update(otherId, id, { state: 'active' })
  const [, second] = await all(otherId, id)
  await endpointVersions(pg).forget((second?.validFromMs ?? 0) - 1)
  expect((await all(otherId, id)).map(({ version }) => version)).toEqual([1, 2, 3])
  await sql`update endpoint_versions set valid_from = valid_from + interval '1 hour' where endpoint_id = ${id} and version = 3`.execute(
    pg.db,
  )
  await endpointVersions(pg).forget(second?.validFromMs ?? 0)
  expect((await all(otherId, id)).map(({ version }) => version)).toEqual([2, 3])
})

test('N4: around an instant there is what was in force then, and a bounded number before and behind it', async () => {
  const { id } = await made(orgId)
  const other = await made(orgId)
  const theirs = await made(otherId)
  const atMs = (minutes: number) => Date.parse('2026-03-01T00:00:00Z') + minutes * 60_000
  const [first] = await all(orgId, id)
  if (first === undefined) throw new Error('no version')
  await sql`update endpoint_versions set valid_from = ${new Date(atMs(1)).toISOString()} where endpoint_id = ${id}`.execute(
    pg.db,
  )
  await sql`insert into endpoint_versions
    select org_id, endpoint_id, n, valid_from + (n - 1) * interval '1 minute', is_deleted, url, state, profile, subscriptions, endpoint_created_at
    from endpoint_versions, generate_series(2, 200) n where endpoint_id = ${id}`.execute(pg.db)
  const around = async (org: number, ids: readonly number[], minutes: number) =>
    (await endpointVersions(pg).around(org, { endpointIds: ids, atMs: atMs(minutes) })).map((each) => [
      each.id,
      each.version,
    ])
  const ofOne = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, index) => [id, from + index])
  expect(await around(orgId, [id], 100)).toEqual(ofOne(90, 160))
  expect(await around(orgId, [id], 0)).toEqual(ofOne(1, 60))
  expect(await around(orgId, [id], 1)).toEqual(ofOne(1, 61))
  expect(await around(orgId, [id], 300)).toEqual(ofOne(190, 200))
  expect(await around(orgId, [id, theirs.id, other.id], 300)).toEqual(
    [...ofOne(190, 200), [other.id, 1]].toSorted(([one = 0, n = 0], [two = 0, m = 0]) => one - two || n - m),
  )
  expect(await around(otherId, [id], 100)).toEqual([])
})
