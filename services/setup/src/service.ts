/**
 * The setup step: what has to exist before any service starts: topics, schemas, tables. Idempotent; knows nothing of
 * the services. A service in form only: it has done its work when it has started.
 *
 * Invariants
 *   U1. Running it again, or twice at once, changes nothing.
 *   U2. One part that fails doesn't keep the others from their work; all failures are told together.
 *   U3. It never changes a topic that is there. One whose configs would lose records is a failure.
 *   U4. What can not be reached is asked again for two minutes; what asking again would not mend is told at once.
 */
import { type Config, integer, type Setting } from '@scanhook/config/settings'
import { KafkaError } from '@scanhook/kafka/errors'
import { openKafka } from '@scanhook/kafka/open'
import { kafkaSettings } from '@scanhook/kafka/settings'
import type { Logger } from '@scanhook/observability/log'
import type { Metrics } from '@scanhook/observability/metrics'
import { migrate } from '@scanhook/postgres/migrate'
import { postgresSettings } from '@scanhook/postgres/settings'
import { systemClock } from '@scanhook/runtime/clock'
import { defineService, type ServiceDefinition } from '@scanhook/runtime/service'
import { openCodecs } from '@scanhook/schemas/open-codecs'
import { schemasSettings } from '@scanhook/schemas/settings'
import { topicSpecs } from '@scanhook/schemas/topics'
import { comparedConfigs, wrongConfigs } from './compare-configs.ts'
import { type UntilReachedOptions, untilReached } from './until-reached.ts'

const ownSettings: {
  readonly SETUP_PARTITIONS: Setting<number>
  readonly SETUP_REPLICATION_FACTOR: Setting<number>
} = {
  SETUP_PARTITIONS: integer(
    {
      description: 'Partitions of every topic that scales with load; never lowered afterwards',
      default: '12',
      reason:
        'divides evenly by 2, 3, 4 and 6 replicas; more partitions later would part assets from their history',
    },
    1,
    1_000,
  ),
  SETUP_REPLICATION_FACTOR: integer(
    {
      description: 'Copies of every partition; 3 in production, where losing one broker must lose nothing',
      default: '1',
      reason: 'the only number a single broker can give; with 3, two copies are demanded of every write',
    },
    1,
    9,
  ),
}

type SetupSettings = typeof kafkaSettings &
  typeof schemasSettings &
  Pick<typeof postgresSettings, 'POSTGRES_URL'> &
  typeof ownSettings

export interface SetupContext {
  readonly config: Config<SetupSettings>
  readonly log: Logger
  readonly metrics: Metrics
}

export const setupService: ServiceDefinition<SetupSettings> = defineService({
  name: 'setup',
  settings: {
    ...kafkaSettings,
    ...schemasSettings,
    POSTGRES_URL: postgresSettings.POSTGRES_URL,
    ...ownSettings,
  },
  start: (context) => setUp(context),
})

/** Resolves when all of it exists. Rejects with an AggregateError of everything that failed. */
export async function setUp(
  { config, log, metrics }: SetupContext,
  clock: UntilReachedOptions['clock'] = systemClock,
): Promise<void> {
  const onRetry = (error: unknown): void => log.warn({ err: error }, 'setup.waits')
  const results = await Promise.allSettled(
    [
      () => createTopics({ config, log, metrics }),
      () => registerSchemas(config, log),
      () => createTables(config, log),
    ].map((part) => untilReached(part, { clock, onRetry })), // U4
  )
  const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
  if (failures.length > 0) throw new AggregateError(failures, 'setup is incomplete')
}

async function createTopics({ config, log, metrics }: SetupContext): Promise<void> {
  const kafka = openKafka(config, { log, metrics })
  const admin = await kafka.openAdmin()
  try {
    const specs = topicSpecs(config.TOPIC_PREFIX, {
      partitions: config.SETUP_PARTITIONS,
      replicationFactor: config.SETUP_REPLICATION_FACTOR,
    })
    const topics = await admin.ensureTopics(specs)
    const created = topics.filter(({ wasCreated }) => wasCreated).map(({ name }) => name)
    log.info({ created, total: topics.length }, 'topics.ensured')
    const found = await admin.topicConfigs(
      specs.map(({ name }) => name),
      comparedConfigs,
    )
    const wrong = wrongConfigs(specs, found)
    if (wrong.length > 0) throw new KafkaError('KAFKA_TOPIC_MISMATCH', wrong.join('; ')) // U3
  } finally {
    await admin.close()
  }
}

async function registerSchemas(config: SetupContext['config'], log: Logger): Promise<void> {
  await openCodecs({
    registryUrl: config.REGISTRY_URL,
    cacheDir: config.SCHEMA_CACHE_DIR,
    prefix: config.TOPIC_PREFIX,
    log,
    mode: 'register',
  })
  log.info('schemas.registered')
}

async function createTables(config: SetupContext['config'], log: Logger): Promise<void> {
  const { applied, total } = await migrate(config.POSTGRES_URL)
  log.info({ applied, total }, 'database.migrated')
}
