/**
 * Opens the codecs of all topics: asks the registry for the ids (or registers them), falls back to the disk while the
 * registry is away, and hands out synchronous encoders and decoders.
 *
 * Invariants
 *   O1. No codec is handed out whose id is not known: encoding never waits.
 *   O2. A process that has opened its codecs once against a registry can open them again without it.
 *   O3. Only mode `register` writes to the registry; services look up, `setup` registers.
 */
import type { AssetSeen } from '@scanhook/domain/asset-seen'
import type { AssetState } from '@scanhook/domain/asset-state'
import type { Attempt } from '@scanhook/domain/attempt'
import type { Delivery } from '@scanhook/domain/delivery'
import type { EndpointEvent } from '@scanhook/domain/endpoint-event'
import type { DomainEvent } from '@scanhook/domain/event'
import type { IncomingEvent } from '@scanhook/domain/incoming-event'
import type { MasterDataChange } from '@scanhook/domain/master-data'
import type { ScanRead } from '@scanhook/domain/read'
import type { ScanRecord } from '@scanhook/domain/scan'
import type { Logger } from '@scanhook/observability/log'
import { type BoundRecord, type Codec, type RecordType, recordType, topicCodec } from './codec.ts'
import { SchemasError } from './errors.ts'
import { assetSeenMapping } from './nouns/asset-seen.ts'
import { oldAssetStateMapping } from './nouns/asset-state-of-old.ts'
import { attemptMapping } from './nouns/attempt.ts'
import { deliveryMapping } from './nouns/delivery.ts'
import { domainEventMapping } from './nouns/domain-event.ts'
import { endpointEventMapping } from './nouns/endpoint-event.ts'
import { incomingEventMapping } from './nouns/incoming-event.ts'
import { masterDataChangeMapping } from './nouns/master-data-change.ts'
import { livenessMapping, scanMapping, tickMapping, withdrawalMapping } from './nouns/scan.ts'
import { scanReadMapping } from './nouns/scan-read.ts'
import { trackedAssetMapping } from './nouns/tracked-asset.ts'
import type { RecordMapping } from './record-mapping.ts'
import { openRegistry, type Registry } from './registry.ts'
import { openSchemaCache, type SchemaCache } from './schema-cache.ts'
import { topicNames } from './topics.ts'
import { type WriterSchemas, writerSchemas } from './writer-schemas.ts'

export interface Codecs {
  readonly reads: Codec<ScanRead>
  readonly businessEvents: Codec<IncomingEvent>
  readonly scans: Codec<ScanRecord>
  readonly assetState: Codec<AssetState>
  readonly assetSeen: Codec<AssetSeen>
  readonly events: Codec<DomainEvent>
  /** Also for the retry tiers and `deliveries.dead`, which carry the same bytes. */
  readonly deliveries: Codec<Delivery>
  readonly attempts: Codec<Attempt>
  readonly endpointEvents: Codec<EndpointEvent>
  readonly masterData: Codec<MasterDataChange>
}

export interface OpenCodecsOptions {
  readonly registryUrl: string
  readonly cacheDir: string
  /** Topic prefix; part of every subject. */
  readonly prefix: string
  readonly log: Logger
  /** `register` puts missing schemas into the registry (the `setup` step); `lookup` fails when one is missing. */
  readonly mode: 'lookup' | 'register'
  /** For each request to the registry. Default 3,000 ms: an answer takes some 10 ms, a cold JVM may take a second. */
  readonly timeoutMs?: number | undefined
}

/** As a service is configured; a service's settings fit. */
export interface CodecsConfig {
  readonly REGISTRY_URL: string
  readonly SCHEMA_CACHE_DIR: string
  readonly TOPIC_PREFIX: string
}

/** What every service opens: looked up, never registered (O3). Throws as `openCodecs` does. */
export function lookUpCodecs(config: CodecsConfig, log: Logger): Promise<Codecs> {
  return openCodecs({
    registryUrl: config.REGISTRY_URL,
    cacheDir: config.SCHEMA_CACHE_DIR,
    prefix: config.TOPIC_PREFIX,
    log,
    mode: 'lookup',
  })
}

/** Where everything that travels is registered: the subject of each record on each topic, by the prefix of the topics. */
export function codecSubjects(prefix: string): readonly CodecSubject[] {
  const topics = topicNames(prefix)
  const of = (topic: string, ...fullNames: readonly string[]) =>
    fullNames.map((fullName) => ({ topic, subject: subjectOf(topic, fullName) }))
  const named = <T, Raw>(mapping: RecordMapping<T, Raw>): string => recordType(mapping).fullName
  return [
    ...of(topics.reads, named(scanReadMapping)),
    ...of(topics.businessEvents, named(incomingEventMapping)),
    ...of(
      topics.scans,
      named(scanMapping),
      named(tickMapping),
      named(livenessMapping),
      named(withdrawalMapping),
    ),
    ...of(topics.assetState, named(trackedAssetMapping), named(oldAssetStateMapping)),
    ...of(topics.assetSeen, named(assetSeenMapping)),
    ...of(topics.events, named(domainEventMapping)),
    ...of(topics.deliveries, named(deliveryMapping)),
    ...of(topics.attempts, named(attemptMapping)),
    ...of(topics.endpointEvents, named(endpointEventMapping)),
    ...of(topics.masterData, named(masterDataChangeMapping)),
  ]
}

export interface CodecSubject {
  readonly topic: string
  readonly subject: string
}

/** TopicRecordName: several records share a topic, and one record evolves on its own. */
function subjectOf(topic: string, fullName: string): string {
  return `${topic}-${fullName}`
}

/**
 * Throws SchemasError: SCHEMA_NOT_REGISTERED (run `setup` first), SCHEMA_INCOMPATIBLE (register mode), or
 * SCHEMA_REGISTRY_UNAVAILABLE when the registry is away and the disk does not know all ids.
 */
export async function openCodecs(options: OpenCodecsOptions): Promise<Codecs> {
  const registry = openRegistry({ url: options.registryUrl, timeoutMs: options.timeoutMs ?? 3_000 })
  const cache = openSchemaCache(options.cacheDir, options.registryUrl, options.log)
  const writers = writerSchemas({ registry, cache, monotonicMs: () => performance.now() })
  const topics = topicNames(options.prefix)
  const bind = binder(options, registry, cache)

  const [
    reads,
    businessEvents,
    scan,
    tick,
    liveness,
    withdrawal,
    assetState,
    oldAssetState,
    assetSeen,
    events,
    deliveries,
    attempts,
    endpointEvents,
    masterData,
  ] = await Promise.all([
    bind(topics.reads, scanReadMapping),
    bind(topics.businessEvents, incomingEventMapping),
    bind(topics.scans, scanMapping),
    bind(topics.scans, tickMapping),
    bind(topics.scans, livenessMapping),
    bind(topics.scans, withdrawalMapping),
    bind(topics.assetState, trackedAssetMapping),
    bind(topics.assetState, oldAssetStateMapping),
    bind(topics.assetSeen, assetSeenMapping),
    bind(topics.events, domainEventMapping),
    bind(topics.deliveries, deliveryMapping),
    bind(topics.attempts, attemptMapping),
    bind(topics.endpointEvents, endpointEventMapping),
    bind(topics.masterData, masterDataChangeMapping),
  ])
  return {
    reads: single(reads, writers),
    businessEvents: single(businessEvents, writers),
    scans: scansCodec({ scan, tick, liveness, withdrawal }, writers),
    assetState: topicCodec([assetState, oldAssetState], () => assetState, writers),
    assetSeen: single(assetSeen, writers),
    events: single(events, writers),
    deliveries: single(deliveries, writers),
    attempts: single(attempts, writers),
    endpointEvents: single(endpointEvents, writers),
    masterData: single(masterData, writers),
  }
}

function single<T>(record: BoundRecord<T>, writers: WriterSchemas): Codec<T> {
  return topicCodec([record], () => record, writers)
}

/** Several records on one topic; the value's `kind` says which. */
function scansCodec(
  records: { readonly [K in ScanRecord['kind']]: BoundRecord<Extract<ScanRecord, { kind: K }>> },
  writers: WriterSchemas,
): Codec<ScanRecord> {
  // Safe: `pick` hands each record only values of its own kind.
  const byKind = records as unknown as Readonly<Record<ScanRecord['kind'], BoundRecord<ScanRecord>>>
  return topicCodec(Object.values(byKind), ({ kind }) => byKind[kind], writers)
}

type Bind = <T, Raw>(topic: string, mapping: RecordMapping<T, Raw>) => Promise<BoundRecord<T>>

function binder(options: OpenCodecsOptions, registry: Registry, cache: SchemaCache): Bind {
  return async (topic, mapping) => {
    const type = recordType(mapping)
    const subject = subjectOf(topic, type.fullName)
    return { type, id: await idOf(subject, type, options, registry, cache) }
  }
}

async function idOf<T>(
  subject: string,
  type: RecordType<T>,
  options: OpenCodecsOptions,
  registry: Registry,
  cache: SchemaCache,
): Promise<number> {
  try {
    const ask = options.mode === 'register' ? registry.register : registry.lookup
    const id = await ask(subject, type.text)
    if (id === null) {
      throw new SchemasError(
        'SCHEMA_NOT_REGISTERED',
        `${subject} is not in the registry in this version; run setup`,
      )
    }
    await cache.saveId(subject, type.text, id)
    return id
  } catch (error) {
    if (!(error instanceof SchemasError && error.retriable)) throw error
    const id = await cache.findId(subject, type.text)
    if (id === null) throw error
    options.log.warn(
      { event: 'schema-registry.bypassed', subject, err: error },
      'registry away, id taken from disk',
    )
    return id
  }
}
