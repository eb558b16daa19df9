/**
 * One attempt: read the endpoint, render, sign, post, decide, settle. Every branch is here; the thinking is in
 * plan-delivery, domain/retry and signing.
 *
 * Invariants (D1–D3 are in settle.ts)
 *   D4. The body is rendered once in a delivery's life; what was rendered is what is signed and sent.
 *   D5. The signature carries this attempt's own time and today's secrets.
 *   D6. The endpoint is read again when its turn comes: nothing is sent for one that was paused meanwhile.
 */
import type { AttemptOutcome } from '@scanhook/domain/attempt'
import type { RenderedBody } from '@scanhook/domain/delivery'
import type { Endpoint } from '@scanhook/domain/endpoint'
import type { EndpointId } from '@scanhook/domain/ids'
import { renderBody } from '@scanhook/domain/payload/render-body'
import { profiles } from '@scanhook/domain/profile'
import { decideNext } from '@scanhook/domain/retry/decide-next'
import type { KnownEndpoint } from '@scanhook/endpoint-directory/directory'
import type { Message } from '@scanhook/signing/sign'
import type { Sent } from './describe-attempt.ts'
import { type Plan, planDelivery } from './plan-delivery.ts'
import type { Settle } from './settle.ts'
import type { Work } from './work.ts'

export interface PostPort {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly timeoutMs: number
  /** Requests of different lanes share no connection. */
  readonly lane: string
}

export interface DeliverPorts {
  readonly findEndpoint: (id: EndpointId) => KnownEndpoint
  /** In clear, newest first; those that could be opened, which may be none. Says itself what is amiss. */
  readonly secretsOf: (endpoint: Endpoint) => readonly string[]
  readonly sign: (message: Message) => Record<string, string>
  /** What of the customer's own headers may be sent. */
  readonly customerHeaders: (endpoint: Endpoint) => Readonly<Record<string, string>>
  /** Always resolves. */
  readonly post: (request: PostPort) => Promise<AttemptOutcome>
  readonly settle: Settle
  /** The signer refused: our problem or an operator's, not the customer's. */
  readonly unsignable: (endpoint: Endpoint, error: unknown) => void
  readonly nowMs: () => number
  readonly random: () => number
  readonly scale: number
  readonly userAgent: string
}

const masked = '***'
const unsigned: AttemptOutcome = {
  kind: 'failed',
  errorClass: 'internal',
  message: 'The request could not be signed.',
  remoteAddress: null,
  timings: { dnsMs: null, connectMs: null, tlsMs: null, firstByteMs: null, totalMs: 0 },
}

export interface Deliver {
  /** What there is to do with the delivery at this moment. */
  readonly plan: (work: Work) => Plan
  /** Attempts it and settles what comes of it; `answered` is called when the receiver's part is over. */
  readonly attempt: (work: Work, endpoint: Endpoint, answered: () => void) => Promise<void>
}

export function deliverer(ports: DeliverPorts): Deliver {
  return {
    plan: ({ delivery }) =>
      planDelivery(delivery, {
        known: ports.findEndpoint(delivery.endpointId),
        nowMs: ports.nowMs(),
        scale: ports.scale,
      }),
    attempt: async (work, endpoint, answered) => {
      const { delivery } = work
      const startedAtMs = ports.nowMs()
      const rendered = renderedFor(work, endpoint)
      const request = requestFor(ports, work, { endpoint, rendered, startedAtMs })
      const { timeoutMs, retry } = profiles[endpoint.profile]
      const outcome =
        request === null
          ? unsigned
          : await ports.post({
              url: endpoint.url,
              headers: request.headers,
              body: rendered.body,
              timeoutMs,
              lane: `${endpoint.id}`,
            })
      answered()
      const disposition = decideNext(outcome, {
        policy: retry,
        attemptNumber: delivery.attemptNumber,
        firstAttemptAtMs: delivery.firstAttemptAtMs ?? startedAtMs,
        nowMs: ports.nowMs(),
        random: ports.random(),
        scale: ports.scale,
      })
      const sent: Sent = {
        url: endpoint.url,
        requestHeaders: request?.shown ?? {},
        requestBody: rendered.body,
      }
      await ports.settle(work, { disposition, outcome, startedAtMs, sent }, { startedAtMs, rendered })
    },
  }
}

function renderedFor({ delivery }: Work, endpoint: Endpoint): RenderedBody {
  if (delivery.rendered !== null) return delivery.rendered // D4
  const { profile } = endpoint
  return { profile, body: renderBody(profiles[profile].envelope, delivery.event, delivery.deliveryId) }
}

interface Rendering {
  readonly endpoint: Endpoint
  readonly rendered: RenderedBody
  readonly startedAtMs: number
}

interface Request {
  readonly headers: Record<string, string>
  /** The same for the log: what the customer put in is masked. */
  readonly shown: Record<string, string>
}

/** Null when it can't be signed: an unsigned request never leaves. */
function requestFor(ports: DeliverPorts, { delivery }: Work, rendering: Rendering): Request | null {
  const { endpoint, rendered, startedAtMs } = rendering
  const secrets = ports.secretsOf(endpoint)
  if (secrets.length === 0) return null
  let signed: Record<string, string>
  try {
    signed = ports.sign({
      profile: rendered.profile,
      messageId: delivery.event.eventId,
      deliveryId: delivery.deliveryId,
      eventType: delivery.event.type,
      timestampS: Math.floor(startedAtMs / 1_000),
      body: rendered.body,
      secrets,
    })
  } catch (error) {
    ports.unsignable(endpoint, error)
    return null
  }
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'user-agent': ports.userAgent,
    ...signed,
  }
  const custom = ports.customerHeaders(endpoint)
  const names = Object.keys(custom)
  if (names.length === 0) return { headers, shown: headers }
  const shown = { ...Object.fromEntries(names.map((name) => [name, masked])), ...headers }
  return { headers: { ...custom, ...headers }, shown }
}
