/**
 * A demo organization and a key to it. Everything else that a demo needs goes through the HTTP API, as a customer's
 * would.
 */
import { systemActor } from '@scanhook/domain/auditing/audit-entry'
import { scopes } from '@scanhook/domain/scope'
import type { ApiKey, ApiKeys } from '@scanhook/postgres/api-keys'
import type { Author, Authored } from '@scanhook/postgres/audit-log'

export interface SeedPorts {
  /** The organization of that name; made when there is none. */
  readonly ensureOrganization: (name: string) => Promise<{ readonly id: number }>
  readonly keys: Authored<Pick<ApiKeys, 'create' | 'list' | 'remove'>>
}

export interface Seeded {
  readonly orgId: number
  /** With all scopes; shown this once. */
  readonly apiKey: string
}

const keyName = 'seed'
/** Secrets can't be shown again, so every run makes a key; those of runs longer ago are withdrawn. */
const keysKept = 10

/** The same organization for the same name, a new key each time. */
export async function seed({ ensureOrganization, keys }: SeedPorts, orgName: string): Promise<Seeded> {
  const { id: orgId } = await ensureOrganization(orgName)
  const author: Author<ApiKey> = {
    ...{ orgId, actor: systemActor, requestId: null },
    view: ({ id, name, scopes: own }) => ({ id, name, scopes: own }),
  }
  const { token } = await keys.create(author, { name: keyName, scopes })
  const { rows } = await keys.list(orgId, { limit: 200, offset: 0 })
  const older = rows.filter((key) => key.name === keyName).slice(keysKept)
  for (const key of older) await keys.remove(author, key.id)
  return { orgId, apiKey: token }
}
