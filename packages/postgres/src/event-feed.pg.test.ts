import { silentLog } from '@scanhook/observability/log'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type EventFeed, eventFeed, type FeedPosition, feedStart, listenRecorded } from './event-feed.ts'
import { appendEvents, type EventRow } from './events.ts'
import { history } from './history.ts'
import { openPostgres, type Postgres } from './open.ts'
import { organizations } from './organizations.ts'
import { createEmptyDatabase, createTestDatabase, othersAreDone, type TestDatabase } from './test-database.ts'

let database: TestDatabase
let pg: Postgres
let feed: EventFeed
let orgCount = 0

beforeAll(async () => {
  database = await createTestDatabase('feed', process.env['POSTGRES_URL'])
  pg = openPostgres({ url: database.url, log: silentLog })
  feed = eventFeed(pg)
})
afterAll(async () => {
  await pg.close()
  await database.drop()
})

const newOrg = async (): Promise<number> => (await organizations(pg).ensure(`org ${orgCount++}`)).id
const receivedAtMs = Date.parse('2026-03-02T10:15:00Z')
const idOf = (n: number): string => `00000002-0000-5000-8000-${n.toString(16).padStart(12, '0')}`
const row = (orgId: number, n: number, change: Partial<EventRow> = {}): EventRow => ({
  eventId: idOf(n),
  orgId,
  type: 'asset.moved',
  occurredAtMs: receivedAtMs + n,
  receivedAtMs: receivedAtMs + n,
  subject: 'asset:5',
  assetId: null,
  sequence: null,
  previousEventId: null,
  transitionId: null,
  dataJson: '{}',
  ...change,
})
const all = async (orgId: number, after: FeedPosition, limit = 100): Promise<readonly string[]> => {
  await othersAreDone(pg)
  const ids: string[] = []
  for (let place = after; ; ) {
    const page = await feed.read(orgId, { after: place, limit })
    ids.push(...page.rows.map(({ eventId }) => eventId))
    place = page.next
    if (!page.hasMore) return ids
  }
}

test('N1: a transaction of another database of the server holds nothing back for longer than a moment', async () => {
  const org = await newOrg()
  const elsewhere = await createEmptyDatabase('elsewhere', process.env['POSTGRES_URL'])
  const other = openPostgres({ url: elsewhere.url, log: silentLog })
  const session = await other.openSession({ onNotification: () => undefined, onEnd: () => undefined })
  try {
    await session.query('begin')
    await session.query('select pg_current_xact_id()')
    await appendEvents(pg.db, [row(org, 900)])
    const ids = async (): Promise<readonly string[]> =>
      (await feed.read(org, { after: feedStart, limit: 10 })).rows.map(({ eventId }) => eventId)
    await vi.waitUntil(async () => (await ids()).length > 0, { timeout: 30_000 })
    expect(await ids()).toEqual([idOf(900)])
    // It is still open: what it waits for is this.
    expect(await session.query('select pg_current_xact_id_if_assigned()::text as id')).toMatchObject([
      { id: expect.stringMatching(/^\d+$/) },
    ])
  } finally {
    await session.close()
    await other.close()
    await elsewhere.drop()
  }
})

test('N1: what a slow transaction records is met by whoever read on meanwhile', async () => {
  const org = await newOrg()
  const { promise: mayCommit, resolve: commit } = Promise.withResolvers<void>()
  const { promise: hasWritten, resolve: wrote } = Promise.withResolvers<void>()
  const slow = pg.db.transaction().execute(async (db) => {
    await appendEvents(db, [row(org, 1)])
    wrote()
    await mayCommit
  })
  await hasWritten
  await appendEvents(pg.db, [row(org, 2)])
  // The later one is committed, and has to wait: else a reader would be past the earlier one.
  const first = await feed.read(org, { after: feedStart, limit: 10 })
  expect(first).toMatchObject({ rows: [], hasMore: false })
  commit()
  await slow
  await appendEvents(pg.db, [row(org, 3)])
  expect(await all(org, first.next)).toEqual([idOf(1), idOf(2), idOf(3)])
})

test('N1, N2: readers beside writers meet everything once', async () => {
  const org = await newOrg()
  let isWriting = true
  const seen: string[] = []
  const read = async (): Promise<void> => {
    for (let place = feedStart; ; ) {
      const isLast = !isWriting
      const page = await feed.read(org, { after: place, limit: 7 })
      seen.push(...page.rows.map(({ eventId }) => eventId))
      place = page.next
      if (isLast && !page.hasMore) return
    }
  }
  const write = async (writer: number): Promise<void> => {
    for (let batch = 0; batch < 25; batch += 1) {
      await pg.db.transaction().execute(async (db) => {
        for (let n = 0; n < 4; n += 1)
          await appendEvents(db, [row(org, 1_000 * (writer + 1) + batch * 4 + n)])
      })
    }
  }
  const reading = read()
  await Promise.all([0, 1, 2].map(write))
  await othersAreDone(pg)
  isWriting = false
  await reading
  expect(seen).toHaveLength(300)
  expect(new Set(seen).size).toBe(300)
})

test('N2: pages follow one another over ties, and a page that is not full moves on past what it left out', async () => {
  const org = await newOrg()
  await appendEvents(
    pg.db,
    Array.from({ length: 25 }, (_, n) => row(org, 10_000 + n)),
  )
  expect(await all(org, feedStart, 4)).toHaveLength(25)
  const { rows, next } = await feed.read(org, { after: feedStart, types: ['location.entered'], limit: 10 })
  expect(rows).toEqual([])
  expect(await all(org, next)).toEqual([])
  await appendEvents(pg.db, [row(org, 10_100, { type: 'location.entered' })])
  expect(await all(org, next)).toEqual([idOf(10_100)])
})

test('a place can be sought by time; after the end comes nothing', async () => {
  const org = await newOrg()
  for (const n of [20_001, 20_002, 20_003]) await appendEvents(pg.db, [row(org, n)])
  expect(await all(org, await feed.seek(org, receivedAtMs + 20_002))).toEqual([idOf(20_002), idOf(20_003)])
  expect(await all(org, await feed.seek(org, receivedAtMs + 99_999))).toEqual([])
  expect(await all(org, await feed.end())).toEqual([])
})

test('N3: a cursor moves forward by its reader’s word only, and is of its organization', async () => {
  const [org, other] = [await newOrg(), await newOrg()]
  const at = (xid: string, rowId: string | null = null): FeedPosition => ({ xid, rowId })
  expect(await feed.advanceCursor(org, 'erp', at('5'))).toBeNull()
  await feed.setCursor(org, 'erp', at('5'), 2)
  const place = async (): Promise<FeedPosition | undefined> => (await feed.findCursor(org, 'erp'))?.position
  await feed.advanceCursor(org, 'erp', at('9', idOf(1)))
  expect(await place()).toEqual(at('9', idOf(1)))
  for (const back of [at('4'), at('9', idOf(0))]) {
    expect((await feed.advanceCursor(org, 'erp', back))?.position).toEqual(at('9', idOf(1)))
  }
  expect((await feed.advanceCursor(org, 'erp', at('9')))?.position).toEqual(at('9'))
  expect((await feed.setCursor(org, 'erp', at('1'), 2))?.position).toEqual(at('1'))
  expect(await feed.findCursor(other, 'erp')).toBeNull()
  expect(await feed.removeCursor(other, 'erp')).toBe(false)
  await feed.setCursor(org, 'two', at('1'), 2)
  expect(await feed.setCursor(org, 'three', at('1'), 2)).toBeNull()
  expect((await feed.listCursors(org)).map(({ name }) => name)).toEqual(['erp', 'two'])
  expect(await feed.removeCursor(org, 'two')).toBe(true)
})

test('whoever listens hears of the organizations whose events were recorded', async () => {
  const [org, other] = [await newOrg(), await newOrg()]
  const heard: number[] = []
  const session = await listenRecorded(pg, {
    onSignal: (signal) => {
      const [log, id] = signal.split(' ')
      if (log === 'events_recorded') heard.push(Number(id))
    },
    onEnd: () => undefined,
  })
  await history(pg).recordEvents(
    [row(org, 30_001), row(org, 30_002)],
    { scans: [], locations: [] },
    receivedAtMs,
  )
  await expect.poll(() => heard).toEqual([org])
  expect(heard).not.toContain(other)
  await session.close()
})

test('the feed is read by its own index, and not by sorting', async () => {
  const { rows } = await sql<{ 'QUERY PLAN': string }>`explain select event_id from events
    where org_id = 1 and (recorded_xid, event_id) > ('5'::xid8, ${idOf(1)}::uuid) and recorded_xid < '99999'::xid8
    order by recorded_xid, event_id limit 51`.execute(pg.db)
  const plan = rows.map((line) => line['QUERY PLAN']).join('\n')
  expect(plan).toMatch(/Index.* using \w*recorded/)
})
