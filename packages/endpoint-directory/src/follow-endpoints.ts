/**
 * Keeps a directory of endpoints up to date from `master-data`, from its first record on. Owns when the directory may
 * be asked for the first time; knows no broker and no codec, both are handed in.
 */
import type { MasterDataChange } from '@scanhook/domain/master-data'
import type { KafkaClient } from '@scanhook/kafka/contract'
import type { Logger } from '@scanhook/observability/log'
import type { Metrics } from '@scanhook/observability/metrics'
import type { RecordDecoder } from '@scanhook/schemas/decode-record'
import { announcements } from './apply-announcements.ts'
import { type EndpointDirectory, endpointDirectory, type WritableDirectory } from './directory.ts'

/** Both in one process must be told apart: a label, and so a closed set. */
const followers = ['router', 'dispatcher'] as const
type Follower = (typeof followers)[number]

/** What of a service's context is needed; a `ServiceContext` fits. */
interface FollowerContext {
  readonly log: Logger
  readonly metrics: Metrics
  readonly onStop: (name: string, stop: () => Promise<void>) => void
  readonly readiness: (name: string) => (isReady: boolean) => void
  readonly fail: (reason: string, error: unknown) => void
}

export interface FollowEndpoints {
  readonly context: FollowerContext
  readonly service: Follower
  readonly kafka: Pick<KafkaClient, 'openTable'>
  /** `master-data`, with its prefix. */
  readonly topic: string
  readonly decode: RecordDecoder<MasterDataChange>
}

/**
 * Resolves when everything that was on the topic at the call is in the directory; until then the service is not ready
 * (`endpoints-known`). An announcement that can't be understood is counted and logged, and stops nobody.
 */
export async function followEndpoints(options: FollowEndpoints): Promise<EndpointDirectory> {
  const { log, onStop, readiness, fail } = options.context
  const setCaughtUp = readiness('endpoints-known')
  const directory = endpointDirectory()
  const count = countAnnouncements(options, directory)
  const stopping = new AbortController()
  const announced = announcements({
    decode: options.decode,
    directory,
    applied: count.applied,
    refused: ({ partition, offset }, problem) => {
      count.refused()
      log.error({ partition, offset, problem }, 'announcement.refused')
    },
    signal: stopping.signal,
  })
  const masterData = options.kafka.openTable({ topic: options.topic, apply: announced.apply, onFatal: fail })
  onStop('master-data', async () => {
    stopping.abort()
    await masterData.stop()
  })
  await masterData.start()
  await announced.settled()
  log.info({ endpoints: directory.size() }, 'endpoints.loaded')
  setCaughtUp(true)
  return directory
}

interface CountAnnouncements {
  readonly applied: () => void
  readonly refused: () => void
}

function countAnnouncements(options: FollowEndpoints, directory: WritableDirectory): CountAnnouncements {
  const { metrics } = options.context
  const labels = { service: followers }
  const label = { service: options.service }
  const applied = metrics.counter(
    'scanhook_endpoint_announcements_applied_total',
    'Announcements of endpoints on master-data that the service has taken in since it started',
    labels,
  )
  const refused = metrics.counter(
    'scanhook_endpoint_announcements_refused_total',
    'Announcements on master-data that the service could not understand',
    labels,
  )
  const known = metrics.gauge('scanhook_endpoints_known', 'Endpoints that the service knows', labels)
  metrics.onCollect(() => known.set(label, directory.size()))
  return { applied: () => applied.inc(label), refused: () => refused.inc(label) }
}
