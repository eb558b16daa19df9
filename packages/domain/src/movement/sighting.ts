/**
 * Derives `asset.scanned`: at once on the first read in a location, then at most once per `scanSuppressMs` for each
 * (asset, location), with the reads and the best signal since the last one. At the rate of reads it would be a
 * firehose that no receiver survives.
 */
import type { AssetState, Sighting } from '../asset-state.ts'
import type { LocationId } from '../ids.ts'
import type { Scan } from '../scan.ts'
import { appendEvent, type Derived } from './append-event.ts'
import type { Identify } from './identify.ts'
import { type Reason, renderLocationData, renderScan } from './render-data.ts'
import type { MovementSettings } from './settings.ts'
import { louder } from './signal.ts'

/** Locations whose suppression is remembered per asset: more than were ever heard at once on the walks that we measured (4). */
export const sightingsMax = 8

/**
 * Counts the scan as a sighting at `atMs` (asset time), and emits `asset.scanned` when one is due. `reason` says why
 * it is news; null for one more sighting where the asset already is.
 */
export function sight(
  derived: Derived,
  seen: { readonly scan: Scan; readonly atMs: number; readonly reason: Reason | null },
  rules: { readonly settings: MovementSettings; readonly identify: Identify },
): Derived {
  const { state } = derived
  const locationId = seen.scan.path[0]?.id ?? null
  const index = state.sightings.findIndex((sighting) => sighting.locationId === locationId)
  const before = state.sightings[index]
  const reads = (before?.reads ?? 0) + seen.scan.reads
  const rssiMaxCdbm = louder(before?.rssiMaxCdbm ?? null, seen.scan.rssiCdbm)
  if (before !== undefined && seen.atMs - before.emittedAtMs < rules.settings.scanSuppressMs) {
    const sightings = state.sightings.with(index, { ...before, reads, rssiMaxCdbm })
    return { ...derived, state: { ...state, sightings } }
  }
  const emitted: Sighting = { locationId, emittedAtMs: seen.atMs, reads: 0, rssiMaxCdbm: null }
  const others = state.sightings.filter((sighting) => sighting !== before)
  const sightings = [emitted, ...others].slice(0, sightingsMax)
  const scanJson = renderScan(seen.scan, reads, rssiMaxCdbm)
  const next = { ...state, sightings, lastScanJson: state.candidate === null ? scanJson : state.lastScanJson }
  return appendScanned({ ...derived, state: next }, { ...seen, scanJson, locationId }, rules.identify)
}

interface Emission {
  readonly scan: Scan
  readonly reason: Reason | null
  readonly scanJson: string
  readonly locationId: LocationId | null
}

function appendScanned(derived: Derived, emission: Emission, identify: Identify): Derived {
  const { scan, reason, scanJson, locationId } = emission
  const { state } = derived
  const data = {
    asset: state.asset,
    location: scan.path[0] ?? null,
    transitionId: null,
    visitId: visitIn(state, locationId),
    reason,
    scanJson,
  }
  const fact = {
    type: 'asset.scanned' as const,
    locationId,
    occurredAtMs: scan.receivedAtMs,
    receivedAtMs: scan.receivedAtMs,
    transitionId: null,
    renderData: (link: Parameters<typeof renderLocationData>[1]) => renderLocationData(data, link),
  }
  return appendEvent(derived, fact, identify)
}

/** The running visit to a location, null when the asset is not known to be there. */
function visitIn(state: AssetState, locationId: LocationId | null): string | null {
  const index = state.path.findIndex((location) => location.id === locationId)
  return state.visits[index]?.visitId ?? null
}
