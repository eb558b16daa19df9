import type { AttemptChain } from '@scanhook/domain/manual-chains'
import { silentLog } from '@scanhook/observability/log'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type DeliveryRow, mergeDeliveries } from './deliveries.ts'
import { appendEvents } from './events.ts'
import { openPostgres, type Postgres } from './open.ts'
import { type HourReport, openReconcilerSession, reconciliations } from './reconciliations.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

let database: TestDatabase
let pg: Postgres

beforeAll(async () => {
  database = await createTestDatabase('reconciliations', process.env['POSTGRES_URL'])
  pg = openPostgres({ url: database.url, log: silentLog })
})
afterAll(async () => {
  await pg.close()
  await database.drop()
})

const hour = 3_600_000
const t0 = Date.UTC(2026, 10, 20, 12)
const id = (number: number): string => `00000000-0000-5000-8000-${String(number).padStart(12, '0')}`

function delivery(number: number, change: Partial<DeliveryRow>): DeliveryRow {
  return {
    ...{
      deliveryId: id(number),
      orgId: 7,
      endpointId: 9,
      eventId: id(1_000 + number),
      eventType: 'asset.moved',
    },
    ...{ eventOccurredAtMs: t0, trigger: 'event', state: 'pending', attempts: 1, nextAttemptAtMs: t0 },
    ...{ deadReason: null, heldReason: null, createdAtMs: t0, firstAttemptAtMs: t0, lastAttemptAtMs: t0 },
    ...{
      lastStatus: 500,
      lastErrorClass: null,
      completedAtMs: null,
      supersededBy: null,
      rankAttemptNumber: 1,
    },
    ...{ rankAtMs: t0, manualChains: null },
    ...change,
  }
}

const chain = (change: Partial<AttemptChain>): AttemptChain => ({
  ...{
    state: 'pending',
    attempts: 0,
    nextAttemptAtMs: t0,
    deadReason: null,
    heldReason: null,
    completedAtMs: null,
  },
  ...{ supersededBy: null, rankAttemptNumber: 1, rankAtMs: t0 },
  ...change,
})

test('hours are counted by organization and the UTC hour in which events came in', async () => {
  const event = (number: number, orgId: number, receivedAtMs: number) => ({
    ...{
      eventId: id(number),
      orgId,
      type: 'asset.moved',
      occurredAtMs: t0,
      receivedAtMs,
      subject: 'asset:1',
    },
    ...{ assetId: null, sequence: null, previousEventId: null, transitionId: null, dataJson: '{}' },
  })
  await appendEvents(pg.db, [
    event(1, 1, t0),
    event(2, 1, t0 + hour - 1),
    event(3, 1, t0 + hour),
    event(4, 2, t0),
    event(5, 1, t0 - 1),
    event(6, 1, t0 + 2 * hour),
  ])
  expect(await reconciliations(pg).countHours(t0, t0 + 2 * hour)).toEqual([
    { orgId: 1, hourMs: t0, events: 2 },
    { orgId: 2, hourMs: t0, events: 1 },
    { orgId: 1, hourMs: t0 + hour, events: 1 },
  ])
})

test('a second report replaces the first, and counts what the first put back', async () => {
  const store = reconciliations(pg)
  const report = (change: Partial<HourReport>): HourReport => ({
    ...{
      orgId: 1,
      hourMs: t0,
      checkedAtMs: t0 + hour,
      events: 9,
      expected: 9,
      delivered: 5,
      dead: 0,
      waiting: 2,
    },
    ...{ unsure: 1, missing: 0, overdue: 0, requeued: 0, ...change },
  })
  await store.record(report({ missing: 15, requeued: 10, overdue: 2 }))
  await store.record(report({ orgId: 2 }))
  await store.record(report({ missing: 5, requeued: 5, checkedAtMs: t0 + 2 * hour, delivered: 9 }))
  expect(await store.listReports(t0, t0 + hour)).toEqual([
    report({ missing: 15, requeued: 15, checkedAtMs: t0 + 2 * hour, delivered: 9 }),
    report({ orgId: 2 }),
  ])
  expect(await store.forget(t0)).toBe(0)
  expect(await store.forget(t0 + 1)).toBe(2)
})

test('Y2: overdue is what waits, by either kind of chain, for an instant that is over; page by page, each once', async () => {
  const rows = [
    delivery(1, {}),
    delivery(2, { nextAttemptAtMs: t0 + 10 }),
    delivery(3, { state: 'delivered', nextAttemptAtMs: null }),
    delivery(4, { state: 'dead', nextAttemptAtMs: null, manualChains: { [t0]: chain({}) } }),
    delivery(5, {
      state: 'dead',
      nextAttemptAtMs: null,
      manualChains: { [t0]: chain({ nextAttemptAtMs: t0 + 10 }) },
    }),
    delivery(6, {
      manualChains: { [t0]: chain({ state: 'dead', nextAttemptAtMs: null }), [t0 + 1]: chain({}) },
    }),
    ...Array.from({ length: 7 }, (_, index) => delivery(10 + index, { orgId: 8 })),
  ]
  await mergeDeliveries(pg.db, rows)
  const store = reconciliations(pg)
  const seen: string[] = []
  for (let afterId: string | null = null; ; ) {
    const page = await store.listOverdue({ beforeMs: t0 + 5, afterId, limit: 3 })
    seen.push(...page.map(({ deliveryId }) => deliveryId))
    if (page.length < 3) break
    afterId = page.at(-1)?.deliveryId ?? null
  }
  expect(seen).toEqual([1, 4, 6, 10, 11, 12, 13, 14, 15, 16].map(id))
  expect(
    (await store.deliveriesOf(7, { eventIds: [id(1_001), id(1_010)], fromMs: t0, toMs: t0 })).map(
      ({ deliveryId, state, nextAttemptAt }) => [deliveryId, state, nextAttemptAt],
    ),
  ).toEqual([[id(1), 'pending', t0]])
})

test('Y1: one session leads, and another one when it has gone', async () => {
  const one = await openReconcilerSession(pg, () => undefined)
  const other = await openReconcilerSession(pg, () => undefined)
  expect([await one.tryLead(), await other.tryLead(), await one.tryLead()]).toEqual([true, false, true])
  await one.close()
  await expect.poll(() => other.tryLead()).toBe(true)
  await other.close()
})
