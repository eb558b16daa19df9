/**
 * Renders the `data` of an asset's event: JSON text with every declared field present, null where there is nothing,
 * keys in the order of docs/reference/events.md. Rendered once, when the event is derived; every body is made from it.
 */
import type { AssetRef, LocationRef } from '../asset.ts'
import type { ScanFacts } from '../asset-state.ts'
import type { EventId } from '../ids.ts'
import { formatInstant } from '../instant.ts'

/** Why the asset is believed to be where the event says. */
export type Reason =
  | 'first_seen'
  | 'seen_elsewhere'
  | 'returned'
  | 'manual'
  | 'portal'
  | 'absence'
  | 'reassigned'

/** What an event gets from its place in the asset's chain of events. */
export interface ChainLink {
  readonly sequence: number
  readonly previousEventId: EventId | null
  /** The partition's clock. */
  readonly derivedAtMs: number
}

interface Common {
  readonly asset: AssetRef
  readonly transitionId: string | null
  readonly visitId: string | null
  readonly reason: Reason | null
  readonly facts: ScanFacts
}

/** `asset.scanned`. */
export interface ScannedData extends Common {
  readonly location: LocationRef | null
  readonly isLate: boolean
}

/** `location.entered`. */
export interface EnteredData extends Common {
  readonly location: LocationRef
}

/** `location.exited`. */
export interface ExitData extends Common {
  readonly location: LocationRef
  readonly dwellSeconds: number
}

/** `asset.moved`. */
export interface MoveData extends Common {
  readonly from: LocationRef | null
  readonly to: LocationRef
}

export function renderScannedData(data: ScannedData, link: ChainLink): string {
  const late = `"late":${data.isLate}`
  return `{${assetMember(data, link)},"location":${renderLocation(data.location)},${chain(data, link)},${late},${scan(data)}}`
}

export function renderEnteredData(data: EnteredData, link: ChainLink): string {
  return `{${assetMember(data, link)},"location":${renderLocation(data.location)},${chain(data, link)},${scan(data)}}`
}

export function renderExitData(data: ExitData, link: ChainLink): string {
  const dwell = `"dwell_seconds":${data.dwellSeconds}`
  return `{${assetMember(data, link)},"location":${renderLocation(data.location)},${dwell},${chain(data, link)},${scan(data)}}`
}

export function renderMoveData(data: MoveData, link: ChainLink): string {
  const places = `"from_location":${renderLocation(data.from)},"to_location":${renderLocation(data.to)}`
  return `{${assetMember(data, link)},${places},${chain(data, link)},${scan(data)}}`
}

function assetMember({ asset }: Common, { sequence }: ChainLink): string {
  const { id, externalKey, name } = asset
  return `"asset":${JSON.stringify({ id, external_key: externalKey, name, sequence })}`
}

function chain(data: Common, link: ChainLink): string {
  const members = JSON.stringify({
    transition_id: data.transitionId,
    visit_id: data.visitId,
    previous_event_id: link.previousEventId,
    reason: data.reason,
    derived_at: formatInstant(link.derivedAtMs),
  })
  return members.slice(1, -1)
}

function scan({ facts }: Common): string {
  return `"scan":${renderFacts(facts)}`
}

function renderLocation(location: LocationRef | null): string {
  if (location === null) return 'null'
  return JSON.stringify({
    id: location.id,
    external_key: location.externalKey,
    name: location.name,
    parent_id: location.parentId,
    parent_external_key: location.parentExternalKey,
  })
}

/** The `scan` member: the facts of one scan, with the reads and the best signal of all that it stands for. */
function renderFacts({ place, tag, readAtMs, receivedAtMs, rssiCdbm, reads }: ScanFacts): string {
  const { device, point } = place
  return JSON.stringify({
    observed_at: readAtMs === null ? null : formatInstant(readAtMs),
    received_at: formatInstant(receivedAtMs),
    rssi_dbm: rssiCdbm === null ? null : rssiCdbm / 100,
    reads,
    tag: { tag_type: tag.tagType, value: tag.value },
    scan_device: {
      id: device.id,
      external_key: device.externalKey,
      name: device.name,
      type: device.type,
    },
    scan_point: { id: point.id, antenna_port: point.antennaPort },
  })
}
