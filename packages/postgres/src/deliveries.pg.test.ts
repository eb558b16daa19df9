import { type AttemptChain, mergeManualChains, shownState } from '@scanhook/domain/manual-chains'
import { silentLog } from '@scanhook/observability/log'
import fc from 'fast-check'
import { sql } from 'kysely'
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
    supersededBy: null,
    rankAtMs: nowMs + atMs,
    manualChains: null,
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

const chain = fc.record({
  state: fc.constantFrom('pending', 'delivered', 'dead'),
  attempts: fc.integer({ min: 0, max: 3 }),
  rankAttemptNumber: fc.integer({ min: 1, max: 3 }),
  rankAtMs: fc.integer({ min: 1, max: 3 }).map((n) => nowMs + n),
})

/** What a record of that rank says is one thing: the same in each of its repetitions. */
function told({
  state,
  ...counted
}: Pick<AttemptChain, 'state' | 'attempts' | 'rankAttemptNumber' | 'rankAtMs'>): AttemptChain {
  const atMs = counted.rankAtMs * 2 + counted.rankAttemptNumber
  return {
    ...counted,
    state,
    nextAttemptAtMs: state === 'pending' ? atMs : null,
    deadReason: state === 'dead' ? 'exhausted' : null,
    heldReason: null,
    completedAtMs: state === 'pending' ? null : atMs,
    supersededBy: null,
  }
}

const chains = fc.option(
  fc.dictionary(fc.constantFrom('1795176000001', '1795176000002', '1795176000003'), chain.map(told), {
    minKeys: 1,
  }),
)

test('M1, V3: PostgreSQL merges and shows chains as the pure functions do', async () => {
  await fc.assert(
    fc.asyncProperty(chains, chains, chain.map(told), async (one, other, automatic) => {
      const text = (value: unknown): string | null => (value === null ? null : JSON.stringify(value))
      const manual = mergeManualChains(one, other)
      const { rows } = await sql<{ merged: unknown; state: string; nextAt: number | null }>`
        select merged, shown_delivery_state(${automatic.state}, merged) as state,
          shown_next_attempt_at(${automatic.state}, to_timestamp(${automatic.nextAttemptAtMs}::double precision / 1000), merged) as next_at
        from merge_manual_chains(${text(one)}::jsonb, ${text(other)}::jsonb) as merged`.execute(pg.db)
      const shown = shownState(automatic, manual)
      expect(rows).toEqual([{ merged: manual, state: shown.state, nextAt: shown.nextAttemptAtMs }])
    }),
    { numRuns: 300 },
  )
})

test('the deliveries of events to an endpoint are found with the state that the log shows', async () => {
  const deliveryId = '00000000-0000-5000-8000-0000000f0001'
  const eventId = '00000000-0000-5000-8000-0000000f00ee'
  const dead = row(2, 30, { state: 'dead', nextAttemptAtMs: null, deadReason: 'gone', eventId })
  await mergeDeliveries(pg.db, [{ ...dead, deliveryId }])
  const query = { endpointId: 9, eventIds: [eventId], fromMs: nowMs, toMs: nowMs }
  expect(await deliveries(pg).ofEvents(orgId, query)).toEqual([
    { deliveryId, eventId, state: 'dead', manualChainCount: 0 },
  ])
  const again = told({ state: 'pending', attempts: 1, rankAttemptNumber: 1, rankAtMs: nowMs + 900 })
  const nothing = { state: 'dead', rankAttemptNumber: 0, rankAtMs: 0, attempts: 0 } as const
  const resent = row(1, 900, {
    ...nothing,
    eventId,
    trigger: 'manual',
    manualChains: { [nowMs + 800]: again },
  })
  await mergeDeliveries(pg.db, [{ ...resent, deliveryId }])
  expect(await deliveries(pg).ofEvents(orgId, query)).toEqual([
    { deliveryId, eventId, state: 'pending', manualChainCount: 1 },
  ])
  expect(await deliveries(pg).find(orgId, deliveryId)).toMatchObject({
    state: 'pending',
    trigger: 'event',
    attempts: 3,
    deadReason: null,
    nextAttemptAt: again.nextAttemptAtMs,
  })
  expect(await deliveries(pg).ofEvents(orgId, { ...query, endpointId: 8 })).toEqual([])
})

test('another organization finds none of it', async () => {
  expect(await deliveries(pg).find(8, '00000000-0000-5000-8000-000000000000')).toBeNull()
  expect((await deliveries(pg).list(8, { limit: 10, offset: 0, sort: [] })).totalCount).toBe(0)
})
