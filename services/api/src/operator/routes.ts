/**
 * How the installation is doing. These figures are nobody's in particular: they are told to the organizations that the
 * installation is run by, and to no other.
 *
 * Invariants
 *   N1. An organization that is not the operator's is refused before anything is asked of anybody.
 */
import { single, timeText } from '@scanhook/http/answers'
import { ApiError } from '@scanhook/http/api-error'
import type { EndpointFacts, FailingFacts, TenantFacts } from '@scanhook/postgres/operator-figures'
import { waitingMax } from '@scanhook/postgres/operator-figures'
import type { SubjectSeen } from '@scanhook/schemas/read-subjects'
import { z } from 'zod'
import { arrayAnswer, idAnswer, singleAnswer, timeAnswer } from '../answer-schemas.ts'
import { addPoisonRoutes, type PoisonRoutePorts } from '../poison/routes.ts'
import type { Api } from '../server.ts'
import type { HeldBack } from './breakers.ts'
import type { Pipeline } from './read-pipeline.ts'
import { streamNames, type Throughput } from './read-throughput.ts'
import { sayFailure } from './words.ts'

export interface BreakersSeen {
  /** Epoch ms. */
  readonly measuredAtMs: number
  /** Null: Redis does not answer, so nobody can tell. */
  readonly heldBack: readonly HeldBack[] | null
  /** False: more endpoints are held back than are told. */
  readonly isComplete: boolean
}

export interface TenantsSeen {
  /** Epoch ms. */
  readonly measuredAtMs: number
  readonly tenants: readonly TenantFacts[]
  /** Organizations that there are. */
  readonly total: number
  readonly failing: readonly FailingFacts[]
}

export interface SubjectsSeen {
  /** Epoch ms. */
  readonly measuredAtMs: number
  readonly subjects: readonly SubjectSeen[]
}

export interface OperatorPorts {
  /** Whose people look after the installation. */
  readonly isOperator: (orgId: number) => boolean
  /** Rejects with 503 where Kafka does not answer. */
  readonly pipeline: () => Promise<Pipeline>
  /** The same. */
  readonly throughput: () => Promise<Throughput>
  readonly breakers: () => Promise<BreakersSeen>
  readonly tenants: () => Promise<TenantsSeen>
  /** Rejects with 503 where the registry does not answer. */
  readonly subjects: () => Promise<SubjectsSeen>
  readonly poison: PoisonRoutePorts
}

const count = z.int().min(0)
const seconds = z.number().min(0)
const pipelineAnswer = z
  .object({
    measured_at: timeAnswer,
    groups: arrayAnswer(
      z.object({
        group: z.string(),
        topic: z.string(),
        lag_records: count.describe('Records that the group has not committed'),
        lag_seconds: seconds
          .nullable()
          .describe('Age of the oldest of them; 0 for none, null where its time is not known'),
      }),
    ),
    retry_tiers: arrayAnswer(
      z.object({
        tier: z.string(),
        wait_seconds: seconds.describe('How long each delivery waits in it'),
        waiting: count.describe('Deliveries in the tier, due or not'),
        due: count.describe('Of them, those whose time has come'),
        overdue_seconds: seconds
          .nullable()
          .describe('For how long its head has been due; 0 where none is, null where its time is not known'),
      }),
    ),
  })
  .meta({ id: 'Pipeline' })

const throughputAnswer = z
  .object({
    measured_at: timeAnswer,
    now_seconds: count.describe('Over which "now" is measured'),
    streams: arrayAnswer(
      z.object({
        stream: z.enum(streamNames),
        topic: z.string(),
        per_second_now: seconds,
        buckets: arrayAnswer(
          z.object({ from: timeAnswer, to: timeAnswer, records: count, per_second: seconds }),
        ).describe('Of the last hour, oldest first'),
      }),
    ),
  })
  .meta({ id: 'Throughput' })

const endpointFields = {
  webhook_id: idAnswer,
  name: z.string().nullable(),
  host: z.string().describe('Of its URL; the rest of a URL may be a secret'),
  state: z.string(),
  organization: z.object({ id: idAnswer, name: z.string() }),
  failing_since: timeAnswer.nullable(),
  last_failure: z.string().nullable().describe('In words; null where the log has none'),
  last_status: z.int().nullable(),
  last_error_class: z.string().nullable(),
  waiting: count.describe(`Deliveries that wait; ${waitingMax} stands for that many or more`),
}

const breakersAnswer = z
  .object({
    measured_at: timeAnswer,
    is_known: z.boolean().describe('False: Redis does not answer, so it cannot be told what is held back'),
    is_complete: z.boolean(),
    endpoints: arrayAnswer(
      z.object({
        ...endpointFields,
        breaker: z.enum(['open', 'half_open', 'closed']),
        since: timeAnswer.nullable().describe('Since when it has not been closed'),
        next_probe_at: timeAnswer.nullable(),
        openings: count.describe('How often it opened in a row'),
        concurrency_limit: count.nullable().describe('Requests at a time, as far as the endpoint takes them'),
      }),
    ),
  })
  .meta({ id: 'Breakers' })

const tenantsAnswer = z
  .object({
    measured_at: timeAnswer,
    total: count.describe('Organizations that there are; 200 are told of'),
    organizations: arrayAnswer(
      z.object({
        id: idAnswer,
        name: z.string(),
        events_today: count,
        requests_today: count,
        delivered_today: count,
        dead_today: count,
        active_webhooks: count,
        failing_webhooks: count,
        waiting: count.describe(`Deliveries that wait; ${waitingMax} stands for that many or more`),
      }),
    ),
    failing: arrayAnswer(
      z.object({
        ...endpointFields,
        requests: count.describe('Since yesterday (UTC)'),
        failed: count,
        dead: count,
      }),
    ),
  })
  .meta({ id: 'Tenants' })

const subjectsAnswer = z
  .object({
    measured_at: timeAnswer,
    subjects: arrayAnswer(
      z.object({
        subject: z.string(),
        topic: z.string(),
        is_registered: z.boolean(),
        compatibility: z
          .string()
          .nullable()
          .describe('Null: the subject has no level of its own, the registry’s holds'),
        version_count: count,
        versions: arrayAnswer(z.object({ version: z.int(), schema_id: z.int() })),
      }),
    ),
  })
  .meta({ id: 'SchemaSubjects' })

const forOperators = 'For the organizations in OPERATOR_ORG_IDS; 403 for all others.'

export function addOperatorRoutes(api: Api, ports: OperatorPorts): void {
  /** N1 */
  const admit = (orgId: number): void => {
    if (!ports.isOperator(orgId)) throw notTheirs()
  }
  api.route({
    method: 'GET',
    path: '/api/v1/operator/pipeline',
    scope: 'webhooks:read',
    describes: {
      id: 'getPipeline',
      summary: 'How far the installation is behind',
      details: `${forOperators} Measured at most every 5 seconds; 503 while Kafka does not answer.`,
      answers: { 200: singleAnswer(pipelineAnswer) },
    },
    handle: async ({ caller }) => {
      admit(caller.orgId)
      return single(pipelineView(await ports.pipeline()))
    },
  })
  api.route({
    method: 'GET',
    path: '/api/v1/operator/throughput',
    scope: 'webhooks:read',
    describes: {
      id: 'getThroughput',
      summary: 'How much goes through the installation, now and within the last hour',
      details: `${forOperators} Counted by the brokers' offsets of each topic; 503 while Kafka does not answer.`,
      answers: { 200: singleAnswer(throughputAnswer) },
    },
    handle: async ({ caller }) => {
      admit(caller.orgId)
      return single(throughputView(await ports.throughput()))
    },
  })
  api.route({
    method: 'GET',
    path: '/api/v1/operator/breakers',
    scope: 'webhooks:read',
    describes: {
      id: 'getBreakers',
      summary: 'Which endpoints are held back',
      details: `${forOperators} As the dispatchers share it through Redis, within a second or two.`,
      answers: { 200: singleAnswer(breakersAnswer) },
    },
    handle: async ({ caller }) => {
      admit(caller.orgId)
      return single(breakersView(await ports.breakers()))
    },
  })
  api.route({
    method: 'GET',
    path: '/api/v1/operator/tenants',
    scope: 'webhooks:read',
    describes: {
      id: 'getTenants',
      summary: 'How each organization is doing today, and which endpoints fail most',
      details: forOperators,
      answers: { 200: singleAnswer(tenantsAnswer) },
    },
    handle: async ({ caller }) => {
      admit(caller.orgId)
      return single(tenantsView(await ports.tenants()))
    },
  })
  api.route({
    method: 'GET',
    path: '/api/v1/operator/subjects',
    scope: 'webhooks:read',
    describes: {
      id: 'getSchemaSubjects',
      summary: 'What the schema registry has of each record',
      details: `${forOperators} 503 while the registry does not answer.`,
      answers: { 200: singleAnswer(subjectsAnswer) },
    },
    handle: async ({ caller }) => {
      admit(caller.orgId)
      return single(subjectsView(await ports.subjects()))
    },
  })
  addPoisonRoutes(api, ports.poison, { admit, forOperators })
}

function notTheirs(): ApiError {
  return new ApiError(
    'forbidden',
    'this is of the whole installation, for the organizations that OPERATOR_ORG_IDS names',
  )
}

function pipelineView({ measuredAtMs, groups, tiers }: Pipeline): z.output<typeof pipelineAnswer> {
  return {
    measured_at: timeText(measuredAtMs),
    groups: groups.map(({ group, topic, lagRecords, lagMs }) => ({
      ...{ group, topic, lag_records: lagRecords, lag_seconds: secondsOf(lagMs) },
    })),
    retry_tiers: tiers.map(({ tier, waitMs, waiting, due, overdueMs }) => ({
      ...{ tier, wait_seconds: waitMs / 1_000, waiting, due, overdue_seconds: secondsOf(overdueMs) },
    })),
  }
}

function secondsOf(ms: number | null): number | null {
  return ms === null ? null : ms / 1_000
}

function throughputView({
  measuredAtMs,
  nowSeconds,
  streams,
}: Throughput): z.output<typeof throughputAnswer> {
  return {
    measured_at: timeText(measuredAtMs),
    now_seconds: nowSeconds,
    streams: streams.map(({ stream, topic, recordsNow, buckets }) => ({
      ...{ stream, topic, per_second_now: recordsNow / nowSeconds },
      buckets: buckets.map(({ fromMs, toMs, records }) => ({
        ...{ from: timeText(fromMs), to: timeText(toMs), records },
        per_second: records / ((toMs - fromMs) / 1_000),
      })),
    })),
  }
}

function endpointView(facts: EndpointFacts) {
  return {
    ...{ webhook_id: facts.endpointId, name: facts.name, host: facts.host, state: facts.state },
    organization: { id: facts.orgId, name: facts.orgName },
    failing_since: timeText(facts.failingSince),
    last_failure: sayFailure(facts),
    ...{ last_status: facts.lastStatus, last_error_class: facts.lastErrorClass, waiting: facts.waiting },
  }
}

function breakersView({ measuredAtMs, heldBack, isComplete }: BreakersSeen): z.output<typeof breakersAnswer> {
  return {
    ...{ measured_at: timeText(measuredAtMs), is_known: heldBack !== null, is_complete: isComplete },
    endpoints: (heldBack ?? []).map(({ facts, shared: { breaker, sinceMs, limit } }) => ({
      ...endpointView(facts),
      breaker: breaker?.state ?? 'closed',
      since: timeText(sinceMs),
      next_probe_at: timeText(breaker?.untilMs ?? null),
      ...{ openings: breaker?.openings ?? 0, concurrency_limit: limit },
    })),
  }
}

function tenantsView({ measuredAtMs, tenants, total, failing }: TenantsSeen): z.output<typeof tenantsAnswer> {
  return {
    ...{ measured_at: timeText(measuredAtMs), total },
    organizations: tenants.map((each) => ({
      ...{ id: each.orgId, name: each.orgName },
      ...{ events_today: each.events, requests_today: each.attempts, delivered_today: each.delivered },
      ...{ dead_today: each.dead, active_webhooks: each.activeEndpoints },
      ...{ failing_webhooks: each.failingEndpoints, waiting: each.waiting },
    })),
    failing: failing.map((each) => ({
      ...endpointView(each),
      ...{ requests: each.attempts, failed: each.failed, dead: each.dead },
    })),
  }
}

function subjectsView({ measuredAtMs, subjects }: SubjectsSeen): z.output<typeof subjectsAnswer> {
  return {
    measured_at: timeText(measuredAtMs),
    subjects: subjects.map(({ subject, topic, facts }) => ({
      ...{ subject, topic, is_registered: facts !== null, compatibility: facts?.compatibility ?? null },
      version_count: facts?.versionCount ?? 0,
      versions: (facts?.versions ?? []).map(({ version, id }) => ({ version, schema_id: id })),
    })),
  }
}
