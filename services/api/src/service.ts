/** The control plane: the HTTP API, and the relay that announces its changes. The only file that knows every name. */

import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { systemActor } from '@scanhook/domain/auditing/audit-entry'
import type { Delivery } from '@scanhook/domain/delivery'
import { openFilterJudge } from '@scanhook/filters/filter-judge'
import { type AccessTokens, openAccessTokens } from '@scanhook/http/access-token'
import { unavailable } from '@scanhook/http/api-error'
import { openHttp } from '@scanhook/http/app'
import { tokenAuthentication } from '@scanhook/http/token-authentication'
import { batchId, deliveryIdFor } from '@scanhook/identity/derived-ids'
import { newUuid } from '@scanhook/identity/new-ids'
import type { KafkaClient, KafkaProducer } from '@scanhook/kafka/contract'
import { openKafka } from '@scanhook/kafka/open'
import { activeTraceHeaders } from '@scanhook/observability/tracing'
import { apiKeys } from '@scanhook/postgres/api-keys'
import { assetLocations } from '@scanhook/postgres/asset-locations'
import { assetScans } from '@scanhook/postgres/asset-scans'
import { assets } from '@scanhook/postgres/assets'
import { attemptFeed } from '@scanhook/postgres/attempt-feed'
import { attempts } from '@scanhook/postgres/attempts'
import { type AuditLog, auditLog } from '@scanhook/postgres/audit-log'
import { deliveries } from '@scanhook/postgres/deliveries'
import { endpointActivities } from '@scanhook/postgres/endpoint-activity'
import { endpointStatistics } from '@scanhook/postgres/endpoint-statistics'
import { endpointVersions } from '@scanhook/postgres/endpoint-versions'
import { endpoints } from '@scanhook/postgres/endpoints'
import { eventFeed, listenRecorded, type RecordedSignal } from '@scanhook/postgres/event-feed'
import { events } from '@scanhook/postgres/events'
import { type IdempotencyKeys, idempotencyKeys } from '@scanhook/postgres/idempotency-keys'
import { jobPages } from '@scanhook/postgres/job-pages'
import { jobs } from '@scanhook/postgres/jobs'
import { type ListenerSignal, listeners, listenListeners } from '@scanhook/postgres/listeners'
import { locationCounts } from '@scanhook/postgres/location-counts'
import { locations } from '@scanhook/postgres/locations'
import { movementSettings } from '@scanhook/postgres/movement-settings'
import { openPostgres, type Postgres } from '@scanhook/postgres/open'
import { operatorFigures } from '@scanhook/postgres/operator-figures'
import { organizations } from '@scanhook/postgres/organizations'
import { openOutboxSession } from '@scanhook/postgres/outbox'
import { type PoisonReplays, poisonReplays } from '@scanhook/postgres/poison-replays'
import { type PortalLinks, portalLinks } from '@scanhook/postgres/portal-links'
import { rehearse } from '@scanhook/postgres/rehearse'
import { scanDevices } from '@scanhook/postgres/scan-devices'
import { scanPoints } from '@scanhook/postgres/scan-points'
import { tags } from '@scanhook/postgres/tags'
import { type TokenChains, tokenChains } from '@scanhook/postgres/token-chains'
import { unknownTags } from '@scanhook/postgres/unknown-tags'
import { usage } from '@scanhook/postgres/usage'
import { type EndpointStateReader, openEndpointStateReader } from '@scanhook/redis/endpoint-state-reader'
import { endpointStatesKey } from '@scanhook/redis/endpoint-states'
import { defineService, type ServiceContext, type ServiceDefinition } from '@scanhook/runtime/service'
import { endpointKey, masterDataKey } from '@scanhook/schemas/keys'
import { type Codecs, lookUpCodecs } from '@scanhook/schemas/open-codecs'
import { readSubjects } from '@scanhook/schemas/read-subjects'
import { type TopicNames, topicNames } from '@scanhook/schemas/topics'
import { type KeyRing, openKeyRing } from '@scanhook/signing/seal'
import { newSecret } from '@scanhook/signing/secret'
import { signHeaders } from '@scanhook/signing/sign'
import { newSigningKey } from '@scanhook/signing/signing-key'
import { docsPolicy, openDocsPage } from '@scanhook/specifications/docs-page'
import { asyncApiDocument, openApiDocument } from '@scanhook/specifications/documents'
import { eventSchemaFiles } from '@scanhook/specifications/event-schemas'
import { checkTarget } from '@scanhook/webhook-client/check-target'
import { permittedHeaders } from '@scanhook/webhook-client/customer-headers'
import { targetPolicy } from '@scanhook/webhook-client/settings'
import type { BulkStores } from './bulk/routes.ts'
import type { CheckPorts } from './checks/routes.ts'
import { type ApiSettings, apiSettings } from './config.ts'
import { readConsoleFiles } from './console/console-files.ts'
import { type Forgetting, forgetInRounds } from './forgetting/forget-in-rounds.ts'
import type { ListenerPorts } from './listeners/routes.ts'
import { operatorPorts } from './operator/operator-ports.ts'
import type { OperatorPorts } from './operator/routes.ts'
import { startRelay } from './outbox/relay-outbox.ts'
import { graceMs, openRelay, type Relay, staleMs } from './relay/relay.ts'
import { openRelayServer } from './relay/server.ts'
import type { RotatePorts } from './rotation/routes.ts'
import { addRoutes, type RoutePorts } from './routes.ts'
import { openSignals, type Signals } from './signals/signals.ts'
import type { TriggerPorts } from './trigger/routes.ts'
import { hiddenOfWebhook, type WebhookPorts, webhookView } from './webhooks/routes.ts'
import { checkDelivery, testDelivery, triggerDelivery } from './webhooks/test-delivery.ts'

/** Where `turbo run build` puts the console: beside the services in every checkout and image. */
const consoleFolder = fileURLToPath(new URL('../../../apps/console/dist/', import.meta.url))

interface Wiring {
  readonly context: ServiceContext<ApiSettings>
  readonly pg: Postgres
  readonly producer: KafkaProducer
  readonly codecs: Codecs
  readonly topics: TopicNames
  readonly ring: KeyRing
}

export const apiService: ServiceDefinition<ApiSettings> = defineService({
  name: 'api',
  settings: apiSettings,
  start: startApi,
})

async function startApi(context: ServiceContext<ApiSettings>): Promise<void> {
  const { config, log, metrics, tracing, clock, random, onStop } = context
  const isReady = context.readiness('http')
  const pg = openPostgres({ url: config.POSTGRES_URL, max: config.POSTGRES_POOL_MAX, log, metrics })
  onStop('postgres', () => pg.close())
  const codecs = await lookUpCodecs(config, log)
  const kafka = openKafka(config, { log, metrics, tracing })
  const producer = await kafka.openProducer()
  onStop('producer', () => producer.close())
  const ring = openKeyRing(config.SECRET_KEYS)
  const wiring: Wiring = { context, pg, producer, codecs, topics: topicNames(config.TOPIC_PREFIX), ring }
  relay(wiring, kafka)
  const chains = tokenChains(pg)
  const keys = idempotencyKeys(pg, ring)
  const links = portalLinks(pg)
  const ending = {
    ...{ keys, chains, links, log: auditLog(pg), auditDays: config.API_AUDIT_DAYS },
    replays: poisonReplays(pg),
  }
  for (const forgetting of whatEnds(pg, ending)) {
    const rounds = forgetInRounds(forgetting, { clock, log })
    onStop(`ended ${forgetting.what}`, () => rounds.stop())
  }

  const tokens = accessTokens(ring)
  const api = openHttp({
    host: config.HOST,
    port: config.API_PORT,
    idempotency: keys,
    authenticate: tokenAuthentication({
      authenticateKey: apiKeys(pg).authenticate,
      tokens,
      findLive: chains.findLive,
      findSession: links.findSession,
      clock,
    }),
    rateLimit: { perMinute: config.API_RATE_LIMIT_PER_MINUTE, burst: config.API_RATE_LIMIT_BURST },
    log,
    metrics,
    tracing,
    clock,
    random,
  })
  const signals = openSignals<RecordedSignal>({
    what: 'feed',
    listen: (on) => listenRecorded(pg, on),
    clock,
    log,
  })
  const listening = config.API_RELAY_URL === '' ? null : await startListening(wiring, config.API_RELAY_URL)
  // What dispatchers share of endpoints, to be shown: without Redis everything else is answered.
  const states = openEndpointStateReader({
    ...{ url: config.REDIS_URL, key: endpointStatesKey(config.TOPIC_PREFIX), log, metrics },
    nowMs: () => clock.nowMs(),
  })
  onStop('endpoint-states', () => states.close())
  const operator = openOperator(wiring, kafka, states)
  addRoutes(
    api,
    portsOf(wiring, {
      ...{ signals, chains, tokens, operator, states },
      listening: listening?.ports ?? null,
    }),
  )
  onStop('http', () => api.close())
  // Before that: requests that wait for events are answered, and streams end.
  onStop('feed', () => signals.stop())
  if (listening !== null) onStop('relay', () => listening.stop())
  const url = await api.listen()
  log.info({ url }, 'api.listening')
  isReady(true)
}

interface Ending {
  readonly keys: IdempotencyKeys
  readonly chains: TokenChains
  readonly links: PortalLinks
  readonly log: AuditLog
  readonly auditDays: number
  readonly replays: PoisonReplays
}

/** Twice as long as `poison` keeps a record (packages/schemas/src/topics). */
const replaysKeptDays = 60

function whatEnds(
  pg: Postgres,
  { keys, chains, links, log, auditDays, replays }: Ending,
): readonly Forgetting[] {
  return [
    {
      what: 'secrets',
      forget: (limit) => endpoints(pg).forgetEndedSecrets(limit),
      // A hundred documents of some KiB in one transaction.
      limit: 100,
      // Overlaps last hours; some seconds more of an old secret hurt nobody, and the look costs one small index.
      roundMs: 5_000,
    },
    {
      what: 'idempotency_keys',
      forget: (limit) => keys.forget(limit),
      // Milliseconds of deleting.
      limit: 1_000,
      // They have waited for a day.
      roundMs: 60_000,
    },
    {
      what: 'token_chains',
      forget: (limit) => chains.removeExpired(limit),
      // Small rows that nobody waits for.
      limit: 1_000,
      roundMs: 60_000,
    },
    {
      what: 'portal_links',
      forget: (limit) => links.forget(limit),
      limit: 1_000,
      roundMs: 60_000,
    },
    {
      what: 'poison_replays',
      forget: (limit) => replays.forget(limit, replaysKeptDays),
      // Small rows that nobody waits for.
      limit: 1_000,
      roundMs: 60_000,
    },
    {
      what: 'audit_log',
      forget: (limit) => log.forget(limit, auditDays),
      // Some KiB each at most.
      limit: 1_000,
      // They have waited for a year.
      roundMs: 60_000,
    },
  ]
}

interface Opened {
  readonly signals: Signals<RecordedSignal>
  readonly chains: TokenChains
  readonly tokens: AccessTokens
  readonly operator: OperatorPorts
  readonly states: EndpointStateReader
  readonly listening: ListenerPorts['relay']
}

function portsOf(
  wiring: Wiring,
  { signals, chains, tokens, operator, states, listening }: Opened,
): RoutePorts {
  const { pg, context } = wiring
  const sending = sendingPorts(wiring)
  return {
    organizations: organizations(pg),
    apiKeys: apiKeys(pg),
    portal: portalLinks(pg),
    auditLog: auditLog(pg),
    oauth: { keys: apiKeys(pg), chains, tokens, clock: context.clock, log: context.log },
    ...bulkStores(pg),
    tags: tags(pg),
    bulk: { rehearse: (play) => rehearse(pg, (rehearsed) => play(bulkStores(rehearsed))) },
    settings: { store: movementSettings(pg), system: context.config.MOVEMENT_SETTINGS },
    webhooks: { ...webhookPorts(wiring), removed: removedOf(listening) },
    webhookActivity: {
      ...{ activities: endpointActivities(pg), statistics: endpointStatistics(pg), nowMs: sending.nowMs },
      states,
    },
    webhookStatistics: {
      ...{ endpoints: endpoints(pg), statistics: endpointStatistics(pg), nowMs: sending.nowMs },
      scale: context.config.TIME_SCALE,
    },
    trigger: triggerPorts(wiring),
    listeners: { relay: listening, webhooks: webhookPorts(wiring), clock: context.clock },
    checks: checkPorts(wiring),
    jobs: {
      jobs: jobs(pg),
      endpoints: endpoints(pg),
      pages: jobPages(pg),
      nowMs: () => context.clock.nowMs(),
    },
    log: {
      ...sending,
      scale: context.config.TIME_SCALE,
      clock: context.clock,
      versions: endpointVersions(pg),
      judgeFilter: openFilterJudge(),
    },
    live: { attemptFeed: attemptFeed(pg), signals, clock: context.clock },
    usage: { usage: usage(pg), nowMs: sending.nowMs },
    operator,
    filterPreview: {
      pages: jobPages(pg),
      nowMs: sending.nowMs,
      monotonicMs: context.clock.monotonicMs,
    },
    assetLocations: assetLocations(pg),
    locationCounts: { counts: locationCounts(pg), nowMs: sending.nowMs },
    assetScans: assetScans(pg),
    unknownTags: unknownTags(pg),
    feed: { feed: eventFeed(pg), signals, clock: context.clock },
    docs: {
      files: openDocsPage({ openApi: openApiDocument(), asyncApi: asyncApiDocument() }),
      schemas: eventSchemaFiles(),
      policy: docsPolicy,
    },
    console: {
      files: readConsoleFiles(consoleFolder),
      links: portalLinks(pg),
      authenticateKey: apiKeys(pg).authenticate,
      nowMs: sending.nowMs,
    },
  }
}

/** Tells whoever listens at a deleted webhook; where that fails, the listener gets nothing any more and ends by its time. */
function removedOf(listening: Opened['listening']): WebhookPorts['removed'] {
  return async (listener) => listening?.relay.remove(listener).catch(() => undefined)
}

function bulkStores(pg: Postgres): BulkStores {
  return {
    assets: assets(pg),
    locations: locations(pg),
    scanDevices: scanDevices(pg),
    scanPoints: scanPoints(pg),
  }
}

/**
 * The keys of access tokens are derived from those that seal secrets: all replicas have the same ring, so they accept each
 * other's tokens, and there is no further secret to make, share and lose. Nothing of a ring key can be learned from a token:
 * HKDF goes one way, and its label keeps these keys apart from whatever else may be derived. A ring key that is taken out
 * ends the tokens that it signed; they had 15 minutes at most.
 */
function accessTokens(ring: KeyRing): AccessTokens {
  return openAccessTokens(ring.deriveKeys('access token'))
}

/** Kafka answers in milliseconds; whoever pressed the button is told after this that it is away. */
const sendPatienceMs = 5_000

function webhookPorts(wiring: Wiring): WebhookPorts & RotatePorts {
  const { context, pg, ring } = wiring
  const { config, clock } = context
  const policy = targetPolicy(config)
  return {
    endpoints: endpoints(pg),
    auditLog: auditLog(pg),
    checkTarget: (url) => checkTarget(url, policy),
    newSecret,
    newSigningKey,
    seal: (secret) => ring.seal(secret),
    endpointMax: config.API_WEBHOOKS_MAX,
    testDelivery: (orgId, endpointId) =>
      testDelivery({ orgId, endpointId, eventId: newUuid(), nowMs: clock.nowMs(), deliveryIdFor }),
    send: (delivery) => send(wiring, [delivery]),
  }
}

function triggerPorts(wiring: Wiring): TriggerPorts {
  const { context, pg } = wiring
  return {
    endpoints: endpoints(pg),
    auditLog: auditLog(pg),
    triggerDelivery: (orgId, endpointId, what) =>
      triggerDelivery(
        { orgId, endpointId, eventId: newUuid(), nowMs: context.clock.nowMs(), deliveryIdFor },
        what,
      ),
    send: (delivery) => send(wiring, [delivery]),
  }
}

interface Listening {
  readonly ports: NonNullable<ListenerPorts['relay']>
  /** Ends the streams of those who listen. */
  readonly stop: () => Promise<void>
}

/** Some milliseconds each: an endpoint is removed and announced. */
const goneAtOnce = 20

/** The relay, and its port for the senders. */
async function startListening({ context, pg }: Wiring, base: string): Promise<Listening> {
  const { config, clock, log, metrics } = context
  const store = listeners(pg, { staleMs, graceMs })
  await store.adopt(base)
  const signals = openSignals<ListenerSignal>({
    ...{ what: 'relay', listen: (on) => listenListeners(pg, on), clock, log },
  })
  const relay: Relay = openRelay({
    ...{ clock, newId: newUuid, log, store, signals },
    removeGone: ({ orgId, webhookId }, goneMs) => {
      const by = { orgId, actor: systemActor, requestId: null, view: webhookView, hidden: hiddenOfWebhook }
      return endpoints(pg).removeGoneListener(by, webhookId, goneMs)
    },
    outcomes: metrics.counter(
      'scanhook_relay_requests_total',
      'Requests to those who listen, by what became of them',
      { outcome: ['answered', 'nobody', 'too_many', 'late', 'abandoned'] },
    ),
    connected: metrics.gauge('scanhook_relay_connected', 'Listeners with an open stream at this process'),
  })
  const rounds = [
    // Gone for five minutes: a quarter of a minute more hurts nobody.
    { what: 'listeners', forget: relay.removeGone, limit: goneAtOnce, roundMs: 15_000 },
    // Left behind by processes that died, a MiB each at most.
    { what: 'listener_requests', forget: store.forgetRequests, limit: 100, roundMs: 15_000 },
  ].map((each) => forgetInRounds(each, { clock, log }))
  const server = await openRelayServer(relay, { host: config.HOST, port: config.API_RELAY_PORT })
  log.info({ url: server.url }, 'relay.listening')
  const newUrl = (): { url: string; token: string } => {
    // 192 bits: nobody guesses the place at which somebody listens.
    const token = randomBytes(24).toString('base64url')
    return { token, url: `${base}${token}` }
  }
  return {
    ports: { relay, newUrl },
    stop: async () => {
      relay.stop()
      await Promise.all([...rounds.map((each) => each.stop()), server.close(), signals.stop()])
    },
  }
}

function checkPorts(wiring: Wiring): CheckPorts {
  const { pg, context } = wiring
  const { clock } = context
  return {
    endpoints: endpoints(pg),
    deliveries: deliveries(pg),
    attempts: attempts(pg),
    auditLog: auditLog(pg),
    checkDelivery: (orgId, endpointId, series) =>
      checkDelivery({ orgId, endpointId, eventId: newUuid(), nowMs: clock.nowMs(), deliveryIdFor }, series),
    send: (delivery) => send(wiring, [delivery]),
    clock,
  }
}

function sendingPorts(wiring: Wiring) {
  const { pg, context, ring } = wiring
  return {
    endpoints: endpoints(pg),
    auditLog: auditLog(pg),
    deliveries: deliveries(pg),
    attempts: attempts(pg),
    events: events(pg),
    openSecret: (sealed: string) => ring.open(sealed),
    sign: signHeaders,
    batchIdFor: batchId,
    permittedHeaders,
    send: (all: readonly Delivery[]) => send(wiring, all),
    nowMs: () => context.clock.nowMs(),
  }
}

/** The registry answers in some 10 ms, a cold JVM in a second. */
const registryTimeoutMs = 3_000

function openOperator(wiring: Wiring, kafka: KafkaClient, states: EndpointStateReader): OperatorPorts {
  const { context, pg, producer, topics } = wiring
  const { config, clock, onStop } = context
  const { ports, close } = operatorPorts({
    ...{ kafka, producer, states, topics, clock, unavailable },
    figures: operatorFigures(pg),
    replays: poisonReplays(pg),
    readSubjects: () =>
      readSubjects({
        ...{ registryUrl: config.REGISTRY_URL, prefix: config.TOPIC_PREFIX, timeoutMs: registryTimeoutMs },
      }),
    operators: config.OPERATOR_ORG_IDS.map(Number),
    ...{ prefix: config.TOPIC_PREFIX, timeScale: config.TIME_SCALE },
  })
  onStop('operator', close)
  return ports
}

/** Resolves when Kafka has acknowledged all of them; what it has not within the patience may still be sent. */
async function send({ context, producer, codecs, topics }: Wiring, all: readonly Delivery[]): Promise<void> {
  let cancel = (): void => undefined
  const tooLate = new Promise<never>((_, reject) => {
    cancel = context.clock.after(sendPatienceMs, () =>
      reject(unavailable('it could not be sent yet; it may still be sent later', 5)),
    )
  })
  const sent = producer.appendAll(
    all.map((delivery) => ({
      topic: topics.deliveries,
      key: endpointKey(delivery.endpointId),
      value: codecs.deliveries.encode(delivery),
      headers: activeTraceHeaders(),
    })),
  )
  await Promise.race([sent, tooLate]).finally(() => cancel())
}

function relay({ context, pg, codecs, topics }: Wiring, kafka: KafkaClient): void {
  const { clock, random, log, metrics, onStop } = context
  const leading = metrics.gauge(
    'scanhook_outbox_leading',
    '1 while this process carries the outbox to master-data',
  )
  const announced = metrics.counter('scanhook_outbox_announced_total', 'Changes of master data announced')
  const running = startRelay({
    openSession: (on) => openOutboxSession(pg, on),
    openSender: async () => {
      const producer = await kafka.openProducer()
      return {
        send: (changes) =>
          producer.appendAll(
            changes.map((change) => ({
              topic: topics.masterData,
              key: masterDataKey(change.orgId, change.kind, change.id),
              value: codecs.masterData.encode(change),
            })),
          ),
        close: () => producer.close(0),
      }
    },
    clock,
    random,
    log,
    onLeading: (isLeading) => leading.set(isLeading ? 1 : 0),
    onSent: (count) => announced.inc({}, count),
  })
  onStop('outbox relay', () => running.stop())
}
