/**
 * Records in, requests started: takes batches apart, keeps what is not due yet, hands the rest to the scheduler, puts
 * aside what an endpoint can't take, and ends in order. Owns what is in memory and its bounds; decides nothing about
 * retries.
 *
 * Invariants
 *   B1. No record of an endpoint that is slow, paused or gone makes a record of another endpoint wait: whatever can't
 *       be started soon leaves for a tier, and the partition goes on.
 *   B2. What is in memory is bounded, by number and in bytes: what is not due, what waits, and `unsettledMax` attempts
 *       started and not durable yet. Above the last nothing is started, so an absent Kafka stops us without piling up.
 *   B3. After a revoke what was not started is abandoned; what was started is finished.
 *   B4. After `stop` nothing is started; what was started is finished and marked.
 *   B5. Where order matters, no event of an asset starts while an earlier one waits, here or elsewhere (`order-gate`).
 */
import { setImmediate as breathe } from 'node:timers/promises'
import type { AttemptOutcome } from '@scanhook/domain/attempt'
import { checkEventType } from '@scanhook/domain/checking/check-probe'
import type { Delivery, Disposition, HeldReason } from '@scanhook/domain/delivery'
import { type Endpoint, plainEndpoint } from '@scanhook/domain/endpoint'
import type { FilterJudge } from '@scanhook/domain/filter-refusal'
import type { EndpointId } from '@scanhook/domain/ids'
import type { PoisonReason } from '@scanhook/domain/poison'
import { profiles } from '@scanhook/domain/profile'
import { deadlineOf } from '@scanhook/domain/retry/deadline'
import { endpointPauseMs, endpointSignal } from '@scanhook/domain/retry/endpoint-signal'
import type { TierName } from '@scanhook/domain/retry/tiers'
import type { KnownEndpoint } from '@scanhook/endpoint-directory/directory'
import type { RecordBatch } from '@scanhook/kafka/contract'
import type { KafkaRecord } from '@scanhook/kafka/record'
import { type TraceHeaders, traceHeaders } from '@scanhook/observability/trace'
import { unlessAborted } from '@scanhook/runtime/unless-aborted'
import type { RecordDecoder } from '@scanhook/schemas/decode-record'
import type { EndpointChecker } from './check-endpoint.ts'
import type { Deliver } from './deliver.ts'
import { DueHeap } from './due-heap.ts'
import type { Order } from './lane.ts'
import type { LatestEvents } from './latest-events.ts'
import type { OrderGate } from './order-gate.ts'
import { Patience } from './patience.ts'
import { holdUntil, isPutOff, type Plan, planDelivery, type SettledWithoutAttempt } from './plan-delivery.ts'
import type { NextStep } from './plan-next.ts'
import { type Offer, Scheduler, type SchedulerOptions, type Slot } from './scheduler.ts'
import type { Settle } from './settle.ts'
import type { Work } from './work.ts'

/** An endpoint's breaker, as far as it matters here. */
export interface BreakerPort {
  readonly gate: (endpoint: EndpointId) => 'closed' | 'half_open' | 'open'
  /** Until when it is open; null while it lets something through. */
  readonly openUntilMs: (endpoint: EndpointId) => number | null
  /** Before a request; what it returns is called with its outcome, exactly once. */
  readonly begin: (endpoint: EndpointId) => (outcome: AttemptOutcome) => void
}

export interface DispatchPorts {
  readonly decode: RecordDecoder<Delivery>
  readonly findEndpoint: (id: EndpointId) => KnownEndpoint
  readonly breaker: BreakerPort
  readonly order: OrderGate
  readonly latest: LatestEvents
  readonly judgeFilter: FilterJudge
  readonly deliver: Deliver
  readonly checker: EndpointChecker
  readonly settle: Settle
  /** Moves a delivery that is not due for long, without a word in the log. */
  readonly appendNext: (step: NextStep, trace: TraceHeaders | undefined) => Promise<void>
  readonly setAside: (record: KafkaRecord, reason: PoisonReason, detail: string) => Promise<void>
  /** The record's successors were durable before this process had it. */
  readonly wasDone: (record: KafkaRecord, delivery: Delivery) => boolean
  /** They are now. */
  readonly noteDone: (record: KafkaRecord, delivery: Delivery) => void
  /** There is no room to remember what an asset's order waits for. */
  readonly orderLost: () => void
  /** Something could not be made durable although Kafka is there. */
  readonly failed: (error: unknown) => void
  readonly nowMs: () => number
  readonly after: (delayMs: number, act: () => void) => () => void
  /** Lets sockets have their turn within a long batch. */
  readonly breathe?: (() => Promise<void>) | undefined
  readonly scale: number
}

export interface DispatchLimits {
  readonly heapMax: number
  readonly heapBytesMax: number
  readonly unsettledMax: number
}

/** Of the scheduler's options, those that are numbers and its clock; what it asks about deliveries is answered here. */
export type SchedulerLimits = Omit<
  SchedulerOptions<Work>,
  'bytesOf' | 'isBacklog' | 'orderOf' | 'termsOf' | 'gate' | 'start' | 'mayStart' | 'after'
>

/** How often queues are held against the pace of their endpoints. */
const trimIntervalMs = 200
/**
 * How long a batch waits in all for memory that every endpoint shares. What does not keep up is trimmed within 700 ms
 * and what is left is being worked off, so that giving it to the tiers would only write it three times more.
 */
const crowdedPatienceMs = 1_000
/**
 * How long it waits in all for the queue of the only endpoint it is for, if that is quick; what comes behind it in the
 * partition waits as long. A quarter of what may wait, which makes room, is worked off in 1.3 s; an endpoint that stops
 * answering is trimmed before.
 */
const queuePatienceMs = 2_000
/** The decoded objects and the queue's own, beside the texts: an ordinary delivery of 900 bytes takes some 2 KB. */
const aroundBytes = 1_024
/** Decoding and queueing 128 records takes about a millisecond. */
const breatheAfterRecords = 128
/** Two records are encoded for each: some 30 µs. */
const breatheAfterSpills = 32

/** `master-data` follows a change within a second. */
const unknownPatienceMs = 2_000

type NoRoom = 'full' | 'crowded'

/** Of one batch: what decides whether a record of it may wait. */
interface Company {
  /** Records of several endpoints: none may wait for another's room. */
  readonly isMixed: boolean
  readonly forMemory: Patience
  /** For the queue of the only endpoint. */
  readonly forQueue: Patience
}

export class Dispatch {
  readonly #ports: DispatchPorts
  readonly #limits: DispatchLimits
  readonly #scheduler: Scheduler<Work>
  readonly #heap: DueHeap<Work>
  /** Started, put aside or moved, and not durable yet. */
  #unsettled = 0
  /** Of these, the attempts: what may not grow without Kafka. Holds are bounded by what the consumer hands out. */
  #attempting = 0
  #isStopping = false
  #cancelTrim: () => void = () => undefined
  #wake: { readonly atMs: number; readonly cancel: () => void } | null = null
  #onSettled: (() => void)[] = []
  /** Checks that have waited for their endpoint to become known. */
  readonly #waited = new WeakSet<Work>()
  /** Handlers that wait for memory. */
  readonly #crowded = new Set<() => void>()

  constructor(ports: DispatchPorts, limits: DispatchLimits, scheduling: SchedulerLimits) {
    this.#ports = ports
    this.#limits = limits
    this.#heap = new DueHeap(limits.heapMax, limits.heapBytesMax)
    this.#scheduler = new Scheduler<Work>({
      ...scheduling,
      after: ports.after,
      bytesOf: ({ bytes }) => bytes,
      isBacklog: ({ delivery }) => isBehindFresh(delivery),
      orderOf: ({ order }) => order,
      termsOf: ({ endpoint, delivery: { orgId } }) => endpoint ?? { ...plainEndpoint, orgId },
      gate: (endpoint) => ports.breaker.gate(endpoint as EndpointId),
      start: (works, slot) => this.#start(works, slot),
      mayStart: () => this.#attempting < limits.unsettledMax,
    })
    this.#trimLater()
  }

  /** The handler of the consumer: resolves when every record of the batch has its place. */
  handle(batch: RecordBatch): Promise<void> {
    return unlessAborted(batch.signal, this.#take(batch))
  }

  async #take(batch: RecordBatch): Promise<void> {
    const company: Company = {
      isMixed: hasSeveralKeys(batch.records),
      forMemory: new Patience(crowdedPatienceMs, this.#ports),
      forQueue: new Patience(queuePatienceMs, this.#ports),
    }
    let count = 0
    for (const record of batch.records) {
      if (this.#isStopping || batch.signal.aborted) return
      const pending = this.#ports.decode(record.value, batch)
      const decoded = pending instanceof Promise ? await pending : pending
      if (decoded.kind === 'bad') {
        this.#track(
          this.#ports.setAside(record, decoded.reason, decoded.detail).then(() => batch.done(record.offset)),
        )
        continue
      }
      if (this.#ports.wasDone(record, decoded.value)) batch.done(record.offset)
      else await this.#takeOne(this.#workOf(decoded.value, record, batch), company)
      count += 1
      if (count % breatheAfterRecords === 0) await this.#breathe()
    }
  }

  async #takeOne(work: Work, company: Company): Promise<void> {
    const place = this.#place(work)
    if (place !== 'placed') await this.#placeWhenRoom(work, place, company)
  }

  /** Ends in order (B4). Resolves when everything that was started is settled. */
  async stop(): Promise<void> {
    this.#isStopping = true
    this.#ports.checker.stop()
    this.#cancelTrim()
    this.#wake?.cancel()
    this.#scheduler.clear()
    this.#wakeCrowded()
    await this.settled()
  }

  /** Resolves when nothing that was started is under way. */
  async settled(): Promise<void> {
    if (this.#unsettled > 0) await new Promise<void>((resolve) => this.#onSettled.push(resolve))
  }

  /** After a revoke: makes room at once instead of when its turn would come. */
  forgetRevoked(): void {
    this.#heap.forget((work) => work.signal.aborted)
  }

  /** The endpoint's breaker has opened: what waits for it is put aside. */
  breakerOpened(endpoint: EndpointId): void {
    void this.#placeAll(this.#scheduler.evict(endpoint))
  }

  /** It has closed after having been open. */
  breakerClosed(endpoint: EndpointId): void {
    this.#scheduler.recover(endpoint)
  }

  /** What has been learnt about how much the endpoint takes; null when nothing. */
  limitOf(endpoint: EndpointId): number | null {
    return this.#scheduler.limitOf(endpoint)
  }

  counts(): {
    readonly waiting: number
    readonly inFlight: number
    readonly notDue: number
    readonly unsettled: number
    /** Of what waits and what is not due. */
    readonly bytes: number
  } {
    const { waiting, waitingBytes, inFlight } = this.#scheduler.counts()
    const { size: notDue, bytes } = this.#heap
    return { waiting, inFlight, notDue, unsettled: this.#unsettled, bytes: waitingBytes + bytes }
  }

  /** A check goes beside the queues (check-endpoint.ts, C1); one of an endpoint that gets nothing goes the way of all others. */
  #check(work: Work): boolean {
    const { trigger, event, endpointId } = work.delivery
    if (trigger !== 'test' || event.type !== checkEventType) return false
    const known = this.#ports.findEndpoint(endpointId)
    if (known.kind === 'unknown') return this.#waitForEndpoint(work)
    if (known.kind !== 'known' || known.endpoint.state !== 'active') return false
    this.#track(this.#ports.checker.check(work, known.endpoint))
    return true
  }

  /** Once: a person who has just made the endpoint would wait for a tier, which is ten seconds at least. */
  #waitForEndpoint(work: Work): boolean {
    if (this.#waited.has(work)) return false
    this.#waited.add(work)
    const atMs = this.#ports.nowMs() + unknownPatienceMs
    if (!this.#heap.put(work, atMs, work.bytes)) return false
    this.#wakeAt(atMs)
    return true
  }

  /** Gives a delivery its place, or says who has no room just now: its endpoint's queue, or the process. */
  #place(work: Work): 'placed' | NoRoom {
    if (this.#check(work)) return 'placed'
    const plan = this.#plan(work)
    if (work.endpoint !== null) this.#ports.latest.note(work.endpoint, work.delivery.event)
    if (plan.kind !== 'attempt') {
      this.#placeAside(work, plan)
      return 'placed'
    }
    const { endpointId } = work.delivery
    if (work.order !== null) {
      const { key, sequence } = work.order
      const verdict = this.#ports.order.judge(endpointId, key, sequence, this.#ports.nowMs())
      if (verdict.kind === 'behind') {
        this.#hold(work, 'order', verdict.dueAtMs)
        return 'placed'
      }
    }
    const answer = this.#scheduler.offer(endpointId, work)
    if (answer === 'full' || answer === 'crowded') return answer
    if (answer !== 'taken') this.#hold(work, reasonOf(answer))
    else if (work.order !== null) this.#ports.order.arrived(endpointId, work.order.key, work.order.sequence)
    return 'placed'
  }

  /** Looks at the delivery, and at its endpoint as it is now (D7). */
  #plan(work: Work): Plan {
    const { delivery } = work
    const { findEndpoint, breaker, latest, judgeFilter, nowMs, scale } = this.#ports
    const known = findEndpoint(delivery.endpointId)
    if (known.kind === 'known') {
      work.endpoint = known.endpoint
      work.order = orderOf(delivery, known.endpoint)
    }
    return planDelivery(delivery, {
      known,
      breakerOpenUntilMs: breaker.openUntilMs(delivery.endpointId),
      newerThan: (event) => latest.newerThan(delivery.endpointId, event),
      judgeFilter,
      nowMs: nowMs(),
      scale,
    })
  }

  #placeAside(work: Work, plan: Exclude<Plan, { kind: 'attempt' }>): void {
    if (plan.kind === 'settle') {
      const { disposition } = plan
      // In line, so that a recovered endpoint does not meet all of them at once.
      if (disposition.kind === 'held' && disposition.reason === 'breaker_open')
        this.#hold(work, disposition.reason, disposition.dueAtMs)
      else this.#settle(work, disposition)
    } else if (plan.kind === 'hop') this.#move(work, plan.tier)
    else if (this.#heap.put(work, work.delivery.dueAtMs, work.bytes)) this.#wakeAt(work.delivery.dueAtMs)
    else this.#move(work, '10s')
  }

  /**
   * The endpoint keeps up and its queue is full. When the batch is all its own and it is quick, waiting for room is the
   * shorter way; else it yields to whoever comes behind with what has no room (B1). Memory is everybody's, and everybody
   * waits for it, but not for long.
   */
  async #placeWhenRoom(work: Work, noRoom: NoRoom, { isMixed, ...patience }: Company): Promise<void> {
    const { endpointId } = work.delivery
    if (noRoom === 'crowded') await patience.forMemory.wait((wake) => this.#whenLessCrowded(wake))
    else if (!isMixed && this.#scheduler.isQuick(endpointId))
      await patience.forQueue.wait((wake) => this.#scheduler.whenRoom(endpointId, wake))
    if (this.#isStopping || work.signal.aborted) return
    if (this.#place(work) !== 'placed') this.#hold(work, 'queue_full')
  }

  #whenLessCrowded(wake: () => void): () => void {
    this.#crowded.add(wake)
    return () => this.#crowded.delete(wake)
  }

  #wakeCrowded(): void {
    const waiting = [...this.#crowded]
    this.#crowded.clear()
    for (const wake of waiting) wake()
  }

  /** Puts a delivery aside: not before `notBeforeMs`, and in line with the others of its endpoint. */
  #hold(work: Work, reason: HeldReason, notBeforeMs = 0): void {
    const { delivery, endpoint } = work
    const { nowMs, scale } = this.#ports
    const now = nowMs()
    const dueAtMs = now + this.#scheduler.asideMs(delivery.endpointId, notBeforeMs - now)
    const policy = profiles[endpoint?.profile ?? 'standard'].retry
    this.#settle(
      work,
      holdUntil(delivery, reason, { dueAtMs, deadlineAtMs: deadlineOf(delivery, policy, scale) }),
    )
  }

  /** Settles without an attempt. */
  #settle(work: Work, disposition: SettledWithoutAttempt): void {
    const { delivery } = work
    const sent = {
      url: work.endpoint?.url ?? '',
      requestHeaders: {},
      requestBody: delivery.rendered?.body ?? '',
      batch: null,
    }
    this.#noteOrder(work, disposition)
    const settlement = { disposition, outcome: null, startedAtMs: this.#ports.nowMs(), sent }
    this.#track(this.#ports.settle(work, settlement, null))
  }

  #move(work: Work, tier: TierName): void {
    const step: NextStep = { to: { kind: 'tier', name: tier }, delivery: work.delivery }
    this.#track(this.#ports.appendNext(step, work.trace).then(work.done))
  }

  #start(works: readonly Work[], slot: Slot): void {
    if (this.#crowded.size > 0 && !this.#scheduler.isCrowded()) this.#wakeCrowded()
    const ready: Work[] = []
    let endpoint: Endpoint | null = null
    for (const work of works) {
      if (work.signal.aborted || this.#isStopping) {
        this.#release(work)
        continue
      }
      const plan = this.#plan(work)
      if (plan.kind !== 'attempt') {
        this.#placeAside(work, plan)
        continue
      }
      ready.push(work)
      endpoint = plan.endpoint
    }
    if (endpoint === null) {
      this.#scheduler.finish(slot, null)
      return
    }
    this.#attempt(ready, endpoint, slot)
  }

  #attempt(works: readonly Work[], endpoint: Endpoint, slot: Slot): void {
    const end = this.#ports.breaker.begin(endpoint.id)
    this.#trackAttempt(
      this.#ports.deliver(works, endpoint, {
        answered: (outcome) => {
          end(outcome)
          const restMs = endpointPauseMs(outcome)
          if (restMs > 0) void this.#holdAll(this.#scheduler.pause(endpoint.id, restMs))
          this.#scheduler.finish(slot, endpointSignal(outcome))
        },
        decided: (work, disposition) => this.#noteOrder(work, disposition),
        tooLarge: (all) => {
          this.#scheduler.halveBatch(endpoint.id, all.length)
          this.#scheduler.offerAgain(endpoint.id, all)
        },
      }),
    )
  }

  /**
   * What becomes of a delivery decides about those behind it in the order of its asset: they come to their turn, or
   * are put aside behind it.
   */
  #noteOrder(work: Work, disposition: Disposition): void {
    const { order } = work
    if (order === null) return
    const { endpointId } = work.delivery
    if (disposition.kind === 'delivered' || disposition.kind === 'dead') {
      // Told also when nothing is known of it: a former owner's note may have been written after this one had read, and
      // would hold the asset for days once it is read again.
      this.#ports.order.end(endpointId, order.key, order.sequence)
      work.orderNote = { dueAtMs: null }
      this.#scheduler.advance(endpointId, order.key, order.sequence)
      return
    }
    const { dueAtMs } = disposition
    const isParked = this.#ports.order.park({
      endpointId,
      assetId: order.key,
      sequence: order.sequence,
      partition: work.partition,
      dueAtMs,
    })
    if (!isParked) this.#ports.orderLost()
    work.orderNote = isParked ? { dueAtMs } : null
    for (const behind of this.#scheduler.withdraw(endpointId, order.key, order.sequence))
      if (!behind.signal.aborted && !this.#isStopping) this.#hold(behind, 'order', dueAtMs)
  }

  /** It is not started after all, because it is somebody else's: nobody here waits for it any more. */
  #release(work: Work): void {
    if (work.order !== null)
      this.#scheduler.advance(work.delivery.endpointId, work.order.key, work.order.sequence)
  }

  #trackAttempt(attempt: Promise<void>): void {
    this.#attempting += 1
    this.#track(
      attempt.finally(() => {
        this.#attempting -= 1
        if (this.#attempting === this.#limits.unsettledMax - 1) this.#scheduler.pump()
      }),
    )
  }

  #track(act: Promise<void>): void {
    this.#unsettled += 1
    act
      .catch((error: unknown) => {
        // While stopping, Kafka's door may be closed already: the record is not done and will be seen again.
        if (!this.#isStopping) this.#ports.failed(error)
      })
      .finally(() => {
        this.#unsettled -= 1
        if (this.#unsettled === 0) for (const settled of this.#onSettled.splice(0)) settled()
      })
  }

  #wakeAt(atMs: number): void {
    if (this.#wake !== null) {
      if (this.#wake.atMs <= atMs) return
      this.#wake.cancel()
    }
    const cancel = this.#ports.after(atMs - this.#ports.nowMs(), () => this.#releaseDue())
    this.#wake = { atMs, cancel }
  }

  #releaseDue(): void {
    this.#wake = null
    if (this.#isStopping) return
    for (const work of this.#heap.takeDue(this.#ports.nowMs())) {
      if (work.signal.aborted) continue
      if (this.#place(work) !== 'placed') this.#hold(work, 'queue_full')
    }
    const next = this.#heap.nextDueAtMs
    if (next !== null) this.#wakeAt(next)
  }

  #trimLater(): void {
    this.#cancelTrim = this.#ports.after(trimIntervalMs, () => {
      void this.#holdAll(this.#scheduler.trim(), 'queue_full')
      if (!this.#scheduler.isCrowded()) this.#wakeCrowded()
      this.#trimLater()
    })
  }

  #holdAll(works: readonly Work[], reason: HeldReason = 'rate_limited'): Promise<void> {
    return this.#forAll(works, (work) => this.#hold(work, reason))
  }

  #placeAll(works: readonly Work[]): Promise<void> {
    return this.#forAll(works, (work) => {
      if (this.#place(work) !== 'placed') this.#hold(work, 'queue_full')
    })
  }

  /**
   * Thousands at once when an endpoint turns slow: the others' sockets get their turn in between. But first those whose
   * order matters, before anything later of their assets can come (B5).
   */
  async #forAll(works: readonly Work[], act: (work: Work) => void): Promise<void> {
    for (const work of works) if (work.order !== null && !work.signal.aborted) act(work)
    let count = 0
    for (const work of works) {
      if (work.order !== null) continue
      if (this.#isStopping) return
      if (!work.signal.aborted) act(work)
      count += 1
      if (count % breatheAfterSpills === 0) await this.#breathe()
    }
  }

  async #breathe(): Promise<void> {
    await (this.#ports.breathe ?? breathe)()
  }

  /** What of a record is kept. Neither the batch nor the record: one that waits would hold the bytes of a whole fetch. */
  #workOf(delivery: Delivery, record: KafkaRecord, batch: RecordBatch): Work {
    const { topic, partition, offset, timestampMs } = record
    const { noteDone } = this.#ports
    const coordinates: KafkaRecord = {
      topic,
      partition,
      offset,
      timestampMs,
      key: null,
      value: null,
      headers: {},
    }
    return {
      delivery,
      trace: traceHeaders(record.headers),
      bytes: (record.value?.length ?? 0) + aroundBytes,
      partition,
      endpoint: null,
      order: null,
      orderNote: null,
      signal: batch.signal,
      over: batch.over,
      done: () => {
        batch.done(offset)
        noteDone(coordinates, delivery)
      },
    }
  }
}

/** What was put off, and what people have sent again, may be hundreds of thousands: neither holds back what happens now. */
function isBehindFresh(delivery: Delivery): boolean {
  return delivery.trigger === 'manual' || (delivery.trigger === 'event' && isPutOff(delivery))
}

/** What a person asked for goes by itself. */
function orderOf({ trigger, event }: Delivery, { ordering }: Endpoint): Order | null {
  if (ordering === 'none' || trigger !== 'event' || event.assetId === null || event.sequence === null)
    return null
  return { key: event.assetId, sequence: event.sequence }
}

function reasonOf(answer: Exclude<Offer, 'taken' | NoRoom>): HeldReason {
  if (answer === 'paused') return 'rate_limited'
  return answer === 'behind' ? 'order' : 'queue_full'
}

/** Keys are endpoint ids; a batch of one endpoint is the common case of a backlog. */
function hasSeveralKeys(records: readonly KafkaRecord[]): boolean {
  const first = records[0]?.key ?? null
  if (first === null) return true
  return records.some(({ key }) => key === null || !key.equals(first))
}
