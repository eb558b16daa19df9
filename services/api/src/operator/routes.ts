/**
 * How the installation is doing. These figures are nobody's in particular: they are told to the organizations that the
 * installation is run by, and to no other.
 *
 * Invariants
 *   N1. An organization that is not the operator's is refused before anything is asked of Kafka.
 */
import { single, timeText } from '@scanhook/http/answers'
import { ApiError } from '@scanhook/http/api-error'
import { z } from 'zod'
import { arrayAnswer, singleAnswer, timeAnswer } from '../answer-schemas.ts'
import type { Api } from '../server.ts'
import type { Pipeline } from './read-pipeline.ts'

export interface OperatorPorts {
  /** Whose people look after the installation. */
  readonly isOperator: (orgId: number) => boolean
  /** Rejects with 503 where Kafka does not answer. */
  readonly pipeline: () => Promise<Pipeline>
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

export function addOperatorRoute(api: Api, { isOperator, pipeline }: OperatorPorts): void {
  api.route({
    method: 'GET',
    path: '/api/v1/operator/pipeline',
    scope: 'webhooks:read',
    describes: {
      id: 'getPipeline',
      summary: 'How far the installation is behind',
      details:
        'For the organizations in OPERATOR_ORG_IDS; 403 for all others. Measured at most every 5 seconds; 503 while Kafka does not answer.',
      answers: { 200: singleAnswer(pipelineAnswer) },
    },
    handle: async ({ caller }) => {
      if (!isOperator(caller.orgId)) throw notTheirs() // N1
      return single(pipelineView(await pipeline()))
    },
  })
}

function notTheirs(): ApiError {
  return new ApiError(
    'forbidden',
    'these figures are of the whole installation, for the organizations that OPERATOR_ORG_IDS names',
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
