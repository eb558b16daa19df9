import { randomUUID } from 'node:crypto'
import { systemActor } from '@scanhook/domain/auditing/audit-entry'
import { plainSubscription } from '@scanhook/domain/endpoint'
import { silentLog } from '@scanhook/observability/log'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { endpoints } from './endpoints.ts'
import { type ListenerAnswer, type Listeners, listeners } from './listeners.ts'
import { openPostgres, type Postgres } from './open.ts'
import { organizations } from './organizations.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

let database: TestDatabase
let pg: Postgres
let store: Listeners
let ann = { orgId: 0, webhookId: 0, token: '' }
const author = () => ({
  ...{ orgId: ann.orgId, actor: systemActor, requestId: null },
  ...{ view: () => ({}), hidden: () => ({}) },
})

beforeAll(async () => {
  database = await createTestDatabase('listeners', process.env['POSTGRES_URL'])
  pg = openPostgres({ url: database.url, log: silentLog, max: 12 })
  store = listeners(pg, { staleMs: 60_000, graceMs: 60_000 })
})
afterAll(async () => {
  await pg?.close()
  await database?.drop()
})
beforeEach(async () => {
  ann = { orgId: (await organizations(pg).ensure(randomUUID())).id, webhookId: 0, token: randomUUID() }
  const created = await endpoints(pg).create(
    author(),
    {
      ...{ url: `http://relay.example/${ann.token}`, state: 'active', profile: 'standard', headers: {} },
      ...{ subscriptions: [plainSubscription('*')] },
      secret: { sealed: 'v1.k1.a.b.c', hint: 'abcd', publicKey: null },
      listenerToken: ann.token,
    },
    100,
  )
  if (created.kind !== 'changed') throw new Error(created.kind)
  ann = { ...ann, webhookId: created.row.id }
})

const ok: ListenerAnswer = { status: 201, headers: { 'x-a': 'b' }, body: Buffer.from([0, 255, 10]) }
async function put(waitMs = 60_000): Promise<string> {
  const id = randomUUID()
  const headers = [
    ['X-A', 'ü'],
    ['x-a', '2'],
  ] as const
  expect(await store.put({ id, token: ann.token, headers, body: Buffer.from([0, 200]), waitMs })).toBe(true)
  return id
}
const listWaiting = (streamId: string, handed: readonly string[] = []) =>
  store.listWaiting(ann, { streamId, handed, limit: 10 })

test('Q1: of two streams the later one follows, and the earlier one neither gets requests nor keeps it for seen', async () => {
  const [earlier, later] = [randomUUID(), randomUUID()]
  expect([await store.take(ann, earlier), await store.take(ann, later)]).toEqual([true, true])
  const id = await put()
  expect(await listWaiting(earlier)).toBeNull()
  expect(await store.renew(ann, earlier)).toBe(false)
  expect(await listWaiting(later)).toMatchObject([
    {
      id,
      headers: [
        ['X-A', 'ü'],
        ['x-a', '2'],
      ],
      body: Buffer.from([0, 200]),
    },
  ])
  expect(await listWaiting(later, [id])).toEqual([])
  // It ends after the other has taken its place: that one stays.
  await store.leave(ann, earlier)
  expect(await store.renew(ann, later)).toBe(true)
})

test('Q2: of many answers at once the first is the only one, and none after its end', async () => {
  const id = await put()
  const all = Array.from({ length: 8 }, (_, index) => ({ ...ok, status: 200 + index }))
  const taken = await Promise.all(all.map((each) => store.answer(ann, id, each)))
  expect(taken.filter(Boolean)).toHaveLength(1)
  const answer = all[taken.indexOf(true)]
  expect(await store.look(id)).toEqual({ kind: 'answered', answer })
  await store.withdraw(id)
  expect(await store.answer(ann, id, ok)).toBe(false)
  expect(await store.answer(ann, await put(0), ok)).toBe(false)
})

test('Q3: with its webhook a listener ends, also when nobody said so', async () => {
  const [streamId, id] = [randomUUID(), await put()]
  await store.take(ann, streamId)
  await endpoints(pg).remove(author(), ann.webhookId)
  const { token, orgId } = ann
  expect(await store.put({ id: randomUUID(), token, headers: [], body: ok.body, waitMs: 1_000 })).toBe(false)
  expect([await listWaiting(streamId), await store.look(id)]).toEqual([null, { kind: 'nobody' }])
  expect([await store.take(ann, streamId), await store.renew(ann, streamId)]).toEqual([false, false])
  expect([await store.exists(ann), await store.list(orgId)]).toEqual([false, []])
})

test('Q4: what a process that died left behind is handed to nobody, and is forgotten', async () => {
  const streamId = randomUUID()
  await store.take(ann, streamId)
  const [over, lasting] = [await put(0), await put()]
  expect(await listWaiting(streamId)).toMatchObject([{ id: lasting }])
  expect(await store.forgetRequests(100)).toBeGreaterThan(0)
  expect([await store.look(over), await store.look(lasting)]).toEqual([
    { kind: 'nobody' },
    { kind: 'waiting' },
  ])
})

test('Q5: of two who remove a listener one does, with its webhook, and nobody removes what is followed', async () => {
  const webhooks = endpoints(pg)
  const remove = () => webhooks.removeGoneListener(author(), ann.webhookId, 60_000)
  expect(await remove()).toBe(false)
  await sql`update listeners set seen_at = now() - interval '61 seconds' where endpoint_id = ${ann.webhookId}`.execute(
    pg.db,
  )
  expect((await Promise.all([remove(), remove(), remove()])).toSorted()).toEqual([false, false, true])
  expect([await store.exists(ann), await webhooks.find(ann.orgId, ann.webhookId)]).toEqual([false, null])
})

test('Q5: where the listener can not be written down there is no webhook either', async () => {
  const again = endpoints(pg).create(
    author(),
    {
      ...{ url: `http://relay.example/${ann.token}`, state: 'active', profile: 'standard', headers: {} },
      ...{ subscriptions: [plainSubscription('*')] },
      secret: { sealed: 'v1.k1.a.b.c', hint: 'abcd', publicKey: null },
      listenerToken: ann.token,
    },
    100,
  )
  await expect(again).rejects.toMatchObject({ code: 'POSTGRES_CONFLICT' })
  const { totalCount } = await endpoints(pg).list(ann.orgId, { sort: [], limit: 10, offset: 0 })
  expect(totalCount).toBe(1)
})
