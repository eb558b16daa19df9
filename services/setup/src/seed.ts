/**
 * A demo organization and a key to it. Everything else that a demo needs goes through the HTTP API, as a customer's
 * would.
 */
import { scopes } from '@scanhook/domain/scope'
import { apiKeys } from '@scanhook/postgres/api-keys'
import type { Postgres } from '@scanhook/postgres/open'
import { organizations } from '@scanhook/postgres/organizations'

export interface Seeded {
  readonly orgId: number
  /** With all scopes; shown this once. */
  readonly apiKey: string
}

const keyName = 'seed'
/** Secrets can't be shown again, so every run makes a key; those of runs longer ago are withdrawn. */
const keysKept = 10

/** The same organization for the same name, a new key each time. */
export async function seed(pg: Postgres, orgName: string): Promise<Seeded> {
  const { id: orgId } = await organizations(pg).ensure(orgName)
  const keys = apiKeys(pg)
  const { token } = await keys.create(orgId, { name: keyName, scopes })
  const { rows } = await keys.list(orgId, { limit: 200, offset: 0 })
  const older = rows.filter((key) => key.name === keyName).slice(keysKept)
  for (const key of older) await keys.remove(orgId, key.id)
  return { orgId, apiKey: token }
}
