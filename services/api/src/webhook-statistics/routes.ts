/** How requests to a webhook went lately, and what is in its way while it fails: what a person looks at before anything else. */
import { profiles } from '@scanhook/domain/profile'
import type { TimedCount } from '@scanhook/domain/usage/sum-requests'
import { single, timeText } from '@scanhook/http/answers'
import { idParam } from '@scanhook/http/query'
import type { EndpointStatistics, EndpointStatisticsStore } from '@scanhook/postgres/endpoint-statistics'
import type { Endpoints, StoredEndpoint } from '@scanhook/postgres/endpoints'
import { z } from 'zod'
import { arrayAnswer, singleAnswer, timeAnswer } from '../answer-schemas.ts'
import { type Api, foundOf } from '../server.ts'

const minuteMs = 60_000
/** Twelve to thirty bars each: as many as a person tells apart on a telephone. */
const ranges = {
  '1h': { bucketMs: 5 * minuteMs, count: 12 },
  '24h': { bucketMs: 60 * minuteMs, count: 24 },
  '7d': { bucketMs: 6 * 60 * minuteMs, count: 28 },
  '30d': { bucketMs: 24 * 60 * minuteMs, count: 30 },
} as const
const rangeNames = ['1h', '24h', '7d', '30d'] as const

const params = z.object({ webhook_id: idParam() })
const query = z.object({ range: z.enum(rangeNames).default('24h') })

const count = z.int().min(0)
const counts = { delivered: count, failed: count }
const duration = z.number().nullable()
const timedCounts = { ...counts, p50_ms: duration, p95_ms: duration, p99_ms: duration }
const statisticsAnswer = z
  .object({
    range: z.enum(rangeNames),
    from: timeAnswer,
    to: timeAnswer,
    bucket_minutes: z.int(),
    is_complete: z
      .boolean()
      .describe('False: there were more than 50,000 requests in the log, and these are the newest'),
    looked_from: timeAnswer
      .nullable()
      .describe('All requests from then on are counted: `from`, or later where not all are'),
    latency_error_percent: z.int().describe('How far durations may be from the true ones; 0: they are exact'),
    ...timedCounts,
    buckets: arrayAnswer(z.object({ start: timeAnswer, ...timedCounts })).describe(
      'All of the range, oldest first',
    ),
    status_classes: arrayAnswer(
      z.object({ status_class: z.enum(['2xx', '3xx', '4xx', '5xx', 'none']), ...counts }),
    ),
    error_classes: arrayAnswer(z.object({ error_class: z.string(), requests: count })).describe(
      'Of requests that got no usable answer: why',
    ),
    event_types: arrayAnswer(z.object({ event_type: z.string(), ...counts })),
    failures: z
      .object({
        since: timeAnswer,
        is_complete: z.boolean(),
        kinds: arrayAnswer(
          z.object({
            response_status: z.int().nullable(),
            error_class: z.string().nullable(),
            requests: count,
          }),
        ).describe('The most frequent first'),
        disables_at: timeAnswer
          .nullable()
          .describe('From when on one more failure disables it; null where it is not active'),
      })
      .nullable()
      .describe('What failed since it last took anything; null where it is not failing'),
  })
  .meta({ id: 'WebhookStatistics' })

export interface StatisticsPorts {
  readonly endpoints: Pick<Endpoints, 'find'>
  readonly statistics: Pick<EndpointStatisticsStore, 'find' | 'failures'>
  readonly nowMs: () => number
  /** How much shorter every wait is than in production (TIME_SCALE). */
  readonly scale: number
}

export function addWebhookStatisticsRoute(api: Api, ports: StatisticsPorts): void {
  api.route({
    method: 'GET',
    path: '/api/v1/webhooks/:webhook_id/statistics',
    scope: 'webhooks:read',
    describes: {
      id: 'getWebhookStatistics',
      summary: 'How requests to a webhook went lately',
      details:
        'Without tests. A day and more are counted while the log is written, so that they hold every request; an hour is read out of the log. `GET /usage` has days, of more than a year.',
      answers: { 200: singleAnswer(statisticsAnswer) },
    },
    params,
    query,
    handle: async ({ caller: { orgId }, params: { webhook_id: id }, query: { range } }) => {
      const endpoint = foundOf(await ports.endpoints.find(orgId, id), 'webhook')
      const { bucketMs, count: bucketCount } = ranges[range]
      // The bucket that is under way is the last one; days and hours are those of UTC.
      const toMs = (Math.floor(ports.nowMs() / bucketMs) + 1) * bucketMs
      const fromMs = toMs - bucketCount * bucketMs
      const found = await ports.statistics.find(orgId, { endpointId: id, fromMs, toMs, bucketMs })
      return single({
        ...{ range, from: timeText(fromMs), to: timeText(toMs), bucket_minutes: bucketMs / minuteMs },
        ...statisticsView(found),
        buckets: Array.from({ length: bucketCount }, (_, index) => {
          const startMs = fromMs + index * bucketMs
          const bucket = found.buckets.find((each) => each.startMs === startMs)
          return { start: timeText(startMs), ...timedView(bucket ?? empty) }
        }),
        failures: await failuresOf(ports, orgId, endpoint),
      } satisfies z.output<typeof statisticsAnswer>)
    },
  })
}

const empty: TimedCount = { delivered: 0, failed: 0, p50Ms: null, p95Ms: null, p99Ms: null }
const classes = { 2: '2xx', 3: '3xx', 4: '4xx', 5: '5xx' } as const

function timedView({ delivered, failed, p50Ms, p95Ms, p99Ms }: TimedCount) {
  return { delivered, failed, p50_ms: p50Ms, p95_ms: p95Ms, p99_ms: p99Ms }
}

function statisticsView({
  isComplete,
  lookedFromMs,
  latencyErrorShare,
  total,
  statusClasses,
  errorClasses,
  eventTypes,
}: EndpointStatistics) {
  return {
    is_complete: isComplete,
    looked_from: timeText(lookedFromMs),
    latency_error_percent: Math.round(latencyErrorShare * 100),
    ...timedView(total),
    error_classes: errorClasses.map(({ errorClass, count: requests }) => ({
      error_class: errorClass,
      requests,
    })),
    status_classes: statusClasses.map(({ hundreds, delivered, failed }) => ({
      status_class: classes[hundreds as keyof typeof classes] ?? ('none' as const),
      ...{ delivered, failed },
    })),
    event_types: eventTypes.map(({ eventType, delivered, failed }) => ({
      event_type: eventType,
      ...{ delivered, failed },
    })),
  }
}

async function failuresOf(
  { statistics, scale }: StatisticsPorts,
  orgId: number,
  { id, failingSince, state, profile }: StoredEndpoint,
) {
  if (failingSince === null) return null
  const { isComplete, kinds } = await statistics.failures(orgId, id, failingSince)
  const disablesAtMs = failingSince + profiles[profile].disabledAfterMs / scale
  return {
    since: timeText(failingSince),
    is_complete: isComplete,
    kinds: kinds.map(({ status, errorClass, count: requests }) => ({
      ...{ response_status: status, error_class: errorClass, requests },
    })),
    disables_at: state === 'active' ? timeText(disablesAtMs) : null,
  }
}
