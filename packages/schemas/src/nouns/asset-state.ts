/** AssetState: the tracker's state of record. */
import type { AssetState, Candidate, Sighting, Visit } from '@scanhook/domain/asset-state'
import { eventId, locationId, orgId } from '@scanhook/domain/ids'
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

interface RawVisit {
  readonly visit_id: string
  readonly since_ms: number
}

interface RawSighting {
  readonly location_id: number | null
  readonly emitted_at_ms: number
  readonly reads: number
  readonly rssi_max_cdbm: number | null
}

export interface RawAssetState {
  readonly org_id: number
  readonly asset: RawAssetRef
  readonly path: readonly RawLocationRef[]
  readonly is_present: boolean
  readonly visits: readonly RawVisit[]
  readonly last_seen_ms: number
  readonly last_transition_ms: number | null
  readonly candidate: RawCandidate | null
  readonly sightings: readonly RawSighting[]
  readonly sequence: number
  readonly previous_event_id: string | null
  readonly last_scan_json: string
  readonly offset: number
}

function visitToRaw(visit: Visit): RawVisit {
  return { visit_id: visit.visitId, since_ms: visit.sinceMs }
}

function visitFromRaw(raw: RawVisit): Visit {
  return { visitId: raw.visit_id, sinceMs: raw.since_ms }
}

function sightingToRaw(sighting: Sighting): RawSighting {
  return {
    location_id: sighting.locationId,
    emitted_at_ms: sighting.emittedAtMs,
    reads: sighting.reads,
    rssi_max_cdbm: sighting.rssiMaxCdbm,
  }
}

function sightingFromRaw(raw: RawSighting): Sighting {
  return {
    locationId: raw.location_id === null ? null : locationId(raw.location_id),
    emittedAtMs: raw.emitted_at_ms,
    reads: raw.reads,
    rssiMaxCdbm: raw.rssi_max_cdbm,
  }
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
    visits: state.visits.map(visitToRaw),
    last_seen_ms: state.lastSeenMs,
    last_transition_ms: state.lastTransitionMs,
    candidate: state.candidate === null ? null : candidateToRaw(state.candidate),
    sightings: state.sightings.map(sightingToRaw),
    sequence: state.sequence,
    previous_event_id: state.previousEventId,
    last_scan_json: state.lastScanJson,
    offset: state.offset,
  }),
  fromRaw: (raw) => ({
    orgId: orgId(raw.org_id),
    asset: assetFromRaw(raw.asset),
    path: pathFromRaw(raw.path),
    isPresent: raw.is_present,
    visits: raw.visits.map(visitFromRaw),
    lastSeenMs: raw.last_seen_ms,
    lastTransitionMs: raw.last_transition_ms,
    candidate: raw.candidate === null ? null : candidateFromRaw(raw.candidate),
    sightings: raw.sightings.map(sightingFromRaw),
    sequence: raw.sequence,
    previousEventId: raw.previous_event_id === null ? null : eventId(raw.previous_event_id),
    lastScanJson: raw.last_scan_json,
    offset: raw.offset,
  }),
}
