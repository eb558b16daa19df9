/**
 * The producer: upstream topics and HTTP in, `scans`, `events` and `poison` out. Wires the handlers to Kafka, the codecs,
 * PostgreSQL (look-ups and API keys), Redis (claims) and HTTP.
 */
import { validateBusinessEvent } from '@scanhook/catalogue/validate-business-event'
import { prepareFences } from '@scanhook/domain/fencing/locate-fix'
import type { MasterDataChange } from '@scanhook/domain/master-data'
import { poisonReasons } from '@scanhook/domain/poison'
import type { Parsed } from '@scanhook/domain/read'
import { openHttp } from '@scanhook/http/app'
import { businessEventId, scanIdOf } from '@scanhook/identity/derived-ids'
import type { KafkaClient, KafkaConsumer, KafkaProducer, RecordBatch } from '@scanhook/kafka/contract'
import { openKafka } from '@scanhook/kafka/open'
import type { KafkaRecord, OutgoingRecord } from '@scanhook/kafka/record'
import { apiKeys } from '@scanhook/postgres/api-keys'
import { deviceSightings } from '@scanhook/postgres/device-sightings'
import { isPostgresError } from '@scanhook/postgres/errors'
import { type FencedLocation, fenceLookup } from '@scanhook/postgres/fence-lookup'
import { idempotencyKeys } from '@scanhook/postgres/idempotency-keys'
import { openPostgres, type Postgres } from '@scanhook/postgres/open'
import { scanLookup } from '@scanhook/postgres/scan-lookup'
import { unknownTags as unknownTagStore } from '@scanhook/postgres/unknown-tags'
import { type Claims, openClaims } from '@scanhook/redis/claims'
import { openDeviceClocks } from '@scanhook/redis/device-clocks'
import { every } from '@scanhook/runtime/every'
import { defineService, type ServiceContext, type ServiceDefinition } from '@scanhook/runtime/service'
import { waitBy } from '@scanhook/runtime/wait-by'
import { decodeMeter } from '@scanhook/schemas/decode-meter'
import { recordDecoder } from '@scanhook/schemas/decode-record'
import { SchemasError } from '@scanhook/schemas/errors'
import { assetKey, subjectKey } from '@scanhook/schemas/keys'
import { type Codecs, lookUpCodecs } from '@scanhook/schemas/open-codecs'
import { poisonRecord } from '@scanhook/schemas/poison-headers'
import { type TopicNames, topicNames } from '@scanhook/schemas/topics'
import {
  type AcceptEventsPorts,
  type AcceptedEvent,
  acceptEvents,
  type CheckEventPorts,
} from './accept-events.ts'
import { type AcceptReadsPorts, acceptReads } from './accept-reads.ts'
import type { Arrival } from './arrival.ts'
import { boundPoison } from './bound-poison.ts'
import { type ProducerSettings, producerSettings } from './config.ts'
import { eventFromAvro, eventFromJson, eventsAcceptor } from './consume-events.ts'
import { type ArrivalPorts, readFromAvro, readsAcceptor, readsFromJson } from './consume-reads.ts'
import { type Badness, upstreamHandler } from './consume-upstream.ts'
import { type ProducerCounts, producerCounts } from './count.ts'
import { followMasterData } from './follow-master-data.ts'
import { foundOf } from './found.ts'
import { type Generations, openGenerations } from './generations.ts'
import { type KnownFences, pointFinisher } from './known-point.ts'
import { type LookupCache, lookupCache } from './lookup-cache.ts'
import { noticeReads } from './notice-reads.ts'
import { type Presence, presence } from './presence.ts'
import { type ReaderClocks, readerClocks } from './reader-clocks.ts'
import { ownFormat, type ReaderSource, readerSource } from './reader-source.ts'
import { sightingRecorder } from './record-sightings.ts'
import { type ResolvePorts, resolveReads, tagText } from './resolve-reads.ts'
import { addIntakeRoutes } from './routes.ts'
import { receivedAtMsOf, recordTaker } from './take-record.ts'
import { findUpstreamTopic, topicBindings, type UpstreamTopics } from './topic-bindings.ts'
import { undecodableRecord } from './undecodable-batch.ts'
import { type UnknownTags, unknownTags } from './unknown-tags.ts'
import type { ValidateRoutePorts } from './validate/routes.ts'
import { markingHandler, openWatermark, type Watermark } from './watermark.ts'
import { livenessWriter } from './write-liveness.ts'

interface Wiring {
  readonly context: ServiceContext<ProducerSettings>
  readonly topics: TopicNames
  readonly codecs: Codecs
  readonly kafka: KafkaClient
  readonly kafkaProducer: KafkaProducer
  readonly postgres: Postgres
  readonly claims: Claims
  readonly counts: ProducerCounts
}

interface Intake {
  readonly reads: Omit<ResolvePorts, 'clocks'> &
    AcceptReadsPorts &
    ArrivalPorts & { readonly clocks: ReaderClocks }
  readonly events: CheckEventPorts & AcceptEventsPorts
  readonly presence: Presence
  readonly watermark: Watermark
}

export const producerService: ServiceDefinition<ProducerSettings> = defineService({
  name: 'producer',
  settings: producerSettings,
  start: startProducer,
})

async function startProducer(context: ServiceContext<ProducerSettings>): Promise<void> {
  const { config, log, metrics, tracing, onStop } = context
  const codecs = await lookUpCodecs(config, log)
  const postgres = openPostgres({ url: config.POSTGRES_URL, log, metrics, max: config.POSTGRES_POOL_MAX })
  onStop('postgres', () => postgres.close())
  const claims = openClaims({
    url: config.REDIS_URL,
    log,
    metrics,
    prefix: `${config.TOPIC_PREFIX}claim:`,
    keptMs: config.CLAIM_KEPT_HOURS * 3_600_000,
  })
  onStop('claims', () => claims.close())
  const kafka = openKafka(config, { log, metrics, tracing })
  const kafkaProducer = await kafka.openProducer()
  onStop('kafka-producer', () => kafkaProducer.close())
  const topics = topicNames(config.TOPIC_PREFIX)
  const counts = producerCounts(metrics)
  const wiring: Wiring = { context, topics, codecs, kafka, kafkaProducer, postgres, claims, counts }
  const intake = await openIntake(wiring)
  const bindings = bindingsOf(wiring)
  const consumer = await startConsumer(wiring, intake, bindings)
  await startLiveness(wiring, intake, consumer)
  await startHttp(wiring, intake, bindings)
}

function bindingsOf({ context: { config }, topics }: Wiring): UpstreamTopics {
  const reads = topicBindings(config.PRODUCER_READ_TOPICS, topics.reads)
  const events = topicBindings(config.PRODUCER_EVENT_TOPICS, topics.businessEvents)
  const both = [...reads.keys()].filter((topic) => events.has(topic))
  if (both.length > 0) {
    throw new Error(`PRODUCER_READ_TOPICS and PRODUCER_EVENT_TOPICS both name ${both.join(', ')}`)
  }
  return { reads, events }
}

async function openIntake(wiring: Wiring): Promise<Intake> {
  const { context, topics, codecs, kafkaProducer, claims, counts } = wiring
  const generations = {
    tags: openGenerations(),
    points: openGenerations(),
    fences: openGenerations(),
  }
  const caches = openCaches(wiring, generations)
  await startMasterData(wiring, caches.tags, generations)
  const clocks = openClocks(wiring)
  const readers = presence()
  const strangers = startUnknownTags(wiring)
  startSightings(wiring, readers)
  const write = {
    claim: claims.claim,
    confirm: claims.confirm,
    appendAll: (records: readonly OutgoingRecord[]) => kafkaProducer.appendAll(records),
  }
  return {
    reads: {
      ...write,
      ...caches,
      clocks,
      heartbeat: readers.heartbeat,
      scanIdOf,
      nowMs: context.clock.nowMs,
      clockIgnored: counts.clockIgnored,
      counted: counts.reads,
      noticed: (resolutions) => {
        noticeReads({ presence: readers, unknownTags: strangers }, resolutions)
        void clocks.share()
      },
      recordOf: (scan, { headers }) => ({
        topic: topics.scans,
        key: assetKey(scan.orgId, scan.asset.id),
        value: codecs.scans.encode(scan),
        headers,
      }),
    },
    events: {
      ...write,
      subjectOf: ({ type, dataJson }) => validateBusinessEvent(type, JSON.parse(dataJson)),
      eventIdOf: businessEventId,
      counted: counts.events,
      recordOf: (event, { headers }) => ({
        topic: topics.events,
        key: subjectKey(event.orgId, event.subject),
        value: codecs.events.encode(event),
        headers,
      }),
    },
    presence: readers,
    watermark: openWatermark(),
  }
}

function openClocks({ context, counts }: Wiring): ReturnType<typeof readerClocks> {
  const { config, log, metrics, onStop } = context
  const learned = openDeviceClocks({
    url: config.REDIS_URL,
    log,
    metrics,
    prefix: `${config.TOPIC_PREFIX}clock:`,
  })
  onStop('device-clocks', () => learned.close())
  return readerClocks({ find: learned.find, keep: learned.keep, counted: counts.timed })
}

// A person looks at the list; the whole of it is one statement per 1,000 tags.
const unknownTagsFlushMs = 5_000

function startUnknownTags({ context, postgres, counts }: Wiring): UnknownTags {
  const { log, metrics, clock, onStop } = context
  const strangers = unknownTags({
    write: unknownTagStore(postgres).add,
    dropped: counts.unknownTagsDropped,
    failed: (error) => {
      counts.unknownTagsFailed()
      log.warn({ error }, 'unknown-tags.not-written')
      return isPostgresError(error) && !error.retriable ? 'never' : 'again'
    },
  })
  const waiting = metrics.gauge('scanhook_unknown_tags_waiting', 'Unknown tags counted and not yet written')
  metrics.onCollect(() => waiting.set(strangers.size()))
  onStop('unknown-tags', () => strangers.flush())
  onStop(
    'unknown-tags-flush',
    every(clock, unknownTagsFlushMs, () => void strangers.flush()),
  )
  return strangers
}

/** As often as partitions are told; a heartbeat to a receiver counts a reader as silent three of these later. */
const sightingsMs = 10_000

function startSightings({ context, postgres, counts }: Wiring, readers: Presence): void {
  const { log, clock, onStop } = context
  const round = sightingRecorder({
    presence: readers,
    record: deviceSightings(postgres).record,
    failed: (error) => {
      counts.sightingsFailed()
      log.warn({ error }, 'sightings.not-recorded')
    },
  })
  onStop('sightings', round)
  onStop(
    'sightings-rounds',
    every(clock, sightingsMs, () => void round()),
  )
}

async function startLiveness(
  { context, topics, codecs, kafka, kafkaProducer }: Wiring,
  { reads, presence: readers, watermark }: Intake,
  consumer: Pick<KafkaConsumer, 'status'>,
): Promise<void> {
  const { config, metrics, clock, onStop, fail } = context
  const admin = await kafka.openAdmin()
  const partitionCount = await admin.partitionCount(topics.scans).finally(() => admin.close())
  const untilMs = (): number => watermark.untilMs(consumer.status(), clock.nowMs())
  const write = livenessWriter({
    untilMs,
    name: async () => {
      const wanted = readers.unnamed()
      readers.name(wanted, await reads.devices.load(wanted))
    },
    take: readers.take,
    encode: codecs.scans.encode,
    appendAll: (records) => kafkaProducer.appendAll(records),
    topic: topics.scans,
    partitionCount,
  })
  const remembered = metrics.gauge(
    'scanhook_readers_remembered',
    'Readers that were heard within the last hour',
  )
  const behind = metrics.gauge(
    'scanhook_liveness_behind_seconds',
    'How far the time up to which all reads are dealt with lies behind the present; -1 while nothing can be said',
  )
  metrics.onCollect(() => {
    remembered.set(readers.size())
    const atMs = untilMs()
    behind.set(atMs === Number.NEGATIVE_INFINITY ? -1 : (clock.nowMs() - atMs) / 1_000)
  })
  let isStopping = false
  const stopRounds = every(clock, config.PRODUCER_LIVENESS_MS, () => {
    write().catch((error: unknown) => {
      if (!isStopping) fail('liveness can not be written', error)
    })
  })
  onStop('liveness', () => {
    isStopping = true
    stopRounds()
  })
}

/** Business events come from no reader. */
function noReader(): Parsed<ReaderSource> {
  return { ok: true, value: ownFormat }
}

interface AllGenerations {
  readonly tags: Generations
  readonly points: Generations
  readonly fences: Generations
}

// Readers and antennas: some thousand in the largest installations, 500 bytes each with their path.
const pointCacheMax = 50_000

// Fences count ten, each of their points one: some 200 MB when full of circles, and ten organizations at their bound.
const fencesMaxWeight = 2_000_000

function fencesWeight({ shapes }: KnownFences): number {
  return shapes.reduce((weight, { place }) => weight + 10 + pointsOf(place), 1)
}

function pointsOf({ geofence }: FencedLocation): number {
  return geofence.type === 'polygon' ? geofence.points.length : 1
}

function openCaches(
  { context, postgres, counts }: Wiring,
  generations: AllGenerations,
): Pick<ResolvePorts, 'tags' | 'points' | 'devices' | 'fences'> {
  const { config, log, metrics, clock } = context
  const lookup = scanLookup(postgres)
  const failures = metrics.counter(
    'scanhook_lookups_failed_total',
    'Batch look-ups that PostgreSQL did not answer',
  )
  const failed = (error: unknown): void => {
    failures.inc()
    log.warn({ error }, 'lookup.failed')
  }
  const finishPoint = pointFinisher(config.MOVEMENT_SETTINGS)
  const options = { monotonicMs: clock.monotonicMs, failed }
  return {
    tags: lookupCache({
      ...options,
      find: lookup.findTags,
      knownMax: config.PRODUCER_TAG_CACHE_MAX,
      generations: generations.tags,
      counted: counts.lookups('tag'),
    }),
    points: lookupCache({
      ...options,
      find: async (keys) =>
        (await lookup.findPoints(keys)).map((point) => (point === null ? null : finishPoint(point))),
      knownMax: pointCacheMax,
      generations: generations.points,
      counted: counts.lookups('point'),
    }),
    devices: lookupCache({
      ...options,
      find: lookup.findDevices,
      knownMax: pointCacheMax,
      generations: generations.points,
      counted: counts.lookups('device'),
    }),
    fences: lookupCache({
      ...options,
      find: async (keys) => (await fenceLookup(postgres).findFences(keys)).map(prepareFences),
      knownMax: fencesMaxWeight,
      weightOf: fencesWeight,
      generations: generations.fences,
      counted: counts.lookups('fence'),
    }),
  }
}

async function startMasterData(
  { context, kafka, codecs, topics }: Wiring,
  tags: Pick<LookupCache<unknown, object>, 'forget'>,
  generations: AllGenerations,
): Promise<void> {
  const { log, clock, onStop, readiness, fail } = context
  const setFollowing = readiness('master-data')
  const stopping = new AbortController()
  const decode = recordDecoder(codecs.masterData, waitBy(clock), decodeMeter(context.metrics, 'masterData'))
  const follow = (change: MasterDataChange): void =>
    followMasterData(
      {
        forgetTag: (orgId, matchKey) => tags.forget(tagText(orgId, matchKey)),
        tagsChanged: generations.tags.bump,
        pointsChanged: generations.points.bump,
        fencesChanged: generations.fences.bump,
      },
      change,
    )
  const apply = async ({ value, partition, offset }: KafkaRecord): Promise<void> => {
    const decoded = await decode(value, stopping)
    if (decoded.kind === 'good') follow(decoded.value)
    else log.error({ partition, offset, reason: decoded.reason }, 'announcement.refused')
  }
  const table = kafka.openTable({
    topic: topics.masterData,
    // A rejection means that the service is stopping. Order does not matter: each change only makes entries stale.
    apply: (record) => void apply(record).catch(() => undefined),
    onFatal: fail,
  })
  onStop('master-data', async () => {
    stopping.abort()
    await table.stop()
  })
  await table.start()
  setFollowing(true)
}

async function startConsumer(
  wiring: Wiring,
  intake: Intake,
  bindings: UpstreamTopics,
): Promise<KafkaConsumer> {
  const { context, kafka, kafkaProducer } = wiring
  const { config, metrics, onStop, fail } = context
  const { reads, events } = bindings
  const setAside = poisoner(wiring)
  const { readHandler, eventHandler } = handlersOf(wiring, intake, bindings, setAside)
  const undecodable = metrics.counter(
    'scanhook_batches_undecodable_total',
    'Batches of upstream records that could not be unpacked, each set aside as one record',
  )
  const consumer = kafka.openConsumer({
    groupId: `${config.TOPIC_PREFIX}producer`,
    topics: [...reads.keys(), ...events.keys()],
    beginsTraces: true,
    handle: (batch) => (events.has(batch.topic) ? eventHandler(batch) : readHandler(batch)),
    onUndecodable: async (batch) => {
      const { record, bad } = undecodableRecord(batch)
      await kafkaProducer.append(setAside(record, bad))
      undecodable.inc()
    },
    onAssigned: async (assignments) =>
      intake.watermark.assigned(assignments.filter(({ topic }) => reads.has(topic))),
    onRevoked: intake.watermark.revoked,
    onFatal: fail,
  })
  onStop('consumer', () => consumer.stop())
  await consumer.start()
  return consumer
}

type Handler = (batch: RecordBatch) => Promise<void>
/** Counts it, and gives it as it belongs on `poison`. */
type SetAside = (record: KafkaRecord, bad: Badness) => OutgoingRecord

function poisoner({ context, topics }: Wiring): SetAside {
  const poisoned = context.metrics.counter(
    'scanhook_records_poisoned_total',
    'Upstream records set aside, by reason',
    { reason: poisonReasons },
  )
  return (record, bad) => {
    poisoned.inc({ reason: bad.reason })
    return poisonRecord(topics.poison, boundPoison(record), { ...bad, service: 'producer' })
  }
}

function handlersOf(
  wiring: Wiring,
  intake: Intake,
  bindings: UpstreamTopics,
  poisonOf: SetAside,
): { readonly readHandler: Handler; readonly eventHandler: Handler } {
  const { config, clock } = wiring.context
  const received = { nowMs: clock.nowMs, isReceivedAtTrusted: config.PRODUCER_TRUST_RECEIVED_AT }
  const { takeReads, takeEvents } = takersOf(wiring, bindings)
  return {
    readHandler: markingHandler(
      upstreamHandler({
        take: takeReads(intake.reads),
        accept: readsAcceptor(intake.reads),
        poisonOf,
        nowMs: clock.nowMs,
      }),
      intake.watermark,
      (record) => receivedAtMsOf(record, received),
    ),
    eventHandler: upstreamHandler({
      take: takeEvents(intake.events),
      accept: eventsAcceptor(intake.events),
      poisonOf,
      nowMs: clock.nowMs,
    }),
  }
}

type Taker<T> = ReturnType<typeof recordTaker<never, T>>

interface Takers {
  readonly takeReads: (ports: ArrivalPorts) => Taker<Arrival>
  readonly takeEvents: (ports: CheckEventPorts) => Taker<AcceptedEvent>
}

/** The consumer and `/validate` take records by the same functions. */
function takersOf({ context: { config, clock }, codecs }: Wiring, bindings: UpstreamTopics): Takers {
  const shared = {
    nowMs: clock.nowMs,
    isReceivedAtTrusted: config.PRODUCER_TRUST_RECEIVED_AT,
    whyBad,
  }
  return {
    takeReads: (ports) =>
      recordTaker({
        ...shared,
        bindings: bindings.reads,
        sourceOf: ({ format }, { headers, key }) => readerSource(format, headers, key),
        decode: codecs.reads.decode,
        fromAvro: (read, frame) => readFromAvro(ports, read, frame),
        fromJson: (json, frame) => readsFromJson(ports, json, frame),
      }),
    takeEvents: (ports) =>
      recordTaker({
        ...shared,
        bindings: bindings.events,
        sourceOf: noReader,
        decode: codecs.businessEvents.decode,
        fromAvro: (event, frame) => eventFromAvro(ports, event, frame),
        fromJson: (json, frame) => foundOf(eventFromJson(ports, json, frame)),
      }),
  }
}

/** Nothing of what is tried stays: heartbeats are heard by nobody, and clocks learn nothing. */
function validatePorts(
  wiring: Wiring,
  { reads, events }: Intake,
  bindings: UpstreamTopics,
): ValidateRoutePorts {
  const { context, claims } = wiring
  const { takeReads, takeEvents } = takersOf(wiring, bindings)
  return {
    nowMs: context.clock.nowMs,
    findTopic: (name, org) => findUpstreamTopic(bindings, name, { prefix: context.config.TOPIC_PREFIX, org }),
    takeReads: (record, heard) =>
      takeReads({ nowMs: reads.nowMs, clockIgnored: () => undefined, heartbeat: heard })(record),
    takeEvents: takeEvents(events),
    resolve: (arrivals) => resolveReads({ ...reads, clocks: reads.clocks.trial() }, arrivals),
    claim: claims.claim,
  }
}

function whyBad(error: unknown): Badness | null {
  if (!(error instanceof SchemasError)) throw error
  if (error.retriable) return null
  return { reason: error.poisonReason ?? 'undecodable', detail: error.message }
}

/** What the front door answers is counts, names of fields, and what the same organization sent or has. */
const noSecrets = { seal: (text: string) => text, open: (text: string) => text }

async function startHttp(wiring: Wiring, intake: Intake, bindings: UpstreamTopics): Promise<void> {
  const { context, postgres } = wiring
  const { reads, events, watermark } = intake
  const { config, log, metrics, tracing, clock, random, onStop } = context
  const http = openHttp({
    host: config.HOST,
    port: config.PRODUCER_PORT,
    authenticate: apiKeys(postgres).authenticate,
    idempotency: idempotencyKeys(postgres, noSecrets),
    log,
    metrics,
    tracing,
    clock,
    random,
    rateLimit: { perMinute: config.API_RATE_LIMIT_PER_MINUTE, burst: config.API_RATE_LIMIT_BURST },
  })
  addIntakeRoutes(http, {
    validate: validatePorts(wiring, intake, bindings),
    reads: {
      clock,
      sourceOf: (headers) => readerSource('scanhook', headers),
      fromJson: (json, frame) => readsFromJson(reads, json, frame),
      accept: async (arrivals) => {
        const ended = watermark.began(arrivals[0]?.receivedAtMs ?? clock.nowMs())
        try {
          const resolutions = await resolveReads(reads, arrivals)
          if (resolutions.some(({ kind }) => kind === 'unavailable')) return null
          return await acceptReads(reads, resolutions)
        } finally {
          ended()
        }
      },
    },
    events: {
      clock,
      sourceOf: noReader,
      fromJson: (json, frame) => foundOf(eventFromJson(events, json, frame)),
      accept: (accepted) => acceptEvents(events, accepted),
    },
  })
  onStop('http', () => http.close())
  log.info({ url: await http.listen() }, 'http.listening')
}
