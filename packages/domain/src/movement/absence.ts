/**
 * What an asset's silence means, and when. At a portal or under a handheld it means nothing. In a zone it means that
 * the asset has left, but only while the reader that heard it last is heard itself: an outage must not send ten thousand
 * assets away. From a GPS tracker it means that the position is stale.
 *
 * Invariants
 *   A1. No exit by silence without a word of the reader from after the timeout: its own silence holds the exit.
 *   A2. A reader that comes back has one more whole timeout before its assets count as gone.
 */
import type { AssetState } from '../asset-state.ts'
import type { ScanDeviceId } from '../ids.ts'
import type { HeardDevice } from '../scan.ts'
import type { Derived, Deriving } from './derived.ts'
import { leave } from './transition.ts'

export interface Absence {
  /** When the silence has lasted long enough. */
  readonly dueAtMs: number
  /** The reader that must be heard before it counts; null where nobody is asked. */
  readonly witness: ScanDeviceId | null
}

/** Row 13. Null while silence means nothing. */
export function absenceOf(state: AssetState): Absence | null {
  const { here } = state
  if (!state.isPresent || here === null) return null
  const { exitTimeoutMs, deviceOfflineMs } = here.settings
  if (exitTimeoutMs === null) return null
  // A tracker is its own reader: nobody else could tell its silence from the asset's.
  const isAsked = here.point.kind !== 'gps' && deviceOfflineMs !== null
  return { dueAtMs: state.lastSeenMs + exitTimeoutMs, witness: isAsked ? here.device.id : null }
}

/** Row 13: the exit, when it is due by `atMs` and nobody needs to be asked. */
export function leaveWhenSilent(derived: Derived, atMs: number, deriving: Deriving): Derived {
  const absence = absenceOf(derived.state)
  if (absence === null || absence.witness !== null || absence.dueAtMs > atMs) return derived
  return leaveBySilence(derived, deriving)
}

/** Rows 13 and 14: the exit, when the reader has been heard through all of the silence and beyond it (A1, A2). */
export function leaveWhenWitnessed(derived: Derived, heard: HeardDevice, deriving: Deriving): Derived {
  const { state } = derived
  const absence = absenceOf(state)
  if (absence === null || absence.witness !== heard.deviceId) return derived
  const timeoutMs = absence.dueAtMs - state.lastSeenMs
  const countsFromMs = Math.max(state.lastSeenMs, heard.aliveSinceMs)
  const untilMs = Math.min(heard.lastHeardMs, deriving.clockMs)
  return countsFromMs + timeoutMs <= untilMs ? leaveBySilence(derived, deriving) : derived
}

function leaveBySilence(derived: Derived, deriving: Deriving): Derived {
  const { lastSeenMs, lastScan } = derived.state
  return leave(derived, { occurredAtMs: lastSeenMs, reason: 'absence', facts: lastScan }, deriving)
}
