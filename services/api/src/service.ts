/** The control plane: the HTTP API, and the relay that announces its changes. The only file that knows every name. */

import type { Delivery } from '@scanhook/domain/delivery'
import { openFilterJudge } from '@scanhook/filters/filter-judge'
import { unavailable } from '@scanhook/http/api-error'
import { openHttp } from '@scanhook/http/app'
import { deliveryIdFor } from '@scanhook/identity/derived-ids'
import { newUuid } from '@scanhook/identity/new-ids'
import type { KafkaClient, KafkaProducer } from '@scanhook/kafka/contract'
import { openKafka } from '@scanhook/kafka/open'
import { childHeaders, newTrace } from '@scanhook/observability/trace'
import { apiKeys } from '@scanhook/postgres/api-keys'
import { assetLocations } from '@scanhook/postgres/asset-locations'
import { assetScans } from '@scanhook/postgres/asset-scans'
import { assets } from '@scanhook/postgres/assets'
import { attempts } from '@scanhook/postgres/attempts'
import { deliveries } from '@scanhook/postgres/deliveries'
import { endpointVersions } from '@scanhook/postgres/endpoint-versions'
import { endpoints } from '@scanhook/postgres/endpoints'
import { events } from '@scanhook/postgres/events'
import { jobPages } from '@scanhook/postgres/job-pages'
import { jobs } from '@scanhook/postgres/jobs'
import { locations } from '@scanhook/postgres/locations'
import { movementSettings } from '@scanhook/postgres/movement-settings'
import { openPostgres, type Postgres } from '@scanhook/postgres/open'
import { organizations } from '@scanhook/postgres/organizations'
import { openOutboxSession } from '@scanhook/postgres/outbox'
import { scanDevices } from '@scanhook/postgres/scan-devices'
import { scanPoints } from '@scanhook/postgres/scan-points'
import { tags } from '@scanhook/postgres/tags'
import { unknownTags } from '@scanhook/postgres/unknown-tags'
import { defineService, type ServiceContext, type ServiceDefinition } from '@scanhook/runtime/service'
import { endpointKey, masterDataKey } from '@scanhook/schemas/keys'
import { type Codecs, lookUpCodecs } from '@scanhook/schemas/open-codecs'
import { type TopicNames, topicNames } from '@scanhook/schemas/topics'
import { openKeyRing } from '@scanhook/signing/seal'
import { newSecret } from '@scanhook/signing/secret'
import { newSigningKey } from '@scanhook/signing/signing-key'
import { checkTarget } from '@scanhook/webhook-client/check-target'
import { targetPolicy } from '@scanhook/webhook-client/settings'
import { addApiKeyRoutes } from './api-keys/routes.ts'
import { addAssetHistoryRoutes } from './asset-history/routes.ts'
import { addAssetLocationRoutes } from './asset-locations/routes.ts'
import { addAssetRoutes } from './assets/routes.ts'
import { addAttemptRoutes } from './attempts/routes.ts'
import { type ApiSettings, apiSettings } from './config.ts'
import { addDeliveryRoutes } from './deliveries/routes.ts'
import { addEventTypeRoutes } from './event-types/routes.ts'
import { addEventRoutes } from './events/routes.ts'
import { addFilterPreviewRoute } from './filter-preview/routes.ts'
import { addJobRoutes } from './jobs/routes.ts'
import { addLocationRoutes } from './locations/routes.ts'
import { addOrganizationRoutes } from './organization/routes.ts'
import { startRelay } from './outbox/relay-outbox.ts'
import { addRecoverRoute } from './recovery/routes.ts'
import { addResendRoute } from './resend/routes.ts'
import { watchEndedSecrets } from './rotation/ended-secrets.ts'
import { addRotateRoute, type RotatePorts } from './rotation/routes.ts'
import { addScanDeviceRoutes } from './scan-devices/routes.ts'
import { addScanPointRoutes } from './scan-points/routes.ts'
import type { Api } from './server.ts'
import { addSettingsRoutes } from './settings/routes.ts'
import { addTagRoutes } from './tags/routes.ts'
import { addUnknownTagRoutes } from './unknown-tags/routes.ts'
import { addWebhookRoutes, type WebhookPorts } from './webhooks/routes.ts'
import { testDelivery } from './webhooks/test-delivery.ts'
import { addWhyRoute } from './why/routes.ts'

interface Wiring {
  readonly context: ServiceContext<ApiSettings>
  readonly pg: Postgres
  readonly producer: KafkaProducer
  readonly codecs: Codecs
  readonly topics: TopicNames
}

export const apiService: ServiceDefinition<ApiSettings> = defineService({
  name: 'api',
  settings: apiSettings,
  start: startApi,
})

async function startApi(context: ServiceContext<ApiSettings>): Promise<void> {
  const { config, log, metrics, clock, random, onStop } = context
  const isReady = context.readiness('http')
  const pg = openPostgres({ url: config.POSTGRES_URL, max: config.POSTGRES_POOL_MAX, log })
  onStop('postgres', () => pg.close())
  const codecs = await lookUpCodecs(config, log)
  const kafka = openKafka(config, { log, metrics })
  const producer = await kafka.openProducer()
  onStop('producer', () => producer.close())
  const wiring: Wiring = { context, pg, producer, codecs, topics: topicNames(config.TOPIC_PREFIX) }
  relay(wiring, kafka)
  const forget = (limit: number): Promise<number> => endpoints(pg).forgetEndedSecrets(limit)
  const watch = watchEndedSecrets({ forget, clock, log })
  onStop('ended secrets', () => watch.stop())

  const api = openHttp({
    host: config.HOST,
    port: config.API_PORT,
    authenticate: apiKeys(pg).authenticate,
    rateLimit: { perMinute: config.API_RATE_LIMIT_PER_MINUTE, burst: config.API_RATE_LIMIT_BURST },
    log,
    metrics,
    clock,
    random,
  })
  addRoutes(api, wiring)
  onStop('http', () => api.close())
  const url = await api.listen()
  log.info({ url }, 'api.listening')
  isReady(true)
}

function addRoutes(api: Api, wiring: Wiring): void {
  const { pg, context } = wiring
  addOrganizationRoutes(api, organizations(pg))
  addApiKeyRoutes(api, apiKeys(pg))
  addAssetRoutes(api, assets(pg))
  addTagRoutes(api, tags(pg))
  addLocationRoutes(api, locations(pg))
  addScanDeviceRoutes(api, scanDevices(pg))
  addScanPointRoutes(api, scanPoints(pg))
  addSettingsRoutes(api, { store: movementSettings(pg), system: context.config.MOVEMENT_SETTINGS })
  const webhooks = webhookPorts(wiring)
  const sending = sendingPorts(wiring)
  addWebhookRoutes(api, webhooks)
  addRotateRoute(api, webhooks)
  const asking = { jobs: jobs(pg), endpoints: endpoints(pg), nowMs: () => context.clock.nowMs() }
  addRecoverRoute(api, asking)
  addJobRoutes(api, asking)
  addEventTypeRoutes(api)
  addDeliveryRoutes(api, { ...sending, scale: context.config.TIME_SCALE })
  addAttemptRoutes(api, sending.attempts)
  addResendRoute(api, sending)
  addEventRoutes(api, events(pg))
  const judgeFilter = openFilterJudge()
  addWhyRoute(api, { ...sending, versions: endpointVersions(pg), judgeFilter })
  addFilterPreviewRoute(api, {
    pages: jobPages(pg),
    nowMs: sending.nowMs,
    monotonicMs: context.clock.monotonicMs,
  })
  addAssetLocationRoutes(api, assetLocations(pg))
  addAssetHistoryRoutes(api, assetScans(pg))
  addUnknownTagRoutes(api, unknownTags(pg))
}

/** Kafka answers in milliseconds; whoever pressed the button is told after this that it is away. */
const sendPatienceMs = 5_000

function webhookPorts(wiring: Wiring): WebhookPorts & RotatePorts {
  const { context, pg } = wiring
  const { config, clock } = context
  const policy = targetPolicy(config)
  const ring = openKeyRing(config.SECRET_KEYS)
  return {
    endpoints: endpoints(pg),
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

function sendingPorts(wiring: Wiring) {
  const { pg, context } = wiring
  return {
    endpoints: endpoints(pg),
    deliveries: deliveries(pg),
    attempts: attempts(pg),
    events: events(pg),
    send: (all: readonly Delivery[]) => send(wiring, all),
    nowMs: () => context.clock.nowMs(),
  }
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
      headers: childHeaders(newTrace()),
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
