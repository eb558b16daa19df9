/**
 * One request: render, sign, post, decide for each delivery that it carries, settle. Every branch is here; the thinking
 * is in plan-delivery, domain/retry and signing.
 *
 * Invariants (D1–D4 are in settle.ts)
 *   D5. The body is rendered once in a delivery's life; what was rendered is what is signed and sent.
 *   D6. The signature carries this attempt's own time and today's secrets.
 *   D7. The endpoint is read again when its turn comes: nothing is sent for one that was paused meanwhile.
 *   D8. Of a batch each delivery is decided by itself, from its own attempt number and first attempt.
 */
import type { AttemptOutcome } from '@scanhook/domain/attempt'
import type { Disposition, RenderedBody } from '@scanhook/domain/delivery'
import type { Endpoint } from '@scanhook/domain/endpoint'
import type { DeliveryId } from '@scanhook/domain/ids'
import { renderBatch } from '@scanhook/domain/payload/render-batch'
import { renderBody } from '@scanhook/domain/payload/render-body'
import { contentType, requestParts } from '@scanhook/domain/payload/request-parts'
import { profiles } from '@scanhook/domain/profile'
import { type AttemptContext, decideNext, planRetry } from '@scanhook/domain/retry/decide-next'
import type { TraceHeaders } from '@scanhook/observability/trace'
import type { OpenSpan, Tracing } from '@scanhook/observability/tracing'
import type { Message } from '@scanhook/signing/sign'
import { endAttemptSpan, openAttemptSpan } from './attempt-span.ts'
import { type BatchAnswer, parseBatchAnswer } from './batch-answer.ts'
import type { Sent } from './describe-attempt.ts'
import type { Settle } from './settle.ts'
import type { Work } from './work.ts'

export interface PostPort {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly timeoutMs: number
  /** Requests of different lanes share no connection. */
  readonly lane: string
  /** How much of an answer's body is wanted; the log's part of it when absent. */
  readonly bodyKeptMaxBytes?: number | undefined
}

export interface DeliverPorts {
  /** In clear, newest first; those that could be opened, which may be none. Says itself what is amiss. */
  readonly secretsOf: (endpoint: Endpoint) => readonly string[]
  readonly sign: (message: Message) => Record<string, string>
  /** What of the customer's own headers may be sent. */
  readonly customerHeaders: (endpoint: Endpoint) => Readonly<Record<string, string>>
  readonly batchIdFor: (deliveries: readonly DeliveryId[]) => string
  /** Always resolves. */
  readonly post: (request: PostPort) => Promise<AttemptOutcome>
  readonly tracing: Tracing
  readonly settle: Settle
  /** The signer refused: our problem or an operator's, not the customer's. */
  readonly unsignable: (endpoint: Endpoint, error: unknown) => void
  readonly nowMs: () => number
  /** The latest that it may be: waits count from here, so that by nobody's clock they are shorter than promised. */
  readonly latestNowMs: () => number
  readonly random: () => number
  readonly scale: number
  readonly userAgent: string
}

/** Told while an attempt is under way. */
export interface AttemptHooks {
  /** The receiver's part is over. */
  readonly answered: (outcome: AttemptOutcome) => void
  /** What becomes of each delivery; before it is durable. */
  readonly decided: (work: Work, disposition: Disposition) => void
  /** The receiver refused a batch for its size: nothing was decided, all are to be sent again in smaller ones. */
  readonly tooLarge: (works: readonly Work[]) => void
}

/** The deliveries of one request; all of one endpoint. Resolves when what came of each is durable. */
export type Deliver = (works: readonly Work[], endpoint: Endpoint, hooks: AttemptHooks) => Promise<void>

const masked = '***'
/** As much as is ever read: the ids of a thousand events fit. */
const batchAnswerMaxBytes = 64 * 1_024
/** What the log keeps of an answer. */
const loggedBodyMax = 4 * 1_024
const contentTooLarge = 413
const unsigned: AttemptOutcome = {
  kind: 'failed',
  errorClass: 'internal',
  message: 'The request could not be signed.',
  remoteAddress: null,
  timings: { dnsMs: null, connectMs: null, tlsMs: null, firstByteMs: null, totalMs: 0 },
}

export interface Member {
  readonly work: Pick<Work, 'delivery'>
  readonly rendered: RenderedBody
}

export function deliverer(ports: DeliverPorts): Deliver {
  return async (works, endpoint, hooks) => {
    const startedAtMs = ports.nowMs()
    const members = works.map((work) => ({ work, rendered: renderedFor(work, endpoint) }))
    const batch = endpoint.batch === null ? null : batchOf(ports, members)
    const span = openAttemptSpan(ports.tracing, works, endpoint)
    const request = requestFor(ports, { endpoint, members, batch, startedAtMs, trace: traceOf(span, works) })
    const outcome =
      request === null
        ? unsigned
        : await ports.post({
            url: endpoint.url,
            headers: request.headers,
            body: request.body,
            timeoutMs: profiles[endpoint.profile].timeoutMs,
            lane: `${endpoint.id}`,
            ...(batch === null ? {} : { bodyKeptMaxBytes: batchAnswerMaxBytes }),
          })
    endAttemptSpan(span, outcome)
    hooks.answered(outcome)
    if (works.length > 1 && outcome.kind === 'responded' && outcome.status === contentTooLarge) {
      hooks.tooLarge(works)
      return
    }
    const answer = batch === null ? null : answerOf(outcome)
    const logged = loggedOf(outcome)
    await Promise.all(
      members.map(({ work, rendered }) => {
        const disposition = dispositionOf(ports, { work, endpoint, outcome, answer, startedAtMs })
        hooks.decided(work, disposition)
        const sent: Sent = {
          url: endpoint.url,
          requestHeaders: request?.shown ?? {},
          requestBody: rendered.body,
          batch: batch === null ? null : { id: batch.id, size: works.length },
        }
        return ports.settle(
          work,
          { disposition, outcome: logged, startedAtMs, sent },
          { startedAtMs, rendered },
        )
      }),
    )
  }
}

/** Of the span; of one that is not recorded here, what its record carries. Several deliveries have no one trace then. */
function traceOf(span: OpenSpan | null, works: readonly Work[]): TraceHeaders | undefined {
  if (span !== null) return span.headers
  return works.length === 1 ? works[0]?.trace : undefined
}

/** What it was rendered as, or is now. */
export function renderedFor({ delivery }: Pick<Work, 'delivery'>, endpoint: Endpoint): RenderedBody {
  if (delivery.rendered !== null) return delivery.rendered // D5
  const { profile } = endpoint
  return { profile, body: renderBody(profiles[profile].envelope, delivery.event, delivery.deliveryId) }
}

export interface Batch {
  readonly id: string
  readonly body: string
}

/** The body of one request with all of them. */
export function batchOf(ports: Pick<DeliverPorts, 'batchIdFor'>, members: readonly Member[]): Batch {
  const id = ports.batchIdFor(members.map(({ work }) => work.delivery.deliveryId))
  const body = renderBatch(
    id,
    members.map(({ work: { delivery }, rendered }) => ({
      eventId: delivery.event.eventId,
      deliveryId: delivery.deliveryId,
      body: rendered.body,
    })),
  )
  return { id, body }
}

function answerOf(outcome: AttemptOutcome): BatchAnswer | null {
  const isAccepted = outcome.kind === 'responded' && outcome.status >= 200 && outcome.status <= 299
  return isAccepted ? parseBatchAnswer(outcome) : null
}

interface Answered {
  readonly work: Work
  readonly endpoint: Endpoint
  readonly outcome: AttemptOutcome
  readonly answer: BatchAnswer | null
  readonly startedAtMs: number
}

function dispositionOf(
  ports: DeliverPorts,
  { work, endpoint, outcome, answer, startedAtMs }: Answered,
): Disposition {
  const { delivery } = work
  const context: AttemptContext = {
    policy: profiles[endpoint.profile].retry,
    attemptNumber: delivery.attemptNumber,
    firstAttemptAtMs: delivery.firstAttemptAtMs ?? startedAtMs,
    nowMs: ports.latestNowMs(),
    random: ports.random(),
    scale: ports.scale,
  }
  if (answer === null || !isRefused(answer, work)) return decideNext(outcome, context)
  return planRetry(context, outcome.kind === 'responded' ? (outcome.retryAfterMs ?? 0) : 0)
}

function isRefused(answer: BatchAnswer, { delivery }: Work): boolean {
  if (answer.kind === 'all_failed') return true
  return answer.ids.has(delivery.event.eventId) || answer.ids.has(delivery.deliveryId)
}

function loggedOf(outcome: AttemptOutcome): AttemptOutcome {
  if (outcome.kind === 'failed' || outcome.body.length <= loggedBodyMax) return outcome
  return { ...outcome, body: outcome.body.slice(0, loggedBodyMax), isBodyTruncated: true }
}

export interface Rendering {
  readonly endpoint: Endpoint
  readonly members: readonly Member[]
  readonly batch: Batch | null
  readonly startedAtMs: number
  /** What the request belongs to; told to an endpoint that asked for it. */
  readonly trace: TraceHeaders | undefined
}

export interface Request {
  readonly body: string
  readonly headers: Record<string, string>
  /** The same for the log: what the customer put in is masked. */
  readonly shown: Record<string, string>
}

/** What of `DeliverPorts` makes a request. */
export type RequestPorts = Pick<
  DeliverPorts,
  'secretsOf' | 'sign' | 'customerHeaders' | 'unsignable' | 'userAgent'
>

/** Null when it can't be signed: an unsigned request never leaves. */
export function requestFor(
  ports: RequestPorts,
  { endpoint, members, batch, startedAtMs, trace }: Rendering,
): Request | null {
  const [first] = members
  const secrets = ports.secretsOf(endpoint)
  if (first === undefined || secrets.length === 0) return null
  const { delivery } = first.work
  const parts = requestParts({ delivery, rendered: first.rendered }, batch)
  const { body } = parts
  let signed: Record<string, string>
  try {
    signed = ports.sign({
      ...parts,
      timestampS: Math.floor(startedAtMs / 1_000),
      secrets,
      headerPrefix: endpoint.headerPrefix ?? undefined,
    })
  } catch (error) {
    ports.unsignable(endpoint, error)
    return null
  }
  const headers: Record<string, string> = {
    'content-type': contentType,
    'user-agent': ports.userAgent,
    ...signed,
  }
  // Not `tracestate`: what vendors upstream wrote there for each other is nothing for a stranger.
  const { traceparent } = trace ?? {}
  if (endpoint.sendsTraceparent && traceparent !== undefined) headers['traceparent'] = traceparent
  const custom = ports.customerHeaders(endpoint)
  const names = Object.keys(custom)
  if (names.length === 0) return { body, headers, shown: headers }
  const shown = { ...Object.fromEntries(names.map((name) => [name, masked])), ...headers }
  return { body, headers: { ...custom, ...headers }, shown }
}
