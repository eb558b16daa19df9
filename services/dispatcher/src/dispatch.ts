/**
 * Records in, attempts started: takes batches apart, keeps what is not due yet, hands the rest to admission, puts aside
 * what an endpoint can't take, and ends in order. Owns what is in memory and its bounds; decides nothing about retries.
 *
 * Invariants
 *   B1. No record of an endpoint that is slow, paused or gone makes a record of another endpoint wait: whatever can't
 *       be started soon leaves for a tier, and the partition goes on.
 *   B2. What is in memory is bounded, by number and in bytes: what is not due, what waits, and `unsettledMax` attempts
 *       started and not durable yet. Above the last nothing is started, so an absent Kafka stops us without piling up.
 *   B3. After a revoke what was not started is abandoned; what was started is finished.
 *   B4. After `stop` nothing is started; what was started is finished and marked.
 */
import type { Delivery, Disposition } from '@scanhook/domain/delivery'
import type { PoisonReason } from '@scanhook/domain/poison'
import type { TierName } from '@scanhook/domain/retry/tiers'
import type { RecordBatch } from '@scanhook/kafka/contract'
import type { KafkaRecord } from '@scanhook/kafka/record'
import { type Trace, traceOf } from '@scanhook/observability/trace'
import type { RecordDecoder } from '@scanhook/schemas/decode-record'
import type { Admission, Slot } from './admission.ts'
import type { Deliver } from './deliver.ts'
import { DueHeap } from './due-heap.ts'
import { hold, type Plan } from './plan-delivery.ts'
import type { NextStep } from './plan-next.ts'
import type { Settle } from './settle.ts'
import type { Work } from './work.ts'

export interface DispatchPorts {
  readonly decode: RecordDecoder<Delivery>
  readonly deliver: Deliver
  readonly settle: Settle
  /** Moves a delivery that is not due for long, without a word in the log. */
  readonly appendNext: (step: NextStep, trace: Trace) => Promise<void>
  readonly setAside: (record: KafkaRecord, reason: PoisonReason, detail: string) => Promise<void>
  readonly urlOf: (delivery: Delivery) => string
  /** Something could not be made durable although Kafka is there. */
  readonly failed: (error: unknown) => void
  readonly nowMs: () => number
  readonly after: (delayMs: number, act: () => void) => () => void
  /** Lets sockets have their turn within a long batch. */
  readonly breathe: () => Promise<void>
  readonly scale: number
}

export interface DispatchLimits {
  readonly heapMax: number
  readonly heapBytesMax: number
  readonly unsettledMax: number
}

/** How often queues are held against the pace of their endpoints. */
const trimIntervalMs = 200
/**
 * How long a batch waits in all for memory that every endpoint shares. What does not keep up is trimmed within 700 ms
 * and what is left is being worked off, so that giving it to the tiers would only write it three times more.
 */
const crowdedPatienceMs = 1_000
/** The decoded objects and the queue's own, beside the texts: an ordinary delivery of 900 bytes takes some 2 KB. */
const aroundBytes = 1_024
/** Decoding and queueing 128 records takes about a millisecond. */
const breatheAfterRecords = 128
/** Two records are encoded for each: some 30 µs. */
const breatheAfterSpills = 32

type NoRoom = 'full' | 'crowded'

/** Of one batch. */
interface Patience {
  /** Records of several endpoints: none may wait for another's room. */
  readonly isMixed: boolean
  leftMs: number
}

type MakeAdmission = (start: (work: Work, slot: Slot) => void, mayStart: () => boolean) => Admission<Work>

export class Dispatch {
  readonly #ports: DispatchPorts
  readonly #limits: DispatchLimits
  readonly #admission: Admission<Work>
  readonly #heap: DueHeap<Work>
  /** Started, put aside or moved, and not durable yet. */
  #unsettled = 0
  /** Of these, the attempts: what may not grow without Kafka. Holds are bounded by what the consumer hands out. */
  #attempting = 0
  #isStopping = false
  #cancelTrim: () => void = () => undefined
  #wake: { readonly atMs: number; readonly cancel: () => void } | null = null
  #onSettled: (() => void)[] = []
  /** Handlers that wait for memory. */
  readonly #crowded = new Set<() => void>()

  constructor(ports: DispatchPorts, limits: DispatchLimits, makeAdmission: MakeAdmission) {
    this.#ports = ports
    this.#limits = limits
    this.#heap = new DueHeap(limits.heapMax, limits.heapBytesMax)
    this.#admission = makeAdmission(
      (work, slot) => this.#start(work, slot),
      () => this.#attempting < limits.unsettledMax,
    )
    this.#trimLater()
  }

  /** The handler of the consumer: resolves when every record of the batch has its place. */
  async handle(batch: RecordBatch): Promise<void> {
    try {
      await this.#take(batch)
    } catch (error) {
      // Revoked or stopping: the next owner reads these records again.
      if (!batch.signal.aborted) throw error
    }
  }

  async #take(batch: RecordBatch): Promise<void> {
    const patience: Patience = { isMixed: hasSeveralKeys(batch.records), leftMs: crowdedPatienceMs }
    let count = 0
    for (const record of batch.records) {
      if (this.#isStopping || batch.signal.aborted) return
      const pending = this.#ports.decode(record.value, batch)
      const decoded = pending instanceof Promise ? await pending : pending
      if (decoded.kind === 'bad') {
        const done = doneOf(batch, record)
        this.#track(this.#ports.setAside(record, decoded.reason, decoded.detail).then(done))
        continue
      }
      const work = workOf(decoded.value, record, batch)
      const place = this.#place(work)
      if (place !== 'placed') await this.#placeWhenRoom(work, place, patience)
      count += 1
      if (count % breatheAfterRecords === 0) await this.#ports.breathe()
    }
  }

  /** Ends in order (B4). Resolves when everything that was started is settled. */
  async stop(): Promise<void> {
    this.#isStopping = true
    this.#cancelTrim()
    this.#wake?.cancel()
    this.#admission.clear()
    this.#wakeCrowded()
    if (this.#unsettled > 0) await new Promise<void>((resolve) => this.#onSettled.push(resolve))
  }

  /** After a revoke: makes room at once instead of when its turn would come. */
  forgetRevoked(): void {
    this.#heap.forget((work) => work.signal.aborted)
  }

  counts(): {
    readonly waiting: number
    readonly inFlight: number
    readonly notDue: number
    readonly unsettled: number
    /** Of what waits and what is not due. */
    readonly bytes: number
  } {
    const { waiting, waitingBytes, inFlight } = this.#admission.counts()
    const { size: notDue, bytes } = this.#heap
    return { waiting, inFlight, notDue, unsettled: this.#unsettled, bytes: waitingBytes + bytes }
  }

  /** Gives a delivery its place, or says who has no room just now: its endpoint's queue, or the process. */
  #place(work: Work): 'placed' | NoRoom {
    const plan = this.#ports.deliver.plan(work)
    if (plan.kind !== 'attempt') {
      this.#placeAside(work, plan)
      return 'placed'
    }
    const answer = this.#admission.offer(work.delivery.endpointId, work)
    if (answer === 'full' || answer === 'crowded') return answer
    if (answer === 'slow') this.#spill(work)
    return 'placed'
  }

  #placeAside(work: Work, plan: Exclude<Plan, { kind: 'attempt' }>): void {
    if (plan.kind === 'settle') this.#settle(work, plan.disposition)
    else if (plan.kind === 'hop') this.#move(work, plan.tier)
    else if (this.#heap.put(work, work.delivery.dueAtMs, work.bytes)) this.#wakeAt(work.delivery.dueAtMs)
    else this.#move(work, '10s')
  }

  /**
   * The endpoint keeps up and its queue is full. When the batch is all its own, waiting for room delays nobody and is
   * cheaper than three more writes per delivery; when others are behind it, it yields to them with what has no room
   * (B1). Memory is everybody's, and everybody waits for it, but not for long.
   */
  async #placeWhenRoom(work: Work, noRoom: NoRoom, patience: Patience): Promise<void> {
    if (noRoom === 'crowded') await this.#lessCrowded(patience)
    else if (!patience.isMixed) await this.#admission.room(work.delivery.endpointId)
    if (this.#isStopping || work.signal.aborted) return
    if (this.#place(work) !== 'placed') this.#spill(work)
  }

  /** Resolves when memory has become free, at the latest when the batch has waited for as long as it may. */
  async #lessCrowded(patience: Patience): Promise<void> {
    if (patience.leftMs <= 0) return
    const sinceMs = this.#ports.nowMs()
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        this.#crowded.delete(wake)
        cancel()
        resolve()
      }
      const cancel = this.#ports.after(patience.leftMs, () => {
        this.#crowded.delete(wake)
        patience.leftMs = 0
        resolve()
      })
      this.#crowded.add(wake)
    })
    patience.leftMs -= Math.max(0, this.#ports.nowMs() - sinceMs)
  }

  #wakeCrowded(): void {
    for (const wake of this.#crowded) wake()
  }

  #spill(work: Work): void {
    this.#settle(
      work,
      hold(work.delivery, 'queue_full', { nowMs: this.#ports.nowMs(), scale: this.#ports.scale }),
    )
  }

  /** Settles without an attempt. */
  #settle(work: Work, disposition: Disposition): void {
    const { delivery } = work
    const sent = {
      url: this.#ports.urlOf(delivery),
      requestHeaders: {},
      requestBody: delivery.rendered?.body ?? '',
    }
    const settlement = { disposition, outcome: null, startedAtMs: this.#ports.nowMs(), sent }
    this.#track(this.#ports.settle(work, settlement, null))
  }

  #move(work: Work, tier: TierName): void {
    const step: NextStep = { to: { kind: 'tier', name: tier }, delivery: work.delivery }
    this.#track(this.#ports.appendNext(step, work.trace).then(work.done))
  }

  #start(work: Work, slot: Slot): void {
    if (this.#crowded.size > 0 && !this.#admission.isCrowded()) this.#wakeCrowded()
    if (work.signal.aborted || this.#isStopping) {
      this.#admission.finish(slot)
      return
    }
    const plan = this.#ports.deliver.plan(work) // D6
    if (plan.kind === 'attempt') {
      this.#trackAttempt(this.#ports.deliver.attempt(work, plan.endpoint, () => this.#admission.finish(slot)))
      return
    }
    this.#admission.finish(slot)
    this.#placeAside(work, plan)
  }

  #trackAttempt(attempt: Promise<void>): void {
    this.#attempting += 1
    this.#track(
      attempt.finally(() => {
        this.#attempting -= 1
        if (this.#attempting === this.#limits.unsettledMax - 1) this.#admission.pump()
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
      if (this.#place(work) !== 'placed') this.#spill(work)
    }
    const next = this.#heap.nextDueAtMs
    if (next !== null) this.#wakeAt(next)
  }

  #trimLater(): void {
    this.#cancelTrim = this.#ports.after(trimIntervalMs, () => {
      void this.#spillAll(this.#admission.trim())
      if (!this.#admission.isCrowded()) this.#wakeCrowded()
      this.#trimLater()
    })
  }

  /** Thousands at once when an endpoint turns slow: the others' sockets get their turn in between. */
  async #spillAll(works: readonly Work[]): Promise<void> {
    let count = 0
    for (const work of works) {
      if (this.#isStopping) return
      if (!work.signal.aborted) this.#spill(work)
      count += 1
      if (count % breatheAfterSpills === 0) await this.#ports.breathe()
    }
  }
}

/** What of a record is kept. Neither the batch nor the record: one that waits would hold the bytes of a whole fetch. */
function workOf(delivery: Delivery, record: KafkaRecord, batch: RecordBatch): Work {
  return {
    delivery,
    trace: traceOf(record.headers),
    bytes: (record.value?.length ?? 0) + aroundBytes,
    signal: batch.signal,
    done: doneOf(batch, record),
  }
}

function doneOf({ done }: Pick<RecordBatch, 'done'>, { offset }: KafkaRecord): () => void {
  return () => done(offset)
}

/** Keys are endpoint ids; a batch of one endpoint is the common case of a backlog. */
function hasSeveralKeys(records: readonly KafkaRecord[]): boolean {
  const first = records[0]?.key ?? null
  if (first === null) return true
  return records.some(({ key }) => key === null || !key.equals(first))
}
