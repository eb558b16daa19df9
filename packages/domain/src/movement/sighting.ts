/**
 * Derives `asset.scanned`: at once on the first read in a location, then at most once per `scanSuppressMs` for each
 * (asset, location), with the reads and the best signal since the last one. At the rate of reads it would be a
 * firehose that no receiver survives. A late scan is reported too, as what it is, and changes nothing else.
 */
import type { AssetState, ScanFacts, Sighting } from '../asset-state.ts'
import type { LocationId } from '../ids.ts'
import type { Scan } from '../scan.ts'
import { appendEvent } from './append-event.ts'
import type { Derived, Deriving } from './derived.ts'
import { factsOf } from './facts.ts'
import { type Reason, renderScannedData } from './render-data.ts'
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
  deriving: Deriving,
): Derived {
  const { state } = derived
  const { scan, atMs, reason } = seen
  const locationId = scan.place.path[0]?.id ?? null
  const index = state.sightings.findIndex((sighting) => sighting.locationId === locationId)
  const before = state.sightings[index]
  const reads = (before?.reads ?? 0) + scan.reads
  const rssiMaxCdbm = louder(before?.rssiMaxCdbm ?? null, scan.rssiCdbm)
  if (before !== undefined && atMs - before.emittedAtMs < scan.place.settings.scanSuppressMs) {
    const sightings = state.sightings.with(index, { ...before, reads, rssiMaxCdbm })
    return { ...derived, state: { ...state, sightings } }
  }
  const emitted: Sighting = { locationId, emittedAtMs: atMs, reads: 0, rssiMaxCdbm: null }
  const others = state.sightings.filter((sighting) => sighting !== before)
  const next = { ...state, sightings: [emitted, ...others].slice(0, sightingsMax) }
  const facts = { ...factsOf(scan), reads, rssiCdbm: rssiMaxCdbm }
  const emission = { facts, reason, visitId: visitIn(next, locationId, deriving), isLate: false }
  return appendScanned({ ...derived, state: next }, { ...emission, occurredAtMs: scan.atMs }, deriving)
}

/** A scan that comes too late to decide anything: reported once per location and `scanSuppressMs` of its own time. */
export function sightLate(derived: Derived, scan: Scan, deriving: Deriving): Derived {
  const { state } = derived
  const locationId = scan.place.path[0]?.id ?? null
  const { late } = state
  const isDue =
    late === null ||
    late.locationId !== locationId ||
    Math.abs(scan.atMs - late.atMs) >= scan.place.settings.scanSuppressMs
  if (!isDue) return derived
  const next = { ...state, late: { locationId, atMs: scan.atMs } }
  const emission = { facts: factsOf(scan), reason: null, visitId: null, isLate: true }
  return appendScanned({ ...derived, state: next }, { ...emission, occurredAtMs: scan.atMs }, deriving)
}

interface Emission {
  readonly facts: ScanFacts
  readonly reason: Reason | null
  readonly visitId: string | null
  readonly isLate: boolean
  readonly occurredAtMs: number
}

function appendScanned(derived: Derived, emission: Emission, deriving: Deriving): Derived {
  const { facts, reason, visitId, isLate, occurredAtMs } = emission
  const { asset } = derived.state
  const location = facts.place.path[0] ?? null
  const data = { asset, location, transitionId: null, visitId, reason, facts, isLate }
  return appendEvent(
    derived,
    {
      type: 'asset.scanned',
      path: facts.place.path,
      occurredAtMs,
      transitionId: null,
      renderData: (link) => renderScannedData(data, link),
    },
    deriving,
  )
}

/** The running visit to a location, null when the asset is not known to be there. */
function visitIn(state: AssetState, locationId: LocationId | null, { identify }: Deriving): string | null {
  const index = state.path.findIndex((location) => location.id === locationId)
  const visit = state.visits[index]
  if (visit === undefined || locationId === null) return null
  return identify.visitId(state.orgId, state.asset.id, locationId, visit.firstSequence)
}
