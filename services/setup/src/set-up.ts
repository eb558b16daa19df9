/**
 * What has to exist before any service starts: topics, schemas, tables. Idempotent; knows nothing of services.
 *
 * Invariants
 *   U1. Running it again, or twice at once, changes nothing.
 *   U2. One part that fails doesn't keep the others from their work; all failures are told together.
 */
import { openKafka } from '@scanhook/kafka/open'
import type { Logger } from '@scanhook/observability/log'
import type { Metrics } from '@scanhook/observability/metrics'
import { migrate } from '@scanhook/postgres/migrate'
import { openCodecs } from '@scanhook/schemas/open-codecs'
import { topicSpecs } from '@scanhook/schemas/topics'
import type { SetupConfig } from './settings.ts'

export interface SetupDeps {
  readonly log: Logger
  readonly metrics: Metrics
}

/** Resolves when all of it exists. Rejects with an AggregateError of everything that failed. */
export async function setUp(config: SetupConfig, { log, metrics }: SetupDeps): Promise<void> {
  const results = await Promise.allSettled([
    createTopics(config, { log, metrics }),
    registerSchemas(config, log),
    createTables(config, log),
  ])
  const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
  if (failures.length > 0) throw new AggregateError(failures, 'setup is incomplete')
}

async function createTopics(config: SetupConfig, { log, metrics }: SetupDeps): Promise<void> {
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
  } finally {
    await admin.close()
  }
}

async function registerSchemas(config: SetupConfig, log: Logger): Promise<void> {
  await openCodecs({
    registryUrl: config.REGISTRY_URL,
    cacheDir: config.SCHEMA_CACHE_DIR,
    prefix: config.TOPIC_PREFIX,
    log,
    mode: 'register',
  })
  log.info('schemas.registered')
}

async function createTables(config: SetupConfig, log: Logger): Promise<void> {
  const { applied, total } = await migrate(config.POSTGRES_URL)
  log.info({ applied, total }, 'database.migrated')
}
