/**
 * Who may be attempted now. Deliveries wait here per endpoint and are started in turn, so that an endpoint that hangs
 * costs the others nothing. Owns queues, limits and turns; knows no HTTP, no Kafka and no clock.
 *
 * `Admission` is what the dispatcher asks for. This one has fixed limits and takes turns by count; adaptive limits and
 * turns by slot time are another implementation of the same interface.
 *
 * Invariants
 *   Q1. At most `endpointInFlightMax` items of one endpoint and `inFlightMax` of all are started and not finished.
 *   Q2. Endpoints with waiting items take turns: between two starts of one, every other that may start has started.
 *   Q3. An item never waits behind more of its endpoint's items than `waitMaxMs` can work off at the pace last seen;
 *       what does not fit is refused or given back by `trim`, newest first.
 *   Q4. Refusing is sticky: once an endpoint is refused or trimmed, it is refused until its queue is empty. So what
 *       was put aside is not overtaken for long.
 *   Q5. An endpoint's items start in the order in which they were offered.
 *   Q6. An endpoint starts a second item and more only while `freePerHeld` slots are free for each that it holds. So
 *       endpoints that hang can't take all slots by their number, and those that answer find some free.
 */
export interface Admission<T> {
  /**
   * `taken`: it will be started, or given back by `trim` or `clear`. `slow`: the endpoint does not keep up, put it
   * aside. `full`: its queue is at its bound, and it is not (or not yet) known to be slow; wait for `room`, or `refuse`.
   */
  offer(endpoint: number, item: T): 'taken' | 'slow' | 'full'
  /** Turns a `full` into a `slow` (Q4). */
  refuse(endpoint: number): void
  /** Resolves when the endpoint's queue has room again, or refuses now. */
  room(endpoint: number): Promise<void>
  /** A started item has got its answer: its slot is free. */
  finish(slot: Slot): void
  /** Items that would wait too long; call it a few times a second. */
  trim(): T[]
  /** Everything that waits, for the end. Nothing is started any more. */
  clear(): T[]
  /** Starts what may be started; after something outside (`mayStart`) has changed. */
  pump(): void
  counts(): { readonly waiting: number; readonly inFlight: number; readonly endpoints: number }
}

/** Held by a started item; opaque to its holder. */
export interface Slot {
  readonly lane: object
  isOpen: boolean
}

export interface AdmissionOptions<T> {
  readonly endpointInFlightMax: number
  readonly inFlightMax: number
  /** Q6; 0 lets endpoints take what there is. */
  readonly freePerHeld: number
  /** Bounds memory: items of one endpoint that wait. */
  readonly endpointWaitingMax: number
  /** How long an item may be expected to wait for its start. */
  readonly waitMaxMs: number
  readonly monotonicMs: () => number
  /** Called with each item whose turn it is. Must not throw. */
  readonly start: (item: T, slot: Slot) => void
  /** Asked before each start; false holds everything until `pump`. */
  readonly mayStart: () => boolean
}

interface Lane<T> {
  readonly endpoint: number
  /** Waiting items; those before `head` have been taken. */
  items: T[]
  head: number
  inFlight: number
  /** Smoothed time between two answers while items wait: the pace at which the queue is worked off. */
  gapMs: number
  /** The last answer, or the start after a silence without requests. */
  lastAnswerAtMs: number
  /** Items have waited since the last answer, so the time until the next one tells the pace. */
  isSaturated: boolean
  /** Since when more wait than the pace allows; null while it does not. */
  overSinceMs: number | null
  isRefusing: boolean
  readonly waiters: (() => void)[]
}

/** Before the first answers: what an ordinary receiver needs for one. Wrong guesses are corrected within one `trim`. */
const latencyGuessMs = 100
/** Weight of the newest gap: about the last fifty count, nearly a full set of requests under way. */
const smoothing = 0.02
/**
 * How long a queue may be too long before the endpoint counts as slow: connecting, a garbage collection or a busy second
 * core look like slowness for a moment, and refusing lasts until the queue is empty.
 */
const patienceMs = 500
/** Taken items are cut off the array in pieces, so that taking one stays cheap. */
const cutAtItems = 1_024

export class RoundRobinAdmission<T> implements Admission<T> {
  readonly #options: AdmissionOptions<T>
  readonly #lanes = new Map<number, Lane<T>>()
  /** Lanes with something waiting and a free slot; the first is next (Q2). */
  readonly #ready = new Set<Lane<T>>()
  #inFlight = 0
  #waiting = 0
  #isPumping = false
  #isCleared = false

  constructor(options: AdmissionOptions<T>) {
    this.#options = options
  }

  offer(endpoint: number, item: T): 'taken' | 'slow' | 'full' {
    const lane = this.#laneOf(endpoint)
    if (lane.isRefusing) return 'slow'
    const waiting = waitingIn(lane)
    if (waiting >= this.#boundOf(lane)) {
      if (!this.#isOverForLong(lane) || waiting < this.#allowedIn(lane)) return 'full'
      this.#startRefusing(lane)
      return 'slow'
    }
    lane.overSinceMs = null
    lane.items.push(item)
    this.#waiting += 1
    this.#noteReady(lane)
    this.pump()
    return 'taken'
  }

  refuse(endpoint: number): void {
    const lane = this.#lanes.get(endpoint)
    if (lane !== undefined && waitingIn(lane) > 0) this.#startRefusing(lane)
  }

  room(endpoint: number): Promise<void> {
    const lane = this.#lanes.get(endpoint)
    if (lane === undefined || this.#hasRoom(lane)) return Promise.resolve()
    return new Promise((resolve) => lane.waiters.push(resolve))
  }

  finish(slot: Slot): void {
    if (!slot.isOpen) return
    slot.isOpen = false
    const lane = slot.lane as Lane<T>
    const nowMs = this.#options.monotonicMs()
    if (lane.isSaturated) lane.gapMs += smoothing * (nowMs - lane.lastAnswerAtMs - lane.gapMs)
    lane.lastAnswerAtMs = nowMs
    lane.isSaturated = waitingIn(lane) > 0
    lane.inFlight -= 1
    this.#inFlight -= 1
    this.#noteReady(lane)
    this.pump()
    if (lane.inFlight === 0 && waitingIn(lane) === 0) this.#lanes.delete(lane.endpoint)
  }

  trim(): T[] {
    const back: T[] = []
    for (const lane of this.#lanes.values()) {
      const excess = waitingIn(lane) - this.#allowedIn(lane)
      if (excess < 0) lane.overSinceMs = null
      else if (this.#isOverForLong(lane)) {
        back.push(...lane.items.splice(lane.items.length - excess, excess))
        this.#waiting -= excess
        this.#startRefusing(lane)
        this.#noteReady(lane)
      }
    }
    return back
  }

  clear(): T[] {
    this.#isCleared = true
    const back: T[] = []
    for (const lane of this.#lanes.values()) {
      back.push(...lane.items.slice(lane.head))
      lane.items = []
      lane.head = 0
      lane.isRefusing = true
      wake(lane)
    }
    this.#waiting = 0
    this.#ready.clear()
    return back
  }

  pump(): void {
    // `start` may finish an item at once and so come back here; one loop is enough.
    if (this.#isPumping || this.#isCleared) return
    this.#isPumping = true
    const { inFlightMax, freePerHeld, mayStart } = this.#options
    for (const lane of this.#ready) {
      if (this.#inFlight >= inFlightMax || !mayStart()) break
      if (lane.inFlight * freePerHeld >= inFlightMax - this.#inFlight) continue // Q6; it keeps its place
      this.#ready.delete(lane)
      this.#startOne(lane)
      // Added again at the end: a Set is walked in insertion order, also over what is added meanwhile.
      this.#noteReady(lane)
    }
    this.#isPumping = false
  }

  counts(): { readonly waiting: number; readonly inFlight: number; readonly endpoints: number } {
    return { waiting: this.#waiting, inFlight: this.#inFlight, endpoints: this.#lanes.size }
  }

  #startOne(lane: Lane<T>): void {
    const item = lane.items[lane.head]
    if (item === undefined) return
    lane.head += 1
    if (lane.head >= cutAtItems || lane.head === lane.items.length) {
      lane.items = lane.items.slice(lane.head)
      lane.head = 0
    }
    this.#waiting -= 1
    this.#inFlight += 1
    if (lane.inFlight === 0) lane.lastAnswerAtMs = this.#options.monotonicMs()
    lane.inFlight += 1
    const slot: Slot = { lane, isOpen: true }
    if (lane.items.length === 0) lane.isRefusing = false
    if (lane.waiters.length > 0 && this.#hasRoom(lane)) wake(lane)
    this.#options.start(item, slot)
  }

  #laneOf(endpoint: number): Lane<T> {
    const known = this.#lanes.get(endpoint)
    if (known !== undefined) return known
    const lane: Lane<T> = {
      endpoint,
      items: [],
      head: 0,
      inFlight: 0,
      gapMs: latencyGuessMs / this.#options.endpointInFlightMax,
      lastAnswerAtMs: 0,
      isSaturated: false,
      overSinceMs: null,
      isRefusing: this.#isCleared,
      waiters: [],
    }
    this.#lanes.set(endpoint, lane)
    return lane
  }

  /** How many may wait so that the last of them starts within `waitMaxMs` (Q3). */
  #allowedIn(lane: Lane<T>): number {
    // Without answers there is no pace; but each request under way takes at least as long as the silence has lasted.
    const silentMs = lane.inFlight === 0 ? 0 : this.#options.monotonicMs() - lane.lastAnswerAtMs
    const gapMs = Math.max(lane.gapMs, silentMs / Math.max(1, lane.inFlight), 0.01)
    return Math.max(1, Math.floor(this.#options.waitMaxMs / gapMs))
  }

  #boundOf(lane: Lane<T>): number {
    return Math.min(this.#allowedIn(lane), this.#options.endpointWaitingMax)
  }

  /** Notes the beginning of being over; true once it has lasted. */
  #isOverForLong(lane: Lane<T>): boolean {
    const nowMs = this.#options.monotonicMs()
    lane.overSinceMs ??= nowMs
    return nowMs - lane.overSinceMs >= patienceMs
  }

  #hasRoom(lane: Lane<T>): boolean {
    return lane.isRefusing || waitingIn(lane) <= this.#boundOf(lane) / 2
  }

  #noteReady(lane: Lane<T>): void {
    if (waitingIn(lane) > 0 && lane.inFlight < this.#options.endpointInFlightMax) this.#ready.add(lane)
    else this.#ready.delete(lane)
  }

  #startRefusing(lane: Lane<T>): void {
    lane.isRefusing = true
    wake(lane)
  }
}

function waitingIn<T>(lane: Lane<T>): number {
  return lane.items.length - lane.head
}

function wake<T>(lane: Lane<T>): void {
  for (const waiter of lane.waiters.splice(0)) waiter()
}
