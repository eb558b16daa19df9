/** What a key may do, in words. Pure. */
import type { Model } from '../../api/api.ts'

/** Every scope there is, in the order in which people look for them. */
export const scopeWords = [
  ['scans:write', 'Send scans', 'POST /scans: for readers and gateways'],
  ['events:write', 'Send events of your own', 'POST /events, and /validate'],
  ['tracking:read', 'See events and where assets are', 'events, the feed, histories, unknown tags'],
  ['assets:read', 'See assets and their tags', ''],
  ['assets:write', 'Change assets and their tags', 'make, change, delete, import'],
  ['locations:read', 'See locations', ''],
  ['locations:write', 'Change locations', 'make, change, delete, import'],
  ['scan-devices:read', 'See readers and scan points', ''],
  ['scan-devices:write', 'Change readers and scan points', 'and the settings of the organization'],
  ['webhooks:read', 'See webhooks, deliveries and jobs', 'with the bodies that were sent'],
  ['webhooks:write', 'Change webhooks, send again', 'and so where your data go'],
  ['keys:admin', 'Make and revoke keys, read the audit log', 'whoever has it can give itself to others'],
] as const

export type Scope = (typeof scopeWords)[number][0]

/** A few words for a row: what stands for itself, then how many more. */
export function sayScopes(scopes: Model<'ApiKey'>['scopes']): string {
  if (scopeWords.every(([scope]) => scopes.includes(scope))) return 'Everything'
  const known = scopeWords.filter(([scope]) => scopes.includes(scope)).map(([, words]) => words)
  // Scopes that came after this console was built.
  const unknown = scopes.filter((scope) => scopeWords.every(([name]) => name !== scope))
  const all = [...known, ...unknown]
  return all.length === 0 ? 'Nothing' : all.join('; ')
}

/** Why this cannot be made into a key yet, or null. */
export function findKeyProblem(name: string, scopes: readonly Scope[]): string | null {
  if (name.trim() === '') return 'Give the key a name, so that whoever revokes one knows which.'
  if (scopes.length === 0) return 'Choose at least one thing that the key may do.'
  return null
}
