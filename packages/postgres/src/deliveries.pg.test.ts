import { silentLog } from '@scanhook/observability/log'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type DeliveryRow, deliveries, mergeDeliveries } from './deliveries.ts'
import { openPostgres, type Postgres } from './open.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

let database: TestDatabase
let pg: Postgres

beforeAll(async () => {
  database = await createTestDatabase('deliveries', process.env['POSTGRES_URL'])
  pg = openPostgres({ url: database.url, log: silentLog })
})
afterAll(async () => {
  await pg.close()
  await database.drop()
})

const orgId = 7
const nowMs = Date.UTC(2026, 10, 20, 12)

function row(
  attemptNumber: number,
  atMs: number,
  change: Partial<DeliveryRow>,
): Omit<DeliveryRow, 'deliveryId'> {
  return {
    orgId,
    endpointId: 9,
    eventId: '00000000-0000-5000-8000-0000000000ee',
    eventType: 'asset.moved',
    eventOccurredAtMs: nowMs,
    trigger: 'event',
    state: 'pending',
    attempts: attemptNumber,
    nextAttemptAtMs: nowMs + atMs + 50,
    deadReason: null,
    heldReason: null,
    createdAtMs: nowMs + 1,
    firstAttemptAtMs: nowMs + atMs,
    lastAttemptAtMs: nowMs + atMs,
    lastStatus: 500,
    lastErrorClass: null,
    completedAtMs: null,
    rankAttemptNumber: attemptNumber,
    rankAtMs: nowMs + atMs,
    ...change,
  }
}

const first = row(1, 10, { createdAtMs: nowMs + 3 })
const held = row(2, 20, {
  attempts: 1,
  heldReason: 'breaker_open',
  firstAttemptAtMs: null,
  lastAttemptAtMs: null,
  lastStatus: null,
})
const delivered = row(2, 30, {
  state: 'delivered',
  nextAttemptAtMs: null,
  lastStatus: 204,
  completedAtMs: nowMs + 33,
})
const repeated = row(2, 40, { lastStatus: 503 })

function permutations<T>(all: readonly T[]): T[][] {
  if (all.length <= 1) return [[...all]]
  return all.flatMap((one, index) => permutations(all.toSpliced(index, 1)).map((rest) => [one, ...rest]))
}

test('V1, V2: four records of one delivery give one row, in each of their 24 orders, and with every record twice', async () => {
  for (const [n, order] of permutations([first, held, delivered, repeated]).entries()) {
    const deliveryId = `00000000-0000-5000-8000-${n.toString(16).padStart(12, '0')}`
    for (const each of [...order, ...order]) await mergeDeliveries(pg.db, [{ ...each, deliveryId }])
    expect(await deliveries(pg).find(orgId, deliveryId)).toMatchObject({
      state: 'delivered',
      attempts: 2,
      nextAttemptAt: null,
      heldReason: null,
      createdAt: nowMs + 1,
      firstAttemptAt: nowMs + 10,
      lastAttemptAt: nowMs + 40,
      lastStatus: 503,
      completedAt: nowMs + 33,
    })
  }
})

test('another organization finds none of it', async () => {
  expect(await deliveries(pg).find(8, '00000000-0000-5000-8000-000000000000')).toBeNull()
  expect((await deliveries(pg).list(8, { limit: 10, offset: 0, sort: [] })).totalCount).toBe(0)
})
