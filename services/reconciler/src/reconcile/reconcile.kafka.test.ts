/** The rounds as the service makes them, over a real broker and database, with hours that are over. */
import { plainSubscription } from '@scanhook/domain/endpoint'
import { endpointId, eventId } from '@scanhook/domain/ids'
import { deliveryIdFor } from '@scanhook/identity/derived-ids'
import { silentLog } from '@scanhook/observability/log'
import { endpoints } from '@scanhook/postgres/endpoints'
import { appendEvents, type EventRow } from '@scanhook/postgres/events'
import { openPostgres, type Postgres } from '@scanhook/postgres/open'
import { organizations } from '@scanhook/postgres/organizations'
import { reconciliations } from '@scanhook/postgres/reconciliations'
import { createTestDatabase, type TestDatabase } from '@scanhook/postgres/test-database'
import { type StartedService, startService } from '@scanhook/runtime/start-service'
import { type OwnTopics, ownTopics } from '@scanhook/testkit/own-topics'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { reconcilerService } from '../service.ts'
import { hourMs } from './round.ts'

let topics: OwnTopics
let database: TestDatabase
let pg: Postgres
let orgId = 0
let endpoint = 0
const started: StartedService[] = []

/** Long over, and long settled. */
const hour = Math.floor(Date.now() / hourMs) * hourMs - 30 * hourMs
const uuid = (number: number): string => `00000000-0000-5000-8000-${String(number).padStart(12, '0')}`

beforeAll(async () => {
  topics = await ownTopics('reconciler')
  database = await createTestDatabase('reconciler', process.env['POSTGRES_URL'])
  pg = openPostgres({ url: database.url, log: silentLog })
  orgId = (await organizations(pg).ensure('A')).id
  const made = await endpoints(pg).create(
    orgId,
    {
      ...{ url: 'https://example.test', state: 'active', profile: 'standard', headers: {} },
      subscriptions: [plainSubscription('shipment.*')],
      secret: { sealed: 'v1.k1.a.b.c', hint: '2c7d', publicKey: null },
    },
    50,
  )
  if (made.kind !== 'changed') throw new Error(made.kind)
  endpoint = made.row.id
  const session = await pg.openSession({ onNotification: () => undefined, onEnd: () => undefined })
  await session.query(
    `update endpoint_versions set endpoint_created_at = '2026-01-01', valid_from = '2026-01-01'`,
  )
  await session.close()
})

afterAll(async () => {
  for (const service of started) await service.stop()
  await topics.close()
  await pg.close()
  await database.drop()
})

async function start(): Promise<StartedService> {
  const service = await startService(reconcilerService, {
    ...topics.env,
    POSTGRES_URL: database.url,
    TIME_SCALE: '1000',
  })
  started.push(service)
  return service
}

const event = (number: number): EventRow => ({
  ...{
    eventId: uuid(number),
    orgId,
    type: 'shipment.approved',
    occurredAtMs: hour,
    receivedAtMs: hour + number,
  },
  ...{
    subject: `shipment:${number}`,
    assetId: null,
    sequence: null,
    previousEventId: null,
    transitionId: null,
  },
  dataJson: `{"shipment":{"id":"${number}"}}`,
})

async function putBack() {
  const records = await topics.readAll(topics.topics.deliveries)
  const deliveries = await Promise.all(records.map(({ value }) => topics.codecs.deliveries.decode(value)))
  return deliveries.toSorted((one, other) => (one.event.eventId < other.event.eventId ? -1 : 1))
}

test('K1, B1: what is missing of an hour that is over is put back once, although two reconcilers run', async () => {
  await appendEvents(pg.db, [event(1), event(2)])
  const both = [await start(), await start()]
  await expect.poll(async () => (await putBack()).length, { timeout: 30_000 }).toBe(2)
  expect(await putBack()).toMatchObject(
    [1, 2].map((number) => ({
      deliveryId: deliveryIdFor(eventId(uuid(number)), endpointId(endpoint)),
      endpointId: endpoint,
      trigger: 'event',
      attemptNumber: 1,
      event: { eventId: uuid(number), dataJson: event(number).dataJson },
    })),
  )
  await expect
    .poll(async () => (await reconciliations(pg).listReports(hour, hour + hourMs))[0], { timeout: 30_000 })
    .toMatchObject({ orgId, events: 2, expected: 2, missing: 2, requeued: 2, unsure: 0 })
  const leading = await Promise.all(
    both.map(async ({ metrics }) => /^scanhook_reconciler_leading (\d)/m.exec(await metrics.text())?.[1]),
  )
  expect(leading.toSorted()).toEqual(['0', '1'])
})
