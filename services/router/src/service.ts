/** The router: events in, deliveries out. Wires the handler to Kafka, the codecs and the endpoint table. */
import type { DomainEvent } from '@scanhook/domain/event'
import { eventTypes } from '@scanhook/domain/event'
import { deliveryIdFor } from '@scanhook/identity/derived-ids'
import type { KafkaClient, KafkaProducer } from '@scanhook/kafka/contract'
import { openKafka } from '@scanhook/kafka/open'
import { kafkaSettings } from '@scanhook/kafka/settings'
import type { Metrics } from '@scanhook/observability/metrics'
import { defineService, type ServiceContext, type ServiceDefinition } from '@scanhook/runtime/service'
import { recordDecoder } from '@scanhook/schemas/decode-record'
import { endpointKey } from '@scanhook/schemas/keys'
import { type Codecs, openCodecs } from '@scanhook/schemas/open-codecs'
import { poisonHeaders } from '@scanhook/schemas/poison-headers'
import { schemasSettings } from '@scanhook/schemas/settings'
import { type TopicNames, topicNames } from '@scanhook/schemas/topics'
import { announcements } from './apply-announcements.ts'
import { type EndpointTable, endpointTable } from './endpoint-table.ts'
import { eventRouter, type RoutePorts } from './route-events.ts'

type RouterSettings = typeof kafkaSettings & typeof schemasSettings

interface Wiring {
  readonly context: ServiceContext<RouterSettings>
  readonly kafka: KafkaClient
  readonly codecs: Codecs
  readonly topics: TopicNames
  readonly wait: (delayMs: number) => Promise<void>
}

export const routerService: ServiceDefinition<RouterSettings> = defineService({
  name: 'router',
  settings: { ...kafkaSettings, ...schemasSettings },
  start: startRouter,
})

async function startRouter(context: ServiceContext<RouterSettings>): Promise<void> {
  const { config, log, metrics, clock, onStop, fail } = context
  const topics = topicNames(config.TOPIC_PREFIX)
  const codecs = await openCodecs({
    registryUrl: config.REGISTRY_URL,
    cacheDir: config.SCHEMA_CACHE_DIR,
    prefix: config.TOPIC_PREFIX,
    log,
    mode: 'lookup',
  })
  const kafka = openKafka(config, { log, metrics })
  const wait = (delayMs: number): Promise<void> => new Promise((resolve) => clock.after(delayMs, resolve))
  const wiring: Wiring = { context, kafka, codecs, topics, wait }

  // Before the first event: an endpoint that is not in the table yet would miss it for good.
  const table = await openEndpoints(wiring)
  const producer = await kafka.openProducer()
  onStop('producer', () => producer.close())
  const consumer = kafka.openConsumer({
    groupId: `${config.TOPIC_PREFIX}router`,
    topics: [topics.events],
    handle: eventRouter(portsOf(wiring, { table, producer })),
    onFatal: fail,
  })
  onStop('consumer', () => consumer.stop())
  await consumer.start()
}

async function openEndpoints({ context, kafka, codecs, topics, wait }: Wiring): Promise<EndpointTable> {
  const { log, metrics, onStop, fail } = context
  const setCaughtUp = context.readiness('endpoints-known')
  const table = endpointTable()
  const refused = metrics.counter(
    'scanhook_endpoint_announcements_refused_total',
    'Announcements on master-data that the router could not understand',
  )
  const applied = metrics.counter(
    'scanhook_endpoint_announcements_applied_total',
    'Announcements of endpoints on master-data that the router has taken in since it started',
  )
  const gauge = metrics.gauge('scanhook_router_endpoints', 'Endpoints that the router knows')
  metrics.onCollect(() => gauge.set(table.size()))
  const stopping = new AbortController()
  const announced = announcements({
    decode: recordDecoder(codecs.masterData, wait),
    table,
    applied: () => applied.inc(),
    refused: ({ partition, offset }, problem) => {
      refused.inc()
      log.error({ partition, offset, problem }, 'announcement.refused')
    },
    signal: stopping.signal,
  })
  const masterData = kafka.openTable({ topic: topics.masterData, apply: announced.apply, onFatal: fail })
  onStop('master-data', async () => {
    stopping.abort()
    await masterData.stop()
  })
  await masterData.start()
  await announced.settled()
  log.info({ endpoints: table.size() }, 'endpoints.loaded')
  setCaughtUp(true)
  return table
}

interface Stores {
  readonly table: EndpointTable
  readonly producer: KafkaProducer
}

function portsOf({ context, codecs, topics, wait }: Wiring, { table, producer }: Stores): RoutePorts {
  return {
    decodeEvent: recordDecoder(codecs.events, wait),
    encodeDelivery: codecs.deliveries.encode,
    endpointsOf: table.ofOrganization,
    deliveryIdFor,
    keyOf: endpointKey,
    poisonOf: (record, reason, detail) => ({
      topic: topics.poison,
      key: record.key,
      value: record.value,
      headers: poisonHeaders(record, { reason, detail, service: 'router' }),
    }),
    appendAll: (records) => producer.appendAll(records),
    deliveriesTopic: topics.deliveries,
    routed: countRouted(context.metrics),
  }
}

function countRouted(metrics: Metrics): (event: DomainEvent, deliveryCount: number) => void {
  const labels = { event_type: eventTypes }
  const deliveries = metrics.counter(
    'scanhook_deliveries_routed_total',
    'Deliveries made from events',
    labels,
  )
  const unwanted = metrics.counter(
    'scanhook_events_unmatched_total',
    'Events that no subscription of their organization covers',
    labels,
  )
  return (event, deliveryCount) => {
    if (deliveryCount > 0) deliveries.inc({ event_type: event.type }, deliveryCount)
    else unwanted.inc({ event_type: event.type })
  }
}
