/** Lists of the log are followed by position while it is written. */
import { silentLog } from '@scanhook/observability/log'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CountedKeysetPage, SortTerm } from './change.ts'
import {
  type DeliveryRow,
  type DeliverySortField,
  deliveries,
  deliverySortFields,
  deliveryStates,
  mergeDeliveries,
  type StoredDelivery,
} from './deliveries.ts'
import { appendEvents, type EventRow, type EventSortField, eventSortFields, events } from './events.ts'
import type { KeysetPosition } from './keyset.ts'
import { openPostgres, type Postgres } from './open.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

let database: TestDatabase
let pg: Postgres

beforeAll(async () => {
  database = await createTestDatabase('keyset', process.env['POSTGRES_URL'])
  pg = openPostgres({ url: database.url, log: silentLog })
})
afterAll(async () => {
  await pg.close()
  await database.drop()
})

const nowMs = Date.UTC(2026, 10, 20, 12)
/** Each run has an organization of its own. */
let lastOrg = 100
let lastId = 0

function uuid(): string {
  lastId += 1
  // Spread, so that the order of ids is not that of making them.
  const spread = (lastId * 2_654_435_761) % 2 ** 32
  return `${spread.toString(16).padStart(8, '0')}-0000-5000-8000-${lastId.toString(16).padStart(12, '0')}`
}

/** Few instants, so that most rows tie; around them, so that new rows come before, between and after. */
const instant = fc.integer({ min: 0, max: 4 }).map((n) => nowMs + n)
const chain = fc.record({
  state: fc.constantFrom(...deliveryStates),
  nextAttemptAtMs: fc.option(instant),
})
const delivery = fc.record({
  state: fc.constantFrom(...deliveryStates),
  createdAtMs: instant,
  lastAttemptAtMs: fc.option(instant),
  nextAttemptAtMs: fc.option(instant),
  again: fc.option(chain, { freq: 3 }),
})
type Told = typeof delivery extends fc.Arbitrary<infer T> ? T : never

function deliveryRow(orgId: number, { again, ...told }: Told): DeliveryRow {
  const common = { attempts: 1, deadReason: null, heldReason: null, completedAtMs: null, supersededBy: null }
  const rank = { rankAttemptNumber: 1, rankAtMs: nowMs }
  return {
    ...{ ...common, ...rank, ...told },
    deliveryId: uuid(),
    orgId,
    endpointId: 9,
    eventId: uuid(),
    eventType: 'asset.moved',
    eventOccurredAtMs: nowMs,
    trigger: 'event',
    firstAttemptAtMs: told.lastAttemptAtMs,
    lastStatus: null,
    lastErrorClass: null,
    manualChains: again === null ? null : { [nowMs]: { ...common, ...rank, ...again } },
  }
}

const event = fc.record({
  occurredAtMs: instant,
  receivedAtMs: instant,
  sequence: fc.option(fc.integer({ min: 1, max: 3 })),
})
type Happened = typeof event extends fc.Arbitrary<infer T> ? T : never

function eventRow(orgId: number, happened: Happened): EventRow {
  const nothing = { assetId: null, previousEventId: null, transitionId: null }
  return {
    ...nothing,
    ...happened,
    eventId: uuid(),
    orgId,
    type: 'asset.moved',
    subject: 'asset:1',
    dataJson: '{}',
  }
}

function sortOf<F extends string>(fields: readonly F[]): fc.Arbitrary<readonly SortTerm<F>[]> {
  return fc
    .shuffledSubarray([...fields])
    .chain((some) =>
      fc.tuple(...some.map((by) => fc.constantFrom('asc', 'desc').map((direction) => ({ by, direction })))),
    )
}

interface Followed<T> {
  readonly page: (after: KeysetPosition | undefined) => Promise<CountedKeysetPage<T>>
  readonly idOf: (row: T) => string
  /** Called between pages. */
  readonly write: () => Promise<void>
}

async function follow<T>({ page, idOf, write }: Followed<T>): Promise<readonly string[]> {
  const seen: string[] = []
  let after: KeysetPosition | undefined
  for (;;) {
    const { rows, next, totalCount } = await page(after)
    expect(totalCount === null).toBe(after !== undefined)
    seen.push(...rows.map(idOf))
    if (next === null) return seen
    if (seen.length > 100) throw new Error('the list goes round')
    after = next
    await write()
  }
}

/** What was there from the beginning comes once, in the order of the list; what came meanwhile comes once at most. */
function expectAll(seen: readonly string[], before: readonly string[]): void {
  const known = new Set(before)
  expect(seen.filter((id) => known.has(id))).toEqual(before)
  expect(new Set(seen).size).toBe(seen.length)
}

test('K1: deliveries, by any sort, in pages of any size, while others are written', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(delivery, { maxLength: 14 }),
      fc.array(delivery, { maxLength: 14 }),
      sortOf<DeliverySortField>(deliverySortFields),
      fc.integer({ min: 1, max: 5 }),
      async (first, later, sort, limit) => {
        lastOrg += 1
        const orgId = lastOrg
        const store = deliveries(pg)
        await mergeDeliveries(
          pg.db,
          first.map((told) => deliveryRow(orgId, told)),
        )
        const idOf = (row: StoredDelivery): string => row.deliveryId
        const before = await store.list(orgId, { limit: 200, offset: 0, sort })
        const pending = [...later]
        const seen = await follow({
          page: (after) => store.list(orgId, { limit, offset: 0, sort, after }),
          idOf,
          write: async () => {
            const some = pending.splice(0, 2).map((told) => deliveryRow(orgId, told))
            await mergeDeliveries(pg.db, some)
          },
        })
        expect(before.rows.length).toBe(first.length)
        expectAll(seen, before.rows.map(idOf))
      },
    ),
    { numRuns: 150 },
  )
})

test('K1: events, by any sort, in pages of any size, while others are written', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(event, { maxLength: 14 }),
      fc.array(event, { maxLength: 14 }),
      sortOf<EventSortField>(eventSortFields),
      fc.integer({ min: 1, max: 5 }),
      async (first, later, sort, limit) => {
        lastOrg += 1
        const orgId = lastOrg
        const store = events(pg)
        await appendEvents(
          pg.db,
          first.map((happened) => eventRow(orgId, happened)),
        )
        const before = await store.list(orgId, { limit: 200, offset: 0, sort })
        const pending = [...later]
        const seen = await follow({
          page: (after) => store.list(orgId, { limit, offset: 0, sort, after }),
          idOf: (row) => row.eventId,
          write: async () => {
            const some = pending.splice(0, 2).map((happened) => eventRow(orgId, happened))
            await appendEvents(pg.db, some)
          },
        })
        expect(before.rows.length).toBe(first.length)
        expectAll(
          seen,
          before.rows.map((row) => row.eventId),
        )
      },
    ),
    { numRuns: 100 },
  )
})

test('a position of another organization finds rows of one’s own only', async () => {
  lastOrg += 2
  const [ours, theirs] = [lastOrg - 1, lastOrg]
  const told = {
    state: 'pending',
    createdAtMs: nowMs,
    lastAttemptAtMs: null,
    nextAttemptAtMs: null,
    again: null,
  } as const
  const rows = [ours, theirs, theirs, theirs].map((org, index) =>
    deliveryRow(org, { ...told, createdAtMs: nowMs + index }),
  )
  await mergeDeliveries(pg.db, rows)
  const query = { limit: 2, offset: 0, sort: [{ by: 'created_at', direction: 'desc' }] } as const
  const { next: after } = await deliveries(pg).list(theirs, query)
  if (after === null) throw new Error('one page only')
  const found = await deliveries(pg).list(ours, { ...query, after })
  expect(found.rows.map((row) => row.deliveryId)).toEqual([rows[0]?.deliveryId])
})
