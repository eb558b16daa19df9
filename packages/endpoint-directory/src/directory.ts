/**
 * All endpoints as `master-data` announces them, by id and by organization: the data plane's only source, so that
 * deliveries go on while PostgreSQL, the registry or the API are away. Owns what of the announcements counts; knows
 * neither the log's client nor the codec. In memory as the texts that were announced, some 600 B each, and read when they
 * are asked for: 100,000 endpoints are 60 MB, and people enter them by hand.
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
import { LRUCache } from 'lru-cache'

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
  /** Null: deleted. */
  readonly document: string | null
}

const unknown: KnownEndpoint = { kind: 'unknown' }
const deleted: KnownEndpoint = { kind: 'deleted' }
const none: readonly Endpoint[] = []

/** Endpoints that are busy at a time; some 2.5 KB each. */
const readMax = 10_000
/** Over all organizations, of which the lists are kept as well. */
const listedMax = 20_000

export function endpointDirectory(): WritableDirectory {
  const rows = new Map<number, Row>()
  const read = new LRUCache<number, KnownEndpoint>({ max: readMax })
  const idsOf = new Map<OrgId, readonly number[]>()
  const lists = new LRUCache<OrgId, readonly Endpoint[]>({
    maxSize: listedMax,
    sizeCalculation: ({ length }) => length + 1,
  })
  let endpointCount = 0

  function replace(orgId: OrgId, id: number, isThere: boolean): void {
    lists.delete(orgId)
    const ids = idsOf.get(orgId) ?? []
    if (isThere === ids.includes(id)) return
    const all = isThere ? [...ids, id].sort((one, other) => one - other) : ids.filter((each) => each !== id)
    if (all.length === 0) idsOf.delete(orgId)
    else idsOf.set(orgId, all)
  }

  function find(id: number): KnownEndpoint {
    const known = read.get(id)
    if (known !== undefined) return known
    const row = rows.get(id)
    if (row === undefined) return unknown
    if (row.document === null) return deleted
    const found: KnownEndpoint = { kind: 'known', endpoint: completed(JSON.parse(row.document) as Endpoint) }
    read.set(id, found)
    return found
  }

  function listOf(orgId: OrgId): readonly Endpoint[] {
    const known = lists.get(orgId)
    if (known !== undefined) return known
    const list = (idsOf.get(orgId) ?? []).flatMap((id) => {
      const found = find(id)
      return found.kind === 'known' ? [found.endpoint] : []
    })
    lists.set(orgId, list)
    return list
  }

  function store({ id, orgId, version, document, isDeleted }: MasterDataChange, wasThere: boolean): void {
    rows.set(id, { version, document: isDeleted ? null : document })
    read.delete(id)
    endpointCount += (isDeleted ? 0 : 1) - (wasThere ? 1 : 0)
    replace(orgId, id, !isDeleted)
  }

  return {
    apply(change) {
      if (change.kind !== 'endpoint') return null
      const row = rows.get(change.id)
      if (row !== undefined && row.version >= change.version) return null
      const problem = change.isDeleted ? null : problemOf(change)
      if (problem !== null) return problem
      store(change, row !== undefined && row.document !== null)
      return null
    },
    find,
    ofOrganization: (orgId) => (idsOf.has(orgId) ? listOf(orgId) : none),
    size: () => endpointCount,
  }
}

/** Why the announced document is none; null when it is one. Only what router and dispatcher read is looked at. */
function problemOf(change: MasterDataChange): string | null {
  let document: unknown
  try {
    document = JSON.parse(change.document)
  } catch {
    return `endpoint ${change.id}: the document is not JSON`
  }
  return isEndpoint(document, change) ? null : `endpoint ${change.id}: the document is not an endpoint`
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
    typeof createdAtMs === 'number' && Array.isArray(subscriptions) && subscriptions.every(isSubscription)
  )
}

/** A filter that is no expression is still a text, and lets nothing through (packages/filters). */
function isSubscription(entry: unknown): boolean {
  if (typeof entry !== 'object' || entry === null) return false
  const { eventType, filter = null }: { eventType?: unknown; filter?: unknown } = entry
  return typeof eventType === 'string' && (filter === null || typeof filter === 'string')
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
