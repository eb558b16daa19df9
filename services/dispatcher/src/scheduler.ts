/**
 * Who may be attempted now. Deliveries wait here per endpoint and are started in turn, so that an endpoint that hangs
 * costs the others nothing. Owns queues, limits and turns; knows no HTTP, no Kafka and no clock of its own.
 *
 * Invariants
 *   Q1. At most an endpoint's limit of requests are under way to it (adaptive, `domain/delivering/concurrency-limit`; one
 *       while its breaker is half open, none while it is open), and `inFlightMax` slots are taken by all.
 *   Q2. Organizations, and within each its endpoints, share the slots by time, not by count (`turns.ts`).
 *   Q3. An item never waits behind more of its endpoint's items than `waitMaxMs` can work off at the pace last seen;
 *       what does not fit finds no room, or is given back by `trim`, newest first. While no pace has been seen it may
 *       wait behind more, until `trim` loses patience; a second longer than that it waits in no case, but for those behind another of their asset (Q9).
 *   Q4. Only an endpoint that has been over its pace for long is refused, and then until its queue is empty. One that
 *       is at its bound and keeps up has room again with its next answers.
 *   Q5. An endpoint's fresh items start in the order in which they were offered, and so do those that were put off;
 *       neither kind waits for the other: of four starts at least one is for what was put off, the rest for fresh ones.
 *   Q6. An endpoint starts a second request and more only while `freePerHeld` slots are free for each that it holds. So
 *       endpoints that hang can't take all slots by their number, and those that answer find some free. The same for
 *       organizations: one of several takes three quarters at most, but for the first request of each endpoint.
 *   Q7. What waits weighs at most `waitingBytesMax`, of one endpoint half of that. Those that have hardly answered yet
 *       queue up in the first half only, so that however many of them turn out to hang, the others find memory.
 *   Q8. A request holds a slot for each `slotBytes` it weighs, so that what is under way is bounded in bytes too.
 *   Q9. Of an asset whose endpoint wants order, at most one event is queued or under way; the next comes to its turn
 *       when `advance` says that this one has arrived.
 *   Q10. Requests to an endpoint, and deliveries of an organization, keep to their limits a second.
 *   Q11. After the probe that closes an endpoint's breaker one request starts, and more only as answers come.
 */
import { nextBacklogLimit, nextLimit } from '@scanhook/domain/delivering/concurrency-limit'
import {
  newBucket,
  type TokenBucket,
  takeTokens,
  waitForTokenMs,
} from '@scanhook/domain/delivering/token-bucket'
import type { EndpointSignal } from '@scanhook/domain/endpoint-signal'
import {
  isNew,
  type Lane,
  lastPaceMs,
  newLane,
  noteAnswer,
  type Order,
  paceMs,
  setTerms,
  type Terms,
  type Waiting,
  waitingIn,
} from './lane.ts'
import { isPutBehind, nextBehind, queueOf, takeBehind, takeNext } from './lane-queues.ts'
import { type Turn, Turns } from './turns.ts'

/**
 * `taken`: it will be started, or given back. `slow`: the endpoint does not keep up; `paused`: it asked for a rest, or
 * its limit a second leaves no time; `behind`: too many of its asset wait already: put it aside. `full`: its queue is at
 * its bound, and it is not (or not yet) known to be slow: wait for room, or put this one aside. `crowded`: all
 * endpoints together have taken the memory there is.
 */
export type Offer = 'taken' | 'slow' | 'paused' | 'behind' | 'full' | 'crowded'

export interface SchedulerCounts {
  readonly waiting: number
  readonly waitingBytes: number
  readonly inFlight: number
  readonly endpoints: number
}

/** Held by a request; opaque to its holder. */
export interface Slot {
  readonly lane: object
  /** How many of the process' slots it counts for (Q8). */
  readonly weight: number
  readonly startedAtMs: number
  readonly isBacklog: boolean
  /** Started while the endpoint's breaker was half open. */
  readonly isProbe: boolean
  isOpen: boolean
}

export interface SchedulerOptions<T> {
  readonly endpointInFlightMax: number
  /** Requests under way that a new endpoint begins with. */
  readonly limitStart: number
  /** What another process has learnt of it; null when nothing. */
  readonly limitKnown?: ((endpoint: number) => number | null) | undefined
  readonly inFlightMax: number
  /** Q6; 0 lets endpoints take what there is. */
  readonly freePerHeld: number
  /** Bounds memory: items of one endpoint that wait. */
  readonly endpointWaitingMax: number
  /** Bounds memory: what all items that wait weigh together (Q7). */
  readonly waitingBytesMax: number
  /** Q8. */
  readonly slotBytes: number
  /** How long an item may be expected to wait for its start. */
  readonly waitMaxMs: number
  readonly bytesOf: (item: T) => number
  readonly isBacklog: (item: T) => boolean
  /** Null where the endpoint wants no order, or the event is of no asset. */
  readonly orderOf: (item: T) => Order | null
  readonly termsOf: (item: T) => Terms
  /** What the endpoint's breaker says. */
  readonly gate: (endpoint: number) => 'closed' | 'half_open' | 'open'
  /** The smallest wait in a tier, on the scaled clock: sooner nothing that is put aside comes back. */
  readonly asideMinMs: number
  readonly monotonicMs: () => number
  readonly after: (delayMs: number, act: () => void) => () => void
  /** Called with the items of each request whose turn it is; one, but for batches. Must not throw. */
  readonly start: (items: readonly T[], slot: Slot) => void
  /** Asked before each start; false holds everything until `pump`. */
  readonly mayStart: () => boolean
}

interface OrgTurn<T> extends Turn {
  readonly orgId: number
  readonly lanes: Turns<Lane<T>>
  laneCount: number
  held: number
  perSecond: number | null
  bucket: TokenBucket | null
}

/** What `isCrowded` calls crowded: the eighth that is left takes a fetch of the consumer (4 MiB) at the usual bound. */
const crowdedShare = 7 / 8
/**
 * How long a queue may be too long before the endpoint counts as slow: connecting, a garbage collection or a busy second
 * core look like slowness for a moment, and refusing lasts until the queue is empty.
 */
const patienceMs = 500
/**
 * What an endpoint takes for a delivery when it is worth waiting for: what is put aside comes ten seconds later or more,
 * so that a hundred a second bring more by then than is put aside. Generous because the pace is also ours: while a burst
 * is decoded on a busy machine an endpoint that takes 4,000 a second was seen at 3 ms.
 */
const quickPaceMs = 10
/**
 * How much of a queue that was full may be left when there is room again. Less makes whoever waits wait longer: a quarter
 * of what five seconds bring takes 1.3 s. More leaves nothing for a pace that falters: from 7/8 a busy machine was
 * enough for `trim` to find the queue too long.
 */
const roomBelow = 3 / 4
/** Of the starts of an endpoint, one in so many is for its backlog while fresh ones wait: it must end some day too. */
const backlogEvery = 4
/** An organization takes at most so many times what it leaves free (Q6). */
const orgPerFree = 3
/** Idle lanes that are remembered, with their limits and pace: some 1 KiB each. */
const idleMax = 20_000
/** Nothing is put aside for longer because of its place in the queue: the end of a jam is noticed within that time. */
const asideMaxMs = 30 * 60_000

export class Scheduler<T> {
  readonly #options: SchedulerOptions<T>
  readonly #lanes = new Map<number, Lane<T>>()
  /** Of these, those with something waiting or under way: what `trim` looks at. */
  readonly #busy = new Set<Lane<T>>()
  /** And those without anything to do; the first has been for longest. */
  readonly #idle = new Set<Lane<T>>()
  readonly #orgs = new Map<number, OrgTurn<T>>()
  readonly #ready = new Turns<OrgTurn<T>>()
  #inFlight = 0
  /** Slots that these hold (Q8). */
  #held = 0
  #waiting = 0
  #waitingBytes = 0
  #isPumping = false
  #isCleared = false
  #wake: { readonly atMs: number; readonly cancel: () => void } | null = null

  constructor(options: SchedulerOptions<T>) {
    this.#options = options
  }

  offer(endpoint: number, item: T): Offer {
    const nowMs = this.#options.monotonicMs()
    const lane = this.#laneOf(endpoint, item, nowMs)
    const answer = this.#admit(lane, item, nowMs)
    if (answer === 'taken') {
      lane.overSinceMs = null
      this.#enqueue(lane, this.#waitingOf(item, nowMs))
      this.pump()
    } else this.#rest(lane)
    return answer
  }

  /** Items back to the front, in their order: a batch was too large and is to be sent in smaller ones. */
  offerAgain(endpoint: number, items: readonly T[]): void {
    const nowMs = this.#options.monotonicMs()
    for (const item of items.toReversed()) {
      const lane = this.#laneOf(endpoint, item, nowMs)
      const waiting = this.#waitingOf(item, nowMs)
      this.#idle.delete(lane)
      this.#busy.add(lane)
      queueOf(lane, waiting).unshift(waiting)
      this.#count(lane, 1, waiting.bytes)
      this.#noteReady(lane)
    }
    this.pump()
  }

  /** Hardly any memory is left; ends some time before the next `crowded`. */
  isCrowded(): boolean {
    return this.#waitingBytes > this.#options.waitingBytesMax * crowdedShare
  }

  /** As far as is known it makes room soon. A silence says nothing here: a garbage collection is one, too. */
  isQuick(endpoint: number): boolean {
    const lane = this.#lanes.get(endpoint)
    return lane === undefined || isNew(lane) || lastPaceMs(lane) <= quickPaceMs
  }

  /** Calls `act` once when the endpoint's queue has room again, or refuses now. What it returns takes that back. */
  whenRoom(endpoint: number, act: () => void): () => void {
    const lane = this.#lanes.get(endpoint)
    if (lane === undefined || this.#hasRoom(lane)) {
      act()
      return () => undefined
    }
    lane.waiters.add(act)
    return () => lane.waiters.delete(act)
  }

  /** A request has got its answer: its slot is free. `signal` null: it says nothing about the endpoint. */
  finish(slot: Slot, signal: EndpointSignal | null): void {
    if (!slot.isOpen) return
    slot.isOpen = false
    const lane = slot.lane as Lane<T>
    const nowMs = this.#options.monotonicMs()
    noteAnswer(lane, slot.startedAtMs, nowMs)
    lane.isSaturated = waitingIn(lane) > 0
    // Q11: here, because whoever is told that the breaker has closed comes after the starts below.
    if (slot.isProbe && this.#options.gate(lane.endpoint) === 'closed') beginAnew(lane)
    else if (signal !== null) this.#learn(lane, slot, signal)
    lane.inFlight -= 1
    if (slot.isBacklog) lane.backlogInFlight -= 1
    lane.held -= slot.weight
    this.#inFlight -= 1
    this.#held -= slot.weight
    this.#orgOf(lane.terms, nowMs).held -= slot.weight
    this.#noteReady(lane)
    this.pump()
    this.#rest(lane)
  }

  /** The event of the asset has arrived, or never will: the one behind it may go (Q9). */
  advance(endpoint: number, key: number, sequence: number): void {
    const lane = this.#lanes.get(endpoint)
    if (lane === undefined) return
    const next = nextBehind(lane, { key, sequence })
    if (next !== undefined) {
      queueOf(lane, next).push(next)
      this.#noteReady(lane)
      this.pump()
    }
    this.#rest(lane)
  }

  /** The event of the asset is put off: gives back those behind it, in their order. */
  withdraw(endpoint: number, key: number, sequence: number): T[] {
    const lane = this.#lanes.get(endpoint)
    if (lane === undefined) return []
    const behind = takeBehind(lane, { key, sequence })
    for (const { bytes } of behind) this.#count(lane, -1, -bytes)
    this.#rest(lane)
    return behind.map(({ item }) => item)
  }

  /** The receiver asks for a rest: nothing starts before. Gives back what can't wait for that. */
  pause(endpoint: number, forMs: number): T[] {
    const lane = this.#lanes.get(endpoint)
    if (lane === undefined) return []
    lane.pausedUntilMs = Math.max(lane.pausedUntilMs, this.#options.monotonicMs() + forMs)
    return forMs > this.#options.waitMaxMs ? this.#takeAll(lane) : []
  }

  /** The endpoint's breaker opened: everything that waits for it is given back. */
  evict(endpoint: number): T[] {
    const lane = this.#lanes.get(endpoint)
    return lane === undefined ? [] : this.#takeAll(lane)
  }

  /** The endpoint has recovered: it begins again with one request at a time. */
  recover(endpoint: number): void {
    const lane = this.#lanes.get(endpoint)
    if (lane === undefined) return
    beginAnew(lane)
    lane.isRefusing = false
    this.#noteReady(lane)
    this.pump()
  }

  /** The receiver said that a batch was too large: half of it from now on. */
  halveBatch(endpoint: number, size: number): void {
    const lane = this.#lanes.get(endpoint)
    if (lane !== undefined) lane.batchMax = Math.max(1, Math.floor(size / 2))
  }

  /** The endpoint's limit as learnt; null when nothing is known. */
  limitOf(endpoint: number): number | null {
    return this.#lanes.get(endpoint)?.limit ?? null
  }

  /** How long something of this endpoint that finds no place should stay away: in line, at the pace of the endpoint. */
  asideMs(endpoint: number, atLeastMs = 0): number {
    const nowMs = this.#options.monotonicMs()
    const leastMs = Math.max(this.#options.asideMinMs, atLeastMs)
    const lane = this.#lanes.get(endpoint)
    if (lane === undefined) return leastMs
    const earliestMs = Math.max(nowMs + leastMs, lane.pausedUntilMs)
    // What has gathered beyond half an hour comes back together and is put in line again.
    const inLineMs = lane.nextAsideAtMs > nowMs + asideMaxMs ? earliestMs : lane.nextAsideAtMs
    lane.nextAsideAtMs = Math.max(earliestMs, inLineMs) + lastPaceMs(lane)
    return Math.max(earliestMs, inLineMs) - nowMs
  }

  /** Items that would wait too long; call it a few times a second. */
  trim(): T[] {
    const back: T[] = []
    const nowMs = this.#options.monotonicMs()
    for (const lane of this.#busy) {
      const excess = waitingIn(lane) - lane.behindCount - this.#allowedIn(lane, nowMs)
      if (excess < 0) lane.overSinceMs = null
      else if (this.#isOverForLong(lane, nowMs)) {
        const fromBacklog = lane.backlog.takeLast(excess)
        this.#giveBack(lane, fromBacklog, back)
        this.#giveBack(lane, lane.live.takeLast(excess - fromBacklog.length), back)
        this.#startRefusing(lane)
      }
      this.#trimOld(lane, nowMs, back)
      this.#noteReady(lane)
      this.#rest(lane)
    }
    return back
  }

  /** Everything that waits, for the end. Nothing is started any more. */
  clear(): T[] {
    this.#isCleared = true
    this.#wake?.cancel()
    const back: T[] = []
    for (const lane of this.#lanes.values()) {
      back.push(...this.#takeAll(lane))
      lane.isRefusing = true
      wakeWaiters(lane)
    }
    return back
  }

  /** Starts what may be started; after something outside (`mayStart`, `gate`) has changed. */
  pump(): void {
    // `start` may finish an item at once and so come back here; one loop is enough.
    if (this.#isPumping || this.#isCleared) return
    this.#isPumping = true
    const nowMs = this.#options.monotonicMs()
    while (this.#held < this.#options.inFlightMax && this.#options.mayStart()) {
      if (this.#ready.startOne((org) => this.#startOf(org, nowMs)) === null) break
    }
    this.#isPumping = false
  }

  counts(): SchedulerCounts {
    return {
      waiting: this.#waiting,
      waitingBytes: this.#waitingBytes,
      inFlight: this.#inFlight,
      endpoints: this.#lanes.size - this.#idle.size,
    }
  }

  #admit(lane: Lane<T>, item: T, nowMs: number): Offer {
    if (lane.isRefusing) return 'slow'
    if (lane.pausedUntilMs > nowMs + this.#options.waitMaxMs) return 'paused'
    const order = this.#options.orderOf(item)
    const behind = order === null ? undefined : lane.behind.get(order.key)
    // They go one after the other, however many slots are free.
    if (behind !== undefined && behind.waiting.length * lane.latencyMs >= this.#options.waitMaxMs)
      return 'behind'
    const waiting = waitingIn(lane)
    if (waiting >= this.#boundOf(lane, nowMs)) {
      if (waiting < this.#allowedIn(lane, nowMs) || !this.#isOverForLong(lane, nowMs)) return 'full'
      this.#startRefusing(lane)
      return 'slow'
    }
    const bytes = this.#options.bytesOf(item)
    // An item that is alone is never too large: its turn comes without anybody else's doing.
    if (waiting > 0 && !this.#fits(lane, bytes)) return 'full'
    if (this.#waiting > 0 && this.#waitingBytes + bytes > this.#options.waitingBytesMax) return 'crowded'
    return 'taken'
  }

  #waitingOf(item: T, nowMs: number): Waiting<T> {
    const { bytesOf, isBacklog, orderOf } = this.#options
    return { item, bytes: bytesOf(item), sinceMs: nowMs, isBacklog: isBacklog(item), order: orderOf(item) }
  }

  #enqueue(lane: Lane<T>, waiting: Waiting<T>): void {
    this.#idle.delete(lane)
    this.#busy.add(lane)
    this.#count(lane, 1, waiting.bytes)
    const { order } = waiting
    if (order !== null && isPutBehind(lane, waiting, order)) return
    if (waiting.isBacklog && lane.backlog.size === 0 && lane.backlogInFlight === 0) lane.backlogLimit = 1
    queueOf(lane, waiting).push(waiting)
    this.#noteReady(lane)
  }

  #learn(lane: Lane<T>, slot: Slot, signal: EndpointSignal): void {
    const bounds = { min: 1, max: this.#options.endpointInFlightMax }
    lane.limit = nextLimit(lane.limit, signal, { inFlight: lane.inFlight, bounds })
    if (slot.isBacklog) lane.backlogLimit = nextBacklogLimit(lane.backlogLimit, signal, bounds)
    if (signal === 'grow' && lane.batchMax !== null) lane.batchMax += 1
  }

  /** Starts one request of the organization; the cost, or null when it may start none just now. */
  #startOf(org: OrgTurn<T>, nowMs: number): number | null {
    const { inFlightMax, freePerHeld } = this.#options
    const isFull =
      freePerHeld > 0 && this.#orgs.size > 1 && org.held >= orgPerFree * (inFlightMax - this.#held)
    if (org.bucket !== null) {
      const waitMs = waitForTokenMs(org.bucket, nowMs)
      if (waitMs > 0) {
        this.#wakeIn(waitMs)
        return null
      }
    }
    return org.lanes.startOne((lane) => (isFull && lane.held > 0 ? null : this.#startIn(org, lane, nowMs))) // Q6
  }

  #startIn(org: OrgTurn<T>, lane: Lane<T>, nowMs: number): number | null {
    const { inFlightMax, freePerHeld } = this.#options
    if (lane.held * freePerHeld >= inFlightMax - this.#held && lane.held > 0) return null // Q6; it keeps its place
    if (!this.#isInTime(lane, nowMs)) return null
    const isBacklog = this.#isBacklogsTurn(lane)
    const queue = isBacklog ? lane.backlog : lane.live
    if (queue.size === 0) return null
    const next = takeNext(lane, queue, nowMs)
    if (next.kind === 'filling') {
      this.#wakeIn(next.restMs)
      return null
    }
    this.#begin(org, lane, { taken: next.taken, isBacklog, nowMs })
    return lane.latencyMs
  }

  /** Rests and limits a second. */
  #isInTime(lane: Lane<T>, nowMs: number): boolean {
    const restMs = lane.pausedUntilMs - nowMs
    const waitMs = Math.max(restMs, lane.bucket === null ? 0 : waitForTokenMs(lane.bucket, nowMs))
    if (waitMs <= 0) return true
    this.#wakeIn(waitMs)
    return false
  }

  /** Q5. */
  #isBacklogsTurn(lane: Lane<T>): boolean {
    if (lane.backlog.size === 0 || lane.backlogInFlight >= Math.floor(lane.backlogLimit)) return false
    return lane.live.size === 0 || lane.startCount % backlogEvery === backlogEvery - 1
  }

  #begin(
    org: OrgTurn<T>,
    lane: Lane<T>,
    {
      taken,
      isBacklog,
      nowMs,
    }: { readonly taken: readonly Waiting<T>[]; readonly isBacklog: boolean; readonly nowMs: number },
  ): void {
    let bytes = 0
    for (const waiting of taken) bytes += waiting.bytes
    const weight = Math.max(1, Math.ceil(bytes / this.#options.slotBytes))
    this.#count(lane, -taken.length, -bytes)
    if (lane.bucket !== null) takeTokens(lane.bucket, 1, nowMs)
    if (org.bucket !== null) takeTokens(org.bucket, taken.length, nowMs)
    this.#inFlight += 1
    this.#held += weight
    org.held += weight
    if (lane.inFlight === 0) lane.lastAnswerAtMs = nowMs
    lane.inFlight += 1
    lane.startCount += 1
    if (isBacklog) lane.backlogInFlight += 1
    lane.held += weight
    const isProbe = this.#options.gate(lane.endpoint) === 'half_open'
    const slot: Slot = { lane, weight, startedAtMs: nowMs, isBacklog, isProbe, isOpen: true }
    if (lane.live.size + lane.backlog.size === 0) lane.isRefusing = false
    this.#noteReady(lane)
    if (lane.waiters.size > 0 && this.#hasRoom(lane)) wakeWaiters(lane)
    this.#options.start(
      taken.map(({ item }) => item),
      slot,
    )
  }

  #laneOf(endpoint: number, item: T, nowMs: number): Lane<T> {
    const terms = this.#options.termsOf(item)
    const known = this.#lanes.get(endpoint)
    if (known !== undefined) {
      if (known.terms !== terms) setTerms(known, terms, nowMs)
      return known
    }
    const lane = newLane<T>(endpoint, terms, {
      limit: this.#options.limitKnown?.(endpoint) ?? this.#options.limitStart,
      limitMax: this.#options.endpointInFlightMax,
      nowMs,
    })
    lane.isRefusing = this.#isCleared
    this.#lanes.set(endpoint, lane)
    this.#orgOf(terms, nowMs).laneCount += 1
    return lane
  }

  #orgOf(terms: Terms, nowMs: number): OrgTurn<T> {
    let org = this.#orgs.get(terms.orgId)
    if (org === undefined) {
      org = {
        orgId: terms.orgId,
        deficitMs: 0,
        round: 0,
        lanes: new Turns(),
        laneCount: 0,
        held: 0,
        perSecond: null,
        bucket: null,
      }
      this.#orgs.set(terms.orgId, org)
    }
    if (org.perSecond !== terms.orgRateLimitPerSecond) {
      org.perSecond = terms.orgRateLimitPerSecond
      org.bucket = terms.orgRateLimitPerSecond === null ? null : newBucket(terms.orgRateLimitPerSecond, nowMs)
    }
    return org
  }

  /** How many may wait so that the last of them starts within `waitMaxMs` (Q3). */
  #allowedIn(lane: Lane<T>, nowMs: number): number {
    return Math.max(1, Math.floor(this.#options.waitMaxMs / paceMs(lane, nowMs)))
  }

  #boundOf(lane: Lane<T>, nowMs: number): number {
    const { endpointWaitingMax } = this.#options
    return isNew(lane) ? endpointWaitingMax : Math.min(this.#allowedIn(lane, nowMs), endpointWaitingMax)
  }

  /** Whether the lane may have more of the memory (Q7). */
  #fits(lane: Lane<T>, bytes: number): boolean {
    const half = this.#options.waitingBytesMax / 2
    if (lane.bytes + bytes > half) return false
    // As many as may be under way may wait in any case: a new endpoint must come to its first answers.
    const isFew = waitingIn(lane) < this.#options.endpointInFlightMax
    return !isNew(lane) || isFew || this.#waitingBytes + bytes <= half
  }

  /** Notes the beginning of being over; true once it has lasted. */
  #isOverForLong(lane: Lane<T>, nowMs: number): boolean {
    lane.overSinceMs ??= nowMs
    return nowMs - lane.overSinceMs >= patienceMs
  }

  #hasRoom(lane: Lane<T>): boolean {
    const waiting = waitingIn(lane)
    if (lane.isRefusing || waiting === 0) return true
    const bound = this.#boundOf(lane, this.#options.monotonicMs())
    return waiting <= bound * roomBelow && this.#fits(lane, lane.bytes * (1 - roomBelow))
  }

  #noteReady(lane: Lane<T>): void {
    const org = this.#orgs.get(lane.terms.orgId)
    if (org === undefined) return
    if (lane.live.size + lane.backlog.size > 0 && lane.inFlight < this.#limitNow(lane)) {
      org.lanes.add(lane)
      this.#ready.add(org)
    } else {
      org.lanes.remove(lane)
      if (org.lanes.size === 0) this.#ready.remove(org)
    }
  }

  #limitNow(lane: Lane<T>): number {
    const gate = this.#options.gate(lane.endpoint)
    if (gate === 'open') return 0
    const limit = Math.min(Math.floor(lane.limit), this.#options.endpointInFlightMax)
    return gate === 'half_open' ? 1 : limit
  }

  #count(lane: Lane<T>, items: number, bytes: number): void {
    this.#waiting += items
    this.#waitingBytes += bytes
    lane.bytes += bytes
  }

  #giveBack(lane: Lane<T>, all: readonly Waiting<T>[], back: T[]): void {
    for (const { item, bytes, order } of all) {
      this.#count(lane, -1, -bytes)
      back.push(item)
      if (order !== null) back.push(...this.withdraw(lane.endpoint, order.key, order.sequence))
    }
  }

  #takeAll(lane: Lane<T>): T[] {
    const back: T[] = []
    this.#giveBack(lane, lane.live.takeAll(), back)
    this.#giveBack(lane, lane.backlog.takeAll(), back)
    this.#noteReady(lane)
    this.#rest(lane)
    return back
  }

  /** Whoever has waited far longer than its place promised (Q3). */
  #trimOld(lane: Lane<T>, nowMs: number, back: T[]): void {
    const beforeMs = nowMs - this.#options.waitMaxMs - 2 * patienceMs
    for (const queue of [lane.live, lane.backlog]) {
      for (
        let first = queue.first();
        first !== undefined && first.sinceMs < beforeMs;
        first = queue.first()
      ) {
        queue.shift()
        this.#giveBack(lane, [first], back)
      }
    }
  }

  /** A lane that has nothing to do is remembered for a while, for what it knows. */
  #rest(lane: Lane<T>): void {
    // Q4: what emptied the queue without a start (`trim`, `pause`, `evict`) ends the refusal too, and the wait for room.
    if (lane.live.size + lane.backlog.size === 0) lane.isRefusing = this.#isCleared
    if (lane.waiters.size > 0 && this.#hasRoom(lane)) wakeWaiters(lane)
    if (lane.inFlight > 0 || waitingIn(lane) > 0 || lane.behind.size > 0) return
    this.#busy.delete(lane)
    this.#idle.delete(lane)
    this.#idle.add(lane)
    if (this.#idle.size <= idleMax) return
    for (const oldestLane of this.#idle) {
      this.#forget(oldestLane)
      return
    }
  }

  #forget(lane: Lane<T>): void {
    this.#idle.delete(lane)
    this.#lanes.delete(lane.endpoint)
    const org = this.#orgs.get(lane.terms.orgId)
    if (org === undefined) return
    org.laneCount -= 1
    if (org.laneCount <= 0) this.#orgs.delete(org.orgId)
  }

  #startRefusing(lane: Lane<T>): void {
    lane.isRefusing = lane.live.size + lane.backlog.size > 0
    wakeWaiters(lane)
  }

  #wakeIn(delayMs: number): void {
    const atMs = this.#options.monotonicMs() + delayMs
    if (this.#wake !== null) {
      if (this.#wake.atMs <= atMs) return
      this.#wake.cancel()
    }
    const cancel = this.#options.after(Math.max(1, delayMs), () => {
      this.#wake = null
      this.pump()
    })
    this.#wake = { atMs, cancel }
  }
}

function beginAnew<T>(lane: Lane<T>): void {
  lane.limit = 1
  lane.backlogLimit = 1
}

function wakeWaiters<T>(lane: Lane<T>): void {
  const waiters = [...lane.waiters]
  lane.waiters.clear()
  for (const act of waiters) act()
}
