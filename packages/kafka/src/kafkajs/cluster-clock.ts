/**
 * The cluster's clock over kafkajs: takes the samples that `ClockEstimate` judges, and says when the wall clock is wrong.
 *
 * Has a connection of its own, so that no fetch or large produce stands between a record and its acknowledgement; and asks
 * for the leader's acknowledgement only: what the followers need would count as round trip, and nobody needs the record.
 *
 * Invariants
 *   B1. Before the first sample, and without brokers from the start, the wall clock counts; from then on it never does.
 *   B2. Brokers that are away cost exactness only: time goes on from the last sample.
 *   B3. Nothing that goes wrong here ends anything: it is logged and tried again.
 */
import { setTimeout as sleepFor } from 'node:timers/promises'
import { backoffMs, isNews } from '../backoff.ts'
import { ClockEstimate, settlingSamples } from '../clock-estimate.ts'
import type { ClusterClock } from '../contract.ts'
import { KafkaError } from '../errors.ts'
import { BrokerSession } from './broker-session.ts'
import type { ClientContext } from './client-context.ts'
import { produceExchange } from './exchanges.ts'
import { errorTypeOf } from './failure.ts'
import { within } from './pauses.ts'

/**
 * Two clocks drift apart by less than a millisecond in that time, and a jump (a machine that was suspended, a broker's
 * clock that was set) is made good within it. A process writes 8,640 records of one byte a day.
 */
const defaultSampleEveryMs = 10_000
/** A slower answer says the time to a second at best, which is all that the cascade may be late. */
const roundTripMaxMs = 2_000
/** Services start beside brokers that are away as well. */
const firstSamplesMaxMs = 5_000
/** What is worth a warning: receivers refuse signatures by the minute, people compare logs by the second. */
const wrongAboveMs = 1_000

const record = { key: null, value: Buffer.from([0]), headers: [] }

export class SampledClock implements ClusterClock {
  readonly #topic: string
  readonly #context: ClientContext
  readonly #session: BrokerSession
  readonly #estimate = new ClockEstimate()
  readonly #closing = new AbortController()
  readonly #sampleEveryMs: number
  /** False again after a failure: the leader may be another one now. */
  #isLeaderKnown = false
  #isWallWrong = false

  constructor(topic: string, context: ClientContext, sampleEveryMs: number = defaultSampleEveryMs) {
    this.#topic = topic
    this.#sampleEveryMs = sampleEveryMs
    this.#context = context
    this.#session = new BrokerSession(context.connection)
    const offset = context.metrics.gauge(
      'scanhook_clock_offset_seconds',
      'Time of the brokers minus wall clock of this process; 0 until measured',
    )
    context.metrics.onCollect(() => offset.set(this.offsetMs() / 1_000))
  }

  readonly nowMs = (): number => this.#estimate.nowMs(this.#context.monotonicMs()) ?? this.#context.nowMs()

  readonly errorMs = (): number | null => this.#estimate.errorMs(this.#context.monotonicMs())

  readonly offsetMs = (): number => {
    const brokersMs = this.#estimate.nowMs(this.#context.monotonicMs())
    return brokersMs === null ? 0 : brokersMs - this.#context.nowMs()
  }

  readonly close = (): void => {
    this.#closing.abort()
    this.#session.close()
  }

  /** Resolves with the first samples, or when they have been waited for long enough. */
  async open(): Promise<void> {
    const measured = Promise.withResolvers<void>()
    void this.#run(measured.resolve)
    await within(firstSamplesMaxMs, measured.promise)
  }

  async #run(measured: () => void): Promise<void> {
    let samples = 0
    let failures = 0
    while (!this.#closing.signal.aborted) {
      try {
        await this.#sample()
        failures = 0
        samples += 1
        if (samples >= settlingSamples) measured()
        this.#compareWithWall()
      } catch (error) {
        failures += 1
        this.#isLeaderKnown = false
        if (isNews(failures)) this.#context.log.warn({ failures, err: error }, 'clock.sample-failed')
      }
      if (failures > 0) await this.#pause(backoffMs(failures, this.#context.random()))
      else if (samples >= settlingSamples) await this.#pause(this.#sampleEveryMs)
    }
  }

  /** One round trip. Throws KafkaError, or what kafkajs throws. */
  async #sample(): Promise<void> {
    const leader = await this.#leader()
    const { nowMs, monotonicMs } = this.#context
    const records = [{ ...record, timestampMs: nowMs() }]
    const exchange = produceExchange([{ topic: this.#topic, partition: 0, records }], {
      acknowledgedBy: 'leader',
      requestTimeoutMs: roundTripMaxMs,
    })
    const { results, sentAtMs, acknowledgedAtMs } = await this.#session.withNode(leader, async (broker) => {
      const startedAtMs = monotonicMs()
      const answer = await broker.connectionPool.send(exchange)
      return { results: answer, sentAtMs: startedAtMs, acknowledgedAtMs: monotonicMs() }
    })
    const [result] = results
    if (result === undefined || result.errorCode !== 0) {
      const type = result === undefined ? 'NO_ANSWER' : errorTypeOf(result.errorCode)
      throw new KafkaError('KAFKA_UNAVAILABLE', `${this.#topic}: ${type}`, { retriable: true })
    }
    if (result.appendTimeMs < 0) {
      throw new KafkaError('KAFKA_TOPIC_MISMATCH', `${this.#topic} does not use LogAppendTime`)
    }
    this.#estimate.add({ sentAtMs, acknowledgedAtMs, brokerMs: result.appendTimeMs })
  }

  async #leader(): Promise<number> {
    if (!this.#isLeaderKnown) await this.#session.refresh([this.#topic])
    const leader = this.#session.layoutOf(this.#topic)?.leaders[0]
    if (leader === undefined) throw new KafkaError('KAFKA_TOPIC_UNKNOWN', `${this.#topic} does not exist`)
    if (leader === -1) {
      throw new KafkaError('KAFKA_UNAVAILABLE', `${this.#topic} has no leader`, { retriable: true })
    }
    this.#isLeaderKnown = true
    return leader
  }

  #compareWithWall(): void {
    const offsetMs = this.offsetMs()
    const isWrong = Math.abs(offsetMs) > wrongAboveMs
    if (isWrong === this.#isWallWrong) return
    this.#isWallWrong = isWrong
    if (isWrong) this.#context.log.warn({ offsetMs }, 'clock.deviated')
    else this.#context.log.info({ offsetMs }, 'clock.agreed')
  }

  async #pause(delayMs: number): Promise<void> {
    await sleepFor(delayMs, undefined, { signal: this.#closing.signal }).catch(() => undefined)
  }
}
