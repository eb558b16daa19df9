import { plainEndpoint, plainSubscription } from '@scanhook/domain/endpoint'
import { silentLog } from '@scanhook/observability/log'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EndpointInput, type EndpointLifeWord, endpoints, type StoredEndpoint } from './endpoints.ts'
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
  secret: { sealed: 'v1.k1.a.b.c', hint: '2c7d', publicKey: null },
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
  expect(await endpoints(pg).rotateSecret(other, row.id, secret('aaaa'), 0)).toEqual({ kind: 'not_found' })
  expect(await endpoints(pg).find(orgId, row.id)).toMatchObject({ state: 'active', version: 1 })
})

async function lastDocument(id: number): Promise<Record<string, unknown>> {
  return JSON.parse((await announced(id)).at(-1)?.document ?? '{}')
}

test('what an endpoint asks for is stored and announced: order, batches, a pace, a brand, freshness', async () => {
  const wishes = {
    ordering: 'asset',
    batch: { maxEvents: 100, maxWaitMs: 1_000, maxBytes: 65_536 },
    rateLimitPerSecond: 0.5,
    headerPrefix: 'Acme',
    subscriptions: [
      { eventType: 'asset.moved', filter: null, expireAfterMinutes: 60, isLatestOnly: true },
      plainSubscription('location.*'),
    ],
  } as const
  const created = await endpoints(pg).create(orgId, { ...input, ...wishes }, 50)
  if (created.kind !== 'changed') throw new Error(created.kind)
  const { id } = created.row
  expect(created.row).toMatchObject(wishes)
  expect(await lastDocument(id)).toMatchObject(wishes)
  await endpoints(pg).update(orgId, id, { name: 'x' })
  expect(await endpoints(pg).find(orgId, id)).toMatchObject(wishes)
  await endpoints(pg).update(orgId, id, {
    batch: null,
    ordering: 'none',
    rateLimitPerSecond: null,
    headerPrefix: null,
  })
  expect(await lastDocument(id)).toMatchObject({ ...plainEndpoint, version: 3 })
})

function secret(name: string) {
  return { sealed: `v1.k1.${name}`, hint: name.slice(-4), publicKey: null }
}
const hourMs = 3_600_000

test('E4: the newest secret comes first, the others end; five sign at most, and an overlap of 0 leaves one', async () => {
  const { id } = await made()
  for (const name of ['aaaa', 'bbbb', 'cccc', 'dddd'])
    expect((await endpoints(pg).rotateSecret(orgId, id, secret(name), hourMs)).kind).toBe('changed')
  const { secrets = [], version } = (await endpoints(pg).find(orgId, id)) ?? {}
  expect([secrets.length, secrets[0]]).toEqual([5, { ...secret('dddd'), expiresAt: null }])
  for (const { expiresAt } of secrets.slice(1)) {
    expect(expiresAt).toBeGreaterThan(Date.now() + hourMs - 60_000)
    expect(expiresAt).toBeLessThan(Date.now() + hourMs + 60_000)
  }
  expect((await lastDocument(id))['sealedSecrets']).toEqual(secrets.map((each) => each.sealed))
  expect(await endpoints(pg).rotateSecret(orgId, id, secret('eeee'), hourMs)).toEqual({ kind: 'too_many' })
  expect((await endpoints(pg).find(orgId, id))?.version).toBe(version)
  await endpoints(pg).rotateSecret(orgId, id, secret('ffff'), 0)
  expect(await lastDocument(id)).toMatchObject({ sealedSecrets: ['v1.k1.ffff'], version: 6 })
})

test('E4: a second rotation never lengthens the first one’s overlap', async () => {
  const { id } = await made()
  await endpoints(pg).rotateSecret(orgId, id, secret('aaaa'), hourMs)
  await endpoints(pg).rotateSecret(orgId, id, secret('bbbb'), 100 * hourMs)
  const ends = (await endpoints(pg).find(orgId, id))?.secrets.map((each) => each.expiresAt ?? Infinity) ?? []
  expect(ends.map((end) => Math.round((end - Date.now()) / hourMs))).toEqual([Infinity, 100, 1])
})

test('E4: rotations made at once never leave more than five', async () => {
  const { id } = await made()
  const all = await Promise.all(
    Array.from({ length: 8 }, (_, n) => endpoints(pg).rotateSecret(orgId, id, secret(`000${n}`), hourMs)),
  )
  expect(all.map(({ kind }) => kind).sort()).toEqual([
    ...Array(4).fill('changed'),
    ...Array(4).fill('too_many'),
  ])
  const { secrets = [] } = (await endpoints(pg).find(orgId, id)) ?? {}
  expect([secrets.length, secrets.filter((each) => each.expiresAt === null).length]).toEqual([5, 1])
})

test('E5: an ended overlap is announced once, whoever notices it, and the secret is gone', async () => {
  const { id } = await made()
  await endpoints(pg).rotateSecret(orgId, id, secret('bbbb'), hourMs)
  expect(await endpoints(pg).forgetEndedSecrets(100)).toBe(0)
  await sql`update endpoint_secrets set expires_at = now() where endpoint_id = ${id} and expires_at is not null`.execute(
    pg.db,
  )
  const counts = await Promise.all(Array.from({ length: 5 }, () => endpoints(pg).forgetEndedSecrets(100)))
  expect(counts.sort()).toEqual([0, 0, 0, 0, 1])
  expect((await announced(id)).length).toBe(3)
  expect(await lastDocument(id)).toMatchObject({ sealedSecrets: ['v1.k1.bbbb'], version: 3 })
  const { rows } = await sql`select from endpoint_secrets where endpoint_id = ${id}`.execute(pg.db)
  expect(rows.length).toBe(1)
})

test('an organization’s pace is announced with all its endpoints, and with those that are made at that moment', async () => {
  const org = (await organizations(pg).ensure('paced')).id
  const other = await made()
  const before = await Promise.all([made(org), made(org)])
  const [changed, ...during] = await Promise.all([
    organizations(pg).update(org, { deliveriesPerSecond: 12.5 }),
    ...Array.from({ length: 6 }, () => made(org)),
  ])
  expect(changed).toMatchObject({ id: org, deliveriesPerSecond: 12.5 })
  for (const { id } of [...before, ...during])
    expect((await lastDocument(id))['orgRateLimitPerSecond']).toBe(12.5)
  expect((await announced(other.id)).length).toBe(1)
  const count = async () => (await Promise.all(before.map(({ id }) => announced(id)))).flat().length
  const announcedBefore = await count()
  await organizations(pg).update(org, { deliveriesPerSecond: 12.5 })
  expect(await count()).toBe(announcedBefore)
  await organizations(pg).update(org, { deliveriesPerSecond: null })
  expect(await lastDocument(before[0].id)).toMatchObject({ orgRateLimitPerSecond: null, version: 3 })
  expect(await organizations(pg).update(1, { deliveriesPerSecond: 1 })).toBeNull()
})

test('a list tells what fails from what is well, and what is off from both', async () => {
  const org = (await organizations(pg).ensure('lives')).id
  const [well, ill, paused] = await Promise.all([made(org), made(org), made(org)])
  // As the notifier marks it (endpoint-lives).
  await sql`update endpoints set failing_since = now(), failing_at = now() where id = ${ill.id}`.execute(
    pg.db,
  )
  await endpoints(pg).update(org, paused.id, () => ({ state: 'paused' }))
  const listed = async (lives: readonly EndpointLifeWord[]) => {
    const sort = [{ by: 'created_at', direction: 'asc' }] as const
    const { rows, totalCount } = await endpoints(pg).list(org, { limit: 10, offset: 0, sort, lives })
    return [totalCount, rows.map(({ id }) => id).toSorted((one, two) => one - two)]
  }
  expect(await listed(['active'])).toEqual([1, [well.id]])
  expect(await listed(['failing'])).toEqual([1, [ill.id]])
  expect(await listed(['paused', 'failing'])).toEqual([2, [ill.id, paused.id].toSorted((a, b) => a - b)])
  expect(await listed(['disabled'])).toEqual([0, []])
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
