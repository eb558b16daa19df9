/**
 * The breakers of all endpoints of one process. Owns which endpoint is closed, open or half-open, when the next probe may
 * go, and whose outcome counts. Refuses to know what an outcome means (`domain/breaking/breaker-verdict`), how long an
 * opening lasts (`domain/breaking/reopen-delay`) and where the state is shared.
 *
 *   closed     opossum counts a minute of outcomes; more than half of at least ten failed → open
 *   open       nothing but an instant. No opossum, no timer: an open breaker costs 200 bytes, and no eviction forgets it
 *   half-open  that instant has passed: noticed when somebody asks. One probe; its success closes, its failure opens again
 *
 * An epoch is a number that rises with every change of state of any endpoint, here or where the state was restored from
 * (Lamport's clock). A call carries the epoch in which it began.
 *
 * Invariants
 *   B1. Until its instant an open breaker is open, whatever ends meanwhile; from then on it is half-open.
 *   B2. A closed one opens when more than half of the outcomes of its window failed, of at least ten; and not else.
 *   B3. An outcome of a call that began before the last change of state changes nothing, nor one that comes later than a
 *       call can last.
 *   B4. Half-open lets one probe go at a time. One that says nothing, or nothing in time, gives its place back.
 *   B5. Waits double from opening to opening. They begin anew only after a success a whole window after it closed.
 *   B6. What is open stays open when breakers are evicted, and `restore` overwrites nothing that happened here.
 *   B7. Every change of state is told exactly once, with rising epochs.
 *   B8. No clock, ours or another process', keeps a breaker open for longer than the longest opening.
 */

import type { BreakerVerdict } from '@scanhook/domain/breaking/breaker-verdict'
import { longestReopenMs, reopenDelayMs } from '@scanhook/domain/breaking/reopen-delay'
import type { BreakerSnapshot } from '@scanhook/domain/endpoint-shared'
import type { EndpointId } from '@scanhook/domain/ids'
import { scaledMs } from '@scanhook/domain/retry/tiers'
import { BucketRotation } from './bucket-rotation.ts'
import {
  countOutcome,
  type OpossumBreaker,
  opossumBreaker,
  windowBuckets,
  windowMs,
} from './opossum-breaker.ts'

/** `forgotten`: too many were open at once, and this one was open the longest. It counts as closed; nobody recovered. */
export type BreakerTransition = 'opened' | 'half_opened' | 'closed' | 'forgotten'

export type BreakerJudgement =
  | { readonly kind: 'closed' }
  | { readonly kind: 'half_open'; readonly isProbing: boolean }
  | { readonly kind: 'open'; readonly untilMs: number }

/** One request, from `begin` to `end`. */
export interface BreakerCall {
  readonly endpointId: EndpointId
  readonly epoch: number
  readonly isProbe: boolean
}

export interface CircuitBreakersOptions {
  /** Closed breakers that are kept, each about 6 kB. Beyond it the one unused for longest begins a new window. */
  readonly max: number
  /** The longest that a request may last. What has not ended a second later is given up, a probe's place with it. */
  readonly deadlineMs: number
  /** Divides the waits of open breakers (`domain/retry/tiers`); the window is one of real requests and is not divided. */
  readonly scale: number
  /** Epoch ms. */
  readonly nowMs: () => number
  /** In [0, 1). */
  readonly random: () => number
  /** Called within `judge`, `begin` and `end`, after the change. Null: closed. Must not throw. */
  readonly changed: (
    endpointId: EndpointId,
    snapshot: BreakerSnapshot | null,
    transition: BreakerTransition,
  ) => void
}

export interface CircuitBreakers {
  /** Cheap: one look-up; makes nothing for an endpoint that has no breaker. */
  judge(endpointId: EndpointId): BreakerJudgement
  /** Before the request. In half-open the first one is the probe; refuses nothing, `judge` does. */
  begin(endpointId: EndpointId): BreakerCall
  /** Once per call; again changes nothing. `none`: says nothing of the endpoint (given up, our own fault, a test). */
  end(call: BreakerCall, verdict: BreakerVerdict): void
  /** What another process knew. Ignored where something newer happened here: it opened, or something succeeded. */
  restore(endpointId: EndpointId, snapshot: BreakerSnapshot): void
  /** Revoked, deleted, or another URL now. Calls under way no longer count. Not told through `changed`. */
  forget(endpointId: EndpointId): void
  /** Open ones that are due count as half-open. */
  counts(): { readonly open: number; readonly halfOpen: number; readonly known: number }
  stop(): void
}

interface Closed {
  readonly opossum: OpossumBreaker
  /** Calls that began before do not count (B3). */
  readonly epoch: number
  /** Since when; 0 where it never was open. */
  readonly closedAtMs: number
  /** In a row, before it closed. */
  openings: number
  hasSucceeded: boolean
  lastUsedAtMs: number
}

interface Tripped {
  state: 'open' | 'half_open'
  epoch: number
  untilMs: number
  readonly openings: number
  probe: LiveCall | null
}

interface LiveCall extends BreakerCall {
  readonly beganAtMs: number
  isEnded: boolean
}

/** For an endpoint of which the rest was dropped: calls that began before do not count. */
interface Floor {
  readonly epoch: number
  readonly atMs: number
}

/** As many endpoints as one dispatcher is made to know; 20 MB when all of them are down. */
const trippedMax = 100_000
/** The deadline settles every request; a call that has not ended a second later never will. */
const callGraceMs = 1_000
const bucketMs = windowMs / windowBuckets

const closedJudgement: BreakerJudgement = { kind: 'closed' }
const probingJudgement: BreakerJudgement = { kind: 'half_open', isProbing: true }
const probeMayGoJudgement: BreakerJudgement = { kind: 'half_open', isProbing: false }

export function openCircuitBreakers(options: CircuitBreakersOptions): CircuitBreakers {
  const { nowMs, changed } = options
  const rotation = new BucketRotation()
  const longestMs = scaledMs(longestReopenMs, options.scale)
  const callMaxMs = options.deadlineMs + callGraceMs
  /** The one unused for longest first. */
  const closed = new Map<EndpointId, Closed>()
  /** The one that opened first first. */
  const tripped = new Map<EndpointId, Tripped>()
  /** Oldest first; each is kept for as long as a call can last. */
  const floors = new Map<EndpointId, Floor>()
  let epoch = 0
  let rotateAtMs = nowMs() + bucketMs

  function tell(endpointId: EndpointId, { state, untilMs, openings, epoch }: Tripped): void {
    changed(endpointId, { state, untilMs, openings, epoch }, state === 'open' ? 'opened' : 'half_opened')
  }

  function dropClosed(endpointId: EndpointId): void {
    closed.get(endpointId)?.opossum.shutdown()
    closed.delete(endpointId)
  }

  function trip(endpointId: EndpointId, openings: number): void {
    const waitMs = reopenDelayMs({ openings, random: options.random() })
    epoch += 1
    const entry: Tripped = {
      state: 'open',
      epoch,
      untilMs: nowMs() + scaledMs(waitMs, options.scale),
      openings,
      probe: null,
    }
    addTripped(endpointId, entry)
    tell(endpointId, entry)
  }

  function addTripped(endpointId: EndpointId, entry: Tripped): void {
    tripped.delete(endpointId)
    tripped.set(endpointId, entry)
    if (tripped.size <= trippedMax) return
    const [oldest] = tripped.keys()
    if (oldest === undefined) return
    tripped.delete(oldest)
    changed(oldest, null, 'forgotten')
  }

  /** The state as of now: half-open is noticed here (B1). */
  function look(endpointId: EndpointId): Tripped | undefined {
    const entry = tripped.get(endpointId)
    if (entry?.state !== 'open') return entry
    const leftMs = entry.untilMs - nowMs()
    if (leftMs > longestMs) entry.untilMs = nowMs() + longestMs // B8: the clock went back
    if (leftMs > 0) return entry
    entry.state = 'half_open'
    epoch += 1
    entry.epoch = epoch
    tell(endpointId, entry)
    return entry
  }

  /** B3, B4. The distance both ways: a call must not last until a clock that went back is where it was. */
  const isAlive = (call: LiveCall): boolean => Math.abs(nowMs() - call.beganAtMs) < callMaxMs
  const isProbing = ({ probe }: Tripped): boolean => probe !== null && isAlive(probe)

  function endProbe(endpointId: EndpointId, entry: Tripped, isSuccess: boolean): void {
    const opossum = opossumBreaker(rotation, 'half_open')
    if (countOutcome(opossum, isSuccess)) {
      opossum.shutdown()
      trip(endpointId, entry.openings + 1)
      return
    }
    tripped.delete(endpointId)
    epoch += 1
    const atMs = nowMs()
    const { openings } = entry
    keepClosed(endpointId, {
      opossum,
      epoch,
      closedAtMs: atMs,
      openings,
      hasSucceeded: true,
      lastUsedAtMs: atMs,
    })
    changed(endpointId, null, 'closed')
  }

  /** As the one used last. */
  function keepClosed(endpointId: EndpointId, entry: Closed): void {
    closed.delete(endpointId)
    closed.set(endpointId, entry)
    if (closed.size <= options.max) return
    const [oldest] = closed
    if (oldest === undefined) return
    dropClosed(oldest[0])
    keepFloor(oldest[0], oldest[1].epoch)
  }

  function keepFloor(endpointId: EndpointId, floor: number): void {
    const atMs = nowMs()
    for (const [other, { atMs: keptAtMs }] of floors) {
      if (Math.abs(atMs - keptAtMs) < callMaxMs) break
      floors.delete(other)
    }
    floors.delete(endpointId)
    floors.set(endpointId, { epoch: floor, atMs })
  }

  function count(call: BreakerCall, isSuccess: boolean): void {
    const { endpointId } = call
    const known = closed.get(endpointId)
    const floor = known?.epoch ?? floors.get(endpointId)?.epoch ?? 0
    if (call.epoch < floor) return // B3
    const atMs = nowMs()
    const entry = known ?? {
      opossum: opossumBreaker(rotation, 'closed'),
      epoch: floor,
      closedAtMs: 0,
      openings: 0,
      hasSucceeded: false,
      lastUsedAtMs: atMs,
    }
    entry.lastUsedAtMs = atMs
    keepClosed(endpointId, entry)
    if (countOutcome(entry.opossum, isSuccess)) {
      dropClosed(endpointId)
      trip(endpointId, entry.openings + 1)
      return
    }
    if (!isSuccess) return
    entry.hasSucceeded = true
    if (atMs - entry.closedAtMs >= windowMs) entry.openings = 0 // B5
  }

  /** Moves the windows on to now. By the clock and not by a timer: a process without calls does nothing. */
  function turn(): void {
    const atMs = nowMs()
    if (rotateAtMs - atMs > bucketMs) rotateAtMs = atMs + bucketMs // the clock went back
    if (atMs < rotateAtMs) return
    dropIdle(atMs)
    const turns = 1 + Math.floor((atMs - rotateAtMs) / bucketMs)
    for (let turn = 0; turn < Math.min(turns, windowBuckets); turn += 1) rotation.rotate()
    rotateAtMs += turns * bucketMs
  }

  /** After a whole window without an outcome a breaker holds nothing but how often it opened, and that for a while. */
  function dropIdle(atMs: number): void {
    for (const [endpointId, { lastUsedAtMs, openings }] of closed) {
      const idleMs = atMs - lastUsedAtMs
      if (idleMs < windowMs) return
      if (openings === 0 || idleMs >= windowMs + longestMs) dropClosed(endpointId)
    }
  }

  return {
    judge: (endpointId) => {
      const entry = look(endpointId)
      if (entry === undefined) return closedJudgement
      if (entry.state === 'open') return { kind: 'open', untilMs: entry.untilMs }
      return isProbing(entry) ? probingJudgement : probeMayGoJudgement
    },
    begin: (endpointId) => {
      const entry = look(endpointId)
      const isProbe = entry?.state === 'half_open' && !isProbing(entry)
      const call: LiveCall = { endpointId, epoch, isProbe, beganAtMs: nowMs(), isEnded: false }
      if (entry !== undefined && isProbe) entry.probe = call
      return call
    },
    end: (call, verdict) => {
      const live = call as LiveCall
      if (live.isEnded) return
      live.isEnded = true
      if (!isAlive(live)) return // B3
      turn()
      const entry = tripped.get(call.endpointId)
      if (entry === undefined) {
        if (verdict !== 'none') count(call, verdict === 'success')
        return
      }
      if (entry.probe !== call) return // B3
      entry.probe = null
      if (verdict !== 'none') endProbe(call.endpointId, entry, verdict === 'success')
    },
    restore: (endpointId, snapshot) => {
      epoch = Math.max(epoch, snapshot.epoch)
      if (tripped.has(endpointId) || closed.get(endpointId)?.hasSucceeded === true) return // B6
      dropClosed(endpointId)
      const untilMs = Math.min(snapshot.untilMs, nowMs() + longestMs) // B8
      addTripped(endpointId, { ...snapshot, untilMs, probe: null })
    },
    forget: (endpointId) => {
      dropClosed(endpointId)
      tripped.delete(endpointId)
      epoch += 1
      keepFloor(endpointId, epoch)
    },
    counts: () => {
      let open = 0
      for (const { state, untilMs } of tripped.values()) if (state === 'open' && untilMs > nowMs()) open += 1
      return { open, halfOpen: tripped.size - open, known: tripped.size + closed.size }
    },
    stop: () => {
      for (const { opossum } of closed.values()) opossum.shutdown()
      closed.clear()
      tripped.clear()
      floors.clear()
    },
  }
}
