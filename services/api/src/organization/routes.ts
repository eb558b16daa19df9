/** `GET /api/v1/orgs/me`: whom the key belongs to, and what it may do. */
import { single } from '@scanhook/http/answers'
import { type Api, foundOf } from '../server.ts'

export interface OrganizationPorts {
  find(id: number): Promise<{ readonly id: number; readonly name: string } | null>
}

export function addOrganizationRoutes(api: Api, organizations: OrganizationPorts): void {
  api.route({
    method: 'GET',
    path: '/api/v1/orgs/me',
    scope: null,
    handle: async ({ caller }) => {
      const { id, name } = foundOf(await organizations.find(caller.orgId), 'organization')
      return single({ id, name, scopes: caller.scopes, api_key_id: caller.apiKeyId })
    },
  })
}
