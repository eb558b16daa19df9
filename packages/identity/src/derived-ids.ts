/**
 * Ids that are a function of what they name: the same facts give the same id after a crash, a replay or on another
 * machine. UUIDv5 (RFC 9562, section 5.5) over one fixed namespace.
 *
 * Owns the recipe of every such id; refuses to know where the facts come from. Changing a recipe or the namespace
 * renames everything that was ever sent, so the tests hold literal vectors.
 *
 * Invariants
 *   I1. Equal facts give equal ids; the id depends on nothing else.
 *   I2. Different facts never share a name: every name begins with its kind, and its parts are a JSON array, so no
 *       part can run into its neighbour.
 */
import type { AssetId, DeliveryId, EndpointId, EventId, LocationId, OrgId } from '@scanhook/domain/ids'
import { deliveryId, eventId } from '@scanhook/domain/ids'
import { v5 } from 'uuid'

/** Drawn once at random for Scanhook; never to be changed. */
export const namespace = 'ad96a9cd-b6ee-44ca-b773-cc5bc325d517'

// The same 16 bytes, parsed once: `v5` would otherwise parse the text on every call.
const namespaceBytes: Uint8Array = Uint8Array.from(namespace.replaceAll('-', '').match(/../g) ?? [], (byte) =>
  Number.parseInt(byte, 16),
)

function idOf(...name: readonly (string | number | null)[]): string {
  return v5(JSON.stringify(name), namespaceBytes)
}

/** Id of an asset's event. `sequence` is the asset's own gapless count, so no two events of it share an id. */
export function assetEventId(
  org: OrgId,
  asset: AssetId,
  type: string,
  location: LocationId | null,
  sequence: number,
): EventId {
  return eventId(idOf('asset-event', org, asset, type, location, sequence))
}

/** Id of a business event. Without a client's own id give the coordinate it came from (see `ReadFacts`). */
export function businessEventId(org: OrgId, type: string, clientId: string): EventId {
  return eventId(idOf('business-event', org, type, clientId))
}

/** Id of the delivery of one event to one endpoint. A manual replay is another delivery: it gives its own `nonce`. */
export function deliveryIdFor(event: EventId, endpoint: EndpointId, nonce: string | null = null): DeliveryId {
  return deliveryId(idOf('delivery', event, endpoint, nonce))
}

/** Id of a request that carries several deliveries: the same for the same deliveries in the same order. */
export function batchId(deliveries: readonly DeliveryId[]): string {
  return idOf('batch', ...deliveries)
}

/** Ties the events of one transition together; `sequence` is that of the transition's first event. */
export function transitionId(org: OrgId, asset: AssetId, sequence: number): string {
  return idOf('transition', org, asset, sequence)
}

/** Pairs `location.entered` with its `location.exited`; `sequence` is that of the transition's first event. */
export function visitId(org: OrgId, asset: AssetId, location: LocationId, sequence: number): string {
  return idOf('visit', org, asset, location, sequence)
}

/** What tells one read from another. */
export interface ReadFacts {
  readonly orgId: OrgId
  readonly readId: string | null
  readonly deviceKey: string
  readonly antennaPort: number | null
  readonly tagValue: string
  readonly readAtMs: number | null
  /** Where it came from, e.g. `topic:partition:offset:timestamp` or `request:index`; counts only when nothing better is known. */
  readonly coordinate: string
}

/**
 * Id of a scan, stable over redeliveries and unique within its organization: the client's read id when there is one,
 * else a hash of (org, device, antenna, tag, read time). A read that carries neither an id nor a time can't be told
 * from the next read of the same tag, so its coordinate takes part: better twice than never.
 */
export function scanIdOf(read: ReadFacts): string {
  if (read.readId !== null) return read.readId
  const when = read.readAtMs ?? read.coordinate
  return idOf('scan', read.orgId, read.deviceKey, read.antennaPort ?? 1, read.tagValue, when)
}
