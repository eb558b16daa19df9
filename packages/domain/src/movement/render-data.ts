/**
 * Renders the `data` of an asset's event: JSON text with every declared field present, null where there is nothing,
 * keys in the order of docs/reference/events.md. Rendered once, when the event is derived; every body is made from it.
 */
import type { AssetRef, LocationRef } from '../asset.ts'
import type { EventId } from '../ids.ts'
import { formatInstant } from '../instant.ts'
import type { Scan } from '../scan.ts'

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
}

interface Common {
  readonly asset: AssetRef
  readonly transitionId: string | null
  readonly visitId: string | null
  readonly reason: Reason | null
  /** What `renderScan` gave. */
  readonly scanJson: string
}

/** `asset.scanned` and `location.entered`. */
export interface LocationData extends Common {
  readonly location: LocationRef | null
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

export function renderLocationData(data: LocationData, link: ChainLink): string {
  return `{${assetMember(data, link)},"location":${renderLocation(data.location)},${closing(data, link)}}`
}

export function renderExitData(data: ExitData, link: ChainLink): string {
  const dwell = `"dwell_seconds":${data.dwellSeconds}`
  return `{${assetMember(data, link)},"location":${renderLocation(data.location)},${dwell},${closing(data, link)}}`
}

export function renderMoveData(data: MoveData, link: ChainLink): string {
  const places = `"from_location":${renderLocation(data.from)},"to_location":${renderLocation(data.to)}`
  return `{${assetMember(data, link)},${places},${closing(data, link)}}`
}

function assetMember({ asset }: Common, { sequence }: ChainLink): string {
  const { id, externalKey, name } = asset
  return `"asset":${JSON.stringify({ id, external_key: externalKey, name, sequence })}`
}

function closing(data: Common, link: ChainLink): string {
  const ids = JSON.stringify({
    transition_id: data.transitionId,
    visit_id: data.visitId,
    previous_event_id: link.previousEventId,
    reason: data.reason,
  })
  return `${ids.slice(1, -1)},"scan":${data.scanJson}`
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
export function renderScan(scan: Scan, reads: number, rssiMaxCdbm: number | null): string {
  return JSON.stringify({
    observed_at: scan.readAtMs === null ? null : formatInstant(scan.readAtMs),
    received_at: formatInstant(scan.receivedAtMs),
    rssi_dbm: rssiMaxCdbm === null ? null : rssiMaxCdbm / 100,
    reads,
    tag: { tag_type: scan.tag.tagType, value: scan.tag.value },
    scan_device: {
      id: scan.device.id,
      external_key: scan.device.externalKey,
      name: scan.device.name,
      type: scan.device.type,
    },
    scan_point: { id: scan.point.id, antenna_port: scan.point.antennaPort },
  })
}
