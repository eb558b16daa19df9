/** What happened last to each webhook, and when it goes on: what a list of webhooks shows beside them. */
import { single, timeText } from '@scanhook/http/answers'
import { idParam, repeatedParam } from '@scanhook/http/query'
import type { EndpointActivities, EndpointActivity } from '@scanhook/postgres/endpoint-activity'
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
const activityAnswer = z.object({
  webhook_id: idAnswer,
  last_attempt: lastAnswer.nullable().describe('The newest request of the log; null for none'),
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

export function addWebhookActivityRoute(api: Api, activities: EndpointActivities): void {
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
      const page: z.output<typeof pageAnswer> = { webhooks: rows.map(activityView), is_complete: isComplete }
      return single(page)
    },
  })
}

function activityView({
  endpointId,
  last,
  nextAttemptAt,
}: EndpointActivity): z.output<typeof activityAnswer> {
  return {
    webhook_id: endpointId,
    last_attempt:
      last === null
        ? null
        : {
            ...{ delivery_id: last.deliveryId, started_at: timeText(last.startedAt) },
            ...{ disposition: last.disposition, response_status: last.status, error_class: last.errorClass },
          },
    next_attempt_at: timeText(nextAttemptAt),
  }
}
