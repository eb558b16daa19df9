/** `POST /api/v1/webhooks/{webhook_id}/recover`: what an endpoint missed while it was failing or disabled. */
import { single, timeText } from '@scanhook/http/answers'
import { ApiError, fieldError } from '@scanhook/http/api-error'
import { idParam } from '@scanhook/http/query'
import { type Endpoints, endpointDocument } from '@scanhook/postgres/endpoints'
import { z } from 'zod'
import { timeField } from '../fields.ts'
import { type Api, foundOf } from '../server.ts'
import { type RecoverPorts, recoverBounds, recoverDeliveries, recoverKinds } from './recover-deliveries.ts'

export interface RecoverRoutePorts extends RecoverPorts {
  readonly endpoints: Pick<Endpoints, 'find'>
  readonly nowMs: () => number
}

/** Events are stamped by the clock of another machine; as far as matching (domain/matching) trusts it. */
const clockToleranceMs = 5_000

const body = z.object({
  since: timeField,
  until: timeField.optional(),
  only: z.enum(recoverKinds).default('all'),
})

export function addRecoverRoute(api: Api, ports: RecoverRoutePorts): void {
  api.route({
    method: 'POST',
    path: '/api/v1/webhooks/:webhook_id/recover',
    scope: 'webhooks:write',
    params: z.object({ webhook_id: idParam() }),
    body,
    handle: async ({ caller, params: { webhook_id: id }, body: { since, until, only }, signal }) => {
      const stored = foundOf(await ports.endpoints.find(caller.orgId, id), 'webhook')
      if (stored.state !== 'active')
        throw new ApiError('conflict', `the webhook is ${stored.state}; enable it first`)
      const nowMs = ports.nowMs()
      if (until !== undefined && until < since)
        throw fieldError({ field: 'until', code: 'invalid_value', message: 'must not be before since' })
      const { recovered, nextSinceMs } = await recoverDeliveries(ports, {
        endpoint: endpointDocument(stored),
        sinceMs: since,
        untilMs: until ?? nowMs + clockToleranceMs,
        only,
        nowMs,
        signal,
        bounds: recoverBounds,
      })
      return single({ recovered, has_more: nextSinceMs !== null, next_since: timeText(nextSinceMs) }, 202)
    },
  })
}
