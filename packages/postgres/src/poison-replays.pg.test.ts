import { silentLog } from '@scanhook/observability/log'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { auditLog } from './audit-log.ts'
import { eventFeed, feedStart } from './event-feed.ts'
import { appendEvents, type EventRow } from './events.ts'
import { openPostgres, type Postgres } from './open.ts'
import { organizations } from './organizations.ts'
import { type PoisonReplay, poisonReplays } from './poison-replays.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

let database: TestDatabase
let pg: Postgres
let orgId = 0

beforeAll(async () => {
  database = await createTestDatabase('poison', process.env['POSTGRES_URL'])
  pg = openPostgres({ url: database.url, log: silentLog })
  orgId = (await organizations(pg).ensure('Operator')).id
})
afterAll(async () => {
  await pg?.close()
  await database?.drop()
})

const by = () => ({ orgId, actor: { kind: 'api_key', id: 7 } as const, requestId: 'r-1' })
const replayOf = (offset: number, changes: Partial<PoisonReplay> = {}): PoisonReplay => ({
  place: { topic: 't.poison', partition: 0, offset, atMs: 1_780_000_000_000 },
  isAgain: false,
  origin: { topic: 't.reads', reason: 'invalid_json' },
  ...changes,
})
const entries = async () => (await auditLog(pg).list(orgId, { limit: 50 })).rows.map(({ id }) => id)

test('P1: of two at once one puts it back, and the other is told', async () => {
  const replays = poisonReplays(pg)
  const first = Promise.withResolvers<void>()
  const began = Promise.withResolvers<void>()
  let count = 0
  const one = replays.replay(by(), replayOf(1), async () => {
    count += 1
    began.resolve()
    await first.promise
  })
  await began.promise
  const other = replays.replay(by(), replayOf(1), async () => {
    count += 1
  })
  first.resolve()
  expect([await one, await other, count]).toEqual(['replayed', 'already', 1])
  expect(
    await replays.replay(by(), replayOf(1, { isAgain: true }), async () => {
      count += 1
    }),
  ).toBe('replayed')
  expect(count).toBe(2)
  expect(await replays.among([replayOf(1).place, replayOf(2).place])).toEqual([
    { ...replayOf(1).place, replayedAtMs: expect.any(Number), times: 2 },
  ])
})

test('P2: what could not be put back is not marked, and has no entry', async () => {
  const replays = poisonReplays(pg)
  const away = () => Promise.reject(new Error('Kafka is away'))
  await expect(replays.replay(by(), replayOf(5), away)).rejects.toThrow('Kafka is away')
  expect(await replays.among([replayOf(5).place])).toEqual([])
  expect(await entries()).not.toContain('0:5')
  expect(await replays.replay(by(), replayOf(5), async () => undefined)).toBe('replayed')
  expect(await entries()).toContain('0:5')
})

test('a topic that was made anew begins with the same offsets, which are others', async () => {
  const replays = poisonReplays(pg)
  await replays.replay(by(), replayOf(9), async () => undefined)
  const anew = replayOf(9, { place: { ...replayOf(9).place, atMs: 1_790_000_000_000 } })
  expect(await replays.replay(by(), anew, async () => undefined)).toBe('replayed')
})

test('marks go when they are older than they are kept', async () => {
  const replays = poisonReplays(pg)
  expect(await replays.forget(100, 60)).toBe(0)
  expect(await replays.forget(1, 0)).toBe(1)
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

test('P3: while a record is being put back, the feed of events goes on', async () => {
  const [began, kafka] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  onTestFinished(() => kafka.resolve())
  const replayed = poisonReplays(pg).replay(by(), replayOf(20), async () => {
    began.resolve()
    await kafka.promise
  })
  await began.promise
  await appendEvents(pg.db, [eventOf(orgId, 1)])
  const { rows } = await eventFeed(pg).read(orgId, { after: feedStart, limit: 10 })
  expect(rows.map(({ eventId }) => eventId)).toEqual([eventOf(orgId, 1).eventId])
  kafka.resolve()
  expect(await replayed).toBe('replayed')
})
