/** The router: events in, deliveries out. Wires the handler to Kafka, the codecs and the endpoint directory. */
import type { DomainEvent } from '@scanhook/domain/event'
import { eventTypes } from '@scanhook/domain/event'
import type { EndpointDirectory } from '@scanhook/endpoint-directory/directory'
import { followEndpoints } from '@scanhook/endpoint-directory/follow-endpoints'
import { openFilterJudge } from '@scanhook/filters/filter-judge'
import { deliveryIdFor } from '@scanhook/identity/derived-ids'
import type { KafkaProducer } from '@scanhook/kafka/contract'
import { openKafka } from '@scanhook/kafka/open'
import { kafkaSettings } from '@scanhook/kafka/settings'
import type { Metrics } from '@scanhook/observability/metrics'
import { defineService, type ServiceContext, type ServiceDefinition } from '@scanhook/runtime/service'
import { waitBy } from '@scanhook/runtime/wait-by'
import { decodeMeter } from '@scanhook/schemas/decode-meter'
import { recordDecoder } from '@scanhook/schemas/decode-record'
import { endpointKey } from '@scanhook/schemas/keys'
import { type Codecs, lookUpCodecs } from '@scanhook/schemas/open-codecs'
import { poisonRecord } from '@scanhook/schemas/poison-headers'
import { schemasSettings } from '@scanhook/schemas/settings'
import { type TopicNames, topicNames } from '@scanhook/schemas/topics'
import { eventRouter, type RoutePorts } from './route-events.ts'

type RouterSettings = typeof kafkaSettings & typeof schemasSettings

interface Wiring {
  readonly context: ServiceContext<RouterSettings>
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
  const { config, log, metrics, tracing, clock, onStop, fail } = context
  const topics = topicNames(config.TOPIC_PREFIX)
  const codecs = await lookUpCodecs(config, log)
  const kafka = openKafka(config, { log, metrics, tracing })
  const wait = waitBy(clock)
  const wiring: Wiring = { context, codecs, topics, wait }

  // Before the first event: an endpoint that is not known yet would miss it for good.
  const endpoints = await followEndpoints({
    context,
    service: 'router',
    kafka,
    topic: topics.masterData,
    decode: recordDecoder(codecs.masterData, wait, decodeMeter(metrics, 'masterData')),
  })
  const producer = await kafka.openProducer()
  onStop('producer', () => producer.close())
  const consumer = kafka.openConsumer({
    groupId: `${config.TOPIC_PREFIX}router`,
    topics: [topics.events],
    handle: eventRouter(portsOf(wiring, { endpoints, producer })),
    onFatal: fail,
  })
  onStop('consumer', () => consumer.stop())
  await consumer.start()
}

interface Stores {
  readonly endpoints: EndpointDirectory
  readonly producer: KafkaProducer
}

function portsOf({ context, codecs, topics, wait }: Wiring, { endpoints, producer }: Stores): RoutePorts {
  return {
    decodeEvent: recordDecoder(codecs.events, wait, decodeMeter(context.metrics, 'events')),
    encodeDelivery: codecs.deliveries.encode,
    endpointsOf: endpoints.ofOrganization,
    judgeFilter: openFilterJudge(),
    deliveryIdFor,
    keyOf: endpointKey,
    poisonOf: (record, reason, detail) =>
      poisonRecord(topics.poison, record, { reason, detail, service: 'router' }),
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
