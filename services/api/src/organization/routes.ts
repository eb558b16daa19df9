/** `/api/v1/orgs/me`: whom the key belongs to, what it may do, who is written to when something is wrong, and its pace. */
import { single } from '@scanhook/http/answers'
import type { Caller } from '@scanhook/http/authentication'
import type { Authored } from '@scanhook/postgres/audit-log'
import type { Organization, Organizations } from '@scanhook/postgres/organizations'
import { z } from 'zod'
import { arrayAnswer, idAnswer, singleAnswer } from '../answer-schemas.ts'
import { authorOf } from '../audit-log/author-of.ts'
import { type Api, foundOf, refuseReadOnly } from '../server.ts'
import { answeredOnly, organizationPatch } from './organization-input.ts'

const organizationAnswer = z
  .object({
    id: idAnswer,
    name: z.string(),
    contact_emails: arrayAnswer(z.string()),
    deliveries_per_second: z.number().nullable(),
    log_days: z.int().nullable(),
    scopes: arrayAnswer(z.string()),
    api_key_id: idAnswer,
    is_operator: z.boolean().describe('Whether it may see the whole installation (`/operator/…`)'),
  })
  .meta({ id: 'Organization' })

export type OrganizationPorts = Authored<Pick<Organizations, 'find' | 'update'>>

export function addOrganizationRoutes(
  api: Api,
  organizations: OrganizationPorts,
  { isOperator }: { readonly isOperator: (orgId: number) => boolean },
): void {
  const view = (organization: Organization, caller: Caller) =>
    organizationView(organization, caller, isOperator(caller.orgId))
  api.route({
    method: 'GET',
    path: '/api/v1/orgs/me',
    scope: null,
    describes: {
      id: 'getOrganization',
      summary: 'Whom the key belongs to, and what it may',
      answers: { 200: singleAnswer(organizationAnswer) },
    },
    handle: async ({ caller }) =>
      single(view(foundOf(await organizations.find(caller.orgId), 'organization'), caller)),
  })
  api.route({
    method: 'PATCH',
    path: '/api/v1/orgs/me',
    // What can be changed is about webhooks.
    scope: 'webhooks:write',
    describes: {
      id: 'updateOrganization',
      summary: 'Change who is written to, the pace, and how long the log is kept',
      answers: { 200: singleAnswer(organizationAnswer) },
    },
    body: organizationPatch,
    handle: async (request) => {
      const { caller, body } = request
      const current = foundOf(await organizations.find(caller.orgId), 'organization')
      refuseReadOnly({ ...body }, view(current, caller), answeredOnly)
      const changed = await organizations.update(authorOf(request, auditedView), {
        deliveriesPerSecond: body.deliveries_per_second,
        logDays: body.log_days,
        contactEmails: body.contact_emails,
      })
      return single(view(foundOf(changed, 'organization'), caller))
    },
  })
}

function organizationView(
  organization: Organization,
  { scopes, apiKeyId }: Caller,
  isOperator: boolean,
): z.output<typeof organizationAnswer> {
  return { ...auditedView(organization), scopes, api_key_id: apiKeyId, is_operator: isOperator }
}

/** What is the organization's, and not its caller's. */
function auditedView({ id, name, contactEmails, deliveriesPerSecond, logDays }: Organization) {
  return {
    id,
    name,
    contact_emails: contactEmails,
    deliveries_per_second: deliveriesPerSecond,
    log_days: logDays,
  }
}
