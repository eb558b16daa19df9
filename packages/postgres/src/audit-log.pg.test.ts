import { systemActor } from '@scanhook/domain/auditing/audit-entry'
import { auditViewCharsMax } from '@scanhook/domain/auditing/diff-views'
import { plainSubscription } from '@scanhook/domain/endpoint'
import { endpointId, orgId as orgIdOf } from '@scanhook/domain/ids'
import { silentLog } from '@scanhook/observability/log'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Asset, assets } from './assets.ts'
import { type Author, auditLog, type StoredEntry } from './audit-log.ts'
import { endpointLives } from './endpoint-lives.ts'
import { endpoints } from './endpoints.ts'
import { openPostgres, type Postgres } from './open.ts'
import { organizations } from './organizations.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

let database: TestDatabase
let pg: Postgres
let orgId = 0

beforeAll(async () => {
  database = await createTestDatabase('audit_log', process.env['POSTGRES_URL'])
  pg = openPostgres({ url: database.url, log: silentLog, max: 12 })
  orgId = (await organizations(pg).ensure('A')).id
})
afterAll(async () => {
  await pg?.close()
  await database?.drop()
})

let requests = 0
function author(view: Author<Asset>['view'] = ({ id, name, metadata }) => ({ id, name, metadata })) {
  const by: Author<Asset> = {
    ...{ orgId, actor: { kind: 'api_key', id: 7 }, requestId: `request-${++requests}` },
    view,
  }
  return by
}

async function made(name = 'x'): Promise<Asset> {
  const created = await assets(pg).create(orgId, { name })
  if (created.kind !== 'changed') throw new Error(created.kind)
  return created.row
}

async function entriesOf(id: number | string): Promise<readonly StoredEntry[]> {
  return (await auditLog(pg).list(orgId, { limit: 200, ids: [String(id)] })).rows
}

async function nameOf(id: number): Promise<string | undefined> {
  return (await assets(pg).find(orgId, id))?.name
}

test('V1: what fails while the entry is made is not changed', async () => {
  const { id } = await made('before')
  const broken = author(() => {
    throw new Error('no view')
  })
  await expect(assets(pg).update(broken, id, { name: 'after' })).rejects.toThrow('no view')
  expect(await nameOf(id)).toBe('before')
  expect(await entriesOf(id)).toEqual([])
})

test('V1: a change that is rolled back when it commits takes its entry with it', async () => {
  const { id } = await made('before')
  await sql`create function refuse() returns trigger language plpgsql as $$ begin raise exception 'not today'; end $$`.execute(
    pg.db,
  )
  await sql`create constraint trigger refuse after update on assets deferrable initially deferred
    for each row when (new.name = 'refused') execute function refuse()`.execute(pg.db)
  await expect(assets(pg).update(author(), id, { name: 'refused' })).rejects.toThrow()
  expect(await nameOf(id)).toBe('before')
  expect(await entriesOf(id)).toEqual([])
})

test('V1: neither a change nor an entry comes of a conflict, a missing row, or a foreign one', async () => {
  const { id } = await made()
  const taken = await made()
  const foreign = { ...author(), orgId: (await organizations(pg).ensure('B')).id }
  expect((await assets(pg).rename(author(), id, taken.externalKey)).kind).toBe('conflict')
  expect((await assets(pg).update(foreign, id, { name: 'theirs' })).kind).toBe('not_found')
  expect(await assets(pg).remove(foreign, id)).toBe(false)
  expect(await entriesOf(id)).toEqual([])
  expect((await auditLog(pg).list(foreign.orgId, { limit: 10 })).rows).toMatchObject([
    { operation: 'organization.created' },
  ])
})

test('V2: what says what is so already has no entry', async () => {
  const { id } = await made('same')
  await assets(pg).update(author(), id, { name: 'same', metadata: {} })
  await assets(pg).update(author(), id, {})
  expect(await entriesOf(id)).toEqual([])
})

test('V3: of changes at once each begins where the one before it ended, and they stand in their order', async () => {
  const { id } = await made('0')
  await Promise.all(
    Array.from({ length: 10 }, (_, index) => assets(pg).update(author(), id, { name: `${index + 1}` })),
  )
  const told = (await entriesOf(id)).toReversed()
  expect(told).toHaveLength(10)
  let name: unknown = '0'
  for (const { before, after } of told) {
    expect(before).toEqual({ name })
    name = after?.['name']
  }
  expect(name).toBe(await nameOf(id))
})

test('V4: what a view hides is in no column', async () => {
  const hidden = `whsec_${'s'.repeat(30)}`
  const by: Author<Asset> = { ...author(({ name }) => ({ name, key: '…' })), hidden: () => ({ key: hidden }) }
  const created = await assets(pg).create(by, { name: 'masked' })
  if (created.kind !== 'changed') throw new Error(created.kind)
  let value = 0
  const other = { ...by, hidden: () => ({ key: `${hidden}${value++}` }) }
  await assets(pg).update(other, created.row.id, { name: 'masked' })
  const told = await entriesOf(created.row.id)
  expect(told).toMatchObject([{ before: { key: '…' }, after: { key: '…' } }, { after: { name: 'masked' } }])
  const { rows } = await sql<{ text: string }>`select e::text as text from audit_log e`.execute(pg.db)
  for (const { text } of rows) expect(text).not.toContain(hidden)
})

test('V5: an import that ends in the middle counts the lines that are committed', async () => {
  const by = author()
  const line = (first: number, last = first): Author<Asset> => ({ ...by, imported: { first, last } })
  await assets(pg).createMany(line(1, 3), [
    { externalKey: 'V5-1', name: 'x' },
    { externalKey: 'V5-2', name: 'x' },
  ])
  const taken = { externalKey: 'V5-1', name: 'y' }
  expect(await assets(pg).createMany(line(4, 5), [taken, { externalKey: 'V5-3', name: 'y' }])).toBeNull()
  const created = await assets(pg).create(line(7), { externalKey: 'V5-4', name: 'z' })
  if (created.kind !== 'changed') throw new Error(created.kind)
  await assets(pg).update(line(8), created.row.id, { name: 'zz' })
  await assets(pg).update(line(9), created.row.id, { name: 'zz' })
  expect(
    (await auditLog(pg).list(orgId, { limit: 10, requestIds: [by.requestId ?? ''] })).rows,
  ).toMatchObject([
    {
      ...{ operation: 'asset.imported', kind: 'asset', id: null, before: null },
      after: { created: 3, updated: 1, first_line: 1, last_line: 8 },
    },
  ])
})

test('V6: what is too long goes, is named, and leaves the rest', async () => {
  const { id } = await made()
  await assets(pg).update(
    author(({ name }) => ({ name, notes: name.repeat(auditViewCharsMax) })),
    id,
    { name: 'y' },
  )
  expect(await entriesOf(id)).toMatchObject([
    { before: { name: 'x' }, after: { name: 'y' }, truncated: ['notes'] },
  ])
})

test('V6: entries go when they are older than they are kept, some at a time, and younger ones stay', async () => {
  const { id } = await made()
  for (let index = 0; index < 5; index++) await assets(pg).update(author(), id, { name: `${index}` })
  await sql`update audit_log set at = now() - interval '31 days'
    where id in (select id from audit_log where resource_id = ${String(id)} order by at limit 3)`.execute(
    pg.db,
  )
  expect(await auditLog(pg).forget(2, 30)).toBe(2)
  expect(await auditLog(pg).forget(2, 30)).toBe(1)
  expect(await auditLog(pg).forget(2, 30)).toBe(0)
  expect(await entriesOf(id)).toHaveLength(2)
})

test('what we do ourselves has us for its author: an endpoint that is disabled, secrets that end', async () => {
  const created = await endpoints(pg).create(
    orgId,
    {
      ...{ url: 'https://example.test/hook', name: 'erp', state: 'active', profile: 'standard', headers: {} },
      ...{ subscriptions: [plainSubscription('*')] },
      ...{ secret: { sealed: 'v1.k1.aaaa', hint: 'aaaa', publicKey: null } },
    },
    100,
  )
  if (created.kind !== 'changed') throw new Error(created.kind)
  const { id } = created.row
  await endpoints(pg).rotateSecret(orgId, id, { sealed: 'v1.k1.b', hint: 'bbbb', publicKey: null }, 60_000)
  await sql`update endpoint_secrets set expires_at = now() where endpoint_id = ${id} and expires_at is not null`.execute(
    pg.db,
  )
  expect(await endpoints(pg).forgetEndedSecrets(10)).toBe(1)
  const atMs = Date.UTC(2026, 10, 20)
  const change = (state: 'active' | 'disabled') =>
    endpointLives(pg).change(orgIdOf(orgId), endpointId(id), ({ life }) => ({
      life: { ...life, failingSinceMs: atMs, failingAtMs: atMs, ...ended(state) },
      notice: null,
    }))
  const ended = (state: 'active' | 'disabled') =>
    state === 'disabled' ? ({ state, disabledAtMs: atMs + 9, disabledReason: 'gone' } as const) : {}
  await change('active') // that it fails is no change of it
  await change('disabled')
  const told = await entriesOf(id)
  expect(told).toMatchObject([
    {
      ...{ operation: 'webhook.disabled', name: 'erp', actorKind: 'system', actorId: null, requestId: null },
      before: { enabled: true, state: 'active', disabled_at: null, disabled_reason: null },
      after: {
        ...{ enabled: false, state: 'disabled', disabled_reason: 'gone' },
        disabled_at: '2026-11-20T00:00:00.009Z',
      },
    },
    { operation: 'webhook.secrets_ended', actorKind: systemActor.kind, after: { ended_secrets: 1 } },
  ])
})
