/**
 * `POST /api/v1/webhooks/{webhook_id}/rotate-secret`: a new secret, shown once; the ones before sign on until the overlap
 * ends. The document of an endpoint holds live secrets only, so the end is announced when it comes (forgetting/):
 * what signs is then decided in one place and by one clock, PostgreSQL's, and a sender needs to know nothing of overlaps.
 */
import { single } from '@scanhook/http/answers'
import { ApiError } from '@scanhook/http/api-error'
import { idParam } from '@scanhook/http/query'
import type { Authored } from '@scanhook/postgres/audit-log'
import { type Endpoints, liveSecretsMax } from '@scanhook/postgres/endpoints'
import { z } from 'zod'
import { singleAnswer } from '../answer-schemas.ts'
import { authorOf } from '../audit-log/author-of.ts'
import { type Api, foundOf, notFound } from '../server.ts'
import { endpointSecret, type SecretPorts } from '../webhooks/endpoint-secret.ts'
import {
  hiddenOfWebhook,
  newSecretView,
  signatureOf,
  webhookAnswer,
  webhookView,
} from '../webhooks/routes.ts'

export interface RotatePorts extends SecretPorts {
  readonly endpoints: Authored<Pick<Endpoints, 'find' | 'rotateSecret'>>
}

const hourMs = 3_600_000

const body = z.object({
  /** A day is what Standard Webhooks shows; a week covers a change that needs a release. */
  overlap_hours: z
    .int()
    .min(0)
    .max(7 * 24)
    .default(24),
})

export function addRotateRoute(api: Api, ports: RotatePorts): void {
  api.route({
    method: 'POST',
    path: '/api/v1/webhooks/:webhook_id/rotate-secret',
    scope: 'webhooks:write',
    describes: {
      id: 'rotateSecret',
      summary: 'Give a webhook a new secret',
      details: 'The answer has it in full, the only time.',
      answers: { 200: singleAnswer(webhookAnswer) },
      errors: ['conflict'],
    },
    params: z.object({ webhook_id: idParam() }),
    body,
    handle: async (request) => {
      const { caller, params, body: given } = request
      const id = params.webhook_id
      const current = foundOf(await ports.endpoints.find(caller.orgId, id), 'webhook')
      const secret = endpointSecret(signatureOf(current), ports)
      const rotated = await ports.endpoints.rotateSecret(
        authorOf(request, webhookView, hiddenOfWebhook),
        id,
        secret.stored,
        given.overlap_hours * hourMs,
      )
      if (rotated.kind === 'not_found') throw notFound('webhook')
      if (rotated.kind === 'too_many')
        throw new ApiError(
          'conflict',
          `${liveSecretsMax} secrets sign already; wait for the end of one, or end all with an overlap_hours of 0`,
        )
      return single(newSecretView(rotated.row, secret.shown))
    },
  })
}
