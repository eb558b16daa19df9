/** What was sent and what came in, by day: counted while the log is written, and kept longer than it. */
import { latencyQuantileMs } from '@scanhook/domain/usage/latency-histogram'
import { fieldError } from '@scanhook/http/api-error'
import { dayParam, idParam, pageParams, repeatedParam, sortParam } from '@scanhook/http/query'
import {
  type DaySpan,
  type EndpointUsage,
  type OrganizationUsage,
  type Usage,
  type UsageStore,
  usageSortFields,
} from '@scanhook/postgres/usage'
import { z } from 'zod'
import { idAnswer, listAnswer } from '../answer-schemas.ts'
import { type Api, ifAny, listOf, pageOf } from '../server.ts'

const dayMs = 86_400_000
/** A quarter of a year: of 50 webhooks 4,600 short rows, which PostgreSQL adds up in milliseconds. */
const spanDaysMax = 92
/** When no `from` is given: as long as the log is kept by default. */
const spanDays = 30
/** 0001-01-01: PostgreSQL has no year 0. */
const firstDayMs = -62_135_596_800_000

const span = { from: dayParam().optional(), to: dayParam().optional() }
const query = z.object({
  ...pageParams,
  webhook_id: repeatedParam(idParam()),
  ...span,
  sort: sortParam(usageSortFields, '-day'),
})
const totalsQuery = z.object({ ...pageParams, ...span })

const count = z.int().min(0)
const dayAnswer = z.string().meta({ wire: { type: 'string', format: 'date' } })
const milliseconds = z.number().nullable()
const countsAnswer = z.object({
  events: count.describe('Events of which the first request was made'),
  attempts: count.describe('Requests, once for each delivery that they carried'),
  success_rate: z
    .number()
    .min(0)
    .max(1)
    .nullable()
    .describe('Share of attempts that delivered; null for none'),
  deliveries: z.object({ delivered: count, dead: count, expired: count, superseded: count }),
  latency_ms: z
    .object({ p50: milliseconds, p95: milliseconds, p99: milliseconds })
    .describe('Duration of requests that were answered or timed out; within 19 %'),
})
const usageAnswer = z
  .object({ day: dayAnswer, webhook_id: idAnswer, ...countsAnswer.shape })
  .meta({ id: 'Usage' })
const totalsAnswer = z
  .object({
    day: dayAnswer,
    events_recorded: count.describe('Events that came in or were derived, wanted or not'),
    ...countsAnswer.shape,
  })
  .meta({ id: 'UsageTotals' })

export interface UsagePorts {
  readonly usage: UsageStore
  readonly nowMs: () => number
}

export function addUsageRoutes(api: Api, { usage, nowMs }: UsagePorts): void {
  api.route({
    method: 'GET',
    path: '/api/v1/usage',
    scope: 'webhooks:read',
    describes: {
      id: 'listUsage',
      summary: 'What was sent to each webhook on each day',
      answers: { 200: listAnswer(usageAnswer) },
    },
    query,
    handle: async ({ caller, query: given }) => {
      const page = await usage.list(caller.orgId, {
        ...pageOf(given),
        ...spanOf(given, nowMs()),
        endpointIds: ifAny(given.webhook_id),
      })
      return listOf(given, page, usageView)
    },
  })
  api.route({
    method: 'GET',
    path: '/api/v1/usage/totals',
    scope: 'webhooks:read',
    describes: {
      id: 'listUsageTotals',
      summary: 'What came in and what was sent on each day, over all webhooks',
      answers: { 200: listAnswer(totalsAnswer) },
    },
    query: totalsQuery,
    handle: async ({ caller, query: given }) => {
      const { limit, offset } = given
      const page = await usage.totals(caller.orgId, { limit, offset, ...spanOf(given, nowMs()) })
      return listOf(given, page, totalsView)
    },
  })
}

interface GivenSpan {
  readonly from?: number | undefined
  readonly to?: number | undefined
}

/** Up to `to`, or up to today; from `from`, or 30 days. */
function spanOf({ from, to }: GivenSpan, nowMs: number): DaySpan {
  const lastMs = to ?? Math.max(from ?? nowMs, nowMs)
  const firstMs = Math.max(from ?? lastMs - (spanDays - 1) * dayMs, firstDayMs)
  if (lastMs - firstMs >= spanDaysMax * dayMs)
    throw fieldError({
      field: 'from',
      code: 'invalid_value',
      message: `must be less than ${spanDaysMax} days before to (today, when it is not given)`,
    })
  return { fromDay: dayOf(firstMs), toDay: dayOf(lastMs) }
}

function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10)
}

function usageView(row: EndpointUsage): z.output<typeof usageAnswer> {
  return { day: row.day, webhook_id: row.endpointId, ...countsView(row) }
}

function totalsView(row: OrganizationUsage): z.output<typeof totalsAnswer> {
  return { day: row.day, events_recorded: row.eventsRecorded, ...countsView(row) }
}

function countsView(row: Usage): z.output<typeof countsAnswer> {
  const { events, attempts, delivered, dead, expired, superseded, latencies } = row
  return {
    events,
    attempts,
    success_rate: attempts === 0 ? null : rounded(delivered / attempts),
    deliveries: { delivered, dead, expired, superseded },
    latency_ms: {
      p50: latencyQuantileMs(latencies, 0.5),
      p95: latencyQuantileMs(latencies, 0.95),
      p99: latencyQuantileMs(latencies, 0.99),
    },
  }
}

/** Four decimals: hundredths of a percent. */
function rounded(share: number): number {
  return Math.round(share * 10_000) / 10_000
}
