/** What happened last to each webhook, and when it goes on: what a list of webhooks shows beside them. */
import type { EndpointShared } from '@scanhook/domain/endpoint-shared'
import { type EndpointId, endpointId } from '@scanhook/domain/ids'
import { single, timeText } from '@scanhook/http/answers'
import { idParam, repeatedParam } from '@scanhook/http/query'
import type { EndpointActivities, EndpointActivity } from '@scanhook/postgres/endpoint-activity'
import type {
  EndpointStatisticsStore,
  RecentPage,
  RecentRequests,
} from '@scanhook/postgres/endpoint-statistics'
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
    hours: arrayAnswer(z.object({ delivered: count, failed: count })).describe(
      '24 of UTC, the oldest first; the last one is under way',
    ),
    is_complete: z
      .boolean()
      .describe('False: within a day of an upgrade not all of it is counted, see `counted_from`'),
    counted_from: timeAnswer.describe('All requests from then on are counted'),
  })
  .nullable()
  .describe('Requests of the last 24 hours, without tests; null for none. `p95_ms` is within 19 %')
const activityAnswer = z.object({
  webhook_id: idAnswer,
  last_attempt: lastAnswer.nullable().describe('The newest request of the log; null for none'),
  last_24_hours: hoursAnswer,
  next_attempt_at: timeAnswer.nullable().describe('Of the deliveries that wait, the soonest; null for none'),
  breaker: z
    .object({
      state: z.enum(['open', 'half_open']).describe('`half_open`: a probe is under way'),
      since: timeAnswer.nullable(),
      next_probe_at: timeAnswer,
    })
    .nullable()
    .describe('Set while it is given a pause because most of its requests failed'),
})
const pageAnswer = z
  .object({
    webhooks: arrayAnswer(activityAnswer),
    are_breakers_known: z.boolean().describe('False: whether one is given a pause cannot be told for now'),
    is_complete: z
      .boolean()
      .describe('False: more than 2,000 deliveries wait, and only the newest of them were looked at'),
  })
  .meta({ id: 'WebhookActivity' })

export interface WebhookActivityPorts {
  readonly activities: EndpointActivities
  readonly statistics: Pick<EndpointStatisticsStore, 'recent'>
  readonly states: {
    /** Of these endpoints; null: nobody can tell for now. */
    readonly find: (ids: readonly EndpointId[]) => Promise<ReadonlyMap<EndpointId, EndpointShared> | null>
  }
  readonly nowMs: () => number
}

export function addWebhookActivityRoute(
  api: Api,
  { activities, statistics, states, nowMs }: WebhookActivityPorts,
): void {
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
      const ids = rows.map((row) => row.endpointId)
      // Ids of the organization's own, as its rows have them.
      const [recent, known] = await Promise.all([
        statistics.recent(caller.orgId, ids, nowMs()),
        states.find(ids.map(endpointId)),
      ])
      const recentOf = new Map(recent.endpoints.map((each) => [each.endpointId, recentView(each, recent)]))
      const page: z.output<typeof pageAnswer> = {
        webhooks: rows.map((row) =>
          activityView(
            row,
            recentOf.get(row.endpointId) ?? nothingOf(row.endpointId, recent),
            known?.get(endpointId(row.endpointId)),
          ),
        ),
        ...{ are_breakers_known: known !== null, is_complete: isComplete },
      }
      return single(page)
    },
  })
}

function activityView(
  { endpointId: id, last, nextAttemptAt }: EndpointActivity,
  recent: ReturnType<typeof recentView> | null,
  shared: EndpointShared | undefined,
): z.output<typeof activityAnswer> {
  return {
    webhook_id: id,
    last_attempt:
      last === null
        ? null
        : {
            ...{ delivery_id: last.deliveryId, started_at: timeText(last.startedAt) },
            ...{ disposition: last.disposition, response_status: last.status, error_class: last.errorClass },
          },
    last_24_hours: recent,
    next_attempt_at: timeText(nextAttemptAt),
    breaker: breakerView(shared),
  }
}

/** Where not all of the day is counted, nothing is said of the rest of it. */
function nothingOf(id: number, page: RecentPage): ReturnType<typeof recentView> | null {
  if (page.isComplete) return null
  const hours = Array.from({ length: 24 }, () => ({ delivered: 0, failed: 0 }))
  return recentView({ endpointId: id, delivered: 0, failed: 0, p95Ms: null, hours }, page)
}

function recentView(
  { delivered, failed, p95Ms, hours }: RecentRequests,
  { isComplete, countedFromMs }: RecentPage,
) {
  const counted = { is_complete: isComplete, counted_from: timeText(countedFromMs) }
  return { delivered, failed, p95_ms: p95Ms, hours, ...counted }
}

function breakerView(shared: EndpointShared | undefined): z.output<typeof activityAnswer>['breaker'] {
  if (shared === undefined || shared.breaker === null) return null
  const { state, untilMs } = shared.breaker
  return { state, since: timeText(shared.sinceMs), next_probe_at: timeText(untilMs) }
}
