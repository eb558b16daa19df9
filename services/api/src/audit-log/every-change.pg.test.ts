/**
 * Every operation of the OpenAPI document that may change something, asked over HTTP on a real PostgreSQL: each leaves one entry
 * in the audit log, or stands in a short list of those that change nothing of the organization.
 */
import { randomBytes } from 'node:crypto'
import type { AuditOperation } from '@scanhook/domain/auditing/audit-entry'
import { scopes } from '@scanhook/domain/scope'
import { openFilterJudge } from '@scanhook/filters/filter-judge'
import { openAccessTokens } from '@scanhook/http/access-token'
import { openHttp } from '@scanhook/http/app'
import { tokenAuthentication } from '@scanhook/http/token-authentication'
import { batchId, deliveryIdFor } from '@scanhook/identity/derived-ids'
import { newUuid } from '@scanhook/identity/new-ids'
import { silentLog } from '@scanhook/observability/log'
import { openMetrics } from '@scanhook/observability/metrics'
import { apiKeys } from '@scanhook/postgres/api-keys'
import { assetLocations } from '@scanhook/postgres/asset-locations'
import { assetScans } from '@scanhook/postgres/asset-scans'
import { assets } from '@scanhook/postgres/assets'
import { attemptFeed } from '@scanhook/postgres/attempt-feed'
import { attempts } from '@scanhook/postgres/attempts'
import { auditLog } from '@scanhook/postgres/audit-log'
import { deliveries } from '@scanhook/postgres/deliveries'
import { endpointActivities } from '@scanhook/postgres/endpoint-activity'
import { endpointStatistics } from '@scanhook/postgres/endpoint-statistics'
import { endpointVersions } from '@scanhook/postgres/endpoint-versions'
import { endpoints } from '@scanhook/postgres/endpoints'
import { eventFeed } from '@scanhook/postgres/event-feed'
import { events } from '@scanhook/postgres/events'
import { jobPages } from '@scanhook/postgres/job-pages'
import { jobs } from '@scanhook/postgres/jobs'
import { locationCounts } from '@scanhook/postgres/location-counts'
import { locations } from '@scanhook/postgres/locations'
import { movementSettings } from '@scanhook/postgres/movement-settings'
import { openPostgres, type Postgres, type Session } from '@scanhook/postgres/open'
import { organizations } from '@scanhook/postgres/organizations'
import { poisonReplays } from '@scanhook/postgres/poison-replays'
import { portalLinks } from '@scanhook/postgres/portal-links'
import { scanDevices } from '@scanhook/postgres/scan-devices'
import { scanPoints } from '@scanhook/postgres/scan-points'
import { tags } from '@scanhook/postgres/tags'
import { createTestDatabase, type TestDatabase } from '@scanhook/postgres/test-database'
import { tokenChains } from '@scanhook/postgres/token-chains'
import { unknownTags } from '@scanhook/postgres/unknown-tags'
import { usage } from '@scanhook/postgres/usage'
import { systemClock } from '@scanhook/runtime/clock'
import { openKeyRing } from '@scanhook/signing/seal'
import { newSecret } from '@scanhook/signing/secret'
import { signHeaders } from '@scanhook/signing/sign'
import { newSigningKey } from '@scanhook/signing/signing-key'
import { openApiDocument } from '@scanhook/specifications/documents'
import { permittedHeaders } from '@scanhook/webhook-client/customer-headers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { quietOperator } from '../operator/operator-rig.ts'
import { addRoutes, type RoutePorts } from '../routes.ts'
import type { Api } from '../server.ts'
import { checkDelivery, testDelivery, triggerDelivery } from '../webhooks/test-delivery.ts'

interface Data {
  readonly id: number
  readonly key: string
  readonly secret: string
  readonly token: string
  readonly client_id: string
  readonly client_secret: string
}
interface Answer {
  readonly status: number
  readonly requestId: string
  readonly text: string
  readonly data: Data
}
interface Entry {
  readonly id: string
  readonly actor: { readonly kind: string; readonly id: number | null }
  readonly operation: AuditOperation
  readonly resource: { readonly kind: string; readonly id: string | null; readonly name: string | null }
  readonly before: Readonly<Record<string, unknown>> | null
  readonly after: Readonly<Record<string, unknown>> | null
  readonly request_id: string | null
  readonly truncated_fields: readonly string[]
}

let database: TestDatabase
let pg: Postgres
let session: Session
let api: Api
let url = ''
let admin = ''
let adminId = 0
let orgId = 0
let isKafkaAway = false
const relayOfNobody = {
  hasRoom: async () => true,
  list: async () => [],
  exists: async () => true,
  follow: async function* () {},
  answer: async () => false,
  remove: async () => undefined,
  isStopped: () => false,
}
/** How many entries there were whenever something was sent. */
const entriesWhenSent: number[] = []

async function portsOf(): Promise<RoutePorts> {
  const ring = openKeyRing(`k1:${randomBytes(32).toString('base64')}`)
  const tokens = openAccessTokens(ring.deriveKeys('access token'))
  const { nowMs, monotonicMs } = systemClock
  const send = async (): Promise<void> => {
    entriesWhenSent.push(await countAll())
    if (isKafkaAway) throw Object.assign(new Error('away'), { retriable: true })
  }
  const links = portalLinks(pg)
  const chains = tokenChains(pg)
  api = openHttp({
    host: '127.0.0.1',
    port: 0,
    authenticate: tokenAuthentication({
      authenticateKey: apiKeys(pg).authenticate,
      tokens,
      findLive: chains.findLive,
      findSession: links.findSession,
      clock: systemClock,
    }),
    // A test asks as fast as it can.
    rateLimit: { perMinute: 100_000, burst: 100_000 },
    log: silentLog,
    metrics: openMetrics(),
    clock: systemClock,
    random: Math.random,
  })
  return {
    organizations: organizations(pg),
    apiKeys: apiKeys(pg),
    portal: links,
    auditLog: auditLog(pg),
    oauth: { keys: apiKeys(pg), chains, tokens, clock: systemClock, log: silentLog },
    assets: assets(pg),
    tags: tags(pg),
    locations: locations(pg),
    scanDevices: scanDevices(pg),
    scanPoints: scanPoints(pg),
    bulk: {
      rehearse: () => {
        throw new Error('nobody rehearses')
      },
    },
    settings: { store: movementSettings(pg), system: {} },
    webhooks: {
      endpoints: endpoints(pg),
      auditLog: auditLog(pg),
      checkTarget: async (target) => ({ ok: true, url: target }),
      newSecret,
      newSigningKey,
      seal: (secret) => ring.seal(secret),
      endpointMax: 1_000,
      testDelivery: (org, endpointId) =>
        testDelivery({ orgId: org, endpointId, eventId: newUuid(), nowMs: nowMs(), deliveryIdFor }),
      send,
    },
    webhookActivity: {
      ...{ activities: endpointActivities(pg), statistics: endpointStatistics(pg), nowMs },
      states: { find: async () => null },
    },
    webhookStatistics: {
      ...{ endpoints: endpoints(pg), statistics: endpointStatistics(pg), nowMs, scale: 1 },
    },
    trigger: {
      endpoints: endpoints(pg),
      auditLog: auditLog(pg),
      triggerDelivery: (org, endpointId, what) =>
        triggerDelivery({ orgId: org, endpointId, eventId: newUuid(), nowMs: nowMs(), deliveryIdFor }, what),
      send,
    },
    listeners: {
      clock: systemClock,
      relay: {
        relay: relayOfNobody,
        newUrl: () => ({ url: `https://relay.example/${next()}`, token: `${last}` }),
      },
      webhooks: {
        endpoints: endpoints(pg),
        checkTarget: async (target) => ({ ok: true, url: target }),
        newSecret,
        newSigningKey,
        seal: (secret) => ring.seal(secret),
        endpointMax: 1_000,
      },
    },
    jobs: { jobs: jobs(pg), endpoints: endpoints(pg), pages: jobPages(pg), nowMs },
    checks: {
      endpoints: endpoints(pg),
      deliveries: deliveries(pg),
      attempts: attempts(pg),
      auditLog: auditLog(pg),
      checkDelivery: (org, endpointId, series) =>
        checkDelivery({ orgId: org, endpointId, eventId: newUuid(), nowMs: nowMs(), deliveryIdFor }, series),
      send,
      // Nothing is ever answered here: its time is over when it is looked at again.
      clock: { monotonicMs: () => (now += 10_000), after: systemClock.after },
    },
    usage: { usage: usage(pg), nowMs },
    operator: quietOperator({
      isOperator: () => true,
      poison: {
        list: () => Promise.reject(new Error('nobody asks for it')),
        replay: async (by, { records, isAgain }) => {
          const [{ partition, offset }] = records as readonly [(typeof records)[number]]
          const place = { topic: 'poison', partition, offset, atMs: 0 }
          const origin = { topic: 'reads', reason: 'invalid_json' }
          await poisonReplays(pg).replay(by, { place, isAgain, origin }, async () => undefined)
          return []
        },
      },
    }),
    log: {
      endpoints: endpoints(pg),
      auditLog: auditLog(pg),
      deliveries: deliveries(pg),
      attempts: attempts(pg),
      events: events(pg),
      versions: endpointVersions(pg),
      judgeFilter: openFilterJudge(),
      openSecret: (sealed) => ring.open(sealed),
      sign: signHeaders,
      batchIdFor: batchId,
      permittedHeaders,
      send,
      nowMs,
      clock: systemClock,
      scale: 1,
    },
    filterPreview: { pages: jobPages(pg), nowMs, monotonicMs },
    assetLocations: assetLocations(pg),
    locationCounts: { counts: locationCounts(pg), nowMs },
    assetScans: assetScans(pg),
    unknownTags: unknownTags(pg),
    feed: { feed: eventFeed(pg), signals: { wait: async () => undefined } as never, clock: systemClock },
    live: {
      attemptFeed: attemptFeed(pg),
      signals: { wait: async () => undefined } as never,
      clock: systemClock,
    },
    docs: { files: [], policy: '', schemas: new Map() } as never,
    console: { files: new Map(), links, authenticateKey: apiKeys(pg).authenticate, nowMs },
  }
}

beforeAll(async () => {
  database = await createTestDatabase('audit', process.env['POSTGRES_URL'])
  pg = openPostgres({ url: database.url, log: silentLog })
  session = await pg.openSession({ onNotification: () => undefined, onEnd: () => undefined })
  orgId = (await organizations(pg).ensure('A')).id
  const { key, token } = await apiKeys(pg).create(orgId, { name: 'admin', scopes })
  admin = token
  adminId = key.id
  const ports = await portsOf()
  addRoutes(api, ports)
  url = await api.listen()
})
afterAll(async () => {
  await api?.close()
  await session?.close()
  await pg?.close()
  await database?.drop()
})

async function ask(method: string, path: string, body?: unknown, token = admin): Promise<Answer> {
  const isText = typeof body === 'string'
  const type = isText
    ? 'application/x-ndjson'
    : method === 'PATCH'
      ? 'application/merge-patch+json'
      : 'application/json'
  const response = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': type }) },
    ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true
  const { data } = isJson ? (JSON.parse(text) as { data: Data }) : { data: {} as Data }
  return { status: response.status, requestId: response.headers.get('x-request-id') ?? '', text, data }
}

async function done(method: string, path: string, body?: unknown, token = admin): Promise<Data> {
  const answer = await ask(method, path, body, token)
  expect(answer.status, `${method} ${path}: ${answer.text}`).toBeLessThan(300)
  return answer.data
}

async function entries(query: string, token = admin): Promise<readonly Entry[]> {
  const { status, text } = await ask('GET', `/audit-log?${query}`, undefined, token)
  expect(status, text).toBe(200)
  return (JSON.parse(text) as { data: readonly Entry[] }).data
}

async function countAll(): Promise<number> {
  const [row] = await session.query<{ count: string }>('select count(*) from audit_log')
  return Number(row?.count)
}

let now = 0
let last = 0
const next = (): number => ++last
const webhook = () => done('POST', '/webhooks', { url: `https://example.com/${next()}` })
const asset = () => done('POST', '/assets', { name: `asset ${next()}` })
const place = () => done('POST', '/locations', { name: `place ${next()}` })
const device = () =>
  done('POST', '/scan-devices', { name: 'gate', type: 'csl_cs463', external_key: `gate-${next()}` })
const point = async () => done('POST', '/scan-points', { scan_device_id: (await device()).id })
const tagOf = ({ id }: Data) =>
  done('POST', `/assets/${id}/tags`, { tag_type: 'rfid', value: `E28011${next()}` })
const since = '2026-01-01T00:00:00Z'
const job = async () => done('POST', '/jobs', { kind: 'all', webhook_id: (await webhook()).id, since })
const apiKey = () => done('POST', '/api-keys', { name: 'k', scopes: ['assets:read'] })

async function diedDelivery(): Promise<string> {
  const { id } = await webhook()
  const eventId = newUuid()
  const deliveryId = newUuid()
  await session.query(
    `with recorded as (insert into events (event_id, org_id, type, occurred_at, received_at, subject, data)
      values ($1, $2, 'shipment.approved', now(), now(), 'shipment:5', '{"shipment":{"reference":"BU-1341"}}'))
     insert into deliveries (delivery_id, org_id, endpoint_id, event_id, event_type, event_occurred_at, trigger, state,
       attempts, dead_reason, created_at, completed_at, rank_attempt_number, rank_at)
     values ($3, $2, $4, $1, 'shipment.approved', now(), 'event', 'dead', 9, 'exhausted', now(), now(), 9, now())`,
    [eventId, orgId, deliveryId, id],
  )
  return deliveryId
}

/** A request that succeeds, once what it needs is there. */
type Case = readonly [method: string, path: string, body?: unknown]

/** By operation of the document: what is asked, and what that is called. */
const cases: Readonly<Record<string, readonly [AuditOperation, () => Promise<Case>]>> = {
  updateOrganization: [
    'organization.updated',
    async () => ['PATCH', '/orgs/me', { contact_emails: [`ops${next()}@example.com`] }],
  ],
  updateOrganizationSettings: [
    'organization.settings_updated',
    async () => ['PATCH', '/orgs/me/settings', { scan_suppress_seconds: 10 + next() }],
  ],
  createApiKey: [
    'api_key.created',
    async () => ['POST', '/api-keys', { name: 'new', scopes: ['assets:read'] }],
  ],
  deleteApiKey: ['api_key.deleted', async () => ['DELETE', `/api-keys/${(await apiKey()).id}`]],
  createToken: [
    'token_chain.issued',
    async () => {
      const { client_id, client_secret } = await apiKey()
      return ['POST', '/oauth/token', { grant_type: 'client_credentials', client_id, client_secret }]
    },
  ],
  replayPoison: [
    'poison_record.replayed',
    async () => ['POST', '/operator/poison/replays', { records: [{ partition: 0, offset: next() }] }],
  ],
  createPortalLink: ['portal_link.created', async () => ['POST', '/portal-links', { label: 'Ann' }]],
  createPortalSession: [
    'portal_link.used',
    async () => ['POST', '/portal-sessions', { token: (await done('POST', '/portal-links', {})).token }],
  ],
  deletePortalLink: [
    'portal_link.revoked',
    async () => ['DELETE', `/portal-links/${(await done('POST', '/portal-links', {})).id}`],
  ],
  createAsset: ['asset.created', async () => ['POST', '/assets', { name: 'Forklift' }]],
  updateAsset: [
    'asset.updated',
    async () => ['PATCH', `/assets/${(await asset()).id}`, { name: 'other', metadata: { a: 1 } }],
  ],
  renameAsset: [
    'asset.renamed',
    async () => ['POST', `/assets/${(await asset()).id}/rename`, { external_key: `R-${next()}` }],
  ],
  deleteAsset: ['asset.deleted', async () => ['DELETE', `/assets/${(await asset()).id}`]],
  createTag: [
    'tag.created',
    async () => [
      'POST',
      `/assets/${(await asset()).id}/tags`,
      { tag_type: 'rfid', value: `E28012${next()}` },
    ],
  ],
  updateTag: [
    'tag.updated',
    async () => {
      const owner = await asset()
      return ['PATCH', `/assets/${owner.id}/tags/${(await tagOf(owner)).id}`, { is_active: false }]
    },
  ],
  deleteTag: [
    'tag.deleted',
    async () => {
      const owner = await asset()
      return ['DELETE', `/assets/${owner.id}/tags/${(await tagOf(owner)).id}`]
    },
  ],
  createLocation: ['location.created', async () => ['POST', '/locations', { name: 'Dock' }]],
  updateLocation: [
    'location.updated',
    async () => ['PATCH', `/locations/${(await place()).id}`, { parent_id: (await place()).id }],
  ],
  renameLocation: [
    'location.renamed',
    async () => ['POST', `/locations/${(await place()).id}/rename`, { external_key: `L-${next()}` }],
  ],
  deleteLocation: ['location.deleted', async () => ['DELETE', `/locations/${(await place()).id}`]],
  createScanDevice: [
    'scan_device.created',
    async () => ['POST', '/scan-devices', { name: 'gate', type: 'csl_cs463', external_key: `new-${next()}` }],
  ],
  updateScanDevice: [
    'scan_device.updated',
    async () => ['PATCH', `/scan-devices/${(await device()).id}`, { is_active: false }],
  ],
  deleteScanDevice: ['scan_device.deleted', async () => ['DELETE', `/scan-devices/${(await device()).id}`]],
  createScanPoint: [
    'scan_point.created',
    async () => ['POST', '/scan-points', { scan_device_id: (await device()).id }],
  ],
  updateScanPoint: [
    'scan_point.updated',
    async () => ['PATCH', `/scan-points/${(await point()).id}`, { location_id: (await place()).id }],
  ],
  deleteScanPoint: ['scan_point.deleted', async () => ['DELETE', `/scan-points/${(await point()).id}`]],
  importAssets: [
    'asset.imported',
    async () => ['POST', '/assets/import', `{"external_key":"I-${next()}","name":"x"}\n{"name":"y"}`],
  ],
  importLocations: ['location.imported', async () => ['POST', '/locations/import', '{"name":"Hall"}']],
  importScanDevices: [
    'scan_device.imported',
    async () => ['POST', '/scan-devices/import', `{"external_key":"i-${next()}","name":"x","type":"gl_s10"}`],
  ],
  importScanPoints: [
    'scan_point.imported',
    async () => ['POST', '/scan-points/import', `{"scan_device_id":${(await device()).id},"antenna_port":3}`],
  ],
  createWebhook: ['webhook.created', async () => ['POST', '/webhooks', { url: 'https://example.com/new' }]],
  updateWebhook: [
    'webhook.updated',
    async () => ['PATCH', `/webhooks/${(await webhook()).id}`, { url: `https://example.com/u${next()}` }],
  ],
  deleteWebhook: ['webhook.deleted', async () => ['DELETE', `/webhooks/${(await webhook()).id}`]],
  rotateSecret: [
    'webhook.secret_rotated',
    async () => ['POST', `/webhooks/${(await webhook()).id}/rotate-secret`, {}],
  ],
  checkWebhook: ['webhook.checked', async () => ['POST', `/webhooks/${(await webhook()).id}/check`]],
  testWebhook: ['webhook.tested', async () => ['POST', `/webhooks/${(await webhook()).id}/test`]],
  triggerWebhook: [
    'webhook.tested',
    async () => ['POST', `/webhooks/${(await webhook()).id}/trigger`, { event_type: 'asset.moved' }],
  ],
  createListener: ['webhook.created', async () => ['POST', '/listeners', {}]],
  recoverWebhook: [
    'job.created',
    async () => ['POST', `/webhooks/${(await webhook()).id}/recover`, { since }],
  ],
  createJob: [
    'job.created',
    async () => ['POST', '/jobs', { kind: 'replay', webhook_id: (await webhook()).id, since }],
  ],
  updateJob: ['job.paused', async () => ['PATCH', `/jobs/${(await job()).id}`, { state: 'paused' }]],
  cancelJob: ['job.cancelled', async () => ['POST', `/jobs/${(await job()).id}/cancel`]],
  resendDeliveries: [
    'job.created',
    async () => ['POST', '/deliveries/resend', { delivery_ids: [await diedDelivery()] }],
  ],
  resendDelivery: ['delivery.resent', async () => ['POST', `/deliveries/${await diedDelivery()}/resend`]],
  signDelivery: ['delivery.signed', async () => ['POST', `/deliveries/${await diedDelivery()}/sign`]],
  setEventCursor: ['event_cursor.set', async () => ['PUT', `/event-cursors/c${next()}`, {}]],
  deleteEventCursor: [
    'event_cursor.deleted',
    async () => {
      const name = `c${next()}`
      await done('PUT', `/event-cursors/${name}`, {})
      return ['DELETE', `/event-cursors/${name}`]
    },
  ],
}

/** What changes nothing that is the organization's, and why. */
const changesNothing: Readonly<Record<string, string>> = {
  answerListener: 'brings what a receiver answered: that stands in the log of attempts',
  checkUrl: 'says what saving a URL would say',
  previewFilter: 'looks at events of the last day',
  previewResend: 'counts deliveries',
  submitScans: 'brings reads: they are data, and the log of what became of them is another',
  submitEvents: 'brings events: the same',
  validateRecord: 'says what would come of a record',
}

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly operationId: string }>>>>
}
const mutating = Object.values((JSON.parse(openApiDocument()) as OpenApi).paths).flatMap((methods) =>
  Object.entries(methods).flatMap(([method, { operationId }]) => (method === 'get' ? [] : [operationId])),
)

test('V1: every operation that may change something is asked below, or stands among those that change nothing', () => {
  expect([...Object.keys(cases), ...Object.keys(changesNothing)].sort()).toEqual([...mutating].sort())
})

test.each(Object.entries(cases))(
  'V1: %s leaves one entry, with who, what and by which request',
  async (id, [operation, prepare]) => {
    const request = await prepare()
    const before = await countAll()
    const answer = await ask(...request)
    expect(answer.status, `${id}: ${answer.text}`).toBeLessThan(300)
    expect(await countAll()).toBe(before + 1)
    const [entry, ...others] = await entries(`request_id=${answer.requestId}`)
    expect(others).toEqual([])
    expect(entry).toMatchObject({ operation, request_id: answer.requestId, truncated_fields: [] })
    expect(entry?.resource.kind).toBe(operation.split('.')[0])
    expect(entry?.before ?? entry?.after).not.toBeNull()
    // Both public ones name themselves: the client that its credentials tell, and the link.
    if (id === 'createToken') expect(entry?.actor.kind).toBe('oauth_client')
    else if (id === 'createPortalSession') expect(entry?.actor.kind).toBe('portal_link')
    else expect(entry?.actor).toEqual({ kind: 'api_key', id: adminId })
  },
)

test.each(Object.entries(cases).filter(([id]) => /^(update|rename)/.test(id)))(
  'V2: %s that says what is so already leaves none',
  async (_, [, prepare]) => {
    const request = await prepare()
    await done(...request)
    const before = await countAll()
    await done(...request)
    expect(await countAll()).toBe(before)
  },
)

test('V2: a request that is refused leaves none', async () => {
  const { id } = await webhook()
  await done('POST', '/assets', { external_key: 'TAKEN', name: 'x' })
  const before = await countAll()
  for (const [method, path, body] of [
    ['POST', '/assets', { external_key: 'TAKEN', name: 'y' }],
    ['PATCH', `/webhooks/${id}`, { profile: 'nobody' }],
    ['DELETE', '/assets/1'],
    ['POST', '/portal-sessions', { token: `pl_${'A'.repeat(43)}` }],
    ['POST', '/assets/import', '{"external_key":"TAKEN"}'],
  ] as const)
    await ask(method, path, body)
  expect(await countAll()).toBe(before)
})

test('U1: an update tells the fields that differ, before and after; what is made and what is gone is told whole', async () => {
  const made = await done('POST', '/assets', { name: 'old', metadata: { line: 1, keep: true } })
  await done('PATCH', `/assets/${made.id}`, { metadata: { line: 2 }, description: 'd' })
  await done('DELETE', `/assets/${made.id}`)
  const [gone, changed, was] = await entries(`resource_kind=asset&resource_id=${made.id}`)
  expect(was).toMatchObject({ operation: 'asset.created', before: null, after: { id: made.id, name: 'old' } })
  expect(changed).toMatchObject({
    ...{ operation: 'asset.updated', resource: { kind: 'asset', id: String(made.id) } },
    ...{ before: { metadata: { line: 1, keep: true }, description: null } },
    ...{ after: { metadata: { line: 2, keep: true }, description: 'd' } },
  })
  expect(Object.keys(changed?.after ?? {}).sort()).toEqual(['description', 'metadata'])
  expect(gone).toMatchObject({ operation: 'asset.deleted', before: { description: 'd' }, after: null })
})

test('U3: a header behind its mask that gets another value is a change, and the value is nowhere', async () => {
  const value = `secret-value-${randomBytes(12).toString('hex')}-end`
  const { id } = await done('POST', '/webhooks', {
    ...{ url: 'https://example.com/h', headers: { 'X-Key': value } },
  })
  const { requestId } = await ask('PATCH', `/webhooks/${id}`, {
    headers: { 'X-Key': value.replace('secret', 'sEcret') },
  })
  const [entry] = await entries(`request_id=${requestId}`)
  expect(entry).toMatchObject({ operation: 'webhook.updated', before: { headers: {} } })
  expect(JSON.stringify(await entries('limit=200'))).not.toContain(value.slice(0, 20))
})

test.each([
  [{ enabled: false }, 'webhook.paused'],
  [{ enabled: true }, 'webhook.resumed'],
] as const)('pausing and resuming have names of their own: %o is %s', async (body, operation) => {
  const { id } = await webhook()
  await done('PATCH', `/webhooks/${id}`, { enabled: !body.enabled })
  const { requestId } = await ask('PATCH', `/webhooks/${id}`, body)
  expect(await entries(`request_id=${requestId}`)).toMatchObject([
    { operation, before: { enabled: !body.enabled }, after: body },
  ])
})

test('V4: no entry has a secret, a token, or a hash of one', async () => {
  const secrets: string[] = []
  const hook = await webhook()
  secrets.push(hook.secret, (await done('POST', `/webhooks/${hook.id}/rotate-secret`, {})).secret)
  const password = `p${randomBytes(16).toString('hex')}`
  await done('PATCH', `/webhooks/${hook.id}`, { headers: { Authorization: `Bearer ${password}` } })
  secrets.push(password)
  const key = await apiKey()
  secrets.push(key.key, key.client_secret)
  const { client_id, client_secret } = key
  const token = await ask('POST', '/oauth/token', {
    grant_type: 'client_credentials',
    client_id,
    client_secret,
  })
  const pair = JSON.parse(token.text) as { access_token: string; refresh_token: string }
  secrets.push(pair.access_token, pair.refresh_token.slice(3, 46), pair.refresh_token.slice(47))
  const link = await done('POST', '/portal-links', {})
  secrets.push(link.token, (await done('POST', '/portal-sessions', { token: link.token })).token)
  const stored = await session.query<{ secret: string }>(
    `select sealed as secret from endpoint_secrets union all select secret_hash from api_keys
     union all select encode(chain_hash, 'hex') from token_chains union all select encode(token_hash, 'hex') from token_chains
     union all select encode(token_hash, 'hex') from portal_links`,
  )
  secrets.push(...stored.map(({ secret }) => secret))
  const rows = await session.query<{ text: string }>(
    `select coalesce(string_agg(e::text, E'\\n'), '') as text from audit_log e`,
  )
  const text = rows[0]?.text ?? ''
  expect(text).toContain('webhook.secret_rotated')
  for (const secret of secrets) {
    expect(secret.length).toBeGreaterThan(15)
    expect(text).not.toContain(secret)
    // Neither its telling part alone.
    expect(text).not.toContain(secret.slice(-20, -4))
  }
})

test('V5: an import is one entry that counts what was committed, and lines that failed or said nothing new are not in it', async () => {
  await done('POST', '/assets', { external_key: 'IMP-2', name: 'was' })
  await done('POST', '/assets', { external_key: 'IMP-3', name: 'same' })
  const lines = [
    { external_key: 'IMP-1', name: 'new' },
    { external_key: 'IMP-3', name: 'same' },
    { external_key: 'IMP-2', name: 'is' },
    { external_key: 'IMP-4', name: '' },
    { external_key: 'IMP-5', name: 'new' },
    { external_key: 'IMP-6', name: 'new' },
    { name: 'minted' },
    { external_key: 'IMP-1', name: 'again' },
    { external_key: 'IMP-3', name: 'same' },
  ]
  const before = await countAll()
  const { requestId, text } = await ask(
    'POST',
    '/assets/import',
    lines.map((line) => JSON.stringify(line)).join('\n'),
  )
  expect(text).toContain('"summary":{"created":4,"updated":2,"unchanged":2,"failed":1}')
  expect(await countAll()).toBe(before + 1)
  expect(await entries(`request_id=${requestId}`)).toMatchObject([
    {
      ...{ operation: 'asset.imported', resource: { kind: 'asset', id: null, name: null }, before: null },
      ...{ after: { created: 4, updated: 2, first_line: 1, last_line: 8 } },
    },
  ])
})

test('what went with a device stands in its entry', async () => {
  const { id } = await device()
  const { id: pointId } = await done('POST', '/scan-points', { scan_device_id: id })
  const { requestId } = await ask('DELETE', `/scan-devices/${id}`)
  expect(await entries(`request_id=${requestId}`)).toMatchObject([
    { operation: 'scan_device.deleted', before: { id, scan_point_ids: [pointId] }, after: null },
  ])
})

test('what is sent has its entry before it is sent: also where it may only come late', async () => {
  const { id } = await webhook()
  const before = await countAll()
  await done('POST', `/webhooks/${id}/test`)
  expect(entriesWhenSent.at(-1)).toBe(before + 1)
  isKafkaAway = true
  const { status } = await ask('POST', `/webhooks/${id}/test`)
  isKafkaAway = false
  expect(status).toBe(503)
  expect(await entries(`resource_id=${id}&operation=webhook.tested`)).toHaveLength(2)
})

test('an access token is known by its client; that its chain goes on is no entry, that it is ended is one', async () => {
  const { client_id, client_secret, id } = await done('POST', '/api-keys', {
    ...{ name: 'c', scopes: ['assets:write', 'keys:admin'] },
  })
  const grant = async (body: object) =>
    JSON.parse((await ask('POST', '/oauth/token', body)).text) as {
      access_token: string
      refresh_token: string
    }
  const first = await grant({ grant_type: 'client_credentials', client_id, client_secret })
  const { requestId } = await ask('POST', '/assets', { name: 'by token' }, first.access_token)
  expect(await entries(`request_id=${requestId}`)).toMatchObject([{ actor: { kind: 'oauth_client', id } }])
  const before = await countAll()
  const refresh = { grant_type: 'refresh_token', refresh_token: first.refresh_token }
  await grant(refresh)
  expect(await countAll()).toBe(before)
  const again = await ask('POST', '/oauth/token', refresh)
  expect(again.status).toBe(401)
  expect(await entries(`request_id=${again.requestId}`)).toMatchObject([
    { operation: 'token_chain.revoked', actor: { kind: 'system', id: null }, before: { api_key_id: id } },
  ])
})

test('the log is another organization’s business only where it is theirs, and needs keys:admin', async () => {
  const other = (await organizations(pg).ensure('B')).id
  const { token } = await apiKeys(pg).create(other, { name: 'b', scopes })
  expect(await entries('limit=200', token)).toMatchObject([{ operation: 'organization.created' }])
  const { token: weak } = await apiKeys(pg).create(orgId, {
    ...{ name: 'weak', scopes: scopes.filter((scope) => scope !== 'keys:admin') },
  })
  expect((await ask('GET', '/audit-log', undefined, weak)).status).toBe(403)
})

test('the list goes on by cursor, newest first, every entry once; filters leave the others out', async () => {
  const all = await session.query<{ id: string }>(
    `select id::text from audit_log where org_id = $1 order by at desc, position desc`,
    [orgId],
  )
  const walked: string[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const { text } = await ask('GET', `/audit-log?limit=7${cursor === '' ? '' : `&cursor=${cursor}`}`)
    const page = JSON.parse(text) as { data: readonly Entry[]; next_cursor: string | null }
    walked.push(...page.data.map(({ id }) => id))
    cursor = page.next_cursor
  }
  expect(walked).toEqual(all.map(({ id }) => id))
  const bySystem = await entries('actor_kind=system&limit=200')
  expect(new Set(bySystem.map(({ actor }) => actor.kind))).toEqual(new Set(['system']))
  expect(
    await entries(`actor_id=${adminId}&operation=job.paused&operation=job.cancelled&limit=200`),
  ).toSatisfy(
    (found: readonly Entry[]) =>
      found.length > 0 && found.every(({ operation }) => /^job\.(paused|cancelled)$/.test(operation)),
  )
  expect(await entries('from=2100-01-01T00:00:00Z')).toEqual([])
  expect(await entries('to=2000-01-01T00:00:00Z')).toEqual([])
})
