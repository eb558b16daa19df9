/** Entries of the audit log in words. Pure. */
import type { Model } from '../../api/api.ts'

type Entry = Model<'AuditEntry'>
export type ResourceKind = Entry['resource']['kind']
export type ActorKind = Entry['actor']['kind']

export const kindWords: readonly (readonly [ResourceKind, string])[] = [
  ['organization', 'organization'],
  ['api_key', 'API key'],
  ['token_chain', 'access tokens'],
  ['portal_link', 'console link'],
  ['asset', 'asset'],
  ['tag', 'tag'],
  ['location', 'location'],
  ['scan_device', 'scan device'],
  ['scan_point', 'scan point'],
  ['webhook', 'webhook'],
  ['delivery', 'delivery'],
  ['job', 'job'],
  ['event_cursor', 'event cursor'],
]
const kindOf: ReadonlyMap<string, string> = new Map(kindWords)

export const actorWords: readonly (readonly [ActorKind, string])[] = [
  ['api_key', 'API key'],
  ['oauth_client', 'access token of a key'],
  ['portal_link', 'session of a console link'],
  ['system', 'Scanhook itself'],
]
const actorOf: ReadonlyMap<string, string> = new Map(actorWords)

/** `webhook.secret_rotated` is "Webhook secret rotated". */
export function sayOperation(operation: string): string {
  const [kind = '', ...what] = operation.split('.')
  const words = `${kindOf.get(kind) ?? kind.replaceAll('_', ' ')} ${what.join(' ').replaceAll('_', ' ')}`
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`
}

/** Keys by their name where it is known, others by number. */
export function sayActor({ kind, id }: Entry['actor'], keyNames: ReadonlyMap<number, string>): string {
  const name = kind === 'portal_link' || id === null ? undefined : keyNames.get(id)
  const word = actorOf.get(kind) ?? kind
  if (kind === 'system') return word
  return name === undefined ? `${word} ${id ?? ''}`.trim() : name
}

const places: ReadonlyMap<string, string> = new Map([
  ['asset', '/assets/'],
  ['location', '/locations/'],
  ['webhook', '/webhooks/'],
  ['delivery', '/deliveries/'],
])

/** The screen of what was changed; null where there is none, or it is gone. */
export function linkToResource({ resource, after, operation }: Entry): string | null {
  const place = places.get(resource.kind)
  const isGone = after === null || operation.endsWith('.deleted')
  return place === undefined || resource.id === null || isGone ? null : `${place}${resource.id}`
}
