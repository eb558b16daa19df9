/** What operators see besides lag, over HTTP against real infrastructure: breakers, throughput, tenants, subjects, and what was set aside. */
import { randomUUID } from 'node:crypto'
import { endpointId } from '@scanhook/domain/ids'
import { silentLog } from '@scanhook/observability/log'
import { openMetrics } from '@scanhook/observability/metrics'
import type { Session } from '@scanhook/postgres/open'
import { type EndpointStates, endpointStatesKey, openEndpointStates } from '@scanhook/redis/endpoint-states'
import { poisonRecord } from '@scanhook/schemas/poison-headers'
import { openTcpDoor, type TcpDoor } from '@scanhook/testkit/tcp-door'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type OperatorApi, openOperatorApi } from '../harness/operator-api.ts'

const redis = new URL(process.env['REDIS_URL'] ?? 'redis://127.0.0.1:0')
let door: TcpDoor
let api: OperatorApi
let states: EndpointStates
let session: Session
/** An endpoint of the other organization, whose URL has a secret in its path. */
let webhookId = 0
const secretPath = 'T000-very-secret'

beforeAll(async () => {
  door = await openTcpDoor({ host: redis.hostname, port: Number(redis.port) })
  const url = new URL(redis.href)
  url.port = `${door.port}`
  api = await openOperatorApi('operator', { REDIS_URL: url.href, WEBHOOK_ALLOWED_TARGETS: '127.0.0.1/32:*' })
  session = await api.pg.openSession({ onNotification: () => undefined, onEnd: () => undefined })
  const options = { url: redis.href, log: silentLog, metrics: openMetrics(), nowMs: Date.now }
  states = openEndpointStates({ ...options, key: endpointStatesKey(api.prefix) })
  const made = await api.ask(api.keys.other, '/webhooks', {
    ...{ url: `http://127.0.0.1:9/${secretPath}`, name: 'Slack' },
  })
  webhookId = (made.data as { id: number }).id
  await vi.waitFor(async () => expect(await states.save(new Map([[endpointId(1), null]]))).toBe(true))
})
afterAll(async () => {
  await states?.close()
  await session?.close()
  await api?.close()
  await door?.shut()
})

const paths = ['pipeline', 'throughput', 'breakers', 'tenants', 'subjects', 'poison'].map(
  (name) => `/operator/${name}`,
)

test('N1: another organization is told nothing by any of them, and sends nothing again', async () => {
  for (const path of paths) {
    const refused = await api.ask(api.keys.other, path)
    expect(refused.status, path).toBe(403)
    expect(refused.text).not.toContain('Operator')
  }
  const again = { records: [{ partition: 0, offset: 0 }] }
  expect((await api.ask(api.keys.other, '/operator/poison/replays', again)).status).toBe(403)
  const me = (key: string) => api.ask(key, '/orgs/me')
  expect((await me(api.keys.other)).data).toMatchObject({ is_operator: false })
  expect((await me(api.keys.operator)).data).toMatchObject({ is_operator: true })
})

interface Breakers {
  readonly is_known: boolean
  readonly endpoints: readonly { readonly webhook_id: number }[]
}

async function failOnce(): Promise<void> {
  await session.query(
    `
    insert into attempts (delivery_id, attempt_number, disposition, started_at, org_id, endpoint_id, event_id, event_type,
      trigger, url, request_headers, request_body, outcome, error_class)
    values ($1, 1, 'retry', now(), $2, $3, $4, 'shipment.approved',
      'event', 'http://127.0.0.1:9/', '{}', '', 'failed', 'connect')`,
    [randomUUID(), api.orgIds.other, webhookId, randomUUID()],
  )
  await session.query(
    `
    insert into deliveries (delivery_id, org_id, endpoint_id, event_id, event_type, event_occurred_at, trigger, state,
      attempts, created_at, rank_attempt_number, rank_at)
    values ($1, $2, $3, $4, 'shipment.approved', now(), 'event',
      'pending', 1, now(), 1, now())`,
    [randomUUID(), api.orgIds.other, webhookId, randomUUID()],
  )
}

test('an open breaker is told with its endpoint, cause and what waits; not with the path of its URL', async () => {
  await failOnce()
  const sinceMs = Date.now() - 60_000
  const untilMs = Date.now() + 30_000
  const breaker = { state: 'open', untilMs, openings: 2, epoch: 3 } as const
  await states.save(
    new Map([
      [endpointId(webhookId), { breaker, sinceMs, limit: 4, atMs: Date.now() }],
      // Of another installation's, or deleted: nobody knows it.
      [endpointId(webhookId + 1), { breaker, sinceMs, limit: 4, atMs: Date.now() }],
    ]),
  )
  const told = await api.ask(api.keys.operator, '/operator/breakers')
  expect(told.status, told.text).toBe(200)
  expect(told.text).not.toContain(secretPath)
  expect(told.data).toMatchObject({ is_known: true, is_complete: true })
  expect((told.data as Breakers).endpoints).toEqual([
    {
      ...{ webhook_id: webhookId, name: 'Slack', host: '127.0.0.1:9', state: 'active', failing_since: null },
      organization: { id: api.orgIds.other, name: 'Other' },
      ...{ last_failure: 'no connection could be made', last_status: null, last_error_class: 'connect' },
      ...{ waiting: 1, breaker: 'open', openings: 2, concurrency_limit: 4 },
      ...{ since: new Date(sinceMs).toISOString(), next_probe_at: new Date(untilMs).toISOString() },
    },
  ])
  // Its owner sees it, too, and nobody else's.
  const seen = (await api.ask(api.keys.other, '/webhooks/activity')).data
  expect(seen).toMatchObject({
    are_breakers_known: true,
    webhooks: [
      {
        webhook_id: webhookId,
        breaker: { state: 'open', next_probe_at: new Date(untilMs).toISOString() },
      },
    ],
  })
  expect((await api.ask(api.keys.operator, '/webhooks/activity')).data).toMatchObject({ webhooks: [] })
})

test('each organization has its figures of today, and the endpoints that fail most their reason in words', async () => {
  await session.query(
    `
    insert into usage_days (org_id, day, endpoint_id, events, attempts, delivered, dead, expired, superseded, latencies)
    values ($1, (now() at time zone 'UTC')::date, $2, 5, 9, 2, 3, 1, 0,
      array_fill(0, array[30]))`,
    [api.orgIds.other, webhookId],
  )
  await session.query(
    `
    insert into usage_event_days (org_id, day, events)
    values ($1, (now() at time zone 'UTC')::date, 6)`,
    [api.orgIds.other],
  )
  const told = await api.ask(api.keys.operator, '/operator/tenants')
  expect(told.text).not.toContain(secretPath)
  expect(told.data).toMatchObject({
    total: 2,
    organizations: [
      {
        ...{ name: 'Other', events_today: 6, requests_today: 9, delivered_today: 2, dead_today: 3 },
        ...{ active_webhooks: 1, failing_webhooks: 0, waiting: 1 },
      },
      { name: 'Operator', events_today: 0, active_webhooks: 0 },
    ],
    failing: [
      { webhook_id: webhookId, failed: 7, dead: 3, last_failure: 'no connection could be made', waiting: 1 },
    ],
  })
})

test('throughput: what was written within the last minute is counted', async () => {
  await own(3)
  const { streams } = (await api.ask(api.keys.operator, '/operator/throughput')).data as {
    streams: readonly { stream: string; per_second_now: number; buckets: readonly unknown[] }[]
  }
  expect(streams.map(({ stream }) => stream)).toEqual(['reads', 'scans', 'events', 'deliveries', 'attempts'])
  expect(streams[2]?.per_second_now).toBeCloseTo(3 / 60)
  expect(streams[2]?.buckets).toHaveLength(12)
})

async function own(count: number): Promise<void> {
  await api.own.producer.appendAll(
    Array.from({ length: count }, (_, index) => ({
      ...{ topic: api.own.topics.events, key: `${index}`, value: Buffer.from('x') },
    })),
  )
}

test('subjects are told with their versions, ids and level', async () => {
  const { subjects } = (await api.ask(api.keys.operator, '/operator/subjects')).data as {
    subjects: readonly { subject: string; versions: readonly unknown[] }[]
  }
  expect(subjects.length).toBeGreaterThanOrEqual(14)
  for (const subject of subjects) {
    expect(subject).toMatchObject({
      ...{ is_registered: true, compatibility: 'FULL_TRANSITIVE', version_count: 1 },
      versions: [{ version: 1, schema_id: expect.any(Number) }],
    })
  }
})

interface PoisonPage {
  readonly records: readonly {
    readonly partition: number
    readonly offset: number
    readonly replayed_at: string | null
    readonly replayed_from: string | null
  }[]
  readonly total: number
}

async function setAside(count: number, reason: 'invalid_json' | 'bad_magic', topic: string): Promise<void> {
  await api.own.producer.appendAll(
    Array.from({ length: count }, (_, index) =>
      poisonRecord(
        api.own.topics.poison,
        {
          ...{ topic, partition: 1, offset: index, headers: { traceparent: '00-1' } },
          ...{ key: Buffer.from('gate'), value: Buffer.from(`<img src=x> ${reason} ${index}`) },
        },
        { reason, detail: 'is no JSON', service: 'producer' },
      ),
    ),
  )
}

test('what was set aside is found by its reason, put back once, and that is audited', async () => {
  const { topics } = api.own
  await setAside(2, 'invalid_json', topics.reads)
  await setAside(1, 'bad_magic', topics.poison)
  const list = async (query = '') =>
    (await api.ask(api.keys.operator, `/operator/poison${query}`)).data as PoisonPage
  expect(await list()).toMatchObject({ total: 3, looked_at: 3, next_before: null })
  const { records } = await list('?reason=invalid_json&service=producer')
  expect(records).toHaveLength(2)
  expect((await list('?service=tracker')).records).toEqual([])
  expect(records[0]).toMatchObject({
    ...{ reason: 'invalid_json', service: 'producer', replayed_at: null, headers: { traceparent: '00-1' } },
    origin: { topic: topics.reads, partition: 1 },
    value: { form: 'text', text: expect.stringContaining('<img src=x>') },
  })
  const chosen = records.map(({ partition, offset }) => ({ partition, offset }))
  const back = (body: object) => api.ask(api.keys.operator, '/operator/poison/replays', body)
  // Two at once: each record goes back once.
  const both = await Promise.all([back({ records: chosen }), back({ records: chosen })])
  const outcomes = both.flatMap(({ data }) => (data as { records: { outcome: string }[] }).records)
  expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual([
    ...['already_replayed', 'already_replayed', 'replayed', 'replayed'],
  ])
  const replayed = await api.own.readAll(topics.reads)
  expect(replayed.map(({ value }) => value?.toString()).sort()).toEqual([
    ...['<img src=x> invalid_json 0', '<img src=x> invalid_json 1'],
  ])
  expect(replayed[0]?.headers).toEqual({
    traceparent: '00-1',
    'poison-replayed-from': expect.stringMatching(/^\d:\d+$/),
  })
  expect((await list('?reason=invalid_json')).records.every((each) => each.replayed_at !== null)).toBe(true)
  await back({ records: chosen.slice(0, 1), again: true })
  expect(await api.own.readAll(topics.reads)).toHaveLength(3)

  const [loop] = (await list('?reason=bad_magic')).records
  const refused = await back({
    records: [
      { partition: loop?.partition, offset: loop?.offset },
      { partition: 0, offset: 99_999 },
    ],
  })
  expect(refused.data).toMatchObject({ records: [{ outcome: 'no_origin' }, { outcome: 'not_found' }] })

  const log = await api.ask(api.keys.operator, '/audit-log?operation=poison_record.replayed')
  expect(log.data).toHaveLength(3)
  expect((log.data as { after: object }[])[0]?.after).toMatchObject({
    ...{ topic: topics.reads, reason: 'invalid_json', times: 2 },
  })
})

test('with Redis away the API answers everything else, and says that breakers are not known', async () => {
  await door.shut()
  await vi.waitFor(
    async () =>
      expect((await api.ask(api.keys.operator, '/operator/breakers')).data).toMatchObject({
        ...{ is_known: false, endpoints: [] },
      }),
    15_000,
  )
  expect((await api.ask(api.keys.other, '/webhooks/activity')).data).toMatchObject({
    are_breakers_known: false,
  })
  await door.open()
})
