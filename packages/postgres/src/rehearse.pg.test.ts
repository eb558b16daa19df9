import { silentLog } from '@scanhook/observability/log'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { assets } from './assets.ts'
import { eventFeed, feedStart } from './event-feed.ts'
import { appendEvents, type EventRow } from './events.ts'
import { openPostgres, type Postgres } from './open.ts'
import { organizations } from './organizations.ts'
import { rehearse } from './rehearse.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

let database: TestDatabase
let pg: Postgres
let org = 0

beforeAll(async () => {
  database = await createTestDatabase('rehearse', process.env['POSTGRES_URL'])
  pg = openPostgres({ url: database.url, log: silentLog })
  org = (await organizations(pg).ensure('A')).id
})
afterAll(async () => {
  await pg?.close()
  await database?.drop()
})

const everything = { limit: 10, offset: 0, sort: [], includeDeleted: true }

test('W1: what a play writes it reads, and nobody else does, neither meanwhile nor after', async () => {
  const [inside, outside] = await rehearse(pg, async (rehearsed) => {
    await assets(rehearsed).create(org, { name: 'A', externalKey: 'A' })
    return [await assets(rehearsed).list(org, everything), await assets(pg).list(org, everything)]
  })
  expect([inside?.rows.length, outside?.rows.length]).toEqual([1, 0])
  expect((await assets(pg).list(org, everything)).rows).toEqual([])
})

test('W1: a play that throws leaves nothing either, and its error comes out', async () => {
  const broken = rehearse(pg, async (rehearsed) => {
    await assets(rehearsed).create(org, { name: 'A', externalKey: 'A' })
    throw new Error('broken')
  })
  await expect(broken).rejects.toThrow('broken')
  expect((await assets(pg).list(org, everything)).rows).toEqual([])
})

test('W2: a write that is refused takes back itself, and those before and after it count', async () => {
  const kinds = await rehearse(pg, async (rehearsed) => {
    const store = assets(rehearsed)
    const made = [
      await store.create(org, { name: 'A', externalKey: 'A' }),
      await store.create(org, { name: 'Again', externalKey: 'A' }),
      await store.create(org, { name: 'B', externalKey: 'B' }),
    ]
    expect((await store.list(org, everything)).rows.map(({ name }) => name)).toEqual(['A', 'B'])
    return made.map(({ kind }) => kind)
  })
  expect(kinds).toEqual(['changed', 'conflict', 'changed'])
})

const eventOf = (orgId: number, n: number): EventRow => ({
  ...{ eventId: `00000007-0000-5000-8000-${n.toString(16).padStart(12, '0')}`, orgId, type: 'asset.moved' },
  ...{
    occurredAtMs: 1_780_000_000_000 + n,
    receivedAtMs: 1_780_000_000_000 + n,
    subject: 'asset:5',
    assetId: null,
  },
  ...{ sequence: null, previousEventId: null, transitionId: null, dataJson: '{}' },
})

/** Something that is in the middle until the test says otherwise, or ends. */
function middle() {
  const [reached, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  onTestFinished(() => goOn.resolve())
  const stand = async (): Promise<void> => {
    reached.resolve()
    await goOn.promise
  }
  return { reached: reached.promise, goOn: goOn.resolve, stand }
}

test('W3: while a rehearsal is under way the feed goes on beside it, and a writer that is slow is still waited for', async () => {
  const feed = eventFeed(pg)
  const idsOf = async (after = feedStart): Promise<readonly string[]> =>
    (await feed.read(org, { after, limit: 10 })).rows.map(({ eventId }) => eventId)
  const [first, second, third] = [1, 2, 3].map((n) => eventOf(org, n)) as [EventRow, EventRow, EventRow]
  const rehearsal = middle()
  const rehearsed = rehearse(pg, async (stage) => {
    await assets(stage).create(org, { name: 'A', externalKey: 'A' })
    await assets(stage).create(org, { name: 'Again', externalKey: 'A' })
    await rehearsal.stand()
  })
  await rehearsal.reached
  await appendEvents(pg.db, [first])
  await expect.poll(() => idsOf(), { timeout: 60_000 }).toEqual([first.eventId])
  const { next } = await feed.read(org, { after: feedStart, limit: 10 })
  // Beside it one that will commit, and behind that one that is over already.
  const writer = middle()
  const writing = pg.db.transaction().execute(async (db) => {
    await appendEvents(db, [second])
    await writer.stand()
  })
  await writer.reached
  await appendEvents(pg.db, [third])
  const held = await feed.read(org, { after: next, limit: 10 })
  expect(held.rows).toEqual([])
  writer.goOn()
  await writing
  await expect.poll(() => idsOf(held.next), { timeout: 60_000 }).toEqual([second.eventId, third.eventId])
  rehearsal.goOn()
  await rehearsed
  await expect
    .poll(() => idsOf(), { timeout: 60_000 })
    .toEqual([first, second, third].map(({ eventId }) => eventId))
})
