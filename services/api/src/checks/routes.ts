/**
 * A check of an endpoint: asked for over HTTP, made by the dispatcher (only it reaches the internet), read in the log. The
 * answer comes with the request when the receiver is quick, and is there to be asked for when it is not.
 */
import { allProbes, type CheckSeries, checkEventType, probesOf } from '@scanhook/domain/checking/check-probe'
import { acceptedSecrets, checkNames, checkVerdicts } from '@scanhook/domain/checking/judge-check'
import type { Delivery } from '@scanhook/domain/delivery'
import { profiles } from '@scanhook/domain/profile'
import { single, timeText } from '@scanhook/http/answers'
import { ApiError } from '@scanhook/http/api-error'
import { booleanParam, idParam } from '@scanhook/http/query'
import type { Attempts, StoredAttempt } from '@scanhook/postgres/attempts'
import type { AuditLog } from '@scanhook/postgres/audit-log'
import type { Deliveries } from '@scanhook/postgres/deliveries'
import type { Endpoints, StoredEndpoint } from '@scanhook/postgres/endpoints'
import { z } from 'zod'
import { arrayAnswer, idAnswer, singleAnswer, timeAnswer, uuidAnswer } from '../answer-schemas.ts'
import { authorshipOf } from '../audit-log/author-of.ts'
import { type Api, foundOf, notFound } from '../server.ts'
import { type CheckReport, describeCheck } from './describe-check.ts'

/** A receiver that answers within a second each time is through by then, and many HTTP clients give up after ten. A stop waits for it, too. */
const waitMaxMs = 8_000
/** The recorder writes within some tenths of a second; each look is one short query. */
const lookEveryMs = 250
/** More than that are told at once to ask again: 40 queries a second at most. */
const waitersMax = 10

export interface CheckPorts {
  readonly endpoints: Pick<Endpoints, 'find'>
  readonly deliveries: Pick<Deliveries, 'find'>
  readonly auditLog: Pick<AuditLog, 'append'>
  readonly attempts: Pick<Attempts, 'list'>
  /** The check to send, with new ids. */
  readonly checkDelivery: (orgId: number, endpointId: number, series: CheckSeries) => Delivery
  /** Resolves when Kafka has acknowledged it; rejects with a retriable error when that takes too long. */
  readonly send: (delivery: Delivery) => Promise<void>
  readonly clock: {
    readonly monotonicMs: () => number
    readonly after: (delayMs: number, act: () => void) => () => void
  }
}

const webhookParams = z.object({ webhook_id: idParam() })
const checkParams = z.object({ webhook_id: idParam(), check_id: z.uuid() })

const headersAnswer = z.record(z.string(), z.unknown()).readonly()
const checkSchema = z
  .object({
    id: uuidAnswer.describe('Also the id of its delivery in the log'),
    webhook_id: idAnswer,
    state: z.enum(['running', 'done']),
    verdict: z.enum(checkVerdicts).nullable().describe('The worst of the findings; null while it runs'),
    probes: arrayAnswer(
      z.object({
        name: z.enum(allProbes),
        state: z.enum(['waiting', 'sent']),
        response_status: z.int().nullable(),
        error_class: z.string().nullable(),
        duration_ms: z.number().nullable(),
      }),
    ).describe(
      'The requests of the series in their order, as far as they have come; what waits at the end was not sent',
    ),
    overlap: z
      .object({ accepts: z.enum(acceptedSecrets), message: z.string() })
      .nullable()
      .describe(
        'Which of its secrets the receiver verifies with, while several sign; null while it runs, and where one secret signs',
      ),
    findings: arrayAnswer(
      z.object({
        name: z.enum([...checkNames]),
        verdict: z.enum(checkVerdicts),
        message: z.string(),
        request: z
          .object({ sent_at: timeAnswer, url: z.string(), headers: headersAnswer, body: z.string() })
          .nullable(),
        response: z
          .object({
            status: z.int().nullable(),
            duration_ms: z.number().nullable(),
            body: z.string().nullable(),
            error_class: z.string().nullable(),
            error_message: z.string().nullable(),
          })
          .nullable(),
      }),
    ).describe('Empty while it runs'),
  })
  .meta({ id: 'WebhookCheck' })

export function addCheckRoutes(api: Api, ports: CheckPorts): void {
  let waiters = 0
  api.route({
    method: 'POST',
    path: '/api/v1/webhooks/:webhook_id/check',
    scope: 'webhooks:write',
    describes: {
      id: 'checkWebhook',
      summary: 'Check what a webhook accepts and refuses',
      details:
        'Sends a few requests that must be accepted and some that must be refused, and says what came of each; while several secrets sign, also which of them the receiver accepts. It counts ' +
        'neither in usage nor towards the state of the webhook. 202: it takes longer than eight seconds, or `wait=false` was asked for; ask for it by its id.',
      answers: { 200: singleAnswer(checkSchema), 202: singleAnswer(checkSchema) },
      errors: ['conflict'],
    },
    params: webhookParams,
    query: z.object({ wait: booleanParam().optional() }),
    handle: async (request) => {
      const { caller, params: asked } = request
      const id = asked.webhook_id
      const endpoint = foundOf(await ports.endpoints.find(caller.orgId, id), 'webhook')
      if (endpoint.state !== 'active')
        throw new ApiError('conflict', `the webhook is ${endpoint.state}; enable it first`)
      const series = endpoint.secrets.length > 1 ? 'overlap' : 'plain'
      const { deliveryId } = await sent(ports, request, endpoint, series)
      waiters += 1
      try {
        const patienceMs = waiters > waitersMax || request.query.wait === false ? 0 : waitMaxMs
        const report = await reportWithin(ports, {
          orgId: caller.orgId,
          checkId: deliveryId,
          endpoint,
          series,
          patienceMs,
        })
        return single(checkView(deliveryId, id, report), report.isOver ? 200 : 202)
      } finally {
        waiters -= 1
      }
    },
  })
  api.route({
    method: 'GET',
    path: '/api/v1/webhooks/:webhook_id/checks/:check_id',
    scope: 'webhooks:read',
    describes: {
      id: 'getWebhookCheck',
      summary: 'What came of a check',
      details: 'There is none before its first request is in the log.',
      answers: { 200: singleAnswer(checkSchema) },
    },
    params: checkParams,
    handle: async ({ caller, params: { webhook_id: id, check_id: checkId } }) => {
      const endpoint = foundOf(await ports.endpoints.find(caller.orgId, id), 'webhook')
      const delivery = await ports.deliveries.find(caller.orgId, checkId)
      if (delivery?.endpointId !== id || delivery.eventType !== checkEventType) throw notFound('check')
      const report = await reportOf(ports, { orgId: caller.orgId, checkId, endpoint })
      return single(checkView(checkId, id, report))
    },
  })
}

/** Its entry is written before: what was asked for and may still come late has one. */
async function sent(
  ports: CheckPorts,
  request: Parameters<typeof authorshipOf>[0],
  { id, name }: StoredEndpoint,
  series: CheckSeries,
): Promise<Delivery> {
  const delivery = ports.checkDelivery(request.caller.orgId, id, series)
  await ports.auditLog.append(authorshipOf(request), {
    ...{ operation: 'webhook.checked', id, name, before: null },
    after: { check_id: delivery.deliveryId },
  })
  await ports.send(delivery)
  return delivery
}

interface Asked {
  readonly orgId: number
  readonly checkId: string
  readonly endpoint: StoredEndpoint
  /** Where it was made this moment; what the log has says it by itself. */
  readonly series?: CheckSeries
}

async function reportOf(
  { attempts }: CheckPorts,
  { orgId, checkId, endpoint, series }: Asked,
): Promise<CheckReport> {
  const { timeoutMs, signature } = profiles[endpoint.profile]
  return describeCheck(await attempts.list(orgId, checkId), {
    timeoutMs,
    signsTime: signature !== 'trackberry',
    series,
  })
}

/** As it is when it is over, or when the patience is. */
async function reportWithin(
  ports: CheckPorts,
  asked: Asked & { readonly patienceMs: number },
): Promise<CheckReport> {
  const { clock } = ports
  const sinceMs = clock.monotonicMs()
  for (;;) {
    const report = await reportOf(ports, asked)
    if (report.isOver || clock.monotonicMs() - sinceMs >= asked.patienceMs) return report
    await new Promise<void>((resolve) => clock.after(lookEveryMs, resolve))
  }
}

function checkView(
  id: string,
  webhookId: number,
  { isOver, series, probed, overlap, verdict, findings }: CheckReport,
): Readonly<Record<string, unknown>> {
  return {
    id,
    webhook_id: webhookId,
    state: isOver ? 'done' : 'running',
    verdict,
    overlap,
    probes: probesOf(series).map((name) => {
      const attempt = probed.find((each) => each.name === name)?.attempt
      return {
        ...{ name, state: attempt === undefined ? ('waiting' as const) : ('sent' as const) },
        ...{ response_status: attempt?.status ?? null, error_class: attempt?.errorClass ?? null },
        duration_ms: attempt?.totalMs ?? null,
      }
    }),
    findings: findings.map(({ attempt, ...finding }) => ({
      ...finding,
      request: attempt === null ? null : requestView(attempt),
      response: attempt === null ? null : responseView(attempt),
    })),
  } satisfies z.output<typeof checkSchema>
}

function requestView({ startedAt, url, requestHeaders, requestBody }: StoredAttempt) {
  return { sent_at: timeText(startedAt), url, headers: requestHeaders, body: requestBody }
}

function responseView({ status, totalMs, responseBody, errorClass, errorMessage }: StoredAttempt) {
  return {
    status,
    duration_ms: totalMs,
    body: responseBody,
    error_class: errorClass,
    error_message: errorMessage,
  }
}
