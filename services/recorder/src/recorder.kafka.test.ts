import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Attempt } from '@scanhook/domain/attempt'
import type { DomainEvent } from '@scanhook/domain/event'
import { assetId, deliveryId, endpointId, eventId, orgId } from '@scanhook/domain/ids'
import type { KafkaAdmin, KafkaProducer } from '@scanhook/kafka/contract'
import { openKafka } from '@scanhook/kafka/open'
import type { KafkaRecord } from '@scanhook/kafka/record'
import { silentLog } from '@scanhook/observability/log'
import { openMetrics } from '@scanhook/observability/metrics'
import { assetLocations } from '@scanhook/postgres/asset-locations'
import { assetScans } from '@scanhook/postgres/asset-scans'
import { assets } from '@scanhook/postgres/assets'
import { deliveries } from '@scanhook/postgres/deliveries'
import { events } from '@scanhook/postgres/events'
import { openPostgres, type Postgres } from '@scanhook/postgres/open'
import { organizations } from '@scanhook/postgres/organizations'
import { createTestDatabase, type TestDatabase } from '@scanhook/postgres/test-database'
import { type StartedService, startService } from '@scanhook/runtime/start-service'
import { type Codecs, openCodecs } from '@scanhook/schemas/open-codecs'
import { topicNames, topicSpecs } from '@scanhook/schemas/topics'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { recorderService } from './service.ts'

const prefix = `recorder-test-${randomBytes(4).toString('hex')}.`
const topics = topicNames(prefix)
const org = orgId(77)

let folder: string
let database: TestDatabase
let pg: Postgres
let codecs: Codecs
let producer: KafkaProducer
let admin: KafkaAdmin
let recorder: StartedService
let env: Record<string, string>

beforeAll(async () => {
  const { KAFKA_BROKERS = '', REGISTRY_URL = '', POSTGRES_URL } = process.env
  folder = await mkdtemp(join(tmpdir(), 'recorder-'))
  database = await createTestDatabase('recorder_kafka', POSTGRES_URL)
  pg = openPostgres({ url: database.url, log: silentLog })
  env = {
    KAFKA_BROKERS,
    REGISTRY_URL,
    POSTGRES_URL: database.url,
    TOPIC_PREFIX: prefix,
    SCHEMA_CACHE_DIR: folder,
  }
  codecs = await openCodecs({
    registryUrl: REGISTRY_URL,
    cacheDir: folder,
    prefix,
    log: silentLog,
    mode: 'register',
  })
  const kafka = openKafka(
    {
      KAFKA_BROKERS: KAFKA_BROKERS.split(','),
      KAFKA_CLIENT_ID: 'recorder-test',
      KAFKA_SECURITY: 'plaintext',
      KAFKA_USERNAME: '',
      KAFKA_PASSWORD: '',
      TOPIC_PREFIX: prefix,
    },
    { log: silentLog, metrics: openMetrics() },
  )
  admin = await kafka.openAdmin()
  const wanted = new Set([topics.events, topics.attempts, topics.assetSeen, topics.poison])
  await admin.ensureTopics(
    topicSpecs(prefix, { partitions: 2, replicationFactor: 1 }).filter((spec) => wanted.has(spec.name)),
  )
  producer = await kafka.openProducer()
  recorder = await startService(recorderService, env)
})
afterAll(async () => {
  await recorder?.stop()
  await producer?.close()
  await admin?.close()
  await pg?.close()
  await database?.drop()
  await rm(folder, { recursive: true, force: true })
})

let made = 0
function uuid(): string {
  made++
  return `00000000-0000-5000-8000-${made.toString(16).padStart(12, '0')}`
}

function event(): DomainEvent {
  return {
    eventId: eventId(uuid()),
    orgId: org,
    type: 'asset.moved',
    occurredAtMs: Date.now() - 1_000,
    receivedAtMs: Date.now(),
    subject: 'asset:5',
    assetId: null,
    sequence: null,
    previousEventId: null,
    transitionId: null,
    dataJson: '{"a":1}',
  }
}

function attempt(): Attempt {
  return {
    deliveryId: deliveryId(uuid()),
    eventId: eventId(uuid()),
    orgId: org,
    endpointId: endpointId(9),
    eventType: 'asset.moved',
    trigger: 'event',
    attemptNumber: 1,
    startedAtMs: Date.now(),
    eventOccurredAtMs: Date.now(),
    deliveryCreatedAtMs: Date.now(),
    url: 'https://example.test/hook',
    requestHeaders: {},
    requestBody: '{}',
    batch: null,
    outcome: {
      kind: 'responded',
      status: 200,
      headers: {},
      body: 'ok',
      isBodyTruncated: false,
      retryAfterMs: null,
      remoteAddress: null,
      timings: { dnsMs: null, connectMs: null, tlsMs: null, firstByteMs: null, totalMs: 1 },
    },
    disposition: { kind: 'delivered' },
  }
}

async function sendEvents(all: readonly DomainEvent[]): Promise<void> {
  await producer.appendAll(
    all.map((one) => ({ topic: topics.events, key: one.eventId, value: codecs.events.encode(one) })),
  )
}

async function countOf(all: readonly DomainEvent[]): Promise<number> {
  const found = await Promise.all(all.map((one) => events(pg).find(org, one.eventId)))
  return found.filter((one) => one !== null).length
}

test('events and attempts arrive; bytes that are no event go to poison as they came; the next good one is not delayed', async () => {
  const before = event()
  const after = event()
  const tried = attempt()
  const bad = Buffer.from('not avro')
  await sendEvents([before])
  await producer.append({ topic: topics.events, key: before.eventId, value: bad, headers: { 'x-mine': '1' } })
  await sendEvents([after])
  await producer.append({ topic: topics.attempts, key: '9', value: codecs.attempts.encode(tried) })

  await expect.poll(() => countOf([before, after]), { timeout: 20_000 }).toBe(2)
  await expect
    .poll(() => deliveries(pg).find(org, tried.deliveryId), { timeout: 20_000 })
    .toMatchObject({ state: 'delivered', attempts: 1 })
  const poisoned: KafkaRecord[] = []
  const kafka = openKafka(
    {
      KAFKA_BROKERS: (process.env['KAFKA_BROKERS'] ?? '').split(','),
      KAFKA_CLIENT_ID: 'recorder-test',
      KAFKA_SECURITY: 'plaintext',
      KAFKA_USERNAME: '',
      KAFKA_PASSWORD: '',
      TOPIC_PREFIX: prefix,
    },
    { log: silentLog, metrics: openMetrics() },
  )
  await kafka.readToEnd(topics.poison, [0, 1, 2], (record) => poisoned.push(record))
  expect(poisoned).toMatchObject([
    {
      value: bad,
      headers: {
        'x-mine': '1',
        'poison-reason': 'bad_magic',
        'poison-topic': topics.events,
        'poison-service': 'recorder',
      },
    },
  ])
})

test('an asset’s events and the sightings between them become its history and its place', async () => {
  const { id: orgNumber } = await organizations(pg).ensure('Sightings')
  const made = await assets(pg).create(orgNumber, { name: 'Forklift' })
  if (made.kind !== 'changed') throw new Error(made.kind)
  const asset = assetId(made.row.id)
  const atMs = Date.now() - 60_000
  const other = assetId(4_712)
  const ofAsset = (sequence: number, type: 'asset.scanned' | 'asset.moved', data: object): DomainEvent => ({
    ...event(),
    orgId: orgId(orgNumber),
    type,
    occurredAtMs: atMs,
    subject: `asset:${asset}`,
    assetId: asset,
    sequence,
    dataJson: JSON.stringify(data),
  })
  await producer.appendAll(
    [
      { ...ofAsset(1, 'asset.scanned', { location: null, late: false }), assetId: other },
      ofAsset(1, 'asset.scanned', { location: { id: 5 }, reason: null, late: false }),
      ofAsset(2, 'asset.moved', { to_location: { id: 5 }, reason: 'first_seen' }),
    ].map((one) => ({ topic: topics.events, key: `${asset}`, value: codecs.events.encode(one) })),
  )
  const seenAt = async (): Promise<number | undefined> =>
    (await assetLocations(pg).list(orgNumber, { limit: 1, offset: 0, sort: [] })).rows[0]?.lastSeenAt
  await expect.poll(seenAt, { timeout: 20_000 }).toBe(atMs)
  await producer.append({ topic: topics.assetSeen, key: null, value: Buffer.from('not avro') })
  await producer.appendAll(
    [20_000, 10_000].map((laterMs) => ({
      topic: topics.assetSeen,
      key: null,
      value: codecs.assetSeen.encode({
        atMs,
        seen: [
          { orgId: orgId(orgNumber), assetId: asset, lastSeenMs: atMs + laterMs },
          { orgId: orgId(orgNumber), assetId: assetId(4_711), lastSeenMs: atMs },
          // No instant of PostgreSQL's: it must not keep the others of its round.
          { orgId: orgId(orgNumber), assetId: other, lastSeenMs: -4e15 },
        ],
      }),
    })),
  )
  await expect.poll(seenAt, { timeout: 20_000 }).toBe(atMs + 20_000)
  const past = await assetScans(pg).list(orgNumber, asset, { limit: 5, offset: 0, sort: [] })
  expect(past?.rows).toMatchObject([{ observedAt: atMs, previousObservedAt: null }])
  await expect
    .poll(() => recorder.metrics.text(), { timeout: 20_000 })
    .toMatch(/scanhook_recorder_sightings_dropped_total [1-9]/)
})

test('W2: PostgreSQL goes away and comes back: the recorder lives, and every record of the time between is there', async () => {
  const { POSTGRES_URL = '' } = process.env
  const server = openPostgres({ url: POSTGRES_URL, log: silentLog, max: 1 })
  const session = await server.openSession({ onNotification: () => undefined, onEnd: () => undefined })
  const name = new URL(database.url).pathname.slice(1)
  await session.query(`alter database ${name} with allow_connections false`)
  await session.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name])
  const meanwhile = Array.from({ length: 500 }, event)
  await sendEvents(meanwhile)
  await expect
    .poll(async () => /scanhook_recorder_failures_total\{[^}]*\} [1-9]/.test(await recorder.metrics.text()), {
      timeout: 20_000,
    })
    .toBe(true)
  await session.query(`alter database ${name} with allow_connections true`)
  await expect.poll(() => countOf(meanwhile), { timeout: 30_000, interval: 200 }).toBe(500)
  await session.close()
  await server.close()
})

test('a restart reads on from what was committed and loses nothing', async () => {
  await recorder.stop()
  const meanwhile = Array.from({ length: 50 }, event)
  await sendEvents(meanwhile)
  recorder = await startService(recorderService, env)
  await expect.poll(() => countOf(meanwhile), { timeout: 30_000 }).toBe(50)
  await recorder.stop()
  const committed = await admin.committedOffsets(`${prefix}recorder`, topics.events)
  expect(committed).toEqual(await admin.endOffsets(topics.events))
})
