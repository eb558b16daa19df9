/**
 * Advances one asset by one record of its partition: a scan of it, a tick, a word of its reader, a withdrawal. The
 * result depends on the state, the record and the partition's clock only: no wall clock, no chance, no master data.
 * So a replay derives the same events with the same ids and the same bytes. The decision table with its row numbers is
 * in docs/reference/events.md.
 *
 * Time is the asset's own: the largest time among its scans that were not late. It never goes back. Timers go by the
 * partition's clock, which is never behind it.
 *
 * Invariants
 *   M1. Same input, same events and same ids.
 *   M2. A record below `state.offset` is skipped. So a restart from a state written at any offset, replaying from any
 *       earlier one, derives the events that an uninterrupted run derives after that offset.
 *   M3. Sequences are gapless over all events of an asset, and each event names its predecessor.
 *   M4. Exits come before entries, entries before the move.
 *   M5. An asset is in at most one location (and that one's ancestors).
 *   M6. A timer fires on a tick at or after its time; the asset's own scan may confirm a candidate, too. Silence of a
 *       zone counts only when its reader was heard after it.
 *   M7. A late scan is reported and changes neither where the asset is nor when it was last seen.
 */
import type { AssetState } from '../asset-state.ts'
import type { DomainEvent } from '../event.ts'
import type { ScanDeviceId } from '../ids.ts'
import type { HeardDevice, Scan, Tick, Withdrawal } from '../scan.ts'
import { absenceOf, leaveWhenSilent, leaveWhenWitnessed } from './absence.ts'
import { isImpossible, lastFixOf, weighFix } from './apply-fix.ts'
import { candidateDueAtMs, isAt, leafId, settle, weigh } from './candidate.ts'
import type { Derived, Deriving } from './derived.ts'
import { factsOf } from './facts.ts'
import type { Identify } from './identify.ts'
import type { Reason } from './render-data.ts'
import { sight, sightLate } from './sighting.ts'
import { hear, isFresh } from './slots.ts'
import { arrive } from './transition.ts'
import { withdraw } from './withdraw.ts'

/** One reader of a liveness record, for an asset whose silence waits for its word. */
export interface Heard {
  readonly kind: 'heard'
  readonly device: HeardDevice
}

export interface AssetInput {
  readonly record: Scan | Tick | Heard | Withdrawal
  /**
   * The record's offset on `scans`. One record may come twice for an asset at the same offset: as a tick, because it
   * moved the partition clock past the asset's timer, and then as the scan that it is. A caller that replays decides
   * about the record at exactly `state.offset` as a whole, before its timers; those below are skipped here.
   */
  readonly offset: number
  /** The partition's clock with this record: the largest receive time or tick so far. */
  readonly clockMs: number
}

export interface Advanced {
  /** The same object when nothing changed; null while an asset without state was not heard. */
  readonly state: AssetState | null
  readonly events: readonly DomainEvent[]
  /** A transition, or another candidate: worth writing at once. */
  readonly isUrgent: boolean
}

/** See the invariants. Never throws for a scan; anything else for an asset without state is a mistake of the caller. */
export function advanceAsset(state: AssetState | null, input: AssetInput, identify: Identify): Advanced {
  const { record, offset, clockMs } = input
  if (state !== null && offset < state.offset) return { state, events: [], isUrgent: false }
  const deriving: Deriving = { identify, clockMs }
  if (record.kind === 'scan') return advanceByScan(state, record, offset, deriving)
  if (state === null) throw new Error(`a ${record.kind} can not advance an asset that has no state`)
  return advanced(state, advanceKnown({ state, events: [] }, record, deriving), offset)
}

function advanceKnown(
  unchanged: Derived,
  record: Exclude<AssetInput['record'], Scan>,
  deriving: Deriving,
): Derived {
  switch (record.kind) {
    case 'tick':
      return fireTimers(unchanged, record.atMs, deriving)
    case 'heard':
      return leaveWhenWitnessed(unchanged, record.device, deriving)
    case 'withdrawal':
      return withdraw(unchanged, record, deriving)
  }
}

/** When an asset wants to be looked at again though nothing is heard of it. */
export interface Wake {
  /** The earliest tick that changes something; null for none. */
  readonly dueAtMs: number | null
  /** It has been silent long enough, and only a word of this reader is missing. */
  readonly awaits: ScanDeviceId | null
}

export function wakeOf(state: AssetState, clockMs: number): Wake {
  const candidateMs = candidateDueAtMs(state)
  const absence = absenceOf(state)
  if (absence === null) return { dueAtMs: candidateMs, awaits: null }
  if (absence.witness !== null && absence.dueAtMs <= clockMs)
    return { dueAtMs: candidateMs, awaits: absence.witness }
  return { dueAtMs: Math.min(candidateMs ?? absence.dueAtMs, absence.dueAtMs), awaits: null }
}

/** The candidate first: the silence that follows is counted where it brought the asset to. */
function fireTimers(derived: Derived, atMs: number, deriving: Deriving): Derived {
  return leaveWhenSilent(settle(derived, atMs, deriving), atMs, deriving)
}

function advanceByScan(state: AssetState | null, scan: Scan, offset: number, deriving: Deriving): Advanced {
  if (isUnheard(state, scan)) return { state, events: [], isUrgent: false }
  if (state !== null && isLate(state, scan))
    return advanced(state, sightLate({ state, events: [] }, scan, deriving), offset)
  const before = state ?? newState(scan, offset)
  const nowMs = Math.max(scan.atMs, before.lastSeenMs)
  const isNewest = scan.atMs >= before.lastSeenMs
  const lastScan = isNewest ? factsOf(scan) : before.lastScan
  const seen = { ...before, asset: scan.asset, lastSeenMs: nowMs, lastScan }
  const reason = reasonOfSighting(before, scan)
  const sighted = sight({ state: seen, events: [] }, { scan, atMs: nowMs, reason }, deriving)
  return advanced(state, decide(sighted, scan, nowMs, deriving), offset)
}

/** Row 3, and a fix that nobody can have reached. */
function isUnheard(state: AssetState | null, { place, rssiCdbm, fix, atMs }: Scan): boolean {
  const { rssiFloorCdbm } = place.settings
  if (rssiFloorCdbm !== null && rssiCdbm !== null && rssiCdbm < rssiFloorCdbm) return true
  return state !== null && fix !== null && isImpossible(state, fix, atMs)
}

/**
 * Row 4. What is older than the last transition can not undo it; and a passive read that is older than all that still
 * counts of the present (`slotFreshMs`) says where the asset was, not where it is. A manual one asserts until then.
 */
function isLate(state: AssetState, { place, atMs }: Scan): boolean {
  const { reorderMs, slotFreshMs } = place.settings
  const { kind } = place.point
  const isPassive = kind === 'zone' || kind === 'gps'
  if (isPassive && atMs < state.lastSeenMs - slotFreshMs - reorderMs) return true
  return state.lastTransitionMs !== null && atMs < state.lastTransitionMs - reorderMs
}

function newState(scan: Scan, offset: number): AssetState {
  return {
    orgId: scan.orgId,
    asset: scan.asset,
    path: [],
    here: null,
    visits: [],
    isPresent: false,
    lastSeenMs: scan.atMs,
    lastTransitionMs: null,
    heldUntilMs: null,
    candidate: null,
    slots: [],
    sightings: [],
    late: null,
    lastFix: null,
    lastScan: factsOf(scan),
    sequence: 0,
    previousEventId: null,
    offset,
  }
}

function advanced(before: AssetState | null, { state, events }: Derived, offset: number): Advanced {
  if (state === before) return { state, events, isUrgent: false }
  const isTransition = before === null ? state.isPresent : state.visits !== before.visits
  const isOtherCandidate =
    (state.candidate === null) !== ((before?.candidate ?? null) === null) ||
    leafId(state.candidate?.facts.place.path) !== leafId(before?.candidate?.facts.place.path)
  return { state: { ...state, offset }, events, isUrgent: isTransition || isOtherCandidate }
}

/** Rows 2 and 5 to 12, by the kind of scan point. */
function decide(sighted: Derived, scan: Scan, nowMs: number, deriving: Deriving): Derived {
  const { state } = sighted
  const { kind } = scan.place.point
  if (scan.fix !== null) {
    const located = { ...state, lastFix: lastFixOf(scan.fix, nowMs) }
    const candidate = isHeld(state, nowMs) ? null : weighFix(state, scan, scan.fix, nowMs)
    return settleAt(sighted, { ...located, candidate }, scan, nowMs, deriving)
  }
  if (scan.place.path.length === 0) return sighted
  if (kind === 'manual') return assertPlace(sighted, scan, nowMs, deriving)
  const heard = { ...state, slots: hear(state.slots, scan, nowMs) }
  if (kind === 'portal' && !isPassing(state, scan, nowMs))
    return assertPlace({ ...sighted, state: heard }, scan, nowMs, deriving)
  const candidate = isHeld(state, nowMs) && kind !== 'portal' ? null : weigh(heard, scan, nowMs)
  return settleAt(sighted, { ...heard, candidate }, scan, nowMs, deriving)
}

function settleAt(
  { events }: Derived,
  state: AssetState,
  scan: Scan,
  nowMs: number,
  deriving: Deriving,
): Derived {
  return settle({ state: heardHere(state, scan), events }, nowMs, deriving)
}

/** Whose silence counts from now on. */
function heardHere(state: AssetState, { place }: Scan): AssetState {
  return isAt(state, place.path) && place.path.length > 0 && place !== state.here
    ? { ...state, here: place }
    : state
}

function isHeld({ heldUntilMs }: AssetState, nowMs: number): boolean {
  return heldUntilMs !== null && nowMs < heldUntilMs
}

/**
 * The antennas of one portal hear a passing asset by turns. The first of them moves it at once; while the portal goes on
 * hearing it, it weighs its antennas against each other as a zone does. So it ends on the side where it is heard last
 * and best, a door is one or two moves and not one for each read, and a pallet left standing in a door stays put.
 */
function isPassing({ here, slots, isPresent }: AssetState, { place }: Scan, nowMs: number): boolean {
  const deviceId = place.device.id
  if (!isPresent || here?.point.kind !== 'portal' || here.device.id !== deviceId) return false
  return slots.some((slot) => slot.place.device.id === deviceId && isFresh(slot, nowMs))
}

/** Row 12: an operator or a door says where it is; nobody needs to confirm, and passive reads wait. */
function assertPlace(derived: Derived, scan: Scan, nowMs: number, deriving: Deriving): Derived {
  const { place } = scan
  const heldUntilMs = nowMs + place.settings.manualHoldMs
  const asserted: AssetState = { ...derived.state, candidate: null, heldUntilMs }
  if (isAt(asserted, place.path)) return { ...derived, state: heardHere(asserted, scan) }
  const reason = place.point.kind === 'portal' ? ('portal' as const) : ('manual' as const)
  const change = { occurredAtMs: nowMs, reason, facts: factsOf(scan) }
  return arrive({ ...derived, state: asserted }, change, deriving)
}

/** Null for one more sighting where the asset is, and for a place that nobody knows. */
function reasonOfSighting(state: AssetState, { place }: Scan): Reason | null {
  const { kind } = place.point
  if (kind === 'manual' || kind === 'portal') return kind
  if (state.sequence === 0) return 'first_seen'
  const isElsewhere = place.path.length > 0 && state.path.length > 0 && !isAt(state, place.path)
  if (!isElsewhere) return null
  return leafId(state.path) === leafId(place.path) ? 'returned' : 'seen_elsewhere'
}
