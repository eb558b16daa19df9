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
 *       what does not fit finds no room, or is given back by `trim`, newest first. While no pace has been seen it may
 *       wait behind more, until `trim` loses patience.
 *   Q4. Only an endpoint that has been over its pace for long is refused, and then until its queue is empty. One that
 *       is at its bound and keeps up has room again with its next answers.
 *   Q5. An endpoint's items start in the order in which they were offered.
 *   Q6. An endpoint starts a second item and more only while `freePerHeld` slots are free for each that it holds. So
 *       endpoints that hang can't take all slots by their number, and those that answer find some free.
 *   Q7. What waits weighs at most `waitingBytesMax`, of one endpoint half of that. Those that have hardly answered yet
 *       queue up in the first half only, so that however many of them turn out to hang, the others find memory.
 *   Q8. An item holds a slot for each `slotBytes` it weighs, so that what is under way is bounded in bytes too.
 */
export interface Admission<T> {
  /**
   * `taken`: it will be started, or given back by `trim` or `clear`. `slow`: the endpoint does not keep up, put it
   * aside. `full`: its queue is at its bound, and it is not (or not yet) known to be slow: wait for `room`, or put this
   * one aside. `crowded`: all endpoints together have taken the memory there is.
   */
  offer(endpoint: number, item: T): 'taken' | 'slow' | 'full' | 'crowded'
  /** Hardly any memory is left; ends some time before the next `crowded`. */
  isCrowded(): boolean
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
  counts(): AdmissionCounts
}

export interface AdmissionCounts {
  readonly waiting: number
  readonly waitingBytes: number
  readonly inFlight: number
  readonly endpoints: number
}

/** Held by a started item; opaque to its holder. */
export interface Slot {
  readonly lane: object
  /** How many of the process' slots it counts for (Q8). */
  readonly weight: number
  isOpen: boolean
}

export interface AdmissionOptions<T> {
  readonly endpointInFlightMax: number
  readonly inFlightMax: number
  /** Q6; 0 lets endpoints take what there is. */
  readonly freePerHeld: number
  /** Bounds memory: items of one endpoint that wait. */
  readonly endpointWaitingMax: number
  /** Bounds memory: what all items that wait weigh together (Q7). */
  readonly waitingBytesMax: number
  /** Q8. */
  readonly slotBytes: number
  readonly bytesOf: (item: T) => number
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
  /** What the waiting items weigh. */
  bytes: number
  inFlight: number
  /** Slots that these hold (Q8). */
  held: number
  /** Answers that told the pace, up to `paceAnswers`. */
  answers: number
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
/** So many answers outweigh the guess. Before, a connection that takes its time says nothing about the pace. */
const paceAnswers = 50
/** What `isCrowded` calls crowded: the eighth that is left takes a fetch of the consumer (4 MiB) at the usual bound. */
const crowdedShare = 7 / 8
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
  /** Slots that these hold (Q8). */
  #held = 0
  #waiting = 0
  #waitingBytes = 0
  #isPumping = false
  #isCleared = false

  constructor(options: AdmissionOptions<T>) {
    this.#options = options
  }

  offer(endpoint: number, item: T): 'taken' | 'slow' | 'full' | 'crowded' {
    const lane = this.#laneOf(endpoint)
    if (lane.isRefusing) return 'slow'
    const waiting = waitingIn(lane)
    if (waiting >= this.#boundOf(lane)) {
      if (waiting < this.#allowedIn(lane) || !this.#isOverForLong(lane)) return 'full'
      this.#startRefusing(lane)
      return 'slow'
    }
    const bytes = this.#options.bytesOf(item)
    // An item that is alone is never too large: its turn comes without anybody else's doing.
    if (waiting > 0 && !this.#fits(lane, bytes)) return 'full'
    if (this.#waiting > 0 && this.#waitingBytes + bytes > this.#options.waitingBytesMax) {
      this.#forgetIdle(lane)
      return 'crowded'
    }
    lane.overSinceMs = null
    lane.items.push(item)
    this.#count(lane, 1, bytes)
    this.#noteReady(lane)
    this.pump()
    return 'taken'
  }

  isCrowded(): boolean {
    return this.#waitingBytes > this.#options.waitingBytesMax * crowdedShare
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
    if (lane.isSaturated) {
      lane.gapMs += smoothing * (nowMs - lane.lastAnswerAtMs - lane.gapMs)
      if (lane.answers < paceAnswers) lane.answers += 1
    }
    lane.lastAnswerAtMs = nowMs
    lane.isSaturated = waitingIn(lane) > 0
    lane.inFlight -= 1
    lane.held -= slot.weight
    this.#inFlight -= 1
    this.#held -= slot.weight
    this.#noteReady(lane)
    this.pump()
    this.#forgetIdle(lane)
  }

  trim(): T[] {
    const back: T[] = []
    for (const lane of this.#lanes.values()) {
      const excess = waitingIn(lane) - this.#allowedIn(lane)
      if (excess < 0) lane.overSinceMs = null
      else if (this.#isOverForLong(lane)) {
        for (const item of lane.items.splice(lane.items.length - excess, excess)) {
          this.#count(lane, -1, -this.#options.bytesOf(item))
          back.push(item)
        }
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
      for (const item of lane.items.slice(lane.head)) back.push(item)
      lane.items = []
      lane.head = 0
      lane.bytes = 0
      lane.isRefusing = true
      wake(lane)
    }
    this.#waiting = 0
    this.#waitingBytes = 0
    this.#ready.clear()
    return back
  }

  pump(): void {
    // `start` may finish an item at once and so come back here; one loop is enough.
    if (this.#isPumping || this.#isCleared) return
    this.#isPumping = true
    const { inFlightMax, freePerHeld, mayStart } = this.#options
    for (const lane of this.#ready) {
      if (this.#held >= inFlightMax || !mayStart()) break
      if (lane.held * freePerHeld >= inFlightMax - this.#held) continue // Q6; it keeps its place
      this.#ready.delete(lane)
      this.#startOne(lane)
      // Added again at the end: a Set is walked in insertion order, also over what is added meanwhile.
      this.#noteReady(lane)
    }
    this.#isPumping = false
  }

  counts(): AdmissionCounts {
    return {
      waiting: this.#waiting,
      waitingBytes: this.#waitingBytes,
      inFlight: this.#inFlight,
      endpoints: this.#lanes.size,
    }
  }

  #startOne(lane: Lane<T>): void {
    const item = lane.items[lane.head]
    if (item === undefined) return
    lane.head += 1
    if (lane.head >= cutAtItems || lane.head === lane.items.length) {
      lane.items = lane.items.slice(lane.head)
      lane.head = 0
    }
    const bytes = this.#options.bytesOf(item)
    const weight = Math.max(1, Math.ceil(bytes / this.#options.slotBytes))
    this.#count(lane, -1, -bytes)
    this.#inFlight += 1
    this.#held += weight
    if (lane.inFlight === 0) lane.lastAnswerAtMs = this.#options.monotonicMs()
    lane.inFlight += 1
    lane.held += weight
    const slot: Slot = { lane, weight, isOpen: true }
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
      bytes: 0,
      inFlight: 0,
      held: 0,
      answers: 0,
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
    const { endpointWaitingMax } = this.#options
    return isNew(lane) ? endpointWaitingMax : Math.min(this.#allowedIn(lane), endpointWaitingMax)
  }

  /** Whether the lane may have more of the memory (Q7). */
  #fits(lane: Lane<T>, bytes: number): boolean {
    const half = this.#options.waitingBytesMax / 2
    if (lane.bytes + bytes > half) return false
    // As many as are under way may wait in any case: a new endpoint must come to its first answers.
    const isFew = waitingIn(lane) < this.#options.endpointInFlightMax
    return !isNew(lane) || isFew || this.#waitingBytes + bytes <= half
  }

  /** Notes the beginning of being over; true once it has lasted. */
  #isOverForLong(lane: Lane<T>): boolean {
    const nowMs = this.#options.monotonicMs()
    lane.overSinceMs ??= nowMs
    return nowMs - lane.overSinceMs >= patienceMs
  }

  #hasRoom(lane: Lane<T>): boolean {
    const waiting = waitingIn(lane)
    if (lane.isRefusing || waiting === 0) return true
    return waiting <= this.#boundOf(lane) / 2 && this.#fits(lane, lane.bytes)
  }

  #noteReady(lane: Lane<T>): void {
    if (waitingIn(lane) > 0 && lane.inFlight < this.#options.endpointInFlightMax) this.#ready.add(lane)
    else this.#ready.delete(lane)
  }

  #count(lane: Lane<T>, items: number, bytes: number): void {
    this.#waiting += items
    this.#waitingBytes += bytes
    lane.bytes += bytes
  }

  #forgetIdle(lane: Lane<T>): void {
    if (lane.inFlight === 0 && waitingIn(lane) === 0) this.#lanes.delete(lane.endpoint)
  }

  #startRefusing(lane: Lane<T>): void {
    lane.isRefusing = true
    wake(lane)
  }
}

/** Its pace is not known yet. */
function isNew<T>(lane: Lane<T>): boolean {
  return lane.answers < paceAnswers
}

function waitingIn<T>(lane: Lane<T>): number {
  return lane.items.length - lane.head
}

function wake<T>(lane: Lane<T>): void {
  for (const waiter of lane.waiters.splice(0)) waiter()
}
