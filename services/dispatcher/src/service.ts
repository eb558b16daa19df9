/** The dispatcher: deliveries in, signed requests out. Wires the parts to Kafka, the codecs and the webhook client. */

import { openCircuitBreakers } from '@scanhook/circuit-breaker/circuit-breakers'
import { breakerVerdict } from '@scanhook/domain/breaking/breaker-verdict'
import { limitStart } from '@scanhook/domain/delivering/concurrency-limit'
import { type EndpointId, eventId } from '@scanhook/domain/ids'
import { userAgent } from '@scanhook/domain/payload/request-parts'
import { scaledMs, tierDurationMs } from '@scanhook/domain/retry/tiers'
import type { EndpointDirectory } from '@scanhook/endpoint-directory/directory'
import { followEndpoints } from '@scanhook/endpoint-directory/follow-endpoints'
import { openFilterJudge } from '@scanhook/filters/filter-judge'
import { batchId, deliveryIdFor } from '@scanhook/identity/derived-ids'
import type { KafkaProducer } from '@scanhook/kafka/contract'
import { openKafka } from '@scanhook/kafka/open'
import type { OutgoingRecord } from '@scanhook/kafka/record'
import { type TraceHeaders, traceParentOf } from '@scanhook/observability/trace'
import { type CompletedMarks, openCompletedMarks } from '@scanhook/redis/completed-marks'
import { type EndpointStates, endpointStatesKey, openEndpointStates } from '@scanhook/redis/endpoint-states'
import { every } from '@scanhook/runtime/every'
import { defineService, type ServiceContext, type ServiceDefinition } from '@scanhook/runtime/service'
import { waitBy } from '@scanhook/runtime/wait-by'
import { decodeMeter } from '@scanhook/schemas/decode-meter'
import { recordDecoder } from '@scanhook/schemas/decode-record'
import { endpointKey } from '@scanhook/schemas/keys'
import { type Codecs, lookUpCodecs } from '@scanhook/schemas/open-codecs'
import { poisonRecord } from '@scanhook/schemas/poison-headers'
import { type TopicNames, topicNames } from '@scanhook/schemas/topics'
import { openKeyRing } from '@scanhook/signing/seal'
import { signHeaders } from '@scanhook/signing/sign'
import { permittedHeaders } from '@scanhook/webhook-client/customer-headers'
import { openWebhookClient, type WebhookClient } from '@scanhook/webhook-client/post'
import { targetPolicy } from '@scanhook/webhook-client/settings'
import { type CheckPorts, endpointChecker } from './check-endpoint.ts'
import { dispatcherSettings } from './config.ts'
import { type DeliverPorts, deliverer } from './deliver.ts'
import { attemptLine } from './describe-attempt.ts'
import { type BreakerPort, Dispatch, type DispatchPorts } from './dispatch.ts'
import {
  attemptCounters,
  breakerCounter,
  breakerGauges,
  lostMarksCounter,
  overflowCounter,
  stateGauges,
  unreadableCounter,
} from './dispatcher-metrics.ts'
import { endpointBreakers } from './endpoint-breakers.ts'
import { endpointSecrets } from './endpoint-secrets.ts'
import { type EndpointJudge, endpointJudge } from './judge-endpoint.ts'
import { LatestEvents } from './latest-events.ts'
import { OrderGate, orderRecord } from './order-gate.ts'
import { type PartitionMemory, partitionMemory } from './partition-memory.ts'
import { topicOf } from './plan-next.ts'
import { type Settle, type SettlePorts, settler } from './settle.ts'
import { SharedStates } from './share-states.ts'

type Settings = typeof dispatcherSettings

interface Wiring {
  readonly context: ServiceContext<Settings>
  readonly codecs: Codecs
  readonly topics: TopicNames
  readonly wait: (delayMs: number) => Promise<void>
  /** By the brokers' clock: what is due and what is signed does not follow a wrong one of ours. */
  readonly nowMs: () => number
  readonly latestNowMs: () => number
}

interface Stores {
  readonly endpoints: EndpointDirectory
  readonly producer: KafkaProducer
  readonly client: WebhookClient
  readonly breaker: BreakerPort
  readonly order: OrderGate
  readonly memory: PartitionMemory
  readonly shared: SharedStates
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
/** Closed breakers that are kept: 100 MB would be 20,000; busy endpoints of one dispatcher are fewer. */
const breakersMax = 10_000
/** The longest timeout of any profile. */
const attemptMaxMs = 15_000
/** What a crash forgets of limits and breakers. */
const shareEveryMs = 1_000
/** Four times the requests under way: acknowledgements take a fraction of what answers take. */
const unsettledMax = 4_096

export const dispatcherService: ServiceDefinition<Settings> = defineService({
  name: 'dispatcher',
  settings: dispatcherSettings,
  start: startDispatcher,
})

async function startDispatcher(context: ServiceContext<Settings>): Promise<void> {
  const { config, log, metrics, tracing, clock, onStop, fail } = context
  const topics = topicNames(config.TOPIC_PREFIX)
  const codecs = await lookUpCodecs(config, log)
  const kafka = openKafka(config, {
    log,
    metrics,
    tracing,
    nowMs: clock.nowMs,
    monotonicMs: clock.monotonicMs,
  })
  const clusterClock = await kafka.openClusterClock({ topic: topics.clusterClock })
  onStop('cluster-clock', clusterClock.close)
  const { nowMs } = clusterClock
  const latestNowMs = (): number => nowMs() + Math.ceil(clusterClock.errorMs() ?? 0)
  const wait = waitBy(clock)
  const wiring: Wiring = { context, codecs, topics, wait, nowMs, latestNowMs }

  const endpoints = await followEndpoints({
    context,
    service: 'dispatcher',
    kafka,
    topic: topics.masterData,
    decode: recordDecoder(codecs.masterData, wait, decodeMeter(metrics, 'masterData')),
  })
  const client = openWebhookClient({ policy: targetPolicy(config), clock: { ...clock, nowMs } })
  onStop('webhook-client', () => client.close())
  const producer = await kafka.openProducer()
  onStop('producer', () => producer.close())
  const order = new OrderGate()
  const { marks, states } = openShared(wiring)
  const memory = partitionMemory({
    order,
    readOrder: (partitions, apply) => kafka.readToEnd(topics.deliveryOrder, partitions, apply),
    loadMarks: (partition) => marks.load(partition),
    noteMark: (partition, offset, id) => marks.note(partition, offset, id),
    loadStates: async () => {
      for (const [id, snapshot] of shared.take(await states.loadAll())) breakers.restore(id, snapshot)
    },
    restored: (partitions, parked, done) => log.info({ partitions, parked, done }, 'partitions.restored'),
  })
  const shared: SharedStates = new SharedStates({
    limitOf: (id) => dispatch.limitOf(id),
    save: (changes) => states.save(changes),
    nowMs,
  })
  const { breakers, port } = openBreakers(wiring, {
    producer,
    shared,
    endpoints,
    opened: (id) => dispatch.breakerOpened(id),
    closed: (id) => dispatch.breakerClosed(id),
  })
  const stores: Stores = {
    endpoints,
    producer,
    client,
    order,
    memory,
    shared,
    breaker: port,
  }
  const dispatch: Dispatch = openDispatch(wiring, stores)
  stateGauges(metrics, () => dispatch.counts())
  metrics
    .gauge('scanhook_inflight_limit', 'Requests that may be under way at once')
    .set(config.DISPATCHER_CONCURRENCY)
  breakerGauges(metrics, () => breakers.counts())
  const consumer = kafka.openConsumer({
    groupId: `${config.TOPIC_PREFIX}dispatcher`,
    topics: [topics.deliveries],
    handle: (batch) => dispatch.handle(batch),
    onAssigned: (assignments) => memory.assigned(assignments),
    // What is on its way to a receiver would be sent once more by the next owner.
    onRevoking: async () => {
      await dispatch.settled()
      await marks.flush()
    },
    onRevoked: (partitions) => {
      memory.revoked(partitions)
      dispatch.forgetRevoked()
      void marks.flush()
    },
    commitMetadata: ({ partition }, nextOffset) => {
      marks.committed(partition, nextOffset)
      return ''
    },
    nowMs,
    onFatal: fail,
  })
  onStop('consumer', () => consumer.stop())
  const endSharing = every(clock, shareEveryMs, () => void shared.flush())
  onStop('shared-states', async () => {
    endSharing()
    await shared.flush()
    breakers.stop()
  })
  // Stops first: what is under way is finished while its offsets can still be committed.
  onStop('attempts', () => dispatch.stop())
  await consumer.start()
}

/** What Redis holds for whoever owns a partition next; without Redis there is less to know, and nothing waits. */
function openShared({ context, topics, nowMs }: Wiring): {
  readonly marks: CompletedMarks
  readonly states: EndpointStates
} {
  const { config, log, clock, metrics, onStop } = context
  const lost = lostMarksCounter(metrics)
  const marks = openCompletedMarks({
    url: config.REDIS_URL,
    log,
    metrics,
    prefix: `${topics.deliveries}.done:`,
    after: clock.after,
    lost: (_what, count) => lost(count),
  })
  onStop('completed-marks', () => marks.close())
  const states = openEndpointStates({
    url: config.REDIS_URL,
    log,
    metrics,
    key: endpointStatesKey(config.TOPIC_PREFIX),
    nowMs,
  })
  onStop('endpoint-states', () => states.close())
  return { marks, states }
}

interface BreakerWiring {
  readonly producer: KafkaProducer
  readonly shared: SharedStates
  readonly endpoints: EndpointDirectory
  readonly opened: (endpoint: EndpointId) => void
  readonly closed: (endpoint: EndpointId) => void
}

function openBreakers(wiring: Wiring, { shared, endpoints, producer, opened, closed }: BreakerWiring) {
  const { context, codecs, topics, nowMs } = wiring
  const { config, log, random, fail, metrics } = context
  const count = breakerCounter(metrics)
  const story = endpointBreakers({
    findEndpoint: endpoints.find,
    share: (id, snapshot) => shared.breakerChanged(id, snapshot),
    touch: (id) => shared.touch(id),
    tell: (event) => {
      const value = codecs.endpointEvents.encode(event)
      producer
        .append({ topic: topics.endpointEvents, key: endpointKey(event.endpointId), value })
        .catch((error: unknown) => fail('what a breaker did could not be told', error))
    },
    opened,
    closed,
    nowMs,
  })
  const breakers = openCircuitBreakers({
    max: breakersMax,
    deadlineMs: attemptMaxMs,
    scale: config.TIME_SCALE,
    nowMs,
    random,
    changed: (id, snapshot, transition) => {
      count(transition)
      const { untilMs = null, openings = null } = snapshot ?? {}
      log.info({ endpoint_id: id, until_ms: untilMs, openings }, `breaker.${transition}`)
      story.changed(id, snapshot, transition)
    },
  })
  return { breakers, port: story.portOf(breakers, breakerVerdict) }
}

function openDispatch(wiring: Wiring, stores: Stores): Dispatch {
  const { context, codecs, topics, wait } = wiring
  const { config, clock, fail, log, metrics } = context
  const { endpoints, producer, order } = stores
  const judge = endpointJudge()
  const settle = openSettle(wiring, stores, judge)
  const delivering = deliverPorts(wiring, stores, settle)
  const overflow = overflowCounter(metrics)
  const ports: DispatchPorts = {
    decode: recordDecoder(codecs.deliveries, wait, decodeMeter(metrics, 'deliveries')),
    findEndpoint: knownEndpoints(endpoints, judge),
    breaker: stores.breaker,
    order,
    latest: new LatestEvents(),
    judgeFilter: openFilterJudge(),
    deliver: deliverer(delivering),
    checker: endpointChecker(checkPorts(wiring, stores, delivering)),
    settle,
    appendNext: nextAppender(wiring, producer),
    setAside: (record, reason, detail) => {
      log.warn({ partition: record.partition, offset: record.offset, reason, detail }, 'record.poisoned')
      return producer.append(poisonRecord(topics.poison, record, { reason, detail, service: 'dispatcher' }))
    },
    wasDone: stores.memory.wasDone,
    noteDone: stores.memory.noteDone,
    orderLost: overflow,
    failed: (error) => fail('a delivery could not be made durable', error),
    nowMs: wiring.nowMs,
    after: clock.after,
    scale: config.TIME_SCALE,
  }
  return new Dispatch(
    ports,
    { heapMax, heapBytesMax, unsettledMax },
    {
      endpointInFlightMax: config.DISPATCHER_ENDPOINT_CONCURRENCY,
      limitStart,
      limitKnown: (endpoint) => stores.shared.limitKnown(endpoint),
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

function deliverPorts(wiring: Wiring, { client }: Stores, settle: Settle): DeliverPorts {
  const { config, log, metrics, tracing, random } = wiring.context
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
    customerHeaders: ({ headers, headerPrefix }) =>
      permittedHeaders(headers, headerPrefix === null ? undefined : `X-${headerPrefix}-`),
    post: (request) => client.post(request),
    tracing,
    settle,
    unsignable: ({ id }, error) => log.error({ endpoint_id: id, err: error }, 'signature.refused'),
    nowMs: wiring.nowMs,
    latestNowMs: wiring.latestNowMs,
    random,
    scale: config.TIME_SCALE,
    userAgent,
  }
}

function checkPorts(wiring: Wiring, { producer }: Stores, ports: DeliverPorts): CheckPorts {
  return {
    ...ports,
    probeIdFor: ({ event, endpointId }, probe) => eventId(deliveryIdFor(event.eventId, endpointId, probe)),
    appendAttempt: attemptAppender(wiring, producer),
    ended: ({ deliveryId, endpointId, orgId }, probes) =>
      wiring.context.log.info(
        { delivery_id: deliveryId, endpoint_id: endpointId, org_id: orgId, probes },
        'endpoint.checked',
      ),
  }
}

function openSettle(wiring: Wiring, { producer }: Stores, { judge }: EndpointJudge): Settle {
  const { context, codecs, topics } = wiring
  const { config, log, metrics } = context
  const count = attemptCounters(metrics, wiring.nowMs)
  const logsAll = config.LOG_ATTEMPTS === 'all'
  return settler({
    appendAttempt: attemptAppender(wiring, producer),
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
    appendOrder: (work) => {
      const record = orderRecord(topics.deliveryOrder, work)
      return record === null ? null : producer.append(record)
    },
    settled: (attempt, { delivery, trace }) => {
      const parent = trace === undefined ? null : traceParentOf(trace)
      count(attempt, delivery.event, parent?.isSampled === true ? parent.traceId : undefined)
      // What is held comes by the thousand when an endpoint hangs; the delivery log has each of them.
      const isNotable =
        attempt.disposition.kind === 'dead' ||
        (attempt.outcome !== null && attempt.disposition.kind !== 'delivered')
      if (!logsAll && !isNotable) return
      log.info(
        attemptLine(attempt, parent),
        attempt.outcome === null ? 'delivery.settled' : 'delivery.attempted',
      )
    },
    nowMs: wiring.nowMs,
    scale: config.TIME_SCALE,
  })
}

function attemptAppender({ codecs, topics }: Wiring, producer: KafkaProducer): SettlePorts['appendAttempt'] {
  return (attempt, trace) =>
    producer.append(
      recordFor({ topic: topics.attempts, of: attempt, value: codecs.attempts.encode(attempt), trace }),
    )
}

function nextAppender({ codecs, topics }: Wiring, producer: KafkaProducer): SettlePorts['appendNext'] {
  return ({ to, delivery }, trace) =>
    producer.append(
      recordFor({
        topic: topicOf(to, topics),
        of: delivery,
        value: codecs.deliveries.encode(delivery),
        trace,
      }),
    )
}

interface EndpointRecord {
  readonly topic: string
  readonly of: { readonly endpointId: EndpointId }
  readonly value: Buffer
  readonly trace: TraceHeaders | undefined
}

/** All of an endpoint's records stand under its key, so that they have one order and one owner. */
function recordFor({ topic, of, value, trace }: EndpointRecord): OutgoingRecord {
  return { topic, key: endpointKey(of.endpointId), value, headers: trace }
}
