/**
 * What the cluster's time is, worked out of samples: a record was sent, a broker stamped it, the acknowledgement came.
 * Owns the arithmetic; knows no Kafka, no timer and no clock (monotonic instants are arguments).
 *
 * The stamp was made between sending and acknowledgement. So a sample bounds the offset `broker − monotonic` by its
 * round trip, whatever the wall clock says; the middle is the best guess and is wrong by half the round trip at most.
 *
 * Invariants
 *   E1. Of the last 8 samples the one with the smallest error counts. While the broker's clock runs evenly, its time is
 *       never further than `errorMs` from `nowMs`.
 *   E2. `nowMs` never goes back, except by a correction of more than a second: smaller ones are made up for by running
 *       up to a tenth slower or faster, and larger ones mean that what was believed before was wrong. The first three
 *       samples are taken before anybody looks, so the best of them counts at once.
 *   E3. The newest sample is believed: older ones that contradict it (the broker's clock was set, this machine was
 *       suspended, another broker leads) are forgotten. So one sample after such a jump it is made good.
 */
export interface ClockSample {
  /** On the monotonic clock: before the record was given away, and when its acknowledgement was there. */
  readonly sentAtMs: number
  readonly acknowledgedAtMs: number
  /** The broker's stamp, epoch ms, cut to whole milliseconds as brokers do. */
  readonly brokerMs: number
}

/** At 10 s between samples these are 80 s: a quiet one is among them, and drift over them is below 10 ms. */
const samplesMax = 8
/** Two crystals at the edge of what is sold (50 ppm each), one in the broker and one in this machine. */
const driftMax = 1e-4
/** Above what round trips and drift explain: a clock was set. It is also what the cascade may be late. */
const stepAboveMs = 1_000
/** Samples before the clock is looked at: the first opens the connection and may be slow, or meet a broker that starts. */
export const settlingSamples = 3
/** A correction of a second is over before the next sample, 10 s later. */
const slewRate = 0.1

interface Bounds {
  /** `broker − monotonic` at `atMs` is within [lowMs, highMs]. */
  readonly lowMs: number
  readonly highMs: number
  /** Monotonic. */
  readonly atMs: number
}

export class ClockEstimate {
  #samples: readonly Bounds[] = []
  /** The sample that counts; null before the first. */
  #best: Bounds | null = null
  /** What is still to be made up for, as it was at `#correctedAtMs`. */
  #restMs = 0
  #correctedAtMs = 0
  #added = 0

  add({ sentAtMs, acknowledgedAtMs, brokerMs }: ClockSample): void {
    const newest: Bounds = {
      lowMs: brokerMs - acknowledgedAtMs,
      highMs: brokerMs + 1 - sentAtMs,
      atMs: acknowledgedAtMs,
    }
    const agreeing = this.#samples.filter((older) => !contradicts(older, newest))
    this.#samples = [newest, ...agreeing].slice(0, samplesMax)
    const best = this.#samples.reduce((one, other) =>
      errorAt(other, newest.atMs) < errorAt(one, newest.atMs) ? other : one,
    )
    this.#added += 1
    const restMs =
      this.#best === null || this.#added <= settlingSamples
        ? 0
        : this.#offsetAt(this.#best, newest.atMs) - middleOf(best)
    this.#restMs = Math.abs(restMs) > stepAboveMs ? 0 : restMs
    this.#correctedAtMs = newest.atMs
    this.#best = best
  }

  /** Epoch ms, whole; null before the first sample. `monotonicMs` is not before the last sample's end. */
  nowMs(monotonicMs: number): number | null {
    if (this.#best === null) return null
    return Math.floor(monotonicMs + this.#offsetAt(this.#best, monotonicMs))
  }

  /** How far the broker's time may be from `nowMs`; null before the first sample. */
  errorMs(monotonicMs: number): number | null {
    if (this.#best === null) return null
    return errorAt(this.#best, monotonicMs) + Math.abs(this.#restAt(monotonicMs)) + 1 // cut to whole ms
  }

  #offsetAt(best: Bounds, monotonicMs: number): number {
    return middleOf(best) + this.#restAt(monotonicMs)
  }

  #restAt(monotonicMs: number): number {
    const leftMs = Math.abs(this.#restMs) - slewRate * (monotonicMs - this.#correctedAtMs)
    return Math.sign(this.#restMs) * Math.max(0, leftMs)
  }
}

function middleOf({ lowMs, highMs }: Bounds): number {
  return (lowMs + highMs) / 2
}

function errorAt({ lowMs, highMs, atMs }: Bounds, monotonicMs: number): number {
  return (highMs - lowMs) / 2 + driftMax * (monotonicMs - atMs)
}

function contradicts(older: Bounds, newest: Bounds): boolean {
  const driftMs = driftMax * (newest.atMs - older.atMs)
  return older.lowMs - driftMs > newest.highMs || older.highMs + driftMs < newest.lowMs
}
