/** `/api/v1/orgs/me`: whom the key belongs to, what it may do, who is written to when something is wrong, and its pace. */
import { single } from '@scanhook/http/answers'
import type { Caller } from '@scanhook/http/authentication'
import type { Organization, Organizations } from '@scanhook/postgres/organizations'
import { type Api, foundOf, refuseReadOnly } from '../server.ts'
import { answeredOnly, organizationPatch } from './organization-input.ts'

export type OrganizationPorts = Pick<Organizations, 'find' | 'update'>

export function addOrganizationRoutes(api: Api, organizations: OrganizationPorts): void {
  api.route({
    method: 'GET',
    path: '/api/v1/orgs/me',
    scope: null,
    handle: async ({ caller }) =>
      single(organizationView(foundOf(await organizations.find(caller.orgId), 'organization'), caller)),
  })
  api.route({
    method: 'PATCH',
    path: '/api/v1/orgs/me',
    // What can be changed is about webhooks.
    scope: 'webhooks:write',
    body: organizationPatch,
    handle: async ({ caller, body }) => {
      const current = foundOf(await organizations.find(caller.orgId), 'organization')
      refuseReadOnly({ ...body }, organizationView(current, caller), answeredOnly)
      const changed = await organizations.update(caller.orgId, {
        deliveriesPerSecond: body.deliveries_per_second,
        contactEmails: body.contact_emails,
      })
      return single(organizationView(foundOf(changed, 'organization'), caller))
    },
  })
}

function organizationView(
  { id, name, contactEmails, deliveriesPerSecond }: Organization,
  { scopes, apiKeyId }: Caller,
): Readonly<Record<string, unknown>> {
  return {
    id,
    name,
    contact_emails: contactEmails,
    deliveries_per_second: deliveriesPerSecond,
    scopes,
    api_key_id: apiKeyId,
  }
}
