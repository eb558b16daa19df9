/** `/api/v1/orgs/me`: whom the key belongs to, what it may do, and who is written to when something is wrong. */
import { isEmailAddress } from '@scanhook/domain/email-address'
import { single } from '@scanhook/http/answers'
import type { Caller } from '@scanhook/http/authentication'
import { z } from 'zod'
import { readOnlyFields } from '../fields.ts'
import { type Api, foundOf, refuseReadOnly } from '../server.ts'

interface Organization {
  readonly id: number
  readonly name: string
  readonly contactEmails: readonly string[]
}

export interface OrganizationPorts {
  find(id: number): Promise<Organization | null>
  setContacts(id: number, contactEmails: readonly string[]): Promise<Organization | null>
}

/** Ten people of one customer; more is what a distribution list is for. */
const contactsMax = 10

const contactsField = z
  .array(z.string().refine(isEmailAddress, 'must be an e-mail address'))
  .max(contactsMax)
  .refine(
    (all) => new Set(all.map((each) => each.toLowerCase())).size === all.length,
    'must not repeat an address',
  )

const answeredOnly = ['id', 'name', 'scopes', 'api_key_id'] as const

interface OrganizationPatch {
  readonly contact_emails?: readonly string[] | undefined
}
const organizationPatch: z.ZodType<OrganizationPatch> = z.object({
  contact_emails: contactsField.optional(),
  ...readOnlyFields(answeredOnly),
})

export function addOrganizationRoutes(api: Api, organizations: OrganizationPorts): void {
  api.route({
    method: 'GET',
    path: '/api/v1/orgs/me',
    scope: null,
    handle: async ({ caller }) =>
      single(viewOf(foundOf(await organizations.find(caller.orgId), 'organization'), caller)),
  })
  api.route({
    method: 'PATCH',
    path: '/api/v1/orgs/me',
    scope: 'webhooks:write',
    body: organizationPatch,
    handle: async ({ caller, body }) => {
      const current = foundOf(await organizations.find(caller.orgId), 'organization')
      refuseReadOnly({ ...body }, viewOf(current, caller), answeredOnly)
      if (body.contact_emails === undefined) return single(viewOf(current, caller))
      const changed = await organizations.setContacts(caller.orgId, body.contact_emails)
      return single(viewOf(foundOf(changed, 'organization'), caller))
    },
  })
}

function viewOf({ id, name, contactEmails }: Organization, { scopes, apiKeyId }: Caller) {
  return { id, name, scopes, api_key_id: apiKeyId, contact_emails: contactEmails }
}
