/**
 * Advances one asset by one record of its partition: a scan of it, or a tick at which its timer is due. The result
 * depends on the state, the record and the settings only: no wall clock, no chance, no master data. So a replay
 * derives the same events with the same ids and the same bytes.
 *
 * The rule, for now: a location becomes the asset's when it has been the candidate, uncontradicted, for `confirmMs`
 * and `confirmReads`. A read where the asset is contradicts it, unless that read is weaker than the candidate's best
 * by the margin; a read in a third place takes its place, unless it is known to be no louder. On a first sighting the
 * strongest location of the first `confirmMs` wins. A manual or portal read needs no confirmation. Smoothing, absence
 * and manual holds are to come: they change when a candidate wins and when an asset leaves, not the state's contract
 * nor the events' form.
 *
 * Time is the asset's own: the largest receive time among its scans, and the partition clock of ticks. It never goes
 * back, so a scan that is overtaken by another counts at the time of the other.
 *
 * Invariants
 *   M1. Same input, same events and same ids.
 *   M2. A scan below `state.offset` is skipped. So a restart from a state written at any offset, replaying from any
 *       earlier one, derives the events that an uninterrupted run derives after that offset.
 *   M3. Sequences are gapless over all events of an asset, and each event names its predecessor.
 *   M4. Exits come before entries, entries before the move.
 *   M5. An asset is in at most one location (and that one's ancestors).
 *   M6. A timer fires on a tick at or after `dueAtMs`, or on the asset's own next scan if that comes later and no tick
 *       came; nothing else fires it.
 */
import type { LocationRef } from '../asset.ts'
import type { AssetState, Candidate } from '../asset-state.ts'
import type { DomainEvent } from '../event.ts'
import type { Scan, ScanRecord } from '../scan.ts'
import type { Derived } from './append-event.ts'
import type { Identify } from './identify.ts'
import { type Reason, renderScan } from './render-data.ts'
import type { MovementSettings } from './settings.ts'
import { sight } from './sighting.ts'
import { isLouder, louder } from './signal.ts'
import { arrive } from './transition.ts'

export interface AssetInput {
  /** A scan of this asset, or a tick that carries the partition clock. */
  readonly record: ScanRecord
  /**
   * The record's offset on `scans`. One record may come twice for an asset at the same offset: as a tick, because it
   * moved the partition clock past the asset's timer, and then as the scan that it is. A caller that replays decides
   * about the record at exactly `state.offset` as a whole, before its timers; those below are skipped here.
   */
  readonly offset: number
}

export interface Advanced {
  /** The same object when nothing changed. */
  readonly state: AssetState
  readonly events: readonly DomainEvent[]
  /** A transition, or another candidate: worth writing at once. */
  readonly isUrgent: boolean
}

interface Rules {
  readonly settings: MovementSettings
  readonly identify: Identify
}

/** See the invariants. Never throws for a scan; a tick for an asset without state is a mistake of the caller. */
export function advanceAsset(
  state: AssetState | null,
  input: AssetInput,
  settings: MovementSettings,
  identify: Identify,
): Advanced {
  const { record, offset } = input
  const rules: Rules = { settings, identify }
  if (record.kind === 'tick') {
    if (state === null) throw new Error('a tick can not advance an asset that has no state')
    return advanced(state, settle({ state, events: [] }, record.atMs, rules), offset)
  }
  if (state !== null && isSkipped(state, record, offset, settings))
    return { state, events: [], isUrgent: false }
  const before = state ?? newState(record, offset)
  const atMs = Math.max(record.receivedAtMs, before.lastSeenMs)
  const seen: Derived = { state: { ...before, asset: record.asset, lastSeenMs: atMs }, events: [] }
  const settled = settle(seen, atMs, rules)
  const applied = applyScan(settled, record, atMs, rules)
  return advanced(state, settle(applied, atMs, rules), offset)
}

/** When a tick would change this state; null while only a scan can. */
export function dueAtMs(state: AssetState, settings: MovementSettings): number | null {
  const { candidate } = state
  if (candidate === null) return null
  const isEnough = isFirstSighting(state) || candidate.reads >= settings.confirmReads
  return isEnough ? candidate.sinceMs + settings.confirmMs : null
}

/** M2, and the scans that come too late to decide anything. */
function isSkipped(state: AssetState, scan: Scan, offset: number, settings: MovementSettings): boolean {
  if (offset < state.offset) return true
  return state.lastTransitionMs !== null && scan.receivedAtMs < state.lastTransitionMs - settings.reorderMs
}

function newState(scan: Scan, offset: number): AssetState {
  return {
    orgId: scan.orgId,
    asset: scan.asset,
    path: [],
    visits: [],
    isPresent: false,
    lastSeenMs: scan.receivedAtMs,
    lastTransitionMs: null,
    candidate: null,
    sightings: [],
    sequence: 0,
    previousEventId: null,
    lastScanJson: '',
    offset,
  }
}

function advanced(before: AssetState | null, { state, events }: Derived, offset: number): Advanced {
  if (state === before) return { state, events, isUrgent: false }
  const isTransition = before === null ? state.isPresent : state.visits !== before.visits
  const isOtherCandidate = leafId(state.candidate?.path) !== leafId(before?.candidate?.path)
  return { state: { ...state, offset }, events, isUrgent: isTransition || isOtherCandidate }
}

function leafId(path: readonly LocationRef[] | undefined): number | null {
  return path?.[0]?.id ?? null
}

function isFirstSighting(state: AssetState): boolean {
  return state.path.length === 0
}

/** Lets the candidate win when its time has come. */
function settle(derived: Derived, atMs: number, rules: Rules): Derived {
  const { state } = derived
  const due = dueAtMs(state, rules.settings)
  if (due === null || due > atMs || state.candidate === null) return derived
  const { path, sinceMs, lastSeenMs } = state.candidate
  const arrival = {
    path,
    occurredAtMs: sinceMs,
    receivedAtMs: lastSeenMs,
    reason: reasonOfArrival(state, path),
    scanJson: state.lastScanJson,
  }
  return arrive(derived, arrival, rules)
}

function applyScan(derived: Derived, scan: Scan, atMs: number, rules: Rules): Derived {
  const sighted = sight(derived, { scan, atMs, reason: reasonOfSighting(derived.state, scan) }, rules)
  const { state } = sighted
  if (scan.path.length === 0) return sighted
  if (state.isPresent && leafId(state.path) === leafId(scan.path))
    return contradict(sighted, scan, rules.settings)
  const { kind } = scan.point
  if (kind === 'manual' || kind === 'portal') {
    const { path, receivedAtMs } = scan
    const scanJson = renderScan(scan, scan.reads, scan.rssiCdbm)
    return arrive(sighted, { path, occurredAtMs: atMs, receivedAtMs, reason: kind, scanJson }, rules)
  }
  const candidate = nextCandidate(state, scan, atMs)
  if (candidate === state.candidate) return sighted
  const lastScanJson = renderScan(scan, candidate.reads, candidate.rssiMaxCdbm)
  return { ...sighted, state: { ...state, candidate, lastScanJson } }
}

/** A read where the asset is contradicts a candidate, unless it is plainly weaker: overlapping readers hear on. */
function contradict(derived: Derived, scan: Scan, settings: MovementSettings): Derived {
  const { candidate } = derived.state
  if (candidate === null) return derived
  const { rssiCdbm } = scan
  const isSignalKnown = rssiCdbm !== null && candidate.rssiMaxCdbm !== null
  if (isSignalKnown && rssiCdbm + settings.switchMarginCdbm <= candidate.rssiMaxCdbm) return derived
  return { ...derived, state: { ...derived.state, candidate: null } }
}

/** The candidate after a read in a location that is not the asset's. */
function nextCandidate(state: AssetState, scan: Scan, atMs: number): Candidate {
  const { candidate } = state
  const { path, reads, rssiCdbm, receivedAtMs } = scan
  const fresh: Candidate = { path, sinceMs: atMs, lastSeenMs: receivedAtMs, reads, rssiMaxCdbm: rssiCdbm }
  if (candidate === null) return fresh
  if (leafId(candidate.path) === leafId(path)) {
    const rssiMaxCdbm = louder(candidate.rssiMaxCdbm, rssiCdbm)
    return { ...candidate, lastSeenMs: receivedAtMs, reads: candidate.reads + reads, rssiMaxCdbm }
  }
  if (isLouder(rssiCdbm, candidate.rssiMaxCdbm)) {
    // Whoever answers first is often not the nearest, so until the first sighting is settled the strongest stands. Its
    // time goes on from the first read anywhere, or overlapping readers would put the decision off for ever.
    return isFirstSighting(state) ? { ...fresh, sinceMs: candidate.sinceMs } : fresh
  }
  const isSignalKnown = rssiCdbm !== null && candidate.rssiMaxCdbm !== null
  return isFirstSighting(state) || isSignalKnown ? candidate : fresh
}

function reasonOfArrival(state: AssetState, path: readonly LocationRef[]): Reason {
  if (isFirstSighting(state)) return 'first_seen'
  return leafId(state.path) === leafId(path) ? 'returned' : 'seen_elsewhere'
}

/** Null for one more sighting where the asset is, and for a place that nobody knows. */
function reasonOfSighting(state: AssetState, scan: Scan): Reason | null {
  const { kind } = scan.point
  if (kind === 'manual' || kind === 'portal') return kind
  if (state.sequence === 0) return 'first_seen'
  const isElsewhere =
    scan.path.length > 0 && !isFirstSighting(state) && leafId(state.path) !== leafId(scan.path)
  return isElsewhere ? 'seen_elsewhere' : null
}
