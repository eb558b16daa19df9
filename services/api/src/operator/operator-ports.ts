/** What operators' routes are plugged into: each question asked once for all who look, kept for some seconds, and given up in time. */
import type { KafkaAdmin, KafkaClient, KafkaProducer } from '@scanhook/kafka/contract'
import type { OutgoingRecord } from '@scanhook/kafka/record'
import type { OperatorFigures } from '@scanhook/postgres/operator-figures'
import type { PoisonReplays } from '@scanhook/postgres/poison-replays'
import type { EndpointStateReader } from '@scanhook/redis/endpoint-state-reader'
import type { Clock } from '@scanhook/runtime/clock'
import type { SubjectSeen } from '@scanhook/schemas/read-subjects'
import type { TopicNames } from '@scanhook/schemas/topics'
import {
  type LookedAt,
  listPoison,
  lookAtPoison,
  type PoisonPorts,
  type PoisonQuery,
  replayPoison,
} from '../poison/read-poison.ts'
import type { PoisonRoutePorts } from '../poison/routes.ts'
import { heldBackOf, isHeldBack } from './breakers.ts'
import { pipelinePlan } from './pipeline-plan.ts'
import { readPipeline } from './read-pipeline.ts'
import { openThroughput, type Stream } from './read-throughput.ts'
import { recentAnswer } from './recent-answer.ts'
import type { BreakersSeen, OperatorPorts, TenantsSeen } from './routes.ts'

export interface OperatorWiring {
  readonly kafka: Pick<KafkaClient, 'openAdmin' | 'openPages'>
  readonly producer: Pick<KafkaProducer, 'append'>
  readonly states: Pick<EndpointStateReader, 'list'>
  readonly figures: OperatorFigures
  readonly replays: PoisonReplays
  readonly readSubjects: () => Promise<readonly SubjectSeen[]>
  readonly topics: TopicNames
  /** What is thrown where somebody does not answer: 503. */
  readonly unavailable: (detail: string, retryAfterSeconds: number, cause: unknown) => Error
  /** Ids of organizations. */
  readonly operators: readonly number[]
  readonly prefix: string
  readonly timeScale: number
  readonly clock: Pick<Clock, 'nowMs' | 'monotonicMs' | 'after'>
}

/** A page that is looked at asks every few seconds, from several browsers: one answer serves them all. */
const keptMs = 5_000
/** Some sixty short requests, a fifth of a second in all; whoever looks should be told that Kafka is away before he turns away. */
const patienceMs = 5_000
/** A sum over a day's rows of all organizations: some ms for a hundred, a second for a hundred thousand. */
const figuresKeptMs = 15_000
/** Subjects change with a deployment. */
const subjectsKeptMs = 60_000
/** Of several MiB, from an empty cache of the broker's. */
const poisonPatienceMs = 15_000
/** Every open page asks for the newest twice a minute: a third of that. It is one page of previews, half a megabyte. */
const poisonKeptMs = 10_000
/** As many as a page shows; whoever has more has a cause in common, and Grafana has the number. */
const heldBackMax = 500
/** The organizations of a page, and endpoints of which each is looked up by itself. */
const tenantsMax = 200
const failingMax = 20

export interface OpenedOperator {
  readonly ports: OperatorPorts
  readonly close: () => Promise<void>
}

/** Opens nothing: most processes are never asked. */
export function operatorPorts(wiring: OperatorWiring): OpenedOperator {
  const { kafka, states, figures, topics, clock } = wiring
  const away =
    (who: string) =>
    (cause: unknown): Error =>
      wiring.unavailable(`this cannot be told for now: ${who} does not answer`, 10, cause)
  const kafkaAway = away('Kafka')
  const databaseAway = away('PostgreSQL')
  const operators = new Set(wiring.operators)
  const plan = pipelinePlan(topics, wiring.prefix, wiring.timeScale)
  let opening: Promise<KafkaAdmin> | null = null
  let opened: KafkaAdmin | null = null
  /** With the first question, and by the next one after a failure. */
  const admin = (): Promise<KafkaAdmin> => {
    opening ??= kafka
      .openAdmin()
      .then((one) => {
        opened = one
        return one
      })
      .catch((error: unknown) => {
        opening = null
        throw error
      })
    return opening
  }
  const recent = <T>(ask: () => Promise<T>, failure = kafkaAway, kept = keptMs): (() => Promise<T>) =>
    recentAnswer({ ask, keptMs: kept, patienceMs, failure, clock })
  const isOperator = (orgId: number): boolean => operators.has(orgId)
  const throughput = openThroughput({ admin, nowMs: clock.nowMs }, streamsOf(topics))
  return {
    ports: {
      isOperator,
      pipeline: recent(async () => readPipeline({ admin: await admin(), nowMs: clock.nowMs }, plan)),
      throughput: recent(throughput),
      breakers: recent(() => readBreakers(states, figures, clock.nowMs), databaseAway),
      tenants: recent(() => readTenants(figures, clock.nowMs), databaseAway, figuresKeptMs),
      subjects: recent(
        async () => ({ subjects: await wiring.readSubjects(), measuredAtMs: clock.nowMs() }),
        away('the schema registry'),
        subjectsKeptMs,
      ),
      poison: poisonPorts(wiring, admin, kafkaAway),
    },
    // One that is being opened while Kafka is away is not waited for: it would take longer than there is to stop.
    close: async () => opened?.close(),
  }
}

/** A producer's further upstream topics are not known here. */
function streamsOf(topics: TopicNames): readonly Stream[] {
  return [
    { stream: 'reads', topic: topics.reads },
    { stream: 'scans', topic: topics.scans },
    { stream: 'events', topic: topics.events },
    { stream: 'deliveries', topic: topics.deliveries },
    { stream: 'attempts', topic: topics.attempts },
  ]
}

async function readBreakers(
  states: Pick<EndpointStateReader, 'list'>,
  figures: OperatorFigures,
  nowMs: () => number,
): Promise<BreakersSeen> {
  const found = await states.list(isHeldBack, heldBackMax)
  if (found === null) return { measuredAtMs: nowMs(), heldBack: null, isComplete: false }
  const facts = await figures.endpoints([...found.states.keys()])
  return {
    measuredAtMs: nowMs(),
    heldBack: heldBackOf(found.states, facts),
    isComplete: found.isComplete,
  }
}

async function readTenants(figures: OperatorFigures, nowMs: () => number): Promise<TenantsSeen> {
  const { rows: tenants, total } = await figures.tenants(tenantsMax)
  return { tenants, total, failing: await figures.failing(failingMax), measuredAtMs: nowMs() }
}

function poisonPorts(
  { kafka, producer, replays, topics, clock }: OperatorWiring,
  admin: () => Promise<KafkaAdmin>,
  failure: (cause: unknown) => Error,
): PoisonRoutePorts {
  const inTime = async <T>(limitMs: number, asked: Promise<T>): Promise<T> => {
    const late = Promise.withResolvers<never>()
    const cancel = clock.after(limitMs, () => late.reject(failure(undefined)))
    return Promise.race([asked, late.promise]).finally(cancel)
  }
  const { retry, ...named } = topics
  const ports: PoisonPorts = {
    admin,
    openPages: kafka.openPages,
    replays,
    append: (record: OutgoingRecord) => inTime(patienceMs, producer.append(record)),
    topics: { poison: topics.poison, own: [...Object.values(named), ...Object.values(retry)] },
  }
  const newest = recentAnswer({
    ask: () => lookAtPoison(ports, null),
    ...{ keptMs: poisonKeptMs, patienceMs: poisonPatienceMs, failure, clock },
  })
  // Older pages are different for everybody who leafs through them.
  const look = (before: PoisonQuery['before']): Promise<LookedAt> =>
    before === null ? newest() : inTime(poisonPatienceMs, lookAtPoison(ports, before))
  return {
    list: (query) => listPoison({ ...ports, look }, query),
    replay: (by, asked) => replayPoison(ports, by, asked),
  }
}
