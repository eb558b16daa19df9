/**
 * Webhooks: endpoints with their subscriptions. A secret is made here, shown once, and kept sealed.
 *
 * Invariants
 *   P1. No answer but that to creation or rotation contains a secret.
 *   P2. A URL is stored only after the address policy has passed it, in its canonical spelling.
 */

import type { Delivery } from '@scanhook/domain/delivery'
import { type EndpointState, plainSubscription } from '@scanhook/domain/endpoint'
import { nothing, single } from '@scanhook/http/answers'
import { ApiError, fieldError } from '@scanhook/http/api-error'
import { booleanParam, idParam, pageParams, repeatedParam, sortParam, textParam } from '@scanhook/http/query'
import { type Endpoints, endpointSortFields } from '@scanhook/postgres/endpoints'
import { z } from 'zod'
import { type Api, foundOf, ifAny, listOf, notFound, pageOf, refuseReadOnly, rowOf } from '../server.ts'
import {
  checkedHeaders,
  patchedBatch,
  patchedHeaders,
  refuseSignature,
  subscriptionsFrom,
} from './check-webhook.ts'
import { endpointSecret, type SecretPorts } from './endpoint-secret.ts'
import { answeredOnly, batchPolicy, newWebhook, webhookPatch } from './webhook-input.ts'
import { newSecretView, signatureOf, webhookView } from './webhook-view.ts'

export interface WebhookPorts extends SecretPorts {
  readonly endpoints: Pick<Endpoints, 'create' | 'find' | 'list' | 'update' | 'remove'>
  /** The address policy's judgement at save time (packages/webhook-client/check-target). */
  readonly checkTarget: (
    url: string,
  ) => Promise<{ readonly ok: true; readonly url: string } | { readonly ok: false; readonly message: string }>
  readonly endpointMax: number
  /** The test delivery to send, with new ids. */
  readonly testDelivery: (orgId: number, endpointId: number) => Delivery
  /** Resolves when Kafka has acknowledged it; rejects with a retriable error when that takes too long. */
  readonly send: (delivery: Delivery) => Promise<void>
}

const params = z.object({ webhook_id: idParam() })
const query = z.object({
  ...pageParams,
  id: repeatedParam(idParam()),
  enabled: booleanParam().optional(),
  q: textParam(255).optional(),
  sort: sortParam(endpointSortFields, '-created_at'),
})

export function addWebhookRoutes(api: Api, ports: WebhookPorts): void {
  addWriteRoutes(api, ports)
  addReadRoutes(api, ports)
  api.route({
    method: 'POST',
    path: '/api/v1/webhooks/:webhook_id/test',
    scope: 'webhooks:write',
    params,
    handle: async ({ caller, params: { webhook_id: id } }) => {
      const endpoint = foundOf(await ports.endpoints.find(caller.orgId, id), 'webhook')
      if (endpoint.state !== 'active')
        throw new ApiError('conflict', `the webhook is ${endpoint.state}; enable it first`)
      const delivery = ports.testDelivery(caller.orgId, id)
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
    body: newWebhook,
    handle: async ({ caller, body }) => {
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
        secret: secret.stored,
      }
      const created = await endpoints.create(caller.orgId, input, ports.endpointMax)
      if (created.kind === 'too_many')
        throw new ApiError('conflict', `an organization has at most ${ports.endpointMax} webhooks`)
      return single(newSecretView(created.row, secret.shown), 201)
    },
  })
  api.route({
    method: 'PATCH',
    path: '/api/v1/webhooks/:webhook_id',
    scope: 'webhooks:write',
    params,
    body: webhookPatch,
    handle: async ({ caller, params: { webhook_id: id }, body }) => {
      const current = foundOf(await endpoints.find(caller.orgId, id), 'webhook')
      refuseReadOnly(
        { ...body },
        webhookView(current),
        body.enabled === undefined ? answeredOnly : answeredButState,
      )
      if (body.profile !== undefined) refuseSignature('profile', signatureOf(current), body.profile)
      const isSameUrl = body.url === undefined || body.url === current.url
      const changed = await endpoints.update(caller.orgId, id, {
        url: isSameUrl ? undefined : await checkedUrl(ports, body.url ?? ''),
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
      })
      return single(webhookView(rowOf(changed, 'webhook')))
    },
  })
  api.route({
    method: 'DELETE',
    path: '/api/v1/webhooks/:webhook_id',
    scope: 'webhooks:write',
    params,
    handle: async ({ caller, params: { webhook_id: id } }) => {
      if (!(await endpoints.remove(caller.orgId, id))) throw notFound('webhook')
      return nothing()
    },
  })
}

function addReadRoutes(api: Api, { endpoints }: WebhookPorts): void {
  api.route({
    method: 'GET',
    path: '/api/v1/webhooks',
    scope: 'webhooks:read',
    query,
    handle: async ({ caller, query: given }) => {
      const page = await endpoints.list(caller.orgId, {
        ...pageOf(given),
        ids: ifAny(given.id),
        states: given.enabled === undefined ? undefined : given.enabled ? ['active'] : ['paused', 'disabled'],
        q: given.q,
      })
      return listOf(given, page, webhookView)
    },
  })
  api.route({
    method: 'GET',
    path: '/api/v1/webhooks/:webhook_id',
    scope: 'webhooks:read',
    params,
    handle: async ({ caller, params: { webhook_id: id } }) =>
      single(webhookView(foundOf(await endpoints.find(caller.orgId, id), 'webhook'))),
  })
}

/** With `enabled` sent, the state that came along is the old one. */
const answeredButState = answeredOnly.filter((field) => field !== 'state')

function stateOf(isEnabled: boolean): EndpointState {
  return isEnabled ? 'active' : 'paused'
}

/** A disabled endpoint that is sent back as not enabled stays disabled, with its meaning. */
function changedState(current: EndpointState, isEnabled: boolean): EndpointState {
  return !isEnabled && current === 'disabled' ? 'disabled' : stateOf(isEnabled)
}

async function checkedUrl({ checkTarget }: WebhookPorts, url: string): Promise<string> {
  const checked = await checkTarget(url)
  if (!checked.ok) throw fieldError({ field: 'url', code: 'invalid_value', message: checked.message })
  return checked.url
}
