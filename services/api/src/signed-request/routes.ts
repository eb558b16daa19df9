/**
 * `POST /api/v1/deliveries/{delivery_id}/sign`: the request that sending the delivery again would make, signed now and not sent.
 * Whoever debugs a receiver sends it by hand: the signature of a request in the log is refused five minutes later.
 *
 * Invariants
 *   S1. Ids, headers and body are those of a resend (`requestParts`); the time is now, the secrets are those that sign now.
 *   S2. No answer has a secret, nor the value of a header that the customer set: those are masked, as everywhere.
 *   S3. What is signed has an entry in the audit log before it is answered: with it somebody may speak to the receiver as we do.
 */
import { isErased } from '@scanhook/domain/erased'
import type { EventType } from '@scanhook/domain/event'
import { type DeliveryId, deliveryId, eventId } from '@scanhook/domain/ids'
import { bodySent } from '@scanhook/domain/payload/body-sent'
import { renderBatch } from '@scanhook/domain/payload/render-batch'
import { renderBody } from '@scanhook/domain/payload/render-body'
import {
  contentType,
  type RequestMember,
  type RequestParts,
  requestParts,
  userAgent,
} from '@scanhook/domain/payload/request-parts'
import { profiles } from '@scanhook/domain/profile'
import { domainEvent } from '@scanhook/domain/recorded-event'
import { single, timeText } from '@scanhook/http/answers'
import { ApiError } from '@scanhook/http/api-error'
import type { Attempts } from '@scanhook/postgres/attempts'
import type { AuditLog } from '@scanhook/postgres/audit-log'
import type { Deliveries, StoredDelivery } from '@scanhook/postgres/deliveries'
import type { Endpoints, StoredEndpoint } from '@scanhook/postgres/endpoints'
import type { Events } from '@scanhook/postgres/events'
import { type Message, SignError } from '@scanhook/signing/sign'
import { defaultToleranceS } from '@scanhook/signing/verify'
import { z } from 'zod'
import { arrayAnswer, singleAnswer, timeAnswer } from '../answer-schemas.ts'
import { authorshipOf } from '../audit-log/author-of.ts'
import { type Api, foundOf } from '../server.ts'

export interface SignPorts {
  readonly deliveries: Pick<Deliveries, 'find'>
  readonly attempts: Pick<Attempts, 'firstRequests'>
  readonly events: Pick<Events, 'findRow'>
  readonly endpoints: Pick<Endpoints, 'find'>
  readonly auditLog: Pick<AuditLog, 'append'>
  /** In clear; throws for one that can't be opened. */
  readonly openSecret: (sealed: string) => string
  /** Throws SignError for what can't be signed. */
  readonly sign: (message: Message) => Record<string, string>
  readonly batchIdFor: (deliveries: readonly DeliveryId[]) => string
  /** What of the customer's own headers is sent; `prefix` is the brand's, `X-Acme-`. */
  readonly permittedHeaders: (
    headers: Readonly<Record<string, string>>,
    prefix?: string,
  ) => Readonly<Record<string, string>>
  readonly nowMs: () => number
}

/** As the log has it. */
const masked = '***'

const signedAnswer = z
  .object({
    method: z.literal('POST'),
    url: z.string(),
    headers: z
      .record(z.string(), z.string())
      .readonly()
      .describe('All but those that the HTTP client makes itself (host, content-length)'),
    body: z.string().describe('The exact text: one other blank, and the signature does not hold'),
    masked_headers: arrayAnswer(z.string()).describe(
      'Names of headers that were set for the webhook; their values are shown nowhere',
    ),
    signed_at: timeAnswer,
    accepted_until: timeAnswer.describe('Five minutes later; receivers refuse an older `webhook-timestamp`'),
  })
  .meta({ id: 'SignedRequest' })

export function addSignRoute(api: Api, ports: SignPorts): void {
  api.route({
    method: 'POST',
    path: '/api/v1/deliveries/:delivery_id/sign',
    scope: 'webhooks:write',
    describes: {
      id: 'signDelivery',
      summary: 'The request of a delivery, signed now and not sent',
      details:
        'What `POST /deliveries/{delivery_id}/resend` would send at this moment, with the same ids and the secrets that the webhook has now, to be sent by hand while a receiver is debugged. It needs the scope by which secrets are made, and stands in the audit log.',
      answers: { 200: singleAnswer(signedAnswer) },
      errors: ['conflict'],
    },
    params: z.object({ delivery_id: z.uuid() }),
    handle: async (request) => {
      const { orgId } = request.caller
      const id = request.params.delivery_id
      const stored = foundOf(await ports.deliveries.find(orgId, id), 'delivery')
      const endpoint = await ports.endpoints.find(orgId, stored.endpointId)
      if (endpoint === null)
        throw new ApiError('conflict', 'the webhook was deleted: there is no secret to sign with')
      const parts = partsOf(ports, endpoint, await memberOf(ports, stored, endpoint))
      const signedAtMs = Math.floor(ports.nowMs() / 1_000) * 1_000
      const signature = signed(ports, endpoint, parts, signedAtMs)
      await ports.auditLog.append(authorshipOf(request), {
        ...{ operation: 'delivery.signed', id, name: null, before: null },
        after: { event_id: stored.eventId, webhook_id: stored.endpointId },
      })
      const custom = Object.keys(
        ports.permittedHeaders(
          endpoint.headers,
          endpoint.headerPrefix === null ? undefined : `X-${endpoint.headerPrefix}-`,
        ),
      )
      return single({
        method: 'POST',
        url: endpoint.url,
        headers: {
          ...Object.fromEntries(custom.map((name) => [name, masked])),
          ...{ 'content-type': contentType, 'user-agent': userAgent },
          ...signature,
        },
        body: parts.body,
        masked_headers: custom,
        signed_at: timeText(signedAtMs),
        accepted_until: timeText(signedAtMs + defaultToleranceS * 1_000),
      } satisfies z.output<typeof signedAnswer>)
    },
  })
}

/** With the body of before where one was sent; else as it is rendered now (as resend/routes.ts, Q1). */
async function memberOf(
  ports: SignPorts,
  stored: StoredDelivery,
  endpoint: StoredEndpoint,
): Promise<RequestMember> {
  const { orgId } = endpoint
  const row = await ports.events.findRow(orgId, stored.eventId)
  if (row !== null && isErased(row.dataJson))
    throw new ApiError('conflict', 'what the event said was erased; there is nothing to sign')
  const [before] = await ports.attempts.firstRequests(orgId, [stored.deliveryId])
  const sent = before === undefined ? null : bodySent(before)
  const delivery = {
    deliveryId: deliveryId(stored.deliveryId),
    event: { eventId: eventId(stored.eventId), type: stored.eventType as EventType },
  }
  if (sent !== null) return { delivery, rendered: sent }
  const event = row === null ? null : domainEvent(row)
  if (event === null) throw new ApiError('conflict', 'neither the event nor a request of it is kept any more')
  const body = renderBody(profiles[endpoint.profile].envelope, event, delivery.deliveryId)
  return { delivery, rendered: { profile: endpoint.profile, body } }
}

function partsOf(ports: SignPorts, endpoint: StoredEndpoint, member: RequestMember): RequestParts {
  if (endpoint.batch === null) return requestParts(member, null)
  const { deliveryId: delivery, event } = member.delivery
  const id = ports.batchIdFor([delivery])
  const body = renderBatch(id, [{ eventId: event.eventId, deliveryId: delivery, body: member.rendered.body }])
  return requestParts(member, { id, body })
}

function signed(
  ports: SignPorts,
  endpoint: StoredEndpoint,
  parts: RequestParts,
  atMs: number,
): Record<string, string> {
  // One that can't be opened takes no other with it: the dispatcher does the same (endpoint-secrets.ts, S2).
  const secrets = endpoint.secrets.flatMap(({ sealed }) => {
    try {
      return [ports.openSecret(sealed)]
    } catch {
      return []
    }
  })
  if (secrets.length === 0)
    throw new ApiError('conflict', 'no secret of the webhook can be opened; rotate it to get a new one')
  const { headerPrefix } = endpoint
  try {
    return ports.sign({
      ...{ ...parts, timestampS: atMs / 1_000, secrets },
      headerPrefix: headerPrefix ?? undefined,
    })
  } catch (error) {
    if (!(error instanceof SignError)) throw error
    // Its messages show no secret (signing, S4).
    throw new ApiError('conflict', `it can not be signed: ${error.message}`)
  }
}
