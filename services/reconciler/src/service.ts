/**
 * The reconciler: what should have been delivered against what was, what people have asked for again, and what receivers are
 * told so that they can check for themselves. Reads the log, writes to `deliveries`. The only file that knows every name.
 */

import type { KafkaClient } from '@scanhook/kafka/contract'
import { openKafka } from '@scanhook/kafka/open'
import { attempts } from '@scanhook/postgres/attempts'
import { deliveries } from '@scanhook/postgres/deliveries'
import { endpointSignals } from '@scanhook/postgres/endpoint-signals'
import { endpointVersions } from '@scanhook/postgres/endpoint-versions'
import { endpointDocument, endpoints } from '@scanhook/postgres/endpoints'
import { events } from '@scanhook/postgres/events'
import { jobPages } from '@scanhook/postgres/job-pages'
import { jobs } from '@scanhook/postgres/jobs'
import { openPostgres, type Postgres } from '@scanhook/postgres/open'
import { openReconcilerSession, reconciliations } from '@scanhook/postgres/reconciliations'
import { defineService, type ServiceDefinition } from '@scanhook/runtime/service'
import { SchemasError } from '@scanhook/schemas/errors'
import { lookUpCodecs } from '@scanhook/schemas/open-codecs'
import { topicNames } from '@scanhook/schemas/topics'
import { keepTelling } from './completeness/keep-telling.ts'
import { reconcilerSettings } from './config.ts'
import { type JobStores, keepJobs } from './jobs/keep-jobs.ts'
import { keepReconciling } from './reconcile/keep-reconciling.ts'
import type { LogStores } from './reconcile/ports.ts'
import { sender } from './send.ts'
import type { ReconcilerContext, Wiring } from './wiring.ts'

export const reconcilerService: ServiceDefinition<typeof reconcilerSettings> = defineService({
  name: 'reconciler',
  settings: reconcilerSettings,
  start: startReconciler,
})

async function startReconciler(context: ReconcilerContext): Promise<void> {
  const { config, log, metrics, tracing, onStop } = context
  const isReady = context.readiness('kafka')
  const topics = topicNames(config.TOPIC_PREFIX)
  const pg = openPostgres({ url: config.POSTGRES_URL, max: config.POSTGRES_POOL_MAX, log, metrics })
  onStop('postgres', () => pg.close())
  const codecs = await lookUpCodecs(config, log)
  const kafka = openKafka(config, { log, metrics, tracing })
  await reachKafka(kafka, topics.deliveries)
  const producer = await kafka.openProducer()
  onStop('producer', () => producer.close())
  const wiring: Wiring = {
    ...{ context, pg, kafka, codecs, topics },
    send: sender({ producer, codecs, topics, tracing }),
  }
  startParts(wiring)
  // PostgreSQL is no condition: while it is away every part waits for it.
  isReady(true)
}

/** A producer connects when it writes first, and this service may have nothing to write for days: it asks for a topic instead. */
async function reachKafka(kafka: KafkaClient, topic: string): Promise<void> {
  const admin = await kafka.openAdmin()
  try {
    await admin.endOffsets(topic)
  } finally {
    await admin.close()
  }
}

/** Each part keeps itself going and registers its own end. */
function startParts(wiring: Wiring): void {
  const { pg } = wiring
  keepReconciling(wiring, logStores(pg), (onEnd) => openReconcilerSession(pg, onEnd))
  keepTelling(wiring, endpointSignals(pg))
  keepJobs(wiring, jobStores(wiring))
}

function logStores(pg: Postgres): LogStores {
  return {
    log: reconciliations(pg),
    events: events(pg),
    versions: endpointVersions(pg),
    attempts: attempts(pg),
  }
}

function jobStores({ pg, codecs }: Wiring): JobStores {
  return {
    jobs: jobs(pg),
    pages: jobPages(pg),
    deliveries: deliveries(pg),
    attempts: attempts(pg),
    findEndpoint: async (orgId, id) => {
      const row = await endpoints(pg).find(orgId, id)
      return row === null ? null : endpointDocument(row)
    },
    decode: async (value) => {
      try {
        return await codecs.deliveries.decode(value)
      } catch (error) {
        if (error instanceof SchemasError && error.poisonReason !== null) return null
        throw error
      }
    },
  }
}
