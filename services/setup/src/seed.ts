/**
 * A demo organization and a key to it. Everything else that a demo needs goes through the HTTP API, as a customer's
 * would.
 */
import { scopes } from '@scanhook/domain/scope'

export interface SeedPorts {
  /** The organization of that name; made when there is none. */
  readonly ensureOrganization: (name: string) => Promise<{ readonly id: number }>
  readonly keys: {
    create(
      orgId: number,
      input: { readonly name: string; readonly scopes: readonly string[] },
    ): Promise<{ readonly token: string }>
    /** Newest first. */
    list(
      orgId: number,
      page: { readonly limit: number; readonly offset: number },
    ): Promise<{ readonly rows: readonly { readonly id: number; readonly name: string }[] }>
    remove(orgId: number, id: number): Promise<boolean>
  }
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
  const { token } = await keys.create(orgId, { name: keyName, scopes })
  const { rows } = await keys.list(orgId, { limit: 200, offset: 0 })
  const older = rows.filter((key) => key.name === keyName).slice(keysKept)
  for (const key of older) await keys.remove(orgId, key.id)
  return { orgId, apiKey: token }
}
