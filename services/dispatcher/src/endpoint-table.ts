/**
 * All endpoints by id, as `master-data` announces them: the dispatcher's only source, so that deliveries go on while
 * PostgreSQL, the registry or the API are away. Owns what of the announcements counts; knows no log and no codec.
 *
 * Invariants
 *   E1. A change never undoes a newer one, in whatever order the two arrive.
 *   E2. A deleted endpoint is known to be deleted, and stays so when an older announcement of it comes late.
 *   E3. An announcement that can't be understood changes nothing and is reported: the endpoint stays as it was.
 */
import { type Endpoint, endpointStates } from '@scanhook/domain/endpoint'
import type { EndpointId } from '@scanhook/domain/ids'
import type { MasterDataChange } from '@scanhook/domain/master-data'
import { profileNames } from '@scanhook/domain/profile'
import type { KnownEndpoint } from './plan-delivery.ts'

export interface EndpointTable {
  /** Returns what is wrong with the change, or null. Changes of other kinds are none of its business. */
  apply(change: MasterDataChange): string | null
  find(id: EndpointId): KnownEndpoint
  size(): number
}

interface Row {
  readonly version: number
  readonly known: KnownEndpoint
}

const unknown: KnownEndpoint = { kind: 'unknown' }
const deleted: KnownEndpoint = { kind: 'deleted' }

export function endpointTable(): EndpointTable {
  const rows = new Map<number, Row>()
  let endpointCount = 0
  return {
    apply(change) {
      if (change.kind !== 'endpoint') return null
      const row = rows.get(change.id)
      if (row !== undefined && row.version >= change.version) return null
      const endpoint = change.isDeleted ? null : endpointOf(change)
      if (typeof endpoint === 'string') return endpoint
      rows.set(change.id, {
        version: change.version,
        known: endpoint === null ? deleted : { kind: 'known', endpoint },
      })
      endpointCount += (endpoint === null ? 0 : 1) - (row?.known.kind === 'known' ? 1 : 0)
      return null
    },
    find: (id) => rows.get(id)?.known ?? unknown,
    size: () => endpointCount,
  }
}

/** The announced document, or why it is none. Only what the dispatcher reads is looked at. */
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
  const { id, orgId, url, state, profile, sealedSecrets, headers } = document as Partial<
    Record<keyof Endpoint, unknown>
  >
  return (
    id === change.id &&
    orgId === change.orgId &&
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
