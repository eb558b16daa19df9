/**
 * Webhooks: endpoints with their subscriptions. A secret is made here, shown once, and kept sealed.
 *
 * Invariants
 *   P1. No answer but that to creation or rotation contains a secret.
 *   P2. A URL is stored only after the address policy has passed it, in its canonical spelling.
 *   P3. Two changes at once both count: a merge patch is merged into what the other one wrote.
 */

import type { Delivery } from '@scanhook/domain/delivery'
import {
  type BatchPolicy,
  type EndpointState,
  endpointStates,
  orderings,
  plainSubscription,
  type Subscription,
} from '@scanhook/domain/endpoint'
import { type ProfileName, profileNames } from '@scanhook/domain/profile'
import { nothing, single, timeText } from '@scanhook/http/answers'
import { ApiError, fieldError } from '@scanhook/http/api-error'
import { validationError } from '@scanhook/http/field-problems'
import { booleanParam, idParam, pageParams, repeatedParam, sortParam, textParam } from '@scanhook/http/query'
import type { AuditLog, Authored } from '@scanhook/postgres/audit-log'
import {
  type EndpointChange,
  type Endpoints,
  endpointLives,
  endpointSortFields,
  type StoredEndpoint,
  type StoredSecret,
} from '@scanhook/postgres/endpoints'
import { customerHeadersMax, headerProblem } from '@scanhook/webhook-client/customer-headers'
import { z } from 'zod'
import { arrayAnswer, idAnswer, listAnswer, singleAnswer, timeAnswer, uuidAnswer } from '../answer-schemas.ts'
import { authorOf, authorshipOf } from '../audit-log/author-of.ts'
import {
  type Api,
  ambiguous,
  foundOf,
  ifAny,
  listOf,
  notFound,
  pageOf,
  refuseReadOnly,
  rowOf,
} from '../server.ts'
import { addCheckUrlRoute, type CheckUrlPorts, checkedUrl } from '../url-check/routes.ts'
import { filterProblems } from './check-filters.ts'
import { describeStatus } from './describe-status.ts'
import { endpointSecret, type SecretPorts } from './endpoint-secret.ts'
import {
  answeredOnly,
  type BatchFields,
  batchField,
  batchFieldsOf,
  batchPolicy,
  brandOf,
  headerUnderPrefix,
  lifeFields,
  maskHeaders,
  mergeHeaders,
  newWebhook,
  type SignatureKind,
  type SubscriptionFields,
  signatureKinds,
  subscriptionsOf,
  type WebhookPatch,
  webhookPatch,
} from './webhook-input.ts'

export interface WebhookPorts extends SecretPorts, CheckUrlPorts {
  readonly endpoints: Authored<Pick<Endpoints, 'create' | 'find' | 'list' | 'update' | 'remove'>>
  readonly auditLog: Pick<AuditLog, 'append'>
  readonly endpointMax: number
  /** The test delivery to send, with new ids. */
  readonly testDelivery: (orgId: number, endpointId: number) => Delivery
  /** Resolves when Kafka has acknowledged it; rejects with a retriable error when that takes too long. */
  readonly send: (delivery: Delivery) => Promise<void>
  /** Told of each that is deleted: somebody may listen to it (listeners/). */
  readonly removed?:
    | ((webhook: { readonly orgId: number; readonly webhookId: number }) => Promise<void>)
    | undefined
}

const params = z.object({ webhook_id: idParam() })
const query = z.object({
  ...pageParams,
  id: repeatedParam(idParam()),
  enabled: booleanParam().optional(),
  status: repeatedParam(z.enum(endpointLives)),
  q: textParam(255).optional(),
  sort: sortParam(endpointSortFields, '-created_at'),
})

const secretAnswer = z.object({
  secret: z.string().nullable(),
  public_key: z.string().nullable(),
})
const webhookSchema = z
  .object({
    id: idAnswer,
    url: z.string(),
    name: z.string().nullable(),
    description: z.string().nullable(),
    profile: z.enum(profileNames),
    enabled: z.boolean(),
    state: z.enum(endpointStates),
    status: z.string(),
    failing_since: timeAnswer.nullable(),
    disabled_at: timeAnswer.nullable(),
    disabled_reason: z.string().nullable(),
    event_types: arrayAnswer(z.string()),
    subscriptions: arrayAnswer(
      z.object({
        event_type: z.string(),
        filter: z.string().nullable(),
        expire_after_minutes: z.int().nullable(),
        latest_only: z.boolean(),
      }),
    ),
    headers: z.record(z.string(), z.string()).readonly(),
    header_prefix: z.string().nullable(),
    ordering: z.enum(orderings),
    batch: batchField.nullable(),
    rate_limit_per_second: z.number().nullable(),
    heartbeat_minutes: z.int().nullable(),
    daily_manifest: z.boolean(),
    traceparent: z.boolean(),
    signature: z.enum(signatureKinds),
    ...secretAnswer.shape,
    previous_secrets: arrayAnswer(z.object({ ...secretAnswer.shape, expires_at: timeAnswer.nullable() })),
    created_at: timeAnswer,
    updated_at: timeAnswer,
  })
  .meta({ id: 'Webhook' })
export const webhookAnswer: z.ZodType = webhookSchema
/** What was put in line to be sent. */
export const sentAnswer: z.ZodType = z
  .object({ delivery_id: uuidAnswer, event_id: uuidAnswer, webhook_id: idAnswer })
  .meta({ id: 'SentDelivery' })

export function addWebhookRoutes(api: Api, ports: WebhookPorts): void {
  addWriteRoutes(api, ports)
  addReadRoutes(api, ports)
  addCheckUrlRoute(api, ports)
  api.route({
    method: 'POST',
    path: '/api/v1/webhooks/:webhook_id/test',
    scope: 'webhooks:write',
    describes: {
      id: 'testWebhook',
      summary: 'Send a test event',
      answers: { 202: singleAnswer(sentAnswer) },
      errors: ['conflict'],
    },
    params,
    handle: async (request) => {
      const { caller, params: asked } = request
      const id = asked.webhook_id
      const endpoint = foundOf(await ports.endpoints.find(caller.orgId, id), 'webhook')
      if (endpoint.state !== 'active')
        throw new ApiError('conflict', `the webhook is ${endpoint.state}; enable it first`)
      const delivery = ports.testDelivery(caller.orgId, id)
      // Before it is sent: what was asked for and may still come late has an entry, and nothing is sent without one.
      await ports.auditLog.append(authorshipOf(request), {
        ...{ operation: 'webhook.tested', id, name: endpoint.name, before: null },
        after: { delivery_id: delivery.deliveryId, event_id: delivery.event.eventId },
      })
      await ports.send(delivery)
      return single(
        { delivery_id: delivery.deliveryId, event_id: delivery.event.eventId, webhook_id: id },
        202,
      )
    },
  })
}

function addWriteRoutes(api: Api, ports: WebhookPorts): void {
  const { endpoints } = ports
  api.route({
    method: 'POST',
    path: '/api/v1/webhooks',
    scope: 'webhooks:write',
    describes: {
      id: 'createWebhook',
      summary: 'Make a webhook',
      details: 'The answer has the secret in full, the only time.',
      answers: { 201: singleAnswer(webhookAnswer) },
      errors: ['conflict'],
    },
    body: newWebhook,
    handle: async (request) => {
      const { body } = request
      const {
        profile = 'standard',
        signature = 'hmac',
        header_prefix: headerPrefix = null,
        batch = null,
      } = body
      refuseSignature('signature', signature, profile)
      const headers = checkedHeaders(body.headers ?? {}, headerPrefix)
      const subscriptions = subscriptionsFrom(body) ?? [plainSubscription('*')]
      const url = await checkedUrl(ports, body.url)
      const secret = endpointSecret(signature, ports)
      const input = {
        url,
        name: body.name,
        description: body.description,
        profile,
        state: stateOf(body.enabled ?? true),
        headers,
        headerPrefix,
        subscriptions,
        ordering: body.ordering,
        batch: batch === null ? null : batchPolicy(batch),
        rateLimitPerSecond: body.rate_limit_per_second,
        heartbeatMinutes: body.heartbeat_minutes,
        dailyManifest: body.daily_manifest,
        sendsTraceparent: body.traceparent,
        secret: secret.stored,
      }
      const created = await endpoints.create(
        authorOf(request, webhookView, hiddenOfWebhook),
        input,
        ports.endpointMax,
      )
      if (created.kind === 'too_many')
        throw new ApiError('conflict', `an organization has at most ${ports.endpointMax} webhooks`)
      return single(newSecretView(created.row, secret.shown), 201)
    },
  })
  api.route({
    method: 'PATCH',
    path: '/api/v1/webhooks/:webhook_id',
    scope: 'webhooks:write',
    describes: {
      id: 'updateWebhook',
      summary: 'Change a webhook',
      answers: { 200: singleAnswer(webhookAnswer) },
      errors: ['conflict'],
    },
    params,
    body: webhookPatch,
    handle: async (request) => {
      const { caller, params: asked, body } = request
      const id = asked.webhook_id
      const current = foundOf(await endpoints.find(caller.orgId, id), 'webhook')
      // What is wrong already is refused before a name server is asked, which nobody waits for with the row locked.
      changeOf(current, body)
      const isSameUrl = body.url === undefined || body.url === current.url
      const url = isSameUrl ? undefined : await checkedUrl(ports, body.url ?? '')
      const changed = await endpoints.update(
        authorOf(request, webhookView, hiddenOfWebhook),
        id,
        (locked) => ({
          ...changeOf(locked, body),
          url,
        }),
      )
      return single(webhookView(rowOf(changed, 'webhook')))
    },
  })
  api.route({
    method: 'DELETE',
    path: '/api/v1/webhooks/:webhook_id',
    scope: 'webhooks:write',
    describes: { id: 'deleteWebhook', summary: 'Delete a webhook', answers: { 204: null } },
    params,
    handle: async (request) => {
      const author = authorOf(request, webhookView, hiddenOfWebhook)
      const { webhook_id: webhookId } = request.params
      if (!(await endpoints.remove(author, webhookId))) throw notFound('webhook')
      await ports.removed?.({ orgId: request.caller.orgId, webhookId })
      return nothing()
    },
  })
}

function addReadRoutes(api: Api, { endpoints }: WebhookPorts): void {
  api.route({
    method: 'GET',
    path: '/api/v1/webhooks',
    scope: 'webhooks:read',
    describes: { id: 'listWebhooks', summary: 'List webhooks', answers: { 200: listAnswer(webhookAnswer) } },
    query,
    handle: async ({ caller, query: given }) => {
      const page = await endpoints.list(caller.orgId, {
        ...pageOf(given),
        ids: ifAny(given.id),
        states: given.enabled === undefined ? undefined : given.enabled ? ['active'] : ['paused', 'disabled'],
        lives: ifAny(given.status),
        q: given.q,
      })
      return listOf(given, page, webhookView)
    },
  })
  api.route({
    method: 'GET',
    path: '/api/v1/webhooks/:webhook_id',
    scope: 'webhooks:read',
    describes: { id: 'getWebhook', summary: 'Get a webhook', answers: { 200: singleAnswer(webhookAnswer) } },
    params,
    handle: async ({ caller, params: { webhook_id: id } }) =>
      single(webhookView(foundOf(await endpoints.find(caller.orgId, id), 'webhook'))),
  })
}

/** P3. All but the URL, merged into the webhook as it is while nobody else changes it. Throws what is wrong with it. */
function changeOf(current: StoredEndpoint, body: WebhookPatch): EndpointChange {
  refuseReadOnly(
    { ...body },
    webhookView(current),
    body.enabled === undefined ? answeredOnly : answeredButState,
  )
  if (body.profile !== undefined) refuseSignature('profile', signatureOf(current), body.profile)
  return {
    name: body.name,
    description: body.description,
    profile: body.profile,
    state: body.enabled === undefined ? undefined : changedState(current.state, body.enabled),
    headers: patchedHeaders(current, body),
    headerPrefix: body.header_prefix,
    subscriptions: subscriptionsFrom(body, current.subscriptions),
    ordering: body.ordering,
    batch: patchedBatch(current, body),
    rateLimitPerSecond: body.rate_limit_per_second,
    heartbeatMinutes: body.heartbeat_minutes,
    dailyManifest: body.daily_manifest,
    sendsTraceparent: body.traceparent,
  }
}

/** With `enabled` sent, the state that came along is the old one, and so is what follows from it. */
const answeredButState = answeredOnly.filter((field) => !lifeFields.includes(field))

function stateOf(isEnabled: boolean): EndpointState {
  return isEnabled ? 'active' : 'paused'
}

/** A disabled endpoint that is sent back as not enabled stays disabled, with its meaning. */
function changedState(current: EndpointState, isEnabled: boolean): EndpointState {
  return !isEnabled && current === 'disabled' ? 'disabled' : stateOf(isEnabled)
}

/** The brands' own signatures are HMACs by definition; only the standard profile knows another kind. */
export function refuseSignature(
  field: 'signature' | 'profile',
  signature: SignatureKind,
  profile: ProfileName,
): void {
  if (signature === 'hmac' || profile === 'standard') return
  throw fieldError({
    field,
    code: 'invalid_value',
    message: 'does not fit: ed25519 signatures exist with the standard profile only',
  })
}

/** Merged (RFC 7396) and checked under the prefix that will hold; a new prefix may meet a header that is there already. */
export function patchedHeaders(
  current: Pick<StoredEndpoint, 'headers' | 'headerPrefix'>,
  { headers, header_prefix: prefix = current.headerPrefix }: WebhookPatch,
): Readonly<Record<string, string>> | undefined {
  if (headers !== undefined) return checkedHeaders(mergeHeaders(current.headers, headers), prefix)
  const met = prefix === null ? null : headerUnderPrefix(current.headers, prefix)
  if (met !== null)
    throw fieldError({
      field: 'header_prefix',
      code: 'invalid_value',
      message: `collides with the header ${met}`,
    })
  return undefined
}

export function patchedBatch(
  current: Pick<StoredEndpoint, 'batch'>,
  { batch }: WebhookPatch,
): BatchPolicy | null | undefined {
  if (batch === undefined || batch === null) return batch
  const merged = { ...(current.batch === null ? {} : batchFieldsOf(current.batch)), ...batch }
  const { max_events, max_wait_ms, max_bytes } = merged
  for (const [name, value] of Object.entries({ max_events, max_wait_ms, max_bytes })) {
    if (value === undefined)
      throw fieldError({ field: `batch.${name}`, code: 'required', message: 'is required' })
  }
  return batchPolicy(merged as BatchFields)
}

export function checkedHeaders(
  headers: Readonly<Record<string, string>>,
  prefix: string | null,
): Readonly<Record<string, string>> {
  const names = Object.keys(headers)
  if (names.length > customerHeadersMax)
    throw fieldError({
      field: 'headers',
      code: 'too_long',
      message: `must have at most ${customerHeadersMax} entries`,
    })
  const lowerCased = new Set<string>()
  for (const [name, value] of Object.entries(headers)) {
    const isRepeated = lowerCased.has(name.toLowerCase())
    lowerCased.add(name.toLowerCase())
    const problem = isRepeated
      ? 'is given twice, in different spellings'
      : headerProblem(name, value, prefix === null ? undefined : brandOf(prefix))
    if (problem !== null)
      throw fieldError({ field: `headers.${name}`, code: 'invalid_value', message: problem })
  }
  return headers
}

function subscriptionsFrom(
  body: SubscriptionFields,
  current: readonly Subscription[] = [],
): readonly Subscription[] | undefined {
  const { subscriptions, areContradicting } = subscriptionsOf(body, current)
  if (areContradicting) throw ambiguous('subscriptions', 'a different event_types')
  const problems = filterProblems(body.subscriptions ?? [])
  if (problems.length > 0) throw validationError(problems)
  return subscriptions
}

export function webhookView(endpoint: StoredEndpoint): Readonly<Record<string, unknown>> {
  const [newest, ...previous] = endpoint.secrets
  return {
    id: endpoint.id,
    url: endpoint.url,
    name: endpoint.name,
    description: endpoint.description,
    profile: endpoint.profile,
    enabled: endpoint.state === 'active',
    state: endpoint.state,
    status: describeStatus(endpoint),
    failing_since: timeText(endpoint.failingSince),
    disabled_at: timeText(endpoint.disabledAt),
    disabled_reason: endpoint.disabledReason,
    event_types: endpoint.subscriptions.map((each) => each.eventType),
    subscriptions: endpoint.subscriptions.map((each) => ({
      event_type: each.eventType,
      filter: each.filter,
      expire_after_minutes: each.expireAfterMinutes,
      latest_only: each.isLatestOnly,
    })),
    headers: maskHeaders(endpoint.headers),
    header_prefix: endpoint.headerPrefix,
    ordering: endpoint.ordering,
    batch: endpoint.batch === null ? null : batchFieldsOf(endpoint.batch),
    rate_limit_per_second: endpoint.rateLimitPerSecond,
    heartbeat_minutes: endpoint.heartbeatMinutes,
    daily_manifest: endpoint.dailyManifest,
    traceparent: endpoint.sendsTraceparent,
    signature: signatureOf(endpoint),
    secret: masked(newest),
    public_key: newest?.publicKey ?? null,
    previous_secrets: previous.map((each) => ({
      secret: masked(each),
      public_key: each.publicKey,
      expires_at: timeText(each.expiresAt),
    })),
    created_at: timeText(endpoint.createdAt),
    updated_at: timeText(endpoint.updatedAt),
  } satisfies z.output<typeof webhookSchema>
}

/** What the view masks, for telling whether it is another: nothing of it is kept. */
export function hiddenOfWebhook({ headers, secrets }: StoredEndpoint): Readonly<Record<string, unknown>> {
  return { headers, secret: secrets[0]?.sealed }
}

/** For the answer to the request that made its newest secret. `secret`: in clear; null when nobody needs to be told. */
export function newSecretView(
  endpoint: StoredEndpoint,
  secret: string | null,
): Readonly<Record<string, unknown>> {
  return secret === null ? webhookView(endpoint) : { ...webhookView(endpoint), secret }
}

/** An endpoint keeps the kind of its first secret. */
export function signatureOf({ secrets: [newest] }: StoredEndpoint): SignatureKind {
  return (newest?.publicKey ?? null) === null ? 'hmac' : 'ed25519'
}

/** Of a pair nothing is secret but the half that nobody sees. */
function masked(secret: StoredSecret | undefined): string | null {
  return (secret?.publicKey ?? null) === null ? `whsec_…${secret?.hint ?? ''}` : null
}
