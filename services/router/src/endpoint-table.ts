/**
 * All endpoints, by organization, as `master-data` announces them. Owns what of the announcements counts; knows
 * neither the log's client nor the codec. In memory: 100,000 endpoints are some 100 MB, and people enter them by hand.
 *
 * Invariants
 *   E1. A change never undoes a newer one, in whatever order the two arrive.
 *   E2. A deleted endpoint is gone, and stays gone when an older announcement of it comes late.
 *   E3. An announcement that can't be understood changes nothing and is reported: the endpoint stays as it was.
 */
import type { Endpoint } from '@scanhook/domain/endpoint'
import type { OrgId } from '@scanhook/domain/ids'
import type { MasterDataChange } from '@scanhook/domain/master-data'

export interface EndpointTable {
  /** Returns what is wrong with the change, or null. Changes of other kinds are none of its business. */
  apply(change: MasterDataChange): string | null
  /** In the order of their ids, so that a replay routes in the same order. */
  ofOrganization(orgId: OrgId): readonly Endpoint[]
  size(): number
}

interface Row {
  readonly version: number
  readonly endpoint: Endpoint | null
}

const none: readonly Endpoint[] = []

export function endpointTable(): EndpointTable {
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
      const known = rows.get(change.id)
      if (known !== undefined && known.version >= change.version) return null
      const endpoint = change.isDeleted ? null : endpointOf(change)
      if (typeof endpoint === 'string') return endpoint
      rows.set(change.id, { version: change.version, endpoint })
      endpointCount += (endpoint === null ? 0 : 1) - (known?.endpoint == null ? 0 : 1)
      replace(change.orgId, change.id, endpoint)
      return null
    },
    ofOrganization: (orgId) => byOrganization.get(orgId) ?? none,
    size: () => endpointCount,
  }
}

/** The announced document, or why it is none. Only what the router reads is looked at. */
function endpointOf(change: MasterDataChange): Endpoint | string {
  let document: unknown
  try {
    document = JSON.parse(change.document)
  } catch {
    return `endpoint ${change.id}: the document is not JSON`
  }
  return isEndpoint(document, change) ? document : `endpoint ${change.id}: the document is not an endpoint`
}

function isEndpoint(document: unknown, change: MasterDataChange): document is Endpoint {
  if (typeof document !== 'object' || document === null) return false
  const { id, orgId, state, createdAtMs, subscriptions } = document as Partial<
    Record<keyof Endpoint, unknown>
  >
  return (
    id === change.id &&
    orgId === change.orgId &&
    typeof state === 'string' &&
    typeof createdAtMs === 'number' &&
    Array.isArray(subscriptions) &&
    subscriptions.every(
      (entry: unknown) => typeof (entry as { eventType?: unknown } | null)?.eventType === 'string',
    )
  )
}
