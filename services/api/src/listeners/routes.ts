/**
 * Listeners: webhooks for somebody without a public address. The endpoint's URL is our own relay; who listens opens a stream
 * and gets each delivery as it was sent, with its headers and signature, and answers for the sender to hear.
 */
import { plainSubscription } from '@scanhook/domain/endpoint'
import { profileNames } from '@scanhook/domain/profile'
import { single } from '@scanhook/http/answers'
import { ApiError, unavailable } from '@scanhook/http/api-error'
import { booleanParam, idParam, repeatedParam } from '@scanhook/http/query'
import type { ListenerRequest } from '@scanhook/postgres/listeners'
import { z } from 'zod'
import { arrayAnswer, idAnswer, singleAnswer } from '../answer-schemas.ts'
import { authorOf } from '../audit-log/author-of.ts'
import { eventStreamHeaders, type Guard, guardedStream } from '../feed/guarded-stream.ts'
import { nameField } from '../fields.ts'
import { type FollowHow, type Relay, waitingMax } from '../relay/relay.ts'
import { type Api, notFound } from '../server.ts'
import { endpointSecret } from '../webhooks/endpoint-secret.ts'
import {
  hiddenOfWebhook,
  newSecretView,
  type WebhookPorts,
  webhookAnswer,
  webhookView,
} from '../webhooks/routes.ts'
import { eventTypesField, subscriptionsOf } from '../webhooks/webhook-input.ts'

export interface ListenerPorts extends Pick<Guard, 'clock'> {
  /** Null where the operator has not said at which address senders reach it. */
  readonly relay: {
    readonly relay: Pick<Relay, 'hasRoom' | 'list' | 'exists' | 'follow' | 'answer' | 'remove' | 'isStopped'>
    /** A URL of the relay for a new listener, and its last part. */
    readonly newUrl: () => { readonly url: string; readonly token: string }
  } | null
  readonly webhooks: Omit<WebhookPorts, 'testDelivery' | 'send' | 'auditLog'>
}

const params = z.object({ webhook_id: idParam() })

const followQuery = z.object({
  once: booleanParam().optional(),
  wait: booleanParam().optional(),
  handed: repeatedParam(z.uuid()),
})

/** What a request's answer may be: the log keeps 4 KiB of a body, and of a batch's 64 KiB are read. */
const answerBodyMaxBytes = 64 * 1024
/** Of what a server says about its answer, a sender reads Retry-After; the log keeps the rest. */
const answerHeadersMax = 50
const answersMax = waitingMax

const answerField = z.object({
  request_id: z.uuid(),
  status: z.int().min(200).max(599),
  headers: z
    .record(
      z.string().regex(/^[A-Za-z0-9-]{1,64}$/, 'must be letters, digits and hyphens'),
      z
        .string()
        .max(1_024)
        .regex(/^[\x20-\x7e]*$/, 'must contain only printable ASCII'),
    )
    .refine(
      (all) => Object.keys(all).length <= answerHeadersMax,
      `must have at most ${answerHeadersMax} entries`,
    )
    .optional(),
  body_base64: z
    .string()
    .max(Math.ceil(answerBodyMaxBytes / 3) * 4)
    .regex(/^[A-Za-z0-9+/]*={0,2}$/, 'must be base64')
    .optional(),
})

const streamMessage = z
  .object({
    event: z.string(),
    data: z
      .string()
      .describe('`request_id`, `received_at`, `headers` as pairs in their order, and `body_base64`, as JSON'),
  })
  .partial()

const listenerAnswer = z.object({ webhook_id: idAnswer, is_connected: z.boolean() }).meta({ id: 'Listener' })

export function addListenerRoutes(api: Api, ports: ListenerPorts): void {
  addCreateRoute(api, ports)
  api.route({
    method: 'GET',
    path: '/api/v1/listeners',
    scope: 'webhooks:read',
    describes: {
      id: 'listListeners',
      summary: 'List those who listen',
      answers: { 200: z.object({ data: arrayAnswer(listenerAnswer) }) },
    },
    handle: async ({ caller }) =>
      single(
        ((await ports.relay?.relay.list(caller.orgId)) ?? []).map((each) => ({
          webhook_id: each.webhookId,
          is_connected: each.isConnected,
        })),
      ),
  })
  addStreamRoute(api, ports)
  addAnswerRoute(api, ports)
}

function addCreateRoute(api: Api, { relay: at, webhooks }: ListenerPorts): void {
  api.route({
    method: 'POST',
    path: '/api/v1/listeners',
    scope: 'webhooks:write',
    describes: {
      id: 'createListener',
      summary: 'Make a webhook that is listened to over an outgoing connection',
      details:
        'The answer is the webhook, with the secret in full, the only time. It is deleted when nobody has followed its requests for five minutes.',
      answers: { 201: singleAnswer(webhookAnswer) },
      errors: ['conflict'],
    },
    body: z.object({
      name: nameField.optional(),
      event_types: eventTypesField.optional(),
      profile: z.enum(profileNames).optional(),
    }),
    handle: async (request) => {
      const { body, caller } = request
      if (at === null) throw new ApiError('conflict', 'listening is not offered here (API_RELAY_URL)')
      if (!(await at.relay.hasRoom(caller.orgId))) throw new ApiError('conflict', 'too many listen already')
      const { url, token } = at.newUrl()
      const checked = await webhooks.checkTarget(url)
      if (!checked.ok)
        throw new ApiError('conflict', 'the relay is not among the addresses that deliveries may reach')
      const secret = endpointSecret('hmac', webhooks)
      const created = await webhooks.endpoints.create(
        authorOf(request, webhookView, hiddenOfWebhook),
        {
          url: checked.url,
          name: body.name ?? 'scanhook listen',
          profile: body.profile ?? 'standard',
          state: 'active',
          headers: {},
          subscriptions: subscriptionsOf({ event_types: body.event_types }, []).subscriptions ?? [
            plainSubscription('*'),
          ],
          secret: secret.stored,
          listenerToken: token,
        },
        webhooks.endpointMax,
      )
      if (created.kind === 'too_many')
        throw new ApiError('conflict', `an organization has at most ${webhooks.endpointMax} webhooks`)
      return single(newSecretView(created.row, secret.shown), 201)
    },
  })
}

function addStreamRoute(api: Api, { relay: at, webhooks, clock }: ListenerPorts): void {
  api.route({
    method: 'GET',
    path: '/api/v1/listeners/:webhook_id/requests',
    scope: 'webhooks:write',
    describes: {
      id: 'followListener',
      summary: 'Requests to a listener as they come, as server-sent events',
      details:
        'Each `request` is one delivery attempt, which waits for its answer. A stream ends after five minutes, or when another one follows the same listener: come again. ' +
        'With `once` it ends with the first requests, or after eight seconds without one (with `wait=false` after a second): for clients behind a proxy that lets no stream through. `handed` names requests that you have and will answer, which are not told again.',
      answers: {
        200: {
          contentType: 'text/event-stream',
          schema: streamMessage,
          description: 'Requests, and a comment every 15 seconds where there are none',
        },
      },
    },
    params,
    query: followQuery,
    handle: async ({ caller, params: { webhook_id: webhookId }, query, signal, isStillAllowed }) => {
      const key = { orgId: caller.orgId, webhookId }
      // Not 404: who listens comes again, and finds the process that follows this one.
      if (at?.relay.isStopped() === true)
        throw unavailable('this process is shutting down; send the request again', 1)
      // Who deleted the webhook ended the listening.
      const isThere = (await webhooks.endpoints.find(caller.orgId, webhookId)) !== null
      if (at === null || !isThere || !(await at.relay.exists(key))) throw notFound('listener')
      return {
        status: 200,
        body: guardedStream(textOf(at.relay.follow(key, { ...howOf(query), signal })), {
          ...{ clock, isStillAllowed },
        }),
        headers: eventStreamHeaders,
      }
    },
  })
}

function howOf({ once, wait, handed }: z.infer<typeof followQuery>): Omit<FollowHow, 'signal'> {
  if (once !== true) return { handed }
  return { handed, once: wait === false ? 'at_once' : 'waiting' }
}

async function* textOf(requests: AsyncGenerator<readonly ListenerRequest[]>): AsyncGenerator<string> {
  for await (const some of requests) yield some.length === 0 ? ': still here\n\n' : some.map(message).join('')
}

function message({ id, headers, body, receivedAtMs }: ListenerRequest): string {
  const data = {
    request_id: id,
    received_at: new Date(receivedAtMs).toISOString(),
    headers,
    body_base64: body.toString('base64'),
  }
  return `event: request\ndata: ${JSON.stringify(data)}\n\n`
}

function addAnswerRoute(api: Api, { relay: at }: ListenerPorts): void {
  api.route({
    method: 'POST',
    path: '/api/v1/listeners/:webhook_id/answers',
    scope: 'webhooks:write',
    describes: {
      id: 'answerListener',
      summary: 'What was answered to requests of a listener',
      details:
        'Several at once, so that the rate of a key is enough. `late`: those that nobody waited for any more.',
      answers: { 200: singleAnswer(z.object({ answered: z.int(), late: arrayAnswer(z.string()) })) },
    },
    params,
    body: z.object({ answers: z.array(answerField).min(1).max(answersMax) }),
    // 64 small answers, or some dozen of the largest: whoever has more sends them in two.
    bodyMaxBytes: 2 * 1024 * 1024,
    handle: async ({ caller, params: { webhook_id: webhookId }, body }) => {
      const key = { orgId: caller.orgId, webhookId }
      if (at === null || !(await at.relay.exists(key))) throw notFound('listener')
      const late: string[] = []
      for (const { request_id: id, status, headers = {}, body_base64: text = '' } of body.answers) {
        const answer = { status, headers: ofMessage(headers), body: Buffer.from(text, 'base64') }
        if (!(await at.relay.answer(key, id, answer))) late.push(id)
      }
      return single({ answered: body.answers.length - late.length, late })
    },
  })
}

/** Without what our own connection to the sender says itself. */
function ofMessage(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).filter(
      ([name]) =>
        !/^(connection|content-length|keep-alive|transfer-encoding|upgrade|trailer|te)$/i.test(name),
    ),
  )
}
