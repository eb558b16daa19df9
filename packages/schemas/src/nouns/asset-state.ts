/** AssetState: the tracker's state of record. */
import type { AssetState, Candidate } from '@scanhook/domain/asset-state'
import { eventId, orgId } from '@scanhook/domain/ids'
import type { RecordMapping } from '../record-mapping.ts'
import {
  assetFromRaw,
  assetToRaw,
  pathFromRaw,
  pathToRaw,
  type RawAssetRef,
  type RawLocationRef,
} from './refs.ts'

interface RawCandidate {
  readonly path: readonly RawLocationRef[]
  readonly since_ms: number
  readonly last_seen_ms: number
  readonly reads: number
  readonly rssi_max_cdbm: number | null
}

export interface RawAssetState {
  readonly org_id: number
  readonly asset: RawAssetRef
  readonly path: readonly RawLocationRef[]
  readonly is_present: boolean
  readonly location_since_ms: number | null
  readonly last_seen_ms: number
  readonly last_transition_ms: number | null
  readonly candidate: RawCandidate | null
  readonly last_scanned_emit_ms: number | null
  readonly last_scanned_location_id: number | null
  readonly reads_since_emit: number
  readonly rssi_max_since_emit_cdbm: number | null
  readonly sequence: number
  readonly previous_event_id: string | null
  readonly visit_id: string | null
  readonly last_scan_json: string
  readonly offset: number
}

function candidateToRaw(candidate: Candidate): RawCandidate {
  return {
    path: pathToRaw(candidate.path),
    since_ms: candidate.sinceMs,
    last_seen_ms: candidate.lastSeenMs,
    reads: candidate.reads,
    rssi_max_cdbm: candidate.rssiMaxCdbm,
  }
}

function candidateFromRaw(raw: RawCandidate): Candidate {
  return {
    path: pathFromRaw(raw.path),
    sinceMs: raw.since_ms,
    lastSeenMs: raw.last_seen_ms,
    reads: raw.reads,
    rssiMaxCdbm: raw.rssi_max_cdbm,
  }
}

export const assetStateMapping: RecordMapping<AssetState, RawAssetState> = {
  file: 'asset-state',
  toRaw: (state) => ({
    org_id: state.orgId,
    asset: assetToRaw(state.asset),
    path: pathToRaw(state.path),
    is_present: state.isPresent,
    location_since_ms: state.locationSinceMs,
    last_seen_ms: state.lastSeenMs,
    last_transition_ms: state.lastTransitionMs,
    candidate: state.candidate === null ? null : candidateToRaw(state.candidate),
    last_scanned_emit_ms: state.lastScannedEmitMs,
    last_scanned_location_id: state.lastScannedLocationId,
    reads_since_emit: state.readsSinceEmit,
    rssi_max_since_emit_cdbm: state.rssiMaxSinceEmitCdbm,
    sequence: state.sequence,
    previous_event_id: state.previousEventId,
    visit_id: state.visitId,
    last_scan_json: state.lastScanJson,
    offset: state.offset,
  }),
  fromRaw: (raw) => ({
    orgId: orgId(raw.org_id),
    asset: assetFromRaw(raw.asset),
    path: pathFromRaw(raw.path),
    isPresent: raw.is_present,
    locationSinceMs: raw.location_since_ms,
    lastSeenMs: raw.last_seen_ms,
    lastTransitionMs: raw.last_transition_ms,
    candidate: raw.candidate === null ? null : candidateFromRaw(raw.candidate),
    lastScannedEmitMs: raw.last_scanned_emit_ms,
    lastScannedLocationId: raw.last_scanned_location_id,
    readsSinceEmit: raw.reads_since_emit,
    rssiMaxSinceEmitCdbm: raw.rssi_max_since_emit_cdbm,
    sequence: raw.sequence,
    previousEventId: raw.previous_event_id === null ? null : eventId(raw.previous_event_id),
    visitId: raw.visit_id,
    lastScanJson: raw.last_scan_json,
    offset: raw.offset,
  }),
}
