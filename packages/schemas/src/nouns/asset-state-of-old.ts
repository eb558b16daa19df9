/**
 * AssetState, the form in which states were written before TrackedAsset. Only read: a tracker that takes over a
 * partition with such states goes on from them. What they did not hold begins anew: signal levels, and the settings of
 * the place, which are the defaults until the next scan. A visit that began under this form keeps its time and gets
 * another id.
 */
import type { TagType } from '@scanhook/domain/asset'
import type { AssetState, ScanFacts } from '@scanhook/domain/asset-state'
import { eventId, locationId, orgId, scanDeviceId, scanPointId } from '@scanhook/domain/ids'
import { parseInstant } from '@scanhook/domain/instant'
import { defaultMovementSettings } from '@scanhook/domain/movement-settings'
import type { RecordMapping } from '../record-mapping.ts'
import { assetFromRaw, pathFromRaw, type RawAssetRef, type RawLocationRef } from './refs.ts'

export interface RawOldAssetState {
  readonly org_id: number
  readonly asset: RawAssetRef
  readonly path: readonly RawLocationRef[]
  readonly is_present: boolean
  readonly visits: readonly { readonly visit_id: string; readonly since_ms: number }[]
  readonly last_seen_ms: number
  readonly last_transition_ms: number | null
  readonly candidate: {
    readonly path: readonly RawLocationRef[]
    readonly since_ms: number
    readonly last_seen_ms: number
    readonly reads: number
    readonly rssi_max_cdbm: number | null
  } | null
  readonly sightings: readonly {
    readonly location_id: number | null
    readonly emitted_at_ms: number
    readonly reads: number
    readonly rssi_max_cdbm: number | null
  }[]
  readonly sequence: number
  readonly previous_event_id: string | null
  readonly last_scan_json: string
  readonly offset: number
}

export const oldAssetStateMapping: RecordMapping<AssetState, RawOldAssetState> = {
  file: 'asset-state',
  toRaw: () => {
    throw new Error('states are written as TrackedAsset')
  },
  fromRaw: (raw) => {
    const lastScan = factsOf(raw)
    const path = pathFromRaw(raw.path)
    return {
      orgId: orgId(raw.org_id),
      asset: assetFromRaw(raw.asset),
      path,
      here: path.length === 0 ? null : { ...lastScan.place, path },
      visits: raw.visits.map(({ since_ms: sinceMs }) => ({ firstSequence: raw.sequence, sinceMs })),
      isPresent: raw.is_present,
      lastSeenMs: raw.last_seen_ms,
      lastTransitionMs: raw.last_transition_ms,
      heldUntilMs: null,
      candidate: candidateOf(raw, lastScan),
      slots: [],
      sightings: raw.sightings.map((sighting) => ({
        locationId: sighting.location_id === null ? null : locationId(sighting.location_id),
        emittedAtMs: sighting.emitted_at_ms,
        reads: sighting.reads,
        rssiMaxCdbm: sighting.rssi_max_cdbm,
      })),
      late: null,
      lastFix: null,
      lastScan,
      sequence: raw.sequence,
      previousEventId: raw.previous_event_id === null ? null : eventId(raw.previous_event_id),
      offset: raw.offset,
    }
  },
}

function candidateOf({ candidate }: RawOldAssetState, lastScan: ScanFacts): AssetState['candidate'] {
  if (candidate === null) return null
  const { reads, rssi_max_cdbm: rssiCdbm, last_seen_ms: receivedAtMs } = candidate
  const place = { ...lastScan.place, path: pathFromRaw(candidate.path) }
  return { sinceMs: candidate.since_ms, facts: { ...lastScan, place, receivedAtMs, rssiCdbm, reads } }
}

/** What the `scan` member of an event held, which the old form kept as text. */
interface OldScan {
  readonly observed_at: string | null
  readonly received_at: string
  readonly rssi_dbm: number | null
  readonly reads: number
  readonly tag: { readonly tag_type: string; readonly value: string }
  readonly scan_device: {
    readonly id: number
    readonly external_key: string
    readonly name: string
    readonly type: string
  }
  readonly scan_point: { readonly id: number; readonly antenna_port: number }
}

function factsOf({ last_scan_json: text, last_seen_ms: lastSeenMs }: RawOldAssetState): ScanFacts {
  const scan = JSON.parse(text) as OldScan
  const { scan_device: device, scan_point: point, tag } = scan
  return {
    place: {
      path: [],
      device: {
        id: scanDeviceId(device.id),
        externalKey: device.external_key,
        name: device.name,
        type: device.type,
      },
      point: { id: scanPointId(point.id), antennaPort: point.antenna_port, kind: 'zone' },
      settings: defaultMovementSettings.zone,
    },
    tag: { tagType: tag.tag_type as TagType, value: tag.value },
    readAtMs: scan.observed_at === null ? null : parseInstant(scan.observed_at),
    receivedAtMs: parseInstant(scan.received_at) ?? lastSeenMs,
    rssiCdbm: scan.rssi_dbm === null ? null : Math.round(scan.rssi_dbm * 100),
    reads: scan.reads,
  }
}
