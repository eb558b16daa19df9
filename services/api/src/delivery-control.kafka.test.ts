/** What a customer can do about deliveries: over HTTP, on real PostgreSQL, Kafka and registry. */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Delivery } from '@scanhook/domain/delivery'
import type { Endpoint } from '@scanhook/domain/endpoint'
import { endpointId, eventId as eventIdOf } from '@scanhook/domain/ids'
import type { AttemptChain } from '@scanhook/domain/manual-chains'
import type { MasterDataChange } from '@scanhook/domain/master-data'
import { scopes } from '@scanhook/domain/scope'
import { deliveryIdFor } from '@scanhook/identity/derived-ids'
import type { KafkaClient, KafkaTable } from '@scanhook/kafka/contract'
import { openKafka } from '@scanhook/kafka/open'
import { silentLog } from '@scanhook/observability/log'
import { openMetrics } from '@scanhook/observability/metrics'
import { apiKeys } from '@scanhook/postgres/api-keys'
import type { AttemptRow } from '@scanhook/postgres/attempts'
import type { DeliveryRow } from '@scanhook/postgres/deliveries'
import { history } from '@scanhook/postgres/history'
import { openPostgres, type Postgres, type Session } from '@scanhook/postgres/open'
import { organizations } from '@scanhook/postgres/organizations'
import { createTestDatabase, type TestDatabase } from '@scanhook/postgres/test-database'
import { type StartedService, startService } from '@scanhook/runtime/start-service'
import { type Codecs, openCodecs } from '@scanhook/schemas/open-codecs'
import { topicNames, topicSpecs } from '@scanhook/schemas/topics'
import { openKeyRing } from '@scanhook/signing/seal'
import { type ApiCall, apiCaller } from '@scanhook/testkit/api-caller'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { apiService } from './service.ts'

const prefix = `control-test-${randomBytes(4).toString('hex')}.`
const topics = topicNames(prefix)
const secretKeys = `k1:${randomBytes(32).toString('base64')}`
const port = 12_000 + (randomBytes(2).readUInt16BE() % 20_000)
const hook = { url: 'http://127.0.0.1:9000/hook', event_types: ['asset.moved'] }

interface Previous {
  readonly secret: string | null
  readonly public_key: string | null
  readonly expires_at: string
}
/** What these tests read; each reads only what its resource has. */
interface Row {
  readonly id: number
  readonly secret: string
  readonly public_key: string
  readonly previous_secrets: readonly Previous[]
  readonly attempts: readonly { readonly trigger: string }[]
}
type Call = ApiCall<{
  readonly data: Row
  readonly total_count: number
  readonly error: {
    readonly type: string
    readonly detail: string
    readonly fields: readonly { readonly field: string }[]
  }
}>

let folder: string
let database: TestDatabase
let pg: Postgres
let session: Session
let codecs: Codecs
let service: StartedService
let kafka: KafkaClient
let masterData: KafkaTable
let orgId = 0
let a: Call
let b: Call
const documents: Endpoint[] = []

async function callerOf(org: number): Promise<Call> {
  const { token } = await apiKeys(pg).create(org, { name: 'test', scopes })
  return apiCaller(port, token)
}

/** The newest organization of these tests, with nothing in it yet. */
async function newOrganization(name: string): Promise<number> {
  return (await organizations(pg).ensure(name)).id
}

async function documentOf(id: number, isRight: (document: Endpoint) => boolean): Promise<Endpoint> {
  const find = () => documents.findLast((document) => document.id === id && isRight(document))
  await expect.poll(() => find() !== undefined, { timeout: 20_000, interval: 20 }).toBe(true)
  const found = find()
  if (found === undefined) throw new Error('not announced')
  return found
}

function opened({ sealedSecrets }: Endpoint): readonly string[] {
  return sealedSecrets.map((sealed) => openKeyRing(secretKeys).open(sealed))
}

async function sentDeliveries(toEndpoint: number): Promise<readonly Delivery[]> {
  const found: Delivery[] = []
  await kafka.readToEnd(topics.deliveries, [0], (record) => {
    if (record.value !== null) found.push(codecs.deliveries.decode(record.value) as Delivery)
  })
  return found.filter((delivery) => delivery.endpointId === toEndpoint)
}

beforeAll(async () => {
  const { KAFKA_BROKERS = '', REGISTRY_URL = '', POSTGRES_URL, REDIS_URL = '' } = process.env
  folder = await mkdtemp(join(tmpdir(), 'control-'))
  database = await createTestDatabase('control', POSTGRES_URL)
  pg = openPostgres({ url: database.url, log: silentLog })
  session = await pg.openSession({ onNotification: () => undefined, onEnd: () => undefined })
  codecs = await openCodecs({
    registryUrl: REGISTRY_URL,
    cacheDir: folder,
    prefix,
    log: silentLog,
    mode: 'register',
  })
  kafka = openKafka(
    {
      KAFKA_BROKERS: KAFKA_BROKERS.split(','),
      KAFKA_CLIENT_ID: 'control-test',
      KAFKA_SECURITY: 'plaintext',
      KAFKA_USERNAME: '',
      KAFKA_PASSWORD: '',
      TOPIC_PREFIX: prefix,
    },
    { log: silentLog, metrics: openMetrics() },
  )
  const admin = await kafka.openAdmin()
  const wanted = new Set([topics.masterData, topics.deliveries])
  await admin.ensureTopics(
    topicSpecs(prefix, { partitions: 1, replicationFactor: 1 }).filter((spec) => wanted.has(spec.name)),
  )
  await admin.close()
  masterData = kafka.openTable({
    topic: topics.masterData,
    apply: (record) => {
      const { kind, document } = codecs.masterData.decode(record.value) as MasterDataChange
      if (kind === 'endpoint') documents.push(JSON.parse(document))
    },
    onFatal: () => undefined,
  })
  await masterData.start()
  service = await startService(apiService, {
    KAFKA_BROKERS,
    REGISTRY_URL,
    REDIS_URL,
    POSTGRES_URL: database.url,
    TOPIC_PREFIX: prefix,
    SCHEMA_CACHE_DIR: folder,
    SECRET_KEYS: secretKeys,
    API_PORT: `${port}`,
    API_RATE_LIMIT_PER_MINUTE: '100000',
    API_RATE_LIMIT_BURST: '100000',
    WEBHOOK_ALLOWED_TARGETS: '127.0.0.1/32:9000',
  })
  b = await callerOf(await newOrganization('other'))
})
afterAll(async () => {
  await service?.stop()
  await masterData?.stop()
  await session?.close()
  await pg?.close()
  await database?.drop()
  await rm(folder, { recursive: true, force: true })
})

let organizationCount = 0
beforeEach(async () => {
  organizationCount++
  orgId = await newOrganization(`control ${organizationCount}`)
  a = await callerOf(orgId)
})

async function made(body: object = {}): Promise<Row> {
  const { status, body: answer } = await a('POST', '/webhooks', { ...hook, ...body })
  expect(status, JSON.stringify(answer)).toBe(201)
  return answer.data
}

async function refusal(call: Call, method: string, path: string, body: unknown): Promise<unknown> {
  const { status, body: answer } = await call(method, path, body)
  return [status, answer.error.fields[0]?.field ?? answer.error.type]
}

describe('what a webhook asks for', () => {
  test('is answered and announced, and a GET sent back changes nothing', async () => {
    const wishes = {
      ordering: 'asset',
      batch: { max_events: 100, max_wait_ms: 1_000, max_bytes: 65_536 },
      rate_limit_per_second: 2.5,
      header_prefix: 'Acme',
      event_types: ['asset.moved', 'location.*'],
      subscriptions: [
        { event_type: 'asset.moved', filter: null, expire_after_minutes: 60, latest_only: true },
        { event_type: 'location.*', filter: null, expire_after_minutes: null, latest_only: false },
      ],
    }
    const row = await made({ ...wishes, profile: 'trakrf' })
    expect(row).toMatchObject({ ...wishes, signature: 'hmac', public_key: null, previous_secrets: [] })
    const path = `/webhooks/${row.id}`
    expect(await documentOf(row.id, () => true)).toMatchObject({
      ordering: 'asset',
      batch: { maxEvents: 100, maxWaitMs: 1_000, maxBytes: 65_536 },
      rateLimitPerSecond: 2.5,
      orgRateLimitPerSecond: null,
      headerPrefix: 'Acme',
      subscriptions: [
        { eventType: 'asset.moved', filter: null, expireAfterMinutes: 60, isLatestOnly: true },
        { eventType: 'location.*', filter: null, expireAfterMinutes: null, isLatestOnly: false },
      ],
    })
    const read = (await a('GET', path)).body.data
    const back = await a('PATCH', path, read)
    expect([back.status, back.body.data]).toMatchObject([200, wishes])
    const [listed] = (await a('GET', '/webhooks')).body.data as unknown as readonly Row[]
    expect(listed).toMatchObject({ ...wishes, secret: `whsec_…${row.secret.slice(-4)}` })
    expect((await a('PATCH', path, { batch: { max_events: 7 } })).body.data).toMatchObject({
      batch: { ...wishes.batch, max_events: 7 },
    })
    const cleared = { batch: null, rate_limit_per_second: null, header_prefix: null, ordering: 'none' }
    expect((await a('PATCH', path, cleared)).body.data).toMatchObject(cleared)
    expect(await refusal(a, 'PATCH', path, { batch: { max_events: 7 } })).toEqual([400, 'batch.max_wait_ms'])
    expect(await refusal(a, 'PATCH', path, { signature: 'ed25519' })).toEqual([400, 'signature'])
    await a('PATCH', path, { headers: { 'X-Own-Thing': '1' } })
    expect(await refusal(a, 'PATCH', path, { header_prefix: 'own' })).toEqual([400, 'header_prefix'])
  })

  test('an organization’s pace stands in the documents of all its webhooks', async () => {
    const [one, other] = [await made(), await made()]
    const changed = await a('PATCH', '/orgs/me', { deliveries_per_second: 50 })
    expect([changed.status, changed.body.data]).toMatchObject([200, { id: orgId, deliveries_per_second: 50 }])
    for (const { id } of [one, other]) await documentOf(id, (each) => each.orgRateLimitPerSecond === 50)
    expect((await a('PATCH', '/orgs/me', (await a('GET', '/orgs/me')).body.data)).status).toBe(200)
    expect(await refusal(a, 'PATCH', '/orgs/me', { deliveries_per_second: 0 })).toEqual([
      400,
      'deliveries_per_second',
    ])
    expect(await refusal(a, 'PATCH', '/orgs/me', { name: 'mine' })).toEqual([400, 'name'])
    await a('PATCH', '/orgs/me', { deliveries_per_second: null })
    await documentOf(one.id, (each) => each.orgRateLimitPerSecond === null && each.version === 3)
  })
})

describe('rotation', () => {
  test('P1: the new secret is shown once, both sign until the overlap ends, and its end is announced', async () => {
    const { id, secret: first } = await made()
    const path = `/webhooks/${id}`
    const { status, body } = await a('POST', `${path}/rotate-secret`, { overlap_hours: 1 })
    const second = body.data.secret
    expect([status, second]).toEqual([200, expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/)])
    expect(second).not.toBe(first)
    expect(opened(await documentOf(id, (each) => each.version === 2))).toEqual([second, first])
    const read = (await a('GET', path)).body.data
    expect(JSON.stringify(read)).not.toContain(second)
    expect(read).toMatchObject({
      secret: `whsec_…${second.slice(-4)}`,
      previous_secrets: [{ secret: `whsec_…${first.slice(-4)}`, public_key: null }],
    })
    const endsInMs = Date.parse(read.previous_secrets[0]?.expires_at ?? '') - Date.now()
    expect([endsInMs > 3_500_000, endsInMs < 3_700_000]).toEqual([true, true])
    await session.query(
      'update endpoint_secrets set expires_at = now() where endpoint_id = $1 and expires_at is not null',
      [id],
    )
    expect(opened(await documentOf(id, (each) => each.version === 3))).toEqual([second])
    expect((await a('GET', path)).body.data.previous_secrets).toEqual([])
  })

  test('five sign at most; with an overlap of 0 the new one signs alone, at once', async () => {
    const { id } = await made()
    const path = `/webhooks/${id}/rotate-secret`
    for (let n = 0; n < 4; n++) expect((await a('POST', path, {})).status).toBe(200)
    expect(await refusal(a, 'POST', path, {})).toEqual([409, 'conflict'])
    expect(await refusal(a, 'POST', path, { overlap_hours: 169 })).toEqual([400, 'overlap_hours'])
    expect(await refusal(b, 'POST', path, {})).toEqual([404, 'not_found'])
    const { secret } = (await a('POST', path, { overlap_hours: 0 })).body.data
    expect(opened(await documentOf(id, (each) => each.version === 6))).toEqual([secret])
  })

  test('of an Ed25519 pair the public half is always shown and the private one never', async () => {
    const row = await made({ signature: 'ed25519' })
    expect(row).toMatchObject({
      signature: 'ed25519',
      secret: null,
      public_key: expect.stringMatching(/^whpk_[A-Za-z0-9+/]{43}=$/),
    })
    const [key = ''] = opened(await documentOf(row.id, () => true))
    expect(key).toMatch(/^whsk_[A-Za-z0-9+/]{86}==$/)
    expect(Buffer.from(key.slice(5), 'base64').subarray(32).toString('base64')).toBe(row.public_key.slice(5))
    const path = `/webhooks/${row.id}`
    const rotated = await a('POST', `${path}/rotate-secret`, {})
    expect(rotated.body.data).toMatchObject({
      secret: null,
      previous_secrets: [{ secret: null, public_key: row.public_key }],
    })
    const read = (await a('GET', path)).body.data
    expect(read.public_key).toBe(rotated.body.data.public_key)
    expect(read.public_key).not.toBe(row.public_key)
    expect(JSON.stringify(read)).not.toContain(key)
    expect(await refusal(a, 'PATCH', path, { profile: 'trakrf' })).toEqual([400, 'profile'])
    const wrong = { ...hook, profile: 'trackberry', signature: 'ed25519' }
    expect(await refusal(a, 'POST', '/webhooks', wrong)).toEqual([400, 'signature'])
  })
})

const nowMs = Date.now()
const dataJson = '{"b":1, "a":1.0, "nul":"\\u0000"}'
let idCount = 0

interface Recorded {
  readonly eventId: string
  readonly deliveryId: string
}

/** An event of `receivedAtMs`, as the recorder writes it. */
async function recordEvent(webhook: number, receivedAtMs: number, type = 'asset.moved'): Promise<Recorded> {
  idCount++
  const eventId = `00000000-0000-5000-8000-${idCount.toString(16).padStart(12, '0')}`
  await history(pg).recordEvents(
    [
      {
        eventId,
        orgId,
        type,
        occurredAtMs: receivedAtMs - 500,
        receivedAtMs,
        subject: 'asset:5',
        assetId: 5,
        sequence: idCount,
        previousEventId: null,
        transitionId: 't',
        dataJson,
      },
    ],
    { scans: [], locations: [] },
    nowMs,
  )
  return { eventId, deliveryId: deliveryIdFor(eventIdOf(eventId), endpointId(webhook)) }
}

const silence = {
  isBodyTruncated: null,
  retryAfterMs: null,
  errorClass: null,
  errorMessage: null,
  remoteAddress: null,
  dnsMs: null,
  connectMs: null,
  tlsMs: null,
  firstByteMs: null,
  totalMs: null,
}

const chain: AttemptChain = {
  state: 'dead',
  attempts: 1,
  nextAttemptAtMs: null,
  deadReason: 'exhausted',
  heldReason: null,
  completedAtMs: nowMs,
  supersededBy: null,
  rankAttemptNumber: 1,
  rankAtMs: nowMs,
}

/** One attempt of a delivery and where its chain stands then, as the recorder writes them. */
async function recordAttempt(
  webhook: number,
  { eventId, deliveryId }: Recorded,
  told: Partial<AttemptChain> & { readonly manualAtMs?: number; readonly batchId?: string } = {},
): Promise<void> {
  const { manualAtMs, batchId = null, ...state } = told
  const shared = { deliveryId, orgId, endpointId: webhook, eventId, eventType: 'asset.moved' }
  const trigger = manualAtMs === undefined ? 'event' : 'manual'
  const attempt: AttemptRow = {
    ...shared,
    ...silence,
    trigger,
    attemptNumber: 1,
    disposition: state.state === 'delivered' ? 'delivered' : state.state === 'pending' ? 'retry' : 'dead',
    startedAtMs: manualAtMs ?? nowMs,
    url: 'https://example.test/',
    requestHeadersJson: '{"webhook-signature":"v1,x","X-TrakRF-Signature":"sha256=y"}',
    requestBody: '{"as": "sent"}',
    batchId,
    batchSize: batchId === null ? null : 3,
    outcome: 'responded',
    status: 500,
    responseHeadersJson: '{}',
    responseBody: '',
    reason: null,
    nextAttemptAtMs: null,
  }
  const full: AttemptChain = { ...chain, ...state }
  const nothing: AttemptChain = {
    ...chain,
    attempts: 0,
    deadReason: null,
    completedAtMs: null,
    rankAttemptNumber: 0,
    rankAtMs: 0,
  }
  const delivery: DeliveryRow = {
    ...shared,
    ...(manualAtMs === undefined ? full : nothing),
    eventOccurredAtMs: nowMs - 60_500,
    trigger,
    createdAtMs: nowMs,
    firstAttemptAtMs: nowMs,
    lastAttemptAtMs: nowMs,
    lastStatus: 500,
    lastErrorClass: null,
    manualChains: manualAtMs === undefined ? null : { [manualAtMs]: full },
  }
  await history(pg).recordAttempts([attempt], [delivery], nowMs)
}

const receivedAtMs = nowMs - 60_000

describe('sending again', () => {
  test('Q1: the same event, byte for byte, under the same id, with the body of before, as a chain of its own', async () => {
    const { id } = await made()
    const recorded = await recordEvent(id, receivedAtMs)
    await recordAttempt(id, recorded)
    const path = `/deliveries/${recorded.deliveryId}`
    const { status, body } = await a('POST', `${path}/resend`)
    expect([status, body.data]).toEqual([
      202,
      { delivery_id: recorded.deliveryId, event_id: recorded.eventId, webhook_id: id },
    ])
    const sent = await sentDeliveries(id)
    expect(sent).toEqual([
      {
        deliveryId: recorded.deliveryId,
        orgId,
        endpointId: id,
        trigger: 'manual',
        event: expect.objectContaining({
          eventId: recorded.eventId,
          type: 'asset.moved',
          occurredAtMs: receivedAtMs - 500,
          receivedAtMs,
          transitionId: 't',
          dataJson,
        }),
        attemptNumber: 1,
        dueAtMs: expect.any(Number),
        createdAtMs: expect.any(Number),
        firstAttemptAtMs: null,
        rendered: { profile: 'trakrf', body: '{"as": "sent"}' },
      },
    ])
    expect((await a('GET', path)).body.data).toMatchObject({ state: 'dead', attempt_count: 1 })
    const manualAtMs = sent[0]?.createdAtMs ?? 0
    await recordAttempt(id, recorded, {
      manualAtMs,
      state: 'pending',
      deadReason: null,
      nextAttemptAtMs: nowMs + 9_000,
      completedAtMs: null,
    })
    const pending = (await a('GET', path)).body.data
    expect(pending).toMatchObject({
      state: 'pending',
      trigger: 'event',
      dead_reason: null,
      attempt_count: 2,
      next_attempt_at: new Date(nowMs + 9_000).toISOString(),
    })
    expect(pending.attempts.map((each) => each.trigger)).toEqual(['event', 'manual'])
    expect((await a('GET', '/deliveries?state=pending')).body.total_count).toBe(1)
    await recordAttempt(id, recorded, {
      manualAtMs,
      state: 'delivered',
      deadReason: null,
      rankAttemptNumber: 2,
      attempts: 2,
    })
    expect((await a('GET', path)).body.data).toMatchObject({ state: 'delivered', attempt_count: 3 })
  })

  test('a body that went in a batch is rendered anew; the log names the batch and what superseded a delivery', async () => {
    const { id } = await made()
    const recorded = await recordEvent(id, receivedAtMs)
    const newer = '00000000-0000-5000-8000-0000000000ff'
    await recordAttempt(id, recorded, { batchId: 'evt_batch', deadReason: 'superseded', supersededBy: newer })
    expect((await a('GET', `/deliveries/${recorded.deliveryId}`)).body.data).toMatchObject({
      dead_reason: 'superseded',
      superseded_by: newer,
      explanation: expect.stringContaining('newer event'),
      attempts: [{ batch: { id: 'evt_batch', size: 3 } }],
    })
    await a('POST', `/deliveries/${recorded.deliveryId}/resend`)
    expect((await sentDeliveries(id)).map((each) => each.rendered)).toEqual([null])
  })

  test('it is refused for a webhook that is not active, an event that is not kept, and another organization', async () => {
    const { id } = await made()
    const recorded = await recordEvent(id, receivedAtMs)
    await recordAttempt(id, recorded)
    const path = `/deliveries/${recorded.deliveryId}/resend`
    expect(await refusal(b, 'POST', path, undefined)).toEqual([404, 'not_found'])
    await session.query('delete from events where event_id = $1', [recorded.eventId])
    expect(await refusal(a, 'POST', path, undefined)).toEqual([409, 'conflict'])
    await a('PATCH', `/webhooks/${id}`, { enabled: false })
    expect(await refusal(a, 'POST', path, undefined)).toEqual([409, 'conflict'])
    await a('DELETE', `/webhooks/${id}`)
    expect(await refusal(a, 'POST', path, undefined)).toEqual([409, 'conflict'])
    expect(await sentDeliveries(id)).toEqual([])
  })
})

describe('jobs', () => {
  const since = new Date(nowMs).toISOString()

  test('recovering a webhook makes a job, which is shown, listed, paused, given another pace and cancelled', async () => {
    const { id } = await made()
    const first = await a('POST', `/webhooks/${id}/recover`, { since, only: 'failed' })
    expect([first.status, first.body.data]).toMatchObject([
      202,
      {
        kind: 'recover',
        webhook_id: id,
        since,
        state: 'waiting',
        deliveries_per_second: 100,
        progress: { percent: 0, scanned: 0, total: null, enqueued: 0, skipped: {}, expected_end_at: null },
      },
    ])
    const asked = { kind: 'dead_topic', since, event_types: ['asset.moved'], deliveries_per_second: 0.5 }
    const other = (await a('POST', '/jobs', asked)).body.data
    expect(other).toMatchObject({ ...asked, webhook_id: null, progress: { scanned: null } })
    const path = `/jobs/${first.body.data.id}`
    expect((await a('GET', path)).body.data).toEqual(first.body.data)
    const paused = await a('PATCH', path, { state: 'paused', deliveries_per_second: 7 })
    expect(paused.body.data).toMatchObject({ state: 'paused', deliveries_per_second: 7 })
    const idsOf = async (query: string) =>
      ((await a('GET', `/jobs${query}`)).body.data as unknown as readonly Row[]).map((row) => row.id)
    expect(await idsOf('')).toEqual([other.id, first.body.data.id])
    expect(await idsOf('?state=paused')).toEqual([first.body.data.id])
    expect(await idsOf(`?webhook_id=${id}&state=paused&state=waiting`)).toEqual([first.body.data.id])
    expect((await a('PATCH', path, { state: 'running' })).body.data).toMatchObject({ state: 'waiting' })
    expect((await a('POST', `${path}/cancel`)).body.data).toMatchObject({ state: 'cancelled' })
    expect(await refusal(a, 'PATCH', path, { state: 'running' })).toEqual([409, 'conflict'])
    expect(await refusal(a, 'POST', `${path}/cancel`, undefined)).toEqual([409, 'conflict'])
  })

  test('it is refused with its field, while the webhook is off, and for another organization', async () => {
    const { id } = await made()
    const path = `/webhooks/${id}/recover`
    expect(await refusal(a, 'POST', path, {})).toEqual([400, 'since'])
    expect(await refusal(a, 'POST', path, { since, until: '2020-01-01T00:00:00Z' })).toEqual([400, 'until'])
    expect(await refusal(a, 'POST', path, { since: '2100-01-01T00:00:00Z' })).toEqual([400, 'since'])
    expect(await refusal(a, 'POST', path, { since, only: 'some' })).toEqual([400, 'only'])
    expect(await refusal(b, 'POST', path, { since })).toEqual([404, 'not_found'])
    const job = { kind: 'recover', webhook_id: id, since }
    expect(await refusal(a, 'POST', '/jobs', { ...job, kind: 'everything' })).toEqual([400, 'kind'])
    expect(await refusal(a, 'POST', '/jobs', { kind: 'all', since })).toEqual([400, 'webhook_id'])
    expect(await refusal(a, 'POST', '/jobs', { ...job, pace: 3 })).toEqual([400, 'pace'])
    expect(await refusal(a, 'POST', '/jobs', { ...job, deliveries_per_second: 0 })).toEqual([
      400,
      'deliveries_per_second',
    ])
    expect(await refusal(b, 'POST', '/jobs', job)).toEqual([404, 'not_found'])
    const made1 = (await a('POST', '/jobs', job)).body.data
    for (const [method, ending, body] of [
      ['GET', '', undefined],
      ['PATCH', '', { state: 'paused' }],
      ['POST', '/cancel', undefined],
    ] as const)
      expect(await refusal(b, method, `/jobs/${made1.id}${ending}`, body)).toEqual([404, 'not_found'])
    await a('PATCH', `/webhooks/${id}`, { enabled: false })
    expect(await refusal(a, 'POST', path, { since })).toEqual([409, 'conflict'])
  })

  test('R5: twenty may be unfinished', async () => {
    const { id } = await made()
    const statuses: number[] = []
    for (let n = 0; n < 21; n += 1)
      statuses.push((await a('POST', `/webhooks/${id}/recover`, { since })).status)
    expect(statuses).toEqual([...new Array(20).fill(202), 409])
  })
})
