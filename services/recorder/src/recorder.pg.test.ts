import type { Attempt } from '@scanhook/domain/attempt'
import type { DomainEvent } from '@scanhook/domain/event'
import { deliveryId, endpointId, eventId, orgId } from '@scanhook/domain/ids'
import { countAttempts, shownState } from '@scanhook/domain/manual-chains'
import { domainEvent } from '@scanhook/domain/recorded-event'
import type { KafkaRecord } from '@scanhook/kafka/record'
import { silentLog } from '@scanhook/observability/log'
import { attempts } from '@scanhook/postgres/attempts'
import { deliveries } from '@scanhook/postgres/deliveries'
import { isPostgresError } from '@scanhook/postgres/errors'
import { events } from '@scanhook/postgres/events'
import { history } from '@scanhook/postgres/history'
import { jobPages } from '@scanhook/postgres/job-pages'
import { openPostgres, type Postgres } from '@scanhook/postgres/open'
import { createTestDatabase, type TestDatabase } from '@scanhook/postgres/test-database'
import { systemClock } from '@scanhook/runtime/clock'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { assetRows } from './asset-rows.ts'
import { attemptRow } from './attempt-row.ts'
import { batcher } from './batcher.ts'
import { foldDeliveries } from './delivery-row.ts'
import { eventRow } from './event-row.ts'
import { isolateBad } from './isolate-bad.ts'
import { type RecordPorts, recordBatch } from './record-batch.ts'

let database: TestDatabase
let pg: Postgres

beforeAll(async () => {
  database = await createTestDatabase('recorder', process.env['POSTGRES_URL'])
  pg = openPostgres({ url: database.url, log: silentLog })
})
afterAll(async () => {
  await pg.close()
  await database.drop()
})

const nowMs = Date.UTC(2026, 10, 20, 12)
const org = orgId(77)
const noAssets = { scans: [], locations: [] }
const timings = { dnsMs: null, connectMs: null, tlsMs: null, firstByteMs: 2, totalMs: 3 }

let made = 0
function uuid(): string {
  made++
  return `00000000-0000-5000-8000-${made.toString(16).padStart(12, '0')}`
}

function event(id: string = uuid(), receivedAtMs: number = nowMs): DomainEvent {
  return {
    eventId: eventId(id),
    orgId: org,
    type: 'asset.moved',
    occurredAtMs: receivedAtMs - 1_500,
    receivedAtMs,
    subject: 'asset:5',
    assetId: null,
    sequence: 3,
    previousEventId: null,
    transitionId: null,
    dataJson: '{"b":1,"a":"\\u0000","n":1.0}',
  }
}

function attempt(
  delivery: string,
  attemptNumber: number,
  startedAtMs: number,
  isDelivered: boolean,
): Attempt {
  return {
    deliveryId: deliveryId(delivery),
    eventId: eventId(delivery),
    orgId: org,
    endpointId: endpointId(9),
    eventType: 'asset.moved',
    trigger: 'event',
    attemptNumber,
    startedAtMs,
    eventOccurredAtMs: nowMs,
    deliveryCreatedAtMs: nowMs + 5,
    url: 'https://example.test/hook',
    requestHeaders: { 'webhook-id': 'x' },
    requestBody: '{}',
    batch: null,
    outcome: {
      kind: 'responded',
      status: isDelivered ? 204 : 500,
      headers: {},
      body: 'nul \u0000 end',
      isBodyTruncated: false,
      retryAfterMs: null,
      remoteAddress: '192.0.2.1',
      timings,
    },
    disposition: isDelivered ? { kind: 'delivered' } : { kind: 'retry', dueAtMs: startedAtMs + 5_000 },
  }
}

async function record(all: readonly Attempt[]): Promise<void> {
  await history(pg).recordAttempts(all.map(attemptRow), foldDeliveries(all), nowMs)
}

test('events are stored as they were and once, however often they come', async () => {
  const one = event()
  await history(pg).recordEvents([eventRow(one), eventRow(event()), eventRow(one)], noAssets, nowMs)
  await history(pg).recordEvents([eventRow(one)], noAssets, nowMs)
  const stored = await events(pg).find(org, one.eventId)
  expect(stored).toMatchObject({
    occurredAt: nowMs - 1_500,
    receivedAt: nowMs,
    subject: 'asset:5',
    sequence: 3,
  })
  const { rows } = await pg
    .openSession({ onNotification: () => undefined, onEnd: () => undefined })
    .then(async (session) => {
      const found = await session.query<{ data: string; part: string }>(
        'select data::text, tableoid::regclass::text as part from events where event_id = $1',
        [one.eventId],
      )
      await session.close()
      return { rows: found }
    })
  expect(rows).toEqual([{ data: one.dataJson, part: 'events_20261120' }])
})

test('an event that is read back is the event that was recorded, with its paths and without', async () => {
  const without = event()
  const withPaths = {
    ...event(),
    locationPaths: { at: ['BAY\u0000-3', 'Ä "1"', 'WH-1'], from: [] },
  }
  await history(pg).recordEvents([without, withPaths].map(eventRow), noAssets, nowMs)
  for (const recorded of [without, withPaths]) {
    const row = await events(pg).findRow(org, recorded.eventId)
    expect(row === null ? null : domainEvent(row)).toEqual(recorded)
    const [paged] = await jobPages(pg).findRows(org, [recorded.eventId])
    expect(paged).toEqual(row)
  }
})

test('a day that nobody foresaw is kept, and its rows move when its partition is made', async () => {
  const odd = event(uuid(), Date.UTC(2031, 0, 2))
  await history(pg).recordEvents([eventRow(odd)], noAssets, nowMs)
  expect(await events(pg).find(org, odd.eventId)).not.toBeNull()
  await history(pg).recordEvents(
    [eventRow(event(uuid(), Date.UTC(2031, 0, 2, 5)))],
    noAssets,
    Date.UTC(2031, 0, 2, 6),
  )
  expect(await events(pg).find(org, odd.eventId)).toMatchObject({ receivedAt: Date.UTC(2031, 0, 2) })
  await history(pg).recordEvents([eventRow(odd)], noAssets, Date.UTC(2031, 0, 2, 6))
  expect(
    (await events(pg).list(org, { limit: 10, offset: 0, sort: [], fromMs: Date.UTC(2031, 0, 1) })).totalCount,
  ).toBe(2)
})

test('V1 to V3: the table comes out as the fold of all attempts, in whatever order and batches they arrive', async () => {
  const plan = fc.record({
    starts: fc.uniqueArray(fc.integer({ min: 1, max: 1_000 }), { minLength: 1, maxLength: 7 }),
    numbers: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 7, maxLength: 7 }),
    fates: fc.array(fc.constantFrom('retry', 'delivered', 'dead', 'held'), { minLength: 7, maxLength: 7 }),
    asked: fc.array(fc.constantFrom(null, null, 6, 7), { minLength: 7, maxLength: 7 }),
    order: fc.array(fc.nat(), { minLength: 1, maxLength: 12 }),
  })
  await fc.assert(
    fc.asyncProperty(plan, async ({ starts, numbers, fates, asked, order }) => {
      const delivery = uuid()
      const all = starts.map((start, index): Attempt => {
        const askedAfterMs = asked[index] ?? null
        const sent = attempt(delivery, numbers[index] ?? 1, nowMs + start, fates[index] === 'delivered')
        const base: Attempt =
          askedAfterMs === null
            ? sent
            : { ...sent, trigger: 'manual', deliveryCreatedAtMs: nowMs + askedAfterMs }
        if (fates[index] === 'dead') return { ...base, disposition: { kind: 'dead', reason: 'exhausted' } }
        if (fates[index] !== 'held') return base
        return {
          ...base,
          outcome: null,
          disposition: { kind: 'held', reason: 'breaker_open', dueAtMs: nowMs + start + 1 },
        }
      })
      for (const index of order) await record([all[index % all.length] ?? all[0]].flatMap((one) => one ?? []))
      const cut = (order[0] ?? 0) % all.length
      await record(all.slice(cut))
      await record(all.slice(0, cut))
      const [row] = foldDeliveries(all)
      if (row === undefined) throw new Error('nothing folded')
      const expected = shownState(row, row.manualChains)
      expect(await deliveries(pg).find(org, delivery)).toMatchObject({
        trigger: row.trigger,
        state: expected.state,
        attempts: countAttempts(row.attempts, row.manualChains),
        nextAttemptAt: expected.nextAttemptAtMs,
        deadReason: expected.deadReason,
        heldReason: expected.heldReason,
        createdAt: row.createdAtMs,
        firstAttemptAt: row.firstAttemptAtMs,
        lastAttemptAt: row.lastAttemptAtMs,
        lastStatus: row.lastStatus,
        completedAt: expected.completedAtMs,
        manualChainCount: Object.keys(row.manualChains ?? {}).length,
      })
      const filter = { limit: 1, offset: 0, sort: [], states: [expected.state], eventIds: [row.eventId] }
      expect((await deliveries(pg).list(org, filter)).totalCount).toBe(1)
      expect((await attempts(pg).list(org, delivery)).length).toBe(all.length)
    }),
    { numRuns: 40 },
  )
})

test('a receiver’s answer with a NUL in it is shown with the replacement character', async () => {
  const delivery = uuid()
  await record([attempt(delivery, 1, nowMs, true)])
  expect((await attempts(pg).list(org, delivery))[0]).toMatchObject({
    responseBody: 'nul \uFFFD end',
    status: 204,
  })
})

interface Trace {
  readonly done: number[]
  readonly paused: { offset: number; resumeAtMs: number }[]
  readonly poisoned: number[]
}

async function handle(database_: Postgres, values: readonly DomainEvent[]): Promise<Trace> {
  const trace: Trace = { done: [], paused: [], poisoned: [] }
  const store = history(database_)
  const records = values.map(
    (_, offset): KafkaRecord => ({
      topic: 'events',
      partition: 0,
      offset,
      timestampMs: 0,
      key: null,
      value: Buffer.from(`${offset}`),
      headers: {},
    }),
  )
  const ports: RecordPorts<DomainEvent> = {
    decode: (bytes) => {
      const value = values[Number(bytes)]
      return value === undefined
        ? { kind: 'bad', reason: 'undecodable', detail: '' }
        : { kind: 'good', value }
    },
    batcher: batcher({
      writesMax: 1,
      rowsMax: 10,
      waitMs: 0,
      clock: systemClock,
      write: async (items) => {
        const write = (some: typeof items): Promise<void> =>
          store.recordEvents(
            some.map((item) => eventRow(item.value)),
            assetRows(some.map((item) => item.value)),
            nowMs,
          )
        const bad = await isolateBad(items, write, (error) => isPostgresError(error, 'POSTGRES_BAD_VALUE'))
        return bad.map(({ item }) => item)
      },
    }),
    setAside: async (bad) => {
      trace.poisoned.push(bad.offset)
    },
    onFailure: () => nowMs + 250,
    onWritten: () => undefined,
    rowsMax: 10,
  }
  await recordBatch(ports, {
    topic: 'events',
    partition: 0,
    records,
    highWatermark: records.length,
    signal: new AbortController().signal,
    over: new AbortController().signal,
    done: () => undefined,
    doneThrough: (offset) => trace.done.push(offset),
    stillWaiting: () => undefined,
    pauseUntil: (offset, resumeAtMs) => trace.paused.push({ offset, resumeAtMs }),
  })
  return trace
}

test('W3: rows that cannot be stored are set aside, and all others of the batch are stored', async () => {
  const all = Array.from({ length: 25 }, () => event())
  all[3] = { ...event(), eventId: eventId('not-a-uuid') }
  all[14] = { ...event(), occurredAtMs: 9e18 }
  const trace = await handle(pg, all)
  expect(trace).toEqual({ done: [9, 19, 24], paused: [], poisoned: [3, 14] })
  for (const [index, { eventId: id }] of all.entries()) {
    if (index !== 3 && index !== 14) expect(await events(pg).find(org, id)).not.toBeNull()
  }
})

test('W1, W2: with PostgreSQL away nothing is done and the partition rests, to come again from the first record', async () => {
  const away = openPostgres({ url: 'postgres://nobody@127.0.0.1:1/none', log: silentLog })
  expect(await handle(away, [event(), event()])).toEqual({
    done: [],
    paused: [{ offset: 0, resumeAtMs: nowMs + 250 }],
    poisoned: [],
  })
  await away.close()
})
