/** What happened last to each webhook, and when it goes on: what a list of webhooks shows beside them. */
import { single, timeText } from '@scanhook/http/answers'
import { idParam, repeatedParam } from '@scanhook/http/query'
import type { EndpointActivities, EndpointActivity } from '@scanhook/postgres/endpoint-activity'
import type { EndpointStatisticsStore, RecentRequests } from '@scanhook/postgres/endpoint-statistics'
import { z } from 'zod'
import { arrayAnswer, idAnswer, singleAnswer, timeAnswer, uuidAnswer } from '../answer-schemas.ts'
import { type Api, ifAny } from '../server.ts'

const query = z.object({ webhook_id: repeatedParam(idParam()) })

const lastAnswer = z.object({
  delivery_id: uuidAnswer,
  started_at: timeAnswer,
  disposition: z.string(),
  response_status: z.int().nullable(),
  error_class: z.string().nullable(),
})
const count = z.int().min(0)
const hoursAnswer = z
  .object({
    ...{ delivered: count, failed: count, p95_ms: z.number().nullable() },
    hours: arrayAnswer(z.object({ delivered: count, failed: count })).describe('24, the oldest first'),
    is_complete: z.boolean().describe('False: there were more than 500 requests, and these are the newest'),
  })
  .nullable()
  .describe('Requests of the last 24 hours, without tests; null for none')
const activityAnswer = z.object({
  webhook_id: idAnswer,
  last_attempt: lastAnswer.nullable().describe('The newest request of the log; null for none'),
  last_24_hours: hoursAnswer,
  next_attempt_at: timeAnswer.nullable().describe('Of the deliveries that wait, the soonest; null for none'),
})
const pageAnswer = z
  .object({
    webhooks: arrayAnswer(activityAnswer),
    is_complete: z
      .boolean()
      .describe('False: more than 2,000 deliveries wait, and only the newest of them were looked at'),
  })
  .meta({ id: 'WebhookActivity' })

export interface ActivityPorts {
  readonly activities: EndpointActivities
  readonly statistics: Pick<EndpointStatisticsStore, 'recent'>
  readonly nowMs: () => number
}

export function addWebhookActivityRoute(api: Api, { activities, statistics, nowMs }: ActivityPorts): void {
  api.route({
    method: 'GET',
    path: '/api/v1/webhooks/activity',
    scope: 'webhooks:read',
    describes: {
      id: 'getWebhookActivity',
      summary: 'What happened last to each webhook, and when it goes on',
      details: 'Of the 200 newest, or of those that `webhook_id` names.',
      answers: { 200: singleAnswer(pageAnswer) },
    },
    query,
    handle: async ({ caller, query: given }) => {
      const { rows, isComplete } = await activities.list(caller.orgId, ifAny(given.webhook_id))
      const ids = rows.map(({ endpointId }) => endpointId)
      const recent = await statistics.recent(caller.orgId, ids, nowMs())
      const recentOf = new Map(recent.map((each) => [each.endpointId, each]))
      const webhooks = rows.map((row) => activityView(row, recentOf.get(row.endpointId)))
      return single({ webhooks, is_complete: isComplete } satisfies z.output<typeof pageAnswer>)
    },
  })
}

function activityView(
  { endpointId, last, nextAttemptAt }: EndpointActivity,
  recent: RecentRequests | undefined,
): z.output<typeof activityAnswer> {
  return {
    webhook_id: endpointId,
    last_attempt:
      last === null
        ? null
        : {
            ...{ delivery_id: last.deliveryId, started_at: timeText(last.startedAt) },
            ...{ disposition: last.disposition, response_status: last.status, error_class: last.errorClass },
          },
    last_24_hours: recent === undefined ? null : recentView(recent),
    next_attempt_at: timeText(nextAttemptAt),
  }
}

function recentView({ delivered, failed, p95Ms, hours, isComplete }: RecentRequests) {
  return { delivered, failed, p95_ms: p95Ms, hours, is_complete: isComplete }
}
