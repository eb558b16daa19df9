/**
 * Decides what an endpoint event, or a long time without a success, makes of an endpoint: failing, recovered, disabled.
 * Knows no clock, no database and no mail; who enables an endpoint again is a person (packages/postgres/endpoints).
 *
 * Invariants
 *   L1. An event that comes again, changes nothing.
 *   L2. Whatever the order in which the same events come, the endpoint ends in the same state, and no notice of one
 *       kind and episode is given twice.
 *   L3. What happened up to a person's enabling changes nothing any more.
 *   L4. A success ends an episode unless a later failure was told of; of two at the same instant the success counts.
 *   L5. 410 disables at once, whatever else was told; a disabled endpoint stays so until a person enables it.
 *   L6. Without a success for the profile's time it is disabled by a failed attempt after that time, never by silence.
 *   L7. Deliveries of operational events lead to no operational event, but that of the end of an episode whose
 *       beginning was told: so nothing goes round in a circle.
 */
import type { EndpointEvent } from '../endpoint-event.ts'
import { isOperational } from '../event.ts'
import type { EndpointLife, LifeChange } from './endpoint-life.ts'

/** Null: the event is old news, or none that changes a life. */
export function decideLife(life: EndpointLife, event: EndpointEvent): LifeChange | null {
  if (life.state === 'disabled' || event.atMs <= (life.enabledAtMs ?? Number.NEGATIVE_INFINITY)) return null // L3, L5
  switch (event.kind) {
    case 'failing':
      return fail(life, event)
    case 'recovered':
      return recover(life, event.atMs)
    case 'disabled':
      return disable(life, 'gone', {
        atMs: event.atMs,
        isTold: isTellable(event) || (life.failingSinceMs !== null && life.isEpisodeTold),
      })
    case 'breaker_opened':
    case 'breaker_closed':
    case 'delivery_dead':
      return null
  }
}

function fail(life: EndpointLife, event: EndpointEvent): LifeChange | null {
  const { atMs } = event
  if (life.failingSinceMs !== null) {
    if (atMs <= (life.failingAtMs ?? atMs)) return null // L1
    return { life: { ...life, failingAtMs: atMs }, notice: null }
  }
  const goodAtMs = Math.max(life.recoveredAtMs ?? 0, life.enabledAtMs ?? 0)
  if (atMs <= goodAtMs) return null
  // Another delivery may have arrived after this one's first attempt. Always later than the last success also means
  // that no two episodes share their beginning, which is their name.
  const failingSinceMs = Math.max(Math.min(event.sinceMs ?? atMs, atMs), goodAtMs + 1)
  const isTold = isTellable(event)
  return {
    life: { ...life, failingSinceMs, failingAtMs: atMs, isEpisodeTold: isTold },
    notice: { kind: 'failing', episodeMs: failingSinceMs, isTold },
  }
}

function recover(life: EndpointLife, atMs: number): LifeChange | null {
  const { failingSinceMs, failingAtMs, recoveredAtMs, isEpisodeTold } = life
  if (atMs <= (recoveredAtMs ?? 0)) return null // L1
  const remembered = { ...life, recoveredAtMs: atMs }
  if (failingSinceMs === null || atMs < (failingAtMs ?? 0)) return { life: remembered, notice: null } // L4
  return {
    life: { ...remembered, failingSinceMs: null, failingAtMs: null, isEpisodeTold: false },
    notice: { kind: 'recovered', episodeMs: failingSinceMs, isTold: isEpisodeTold },
  }
}

function disable(
  life: EndpointLife,
  disabledReason: 'gone' | 'no_success',
  { atMs, isTold }: { readonly atMs: number; readonly isTold: boolean },
): LifeChange {
  return {
    life: { ...life, state: 'disabled', disabledAtMs: atMs, disabledReason },
    notice: { kind: 'disabled', episodeMs: atMs, isTold },
  }
}

function isTellable({ event }: EndpointEvent): boolean {
  return event === null || !isOperational(event.type)
}

/** What the delivery log says about a failing endpoint. */
export interface Evidence {
  /** Whether an attempt failed at or after `silentFromMs`. */
  readonly hasFailedSince: boolean
  /** The newest success after `failingSinceMs`; null when there was none. */
  readonly lastSuccessAtMs: number | null
}

/** From when on a failed attempt disables it; null while it is not failing, or paused. `disabledAfterMs` is scaled. */
export function silentFromMs(life: EndpointLife, disabledAfterMs: number): number | null {
  if (life.state !== 'active' || life.failingSinceMs === null) return null
  return life.failingSinceMs + disabledAfterMs
}

/** Null: nothing to do yet. `evidence` is that of `silentFromMs`. */
export function decideSilence(
  life: EndpointLife,
  evidence: Evidence,
  { nowMs, disabledAfterMs }: { readonly nowMs: number; readonly disabledAfterMs: number },
): LifeChange | null {
  const fromMs = silentFromMs(life, disabledAfterMs)
  if (fromMs === null || nowMs < fromMs) return null
  const { lastSuccessAtMs } = evidence
  if (lastSuccessAtMs !== null && lastSuccessAtMs > (life.failingSinceMs ?? 0)) {
    // The log knows better than what was announced: the announcement of a success was lost, or another delivery had
    // one while this one's attempts failed. The time without one begins there.
    if (lastSuccessAtMs >= (life.failingAtMs ?? 0)) return recover(life, lastSuccessAtMs)
    return { life: { ...life, failingSinceMs: lastSuccessAtMs }, notice: null }
  }
  return evidence.hasFailedSince
    ? disable(life, 'no_success', { atMs: nowMs, isTold: life.isEpisodeTold })
    : null
}
