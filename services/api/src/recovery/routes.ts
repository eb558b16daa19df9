/** `POST /api/v1/webhooks/{webhook_id}/recover`: what an endpoint missed while it was failing or disabled, as a job. */
import { single } from '@scanhook/http/answers'
import { idParam } from '@scanhook/http/query'
import type { JobKind } from '@scanhook/postgres/jobs'
import { z } from 'zod'
import { singleAnswer } from '../answer-schemas.ts'
import { authorOf } from '../audit-log/author-of.ts'
import { timeField } from '../fields.ts'
import {
  auditedJobView,
  jobAnswer,
  jobView,
  type MakeJobPorts,
  makeJob,
  perSecondDefault,
  untilOf,
} from '../jobs/routes.ts'
import type { Api } from '../server.ts'

export interface RecoverPorts extends MakeJobPorts {
  readonly nowMs: () => number
}

const recoverKinds = ['failed', 'missing', 'all'] as const
const kindOf: Readonly<Record<(typeof recoverKinds)[number], JobKind>> = {
  failed: 'recover',
  missing: 'replay',
  all: 'all',
}

const body = z.object({
  since: timeField,
  until: timeField.optional(),
  only: z.enum(recoverKinds).default('all'),
})

export function addRecoverRoute(api: Api, ports: RecoverPorts): void {
  api.route({
    method: 'POST',
    path: '/api/v1/webhooks/:webhook_id/recover',
    scope: 'webhooks:write',
    describes: {
      id: 'recoverWebhook',
      summary: 'Send again what a webhook missed',
      answers: { 202: singleAnswer(jobAnswer) },
      errors: ['conflict'],
    },
    params: z.object({ webhook_id: idParam() }),
    body,
    handle: async (request) => {
      const { caller, params } = request
      const { since, until, only } = request.body
      const job = await makeJob(ports, authorOf(request, auditedJobView), {
        kind: kindOf[only],
        endpointId: params.webhook_id,
        sinceMs: since,
        untilMs: untilOf(since, until, ports.nowMs()),
        eventTypes: null,
        perSecond: perSecondDefault,
        createdBy: caller.apiKeyId,
      })
      return single(jobView(job, ports.nowMs()), 202)
    },
  })
}
