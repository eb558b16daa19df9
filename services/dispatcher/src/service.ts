/** The dispatcher: deliveries in, signed requests out. Wires the parts to Kafka, the codecs and the webhook client. */

import { limitStart } from '@scanhook/domain/delivering/concurrency-limit'
import type { EndpointId } from '@scanhook/domain/ids'
import { scaledMs, tierDurationMs } from '@scanhook/domain/retry/tiers'
import type { EndpointDirectory } from '@scanhook/endpoint-directory/directory'
import { followEndpoints } from '@scanhook/endpoint-directory/follow-endpoints'
import { batchId } from '@scanhook/identity/derived-ids'
import type { KafkaProducer } from '@scanhook/kafka/contract'
import { openKafka } from '@scanhook/kafka/open'
import type { OutgoingRecord } from '@scanhook/kafka/record'
import { childHeaders, type Trace } from '@scanhook/observability/trace'
import { defineService, type ServiceContext, type ServiceDefinition } from '@scanhook/runtime/service'
import { waitBy } from '@scanhook/runtime/wait-by'
import { recordDecoder } from '@scanhook/schemas/decode-record'
import { endpointKey } from '@scanhook/schemas/keys'
import { type Codecs, openCodecs } from '@scanhook/schemas/open-codecs'
import { poisonHeaders } from '@scanhook/schemas/poison-headers'
import { type TopicNames, topicNames } from '@scanhook/schemas/topics'
import { openKeyRing } from '@scanhook/signing/seal'
import { signHeaders } from '@scanhook/signing/sign'
import { permittedHeaders } from '@scanhook/webhook-client/customer-headers'
import { openWebhookClient, type WebhookClient } from '@scanhook/webhook-client/post'
import { targetPolicy } from '@scanhook/webhook-client/settings'
import { dispatcherSettings } from './config.ts'
import { type DeliverPorts, deliverer } from './deliver.ts'
import { attemptLine } from './describe-attempt.ts'
import { type BreakerPort, Dispatch, type DispatchPorts } from './dispatch.ts'
import { attemptCounters, overflowCounter, stateGauges, unreadableCounter } from './dispatcher-metrics.ts'
import { endpointSecrets } from './endpoint-secrets.ts'
import { type EndpointJudge, endpointJudge } from './judge-endpoint.ts'
import { LatestEvents } from './latest-events.ts'
import { OrderGate, orderKey } from './order-gate.ts'
import type { Destination } from './plan-next.ts'
import { type Settle, type SettlePorts, settler } from './settle.ts'

type Settings = typeof dispatcherSettings

interface Wiring {
  readonly context: ServiceContext<Settings>
  readonly codecs: Codecs
  readonly topics: TopicNames
  readonly wait: (delayMs: number) => Promise<void>
}

interface Stores {
  readonly endpoints: EndpointDirectory
  readonly producer: KafkaProducer
  readonly client: WebhookClient
  readonly breaker: BreakerPort
  readonly order: OrderGate
}

/** What a retry burst of one minute brings. */
const heapMax = 10_000
/**
 * Of one endpoint: what a quick one works off within two seconds, and half of the 20,000 incomplete records above which
 * the consumer hands out no more of a partition.
 */
const endpointWaitingMax = 10_000
/**
 * An event has up to 786 KB, so numbers alone bound nothing. 64 MiB wait in memory at most, 48 for their turn and 16 for
 * their time: 32,000 ordinary deliveries, five seconds of work. Text that is not Latin takes twice its bytes; with the
 * 32 MiB under way (`slotBytes`), each also rendered and being sent, 100,000 endpoints (100 MB) and Node's own 80 MB
 * the process stays at 400 MB.
 */
const waitingBytesMax = 48 * 1_024 * 1_024
const heapBytesMax = 16 * 1_024 * 1_024
/** 1,024 requests under way hold 32 MiB; an ordinary delivery is far below its 32 KiB. */
const slotBytes = 32 * 1_024
/** With the attempt's own 15 s this keeps a record's stay at the promised 20 s. */
const waitMaxMs = 5_000
/**
 * Eight endpoints at their limit of 64 use half of the 1,024 slots, and nothing holds them back; each further one that
 * hangs takes a ninth of what is left. Fifty that hang leave some, and a hundred leave 75 once their first requests end.
 */
const freePerHeld = 8
/** Four times the requests under way: acknowledgements take a fraction of what answers take. */
const unsettledMax = 4_096

export const dispatcherService: ServiceDefinition<Settings> = defineService({
  name: 'dispatcher',
  settings: dispatcherSettings,
  start: startDispatcher,
})

async function startDispatcher(context: ServiceContext<Settings>): Promise<void> {
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
  const wait = waitBy(clock)
  const wiring: Wiring = { context, codecs, topics, wait }

  const endpoints = await followEndpoints({
    context,
    service: 'dispatcher',
    kafka,
    topic: topics.masterData,
    decode: recordDecoder(codecs.masterData, wait),
  })
  const client = openWebhookClient({ policy: targetPolicy(config), clock })
  onStop('webhook-client', () => client.close())
  const producer = await kafka.openProducer()
  onStop('producer', () => producer.close())
  const dispatch = openDispatch(wiring, {
    endpoints,
    producer,
    client,
    breaker: always,
    order: new OrderGate(),
  })
  stateGauges(metrics, () => dispatch.counts())
  const consumer = kafka.openConsumer({
    groupId: `${config.TOPIC_PREFIX}dispatcher`,
    topics: [topics.deliveries],
    handle: (batch) => dispatch.handle(batch),
    onRevoked: () => dispatch.forgetRevoked(),
    onFatal: fail,
  })
  onStop('consumer', () => consumer.stop())
  // Stops first: what is under way is finished while its offsets can still be committed.
  onStop('attempts', () => dispatch.stop())
  await consumer.start()
}

function openDispatch(wiring: Wiring, stores: Stores): Dispatch {
  const { context, codecs, topics, wait } = wiring
  const { config, clock, fail, log, metrics } = context
  const { endpoints, producer, order } = stores
  const judge = endpointJudge()
  const settle = openSettle(wiring, stores, judge)
  const overflow = overflowCounter(metrics)
  const ports: DispatchPorts = {
    decode: recordDecoder(codecs.deliveries, wait),
    findEndpoint: knownEndpoints(endpoints, judge),
    breaker: stores.breaker,
    order,
    latest: new LatestEvents(),
    deliver: deliverer(deliverPorts(wiring, stores, settle)),
    settle,
    appendNext: nextAppender(wiring, producer),
    setAside: (record, reason, detail) => {
      log.warn({ partition: record.partition, offset: record.offset, reason, detail }, 'record.poisoned')
      const headers = poisonHeaders(record, { reason, detail, service: 'dispatcher' })
      return producer.append({ topic: topics.poison, key: record.key, value: record.value, headers })
    },
    wasDone: () => false,
    noteDone: () => undefined,
    orderLost: overflow,
    failed: (error) => fail('a delivery could not be made durable', error),
    nowMs: clock.nowMs,
    after: clock.after,
    scale: config.TIME_SCALE,
  }
  return new Dispatch(
    ports,
    { heapMax, heapBytesMax, unsettledMax },
    {
      endpointInFlightMax: config.DISPATCHER_ENDPOINT_CONCURRENCY,
      limitStart,
      inFlightMax: config.DISPATCHER_CONCURRENCY,
      freePerHeld,
      endpointWaitingMax,
      waitingBytesMax,
      slotBytes,
      waitMaxMs,
      asideMinMs: scaledMs(tierDurationMs('10s'), config.TIME_SCALE),
      monotonicMs: clock.monotonicMs,
    },
  )
}

/** What answered 410 counts as disabled from that moment on, until its announcement has come round. */
function knownEndpoints(
  endpoints: EndpointDirectory,
  { isGone }: EndpointJudge,
): DispatchPorts['findEndpoint'] {
  return (id) => {
    const known = endpoints.find(id)
    if (known.kind !== 'known' || !isGone(known.endpoint)) return known
    return { kind: 'known', endpoint: { ...known.endpoint, state: 'disabled' } }
  }
}

function deliverPorts({ context }: Wiring, { client }: Stores, settle: Settle): DeliverPorts {
  const { config, clock, log, metrics, random } = context
  const ring = openKeyRing(config.SECRET_KEYS)
  const countUnreadable = unreadableCounter(metrics)
  return {
    batchIdFor: batchId,
    secretsOf: endpointSecrets(
      (sealed) => ring.open(sealed),
      ({ id, version }, { opened, unreadable, error }) => {
        countUnreadable(opened > 0)
        log.error({ endpoint_id: id, version, opened, unreadable, err: error }, 'secret.unreadable')
      },
    ),
    sign: signHeaders,
    customerHeaders: ({ headers }) => permittedHeaders(headers),
    post: (request) => client.post(request),
    settle,
    unsignable: ({ id }, error) => log.error({ endpoint_id: id, err: error }, 'signature.refused'),
    nowMs: clock.nowMs,
    random,
    scale: config.TIME_SCALE,
    userAgent: 'Scanhook/1',
  }
}

function openSettle(wiring: Wiring, { producer }: Stores, { judge }: EndpointJudge): Settle {
  const { context, codecs, topics } = wiring
  const { config, clock, log, metrics } = context
  const count = attemptCounters(metrics)
  const logsAll = config.LOG_ATTEMPTS === 'all'
  return settler({
    appendAttempt: (attempt, trace) =>
      producer.append(
        recordFor({ topic: topics.attempts, of: attempt, value: codecs.attempts.encode(attempt), trace }),
      ),
    appendEndpointEvent: (event, trace) =>
      producer.append(
        recordFor({
          topic: topics.endpointEvents,
          of: event,
          value: codecs.endpointEvents.encode(event),
          trace,
        }),
      ),
    appendNext: nextAppender(wiring, producer),
    judge,
    appendOrder: ({ delivery, order, orderNote, partition }) => {
      if (order === null || orderNote === null) return null
      const { endpointId } = delivery
      const { dueAtMs } = orderNote
      return producer.append({
        topic: topics.deliveryOrder,
        partition,
        key: orderKey({ endpointId, assetId: order.key, sequence: order.sequence }),
        value: dueAtMs === null ? null : Buffer.from(String(dueAtMs)),
      })
    },
    settled: (attempt, { delivery, trace }) => {
      count(attempt, delivery.event)
      // What is held comes by the thousand when an endpoint hangs; the delivery log has each of them.
      const isNotable =
        attempt.disposition.kind === 'dead' ||
        (attempt.outcome !== null && attempt.disposition.kind !== 'delivered')
      if (!logsAll && !isNotable) return
      log.info(
        attemptLine(attempt, trace.traceId),
        attempt.outcome === null ? 'delivery.settled' : 'delivery.attempted',
      )
    },
    nowMs: clock.nowMs,
    scale: config.TIME_SCALE,
  })
}

function nextAppender({ codecs, topics }: Wiring, producer: KafkaProducer): SettlePorts['appendNext'] {
  const topicOf = (to: Destination): string => {
    if (to.kind === 'dead') return topics.dead
    return to.kind === 'tier' ? topics.retry[to.name] : topics.deliveries
  }
  return ({ to, delivery }, trace) =>
    producer.append(
      recordFor({ topic: topicOf(to), of: delivery, value: codecs.deliveries.encode(delivery), trace }),
    )
}

interface EndpointRecord {
  readonly topic: string
  readonly of: { readonly endpointId: EndpointId }
  readonly value: Buffer
  readonly trace: Trace
}

/** All of an endpoint's records stand under its key, so that they have one order and one owner. */
function recordFor({ topic, of, value, trace }: EndpointRecord): OutgoingRecord {
  return { topic, key: endpointKey(of.endpointId), value, headers: childHeaders(trace) }
}

const always: BreakerPort = { gate: () => 'closed', openUntilMs: () => null, begin: () => () => undefined }
