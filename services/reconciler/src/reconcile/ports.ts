/** The reconciler's ports over Kafka and PostgreSQL. Decides nothing. */
import type { Delivery } from '@scanhook/domain/delivery'
import { bodySent } from '@scanhook/domain/payload/body-sent'
import { domainEvent } from '@scanhook/domain/recorded-event'
import { retryTiers, scaledMs } from '@scanhook/domain/retry/tiers'
import { openFilterJudge } from '@scanhook/filters/filter-judge'
import { deliveryIdFor } from '@scanhook/identity/derived-ids'
import type { KafkaAdmin } from '@scanhook/kafka/contract'
import type { Attempts } from '@scanhook/postgres/attempts'
import type { EndpointVersions } from '@scanhook/postgres/endpoint-versions'
import type { Events } from '@scanhook/postgres/events'
import type { LoggedDelivery, Reconciliations } from '@scanhook/postgres/reconciliations'
import { waitBy } from '@scanhook/runtime/wait-by'
import type { TopicNames } from '@scanhook/schemas/topics'
import type { Wiring } from '../wiring.ts'
import { type FenceRoute, passFence } from './fence.ts'
import { resumeOverdue } from './resume-overdue.ts'
import type { RoundPorts } from './round.ts'
import { walkEvents } from './walk-events.ts'

/** What is told of each finding. */
export interface Findings {
  readonly missing: (delivery: Delivery) => void
  readonly overdue: (delivery: LoggedDelivery, canResume: boolean) => void
}

/** What it reads of the log, and where it leaves what it found. */
export interface LogStores {
  readonly log: Reconciliations
  readonly events: Pick<Events, 'listReceived' | 'findRow'>
  readonly versions: Pick<EndpointVersions, 'list'>
  readonly attempts: Pick<Attempts, 'firstRequests'>
}

export interface RoundWiring extends Pick<Wiring, 'topics' | 'send'> {
  readonly stores: LogStores
  readonly config: Pick<Wiring['context']['config'], 'TOPIC_PREFIX' | 'TIME_SCALE'>
  readonly clock: Pick<Wiring['context']['clock'], 'after' | 'monotonicMs'>
}

export interface PortOptions {
  readonly admin: KafkaAdmin
  readonly findings: Findings
  readonly patienceMs: number
  readonly isStopped: () => boolean
}

export function roundPorts(
  { config, clock, stores, topics, send }: RoundWiring,
  { admin, findings, patienceMs, isStopped }: PortOptions,
): RoundPorts {
  const { log } = stores
  const shared = { ...stores, eventOf: domainEvent, send }
  const fencePorts = { ...adminPorts(admin), wait: waitBy(clock), monotonicMs: clock.monotonicMs, isStopped }
  const route = routeOf(topics, config.TOPIC_PREFIX, config.TIME_SCALE)
  const walkPorts = { ...shared, judgeFilter: openFilterJudge(), deliveryIdFor, found: findings.missing }
  const resumePorts = { ...shared, renderedOf: bodySent, found: findings.overdue }
  return {
    log,
    fence: (times) => passFence(fencePorts, route, { ...times, patienceMs }),
    walk: (span, terms) => walkEvents(walkPorts, span, terms),
    resume: (terms) => resumeOverdue(resumePorts, terms),
    isStopped,
  }
}

function adminPorts(admin: KafkaAdmin) {
  return {
    endOffsets: (topic: string) => admin.endOffsets(topic),
    offsetsFrom: (topic: string, atMs: number) => admin.offsetsFrom(topic, atMs),
    committedOffsets: (groupId: string, topic: string) => admin.committedOffsets(groupId, topic),
  }
}

function routeOf(topics: TopicNames, prefix: string, scale: number): FenceRoute {
  return {
    events: topics.events,
    deliveries: topics.deliveries,
    attempts: topics.attempts,
    tiers: retryTiers.map(({ name, durationMs }) => ({
      topic: topics.retry[name],
      waitMs: scaledMs(durationMs, scale),
    })),
    groups: {
      router: `${prefix}router`,
      retry: `${prefix}retry`,
      dispatcher: `${prefix}dispatcher`,
      recorder: `${prefix}recorder`,
    },
  }
}
