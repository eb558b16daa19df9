/**
 * All endpoints as `master-data` announces them, by id and by organization: the data plane's only source, so that
 * deliveries go on while PostgreSQL, the registry or the API are away. Owns what of the announcements counts; knows
 * neither the log's client nor the codec. In memory: 100,000 endpoints are some 100 MB, and people enter them by hand.
 *
 * Invariants
 *   E1. A change never undoes a newer one, in whatever order the two arrive.
 *   E2. A deleted endpoint is known to be deleted, and stays so when an older announcement of it comes late.
 *   E3. An announcement that can't be understood changes nothing and is reported: the endpoint stays as it was.
 */
import { type Endpoint, endpointStates, plainEndpoint, plainSubscription } from '@scanhook/domain/endpoint'
import type { EndpointId, OrgId } from '@scanhook/domain/ids'
import type { MasterDataChange } from '@scanhook/domain/master-data'
import { profileNames } from '@scanhook/domain/profile'

/** `deleted`: announced as such. `unknown`: never announced here, or long forgotten. */
export type KnownEndpoint =
  | { readonly kind: 'known'; readonly endpoint: Endpoint }
  | { readonly kind: 'deleted' }
  | { readonly kind: 'unknown' }

export interface EndpointDirectory {
  find(id: EndpointId): KnownEndpoint
  /** In the order of their ids, so that a replay routes in the same order. */
  ofOrganization(orgId: OrgId): readonly Endpoint[]
  size(): number
}

export interface WritableDirectory extends EndpointDirectory {
  /** Returns what is wrong with the change, or null. Changes of other kinds are none of its business. */
  apply(change: MasterDataChange): string | null
}

interface Row {
  readonly version: number
  readonly known: KnownEndpoint
}

const unknown: KnownEndpoint = { kind: 'unknown' }
const deleted: KnownEndpoint = { kind: 'deleted' }
const none: readonly Endpoint[] = []

export function endpointDirectory(): WritableDirectory {
  const rows = new Map<number, Row>()
  const byOrganization = new Map<OrgId, readonly Endpoint[]>()
  let endpointCount = 0

  function replace(orgId: OrgId, id: number, endpoint: Endpoint | null): void {
    const others = (byOrganization.get(orgId) ?? none).filter((other) => other.id !== id)
    const all = endpoint === null ? others : [...others, endpoint].sort((one, other) => one.id - other.id)
    if (all.length === 0) byOrganization.delete(orgId)
    else byOrganization.set(orgId, all)
  }

  return {
    apply(change) {
      if (change.kind !== 'endpoint') return null
      const row = rows.get(change.id)
      if (row !== undefined && row.version >= change.version) return null
      const endpoint = change.isDeleted ? null : endpointOf(change)
      if (typeof endpoint === 'string') return endpoint
      const known: KnownEndpoint = endpoint === null ? deleted : { kind: 'known', endpoint }
      rows.set(change.id, { version: change.version, known })
      endpointCount += (endpoint === null ? 0 : 1) - (row?.known.kind === 'known' ? 1 : 0)
      replace(change.orgId, change.id, endpoint)
      return null
    },
    find: (id) => rows.get(id)?.known ?? unknown,
    ofOrganization: (orgId) => byOrganization.get(orgId) ?? none,
    size: () => endpointCount,
  }
}

/** The announced document, or why it is none. Only what router and dispatcher read is looked at. */
function endpointOf(change: MasterDataChange): Endpoint | string {
  let document: unknown
  try {
    document = JSON.parse(change.document)
  } catch {
    return `endpoint ${change.id}: the document is not JSON`
  }
  return isEndpoint(document, change)
    ? completed(document)
    : `endpoint ${change.id}: the document is not an endpoint`
}

function completed(document: Endpoint): Endpoint {
  const subscriptions = document.subscriptions.map((each) => ({
    ...plainSubscription(each.eventType),
    ...each,
  }))
  return { ...plainEndpoint, ...document, subscriptions }
}

function isEndpoint(document: unknown, change: MasterDataChange): document is Endpoint {
  if (typeof document !== 'object' || document === null) return false
  const announced: Announced = document
  return (
    announced.id === change.id &&
    announced.orgId === change.orgId &&
    isRoutable(announced) &&
    isCallable(announced)
  )
}

type Announced = Partial<Record<keyof Endpoint, unknown>>

function isRoutable({ createdAtMs, subscriptions }: Announced): boolean {
  return (
    typeof createdAtMs === 'number' &&
    Array.isArray(subscriptions) &&
    subscriptions.every(
      (entry: unknown) => typeof (entry as { eventType?: unknown } | null)?.eventType === 'string',
    )
  )
}

function isCallable({ url, state, profile, sealedSecrets, headers }: Announced): boolean {
  return (
    typeof url === 'string' &&
    endpointStates.some((known) => known === state) &&
    profileNames.some((known) => known === profile) &&
    isListOfTexts(sealedSecrets) &&
    typeof headers === 'object' &&
    headers !== null &&
    isListOfTexts(Object.values(headers))
  )
}

function isListOfTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((entry: unknown) => typeof entry === 'string')
}
