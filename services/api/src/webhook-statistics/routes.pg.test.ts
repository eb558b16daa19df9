/** What was counted, over HTTP on a real PostgreSQL. That it is counted right, packages/postgres shows. */
import { plainSubscription } from '@scanhook/domain/endpoint'
import { endpointActivities } from '@scanhook/postgres/endpoint-activity'
import { endpointStatistics } from '@scanhook/postgres/endpoint-statistics'
import { endpoints } from '@scanhook/postgres/endpoints'
import type { ApiCall } from '@scanhook/testkit/api-caller'
import { type ApiOverPostgres, openApiOverPostgres } from '@scanhook/testkit/api-over-postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addWebhookActivityRoute } from '../webhook-activity/routes.ts'
import { addWebhookStatisticsRoute } from './routes.ts'

interface Answer {
  readonly data: Readonly<Record<string, unknown>> & {
    readonly webhooks: readonly { readonly webhook_id: number; readonly last_24_hours: unknown }[]
  }
}

let it: ApiOverPostgres
let a: ApiCall<Answer>
let b: ApiCall<Answer>
let webhookId = 0
const nowMs = Date.parse('2026-11-26T12:20:00Z')

beforeAll(async () => {
  it = await openApiOverPostgres({
    name: 'statistics_api',
    postgresUrl: process.env['POSTGRES_URL'],
    scopes: ['webhooks:read'],
  })
  const statistics = endpointStatistics(it.pg)
  const shared = { statistics, nowMs: () => nowMs }
  addWebhookStatisticsRoute(it.api, { ...shared, endpoints: endpoints(it.pg), scale: 1 })
  addWebhookActivityRoute(it.api, {
    ...{ ...shared, activities: endpointActivities(it.pg), states: { find: async () => new Map() } },
  })
  const { caller } = await it.listen()
  a = caller('a')
  b = caller('b')
  const created = await endpoints(it.pg).create(
    it.orgA,
    {
      ...{ url: 'https://receiver.example/hook', profile: 'standard', state: 'active', headers: {} },
      subscriptions: [plainSubscription('*')],
      secret: { sealed: 'v1.k1.a.b.c', hint: '2c7d', publicKey: null },
    },
    50,
  )
  if (created.kind !== 'changed') throw new Error(created.kind)
  webhookId = created.row.id
})
afterAll(() => it?.close())

async function run(statement: string, values: readonly unknown[]): Promise<void> {
  const session = await it.pg.openSession({ onNotification: () => undefined, onEnd: () => undefined })
  await session.query(statement, [...values])
  await session.close()
}

const day = async () => (await a('GET', '/webhooks/activity')).body.data.webhooks[0]?.last_24_hours

test('a day of which not all was counted says from when on, also where nothing was sent; none is none only when all was', async () => {
  expect(await day()).toBeNull()
  await run('update usage_hours_begin set hour = $1', ['2026-11-26T10:00:00Z'])
  expect(await day()).toMatchObject({
    ...{ delivered: 0, failed: 0, is_complete: false, counted_from: '2026-11-26T10:00:00.000Z' },
  })
  await run('update usage_hours_begin set hour = $1', ['1970-01-01T00:00:00Z'])
})

test('a day is answered from what was counted, says how near its durations are, and is nobody else’s', async () => {
  await run(
    `insert into usage_hours (org_id, endpoint_id, hour, event_type, kinds, latencies)
     select $1, $2, '2026-11-26T12:00:00Z', 'asset.moved', array[7, 0, 0, 0, 2, 0, 0, 0, 0, 1, 0, 0, 0, 0],
       array_fill(0, array[14]) || array[10] || array_fill(0, array[15])`,
    [it.orgA, webhookId],
  )
  const path = `/webhooks/${webhookId}/statistics?range=24h`
  const { body } = await a('GET', path)
  expect(body.data).toMatchObject({
    ...{ delivered: 7, failed: 3, is_complete: true, latency_error_percent: 19 },
    ...{ from: '2026-11-25T13:00:00.000Z', looked_from: '2026-11-25T13:00:00.000Z' },
    status_classes: [
      { status_class: 'none', delivered: 0, failed: 1 },
      { status_class: '2xx', delivered: 7, failed: 0 },
      { status_class: '5xx', delivered: 0, failed: 2 },
    ],
    error_classes: [{ error_class: 'timeout', requests: 1 }],
    event_types: [{ event_type: 'asset.moved', delivered: 7, failed: 3 }],
  })
  expect(await day()).toMatchObject({ delivered: 7, failed: 3, is_complete: true })
  expect((await a('GET', path.replace('24h', '1h'))).body.data).toMatchObject({ latency_error_percent: 0 })
  expect((await b('GET', path)).status).toBe(404)
  expect((await b('GET', `/webhooks/activity?webhook_id=${webhookId}`)).body.data.webhooks).toEqual([])
})
