/**
 * How the endpoints that were asked lately answered last. Many that fail at the same time have one cause, and it is rarely
 * theirs; the sum over all dispatchers is what the alert about our own way to the internet looks at.
 *
 * Invariants
 *   N1. An endpoint counts once, by its last attempt, for ten minutes after it.
 *   N2. At most `endpointsMax` are remembered; the one that was asked longest ago goes first.
 */
import type { AttemptOutcome } from '@scanhook/domain/attempt'
import type { EndpointId } from '@scanhook/domain/ids'

/** `refused`: an answer other than 2xx. `unreachable`: no usable answer. */
export const lastAnswers = ['delivered', 'refused', 'unreachable'] as const
export type LastAnswer = (typeof lastAnswers)[number]

/** Longer than the longest pause of an open breaker at its first openings, so that what fails does not drop out of sight. */
const rememberedMs = 10 * 60 * 1_000
/** What the process is laid out for (service.ts); about 100 bytes each. */
const endpointsMax = 100_000

export function lastAnswerOf(outcome: AttemptOutcome): LastAnswer {
  if (outcome.kind === 'failed') return 'unreachable'
  return outcome.status >= 200 && outcome.status < 300 ? 'delivered' : 'refused'
}

export class RecentEndpoints {
  /** In the order of the last attempts. */
  readonly #last = new Map<EndpointId, { readonly atMs: number; readonly answer: LastAnswer }>()
  readonly #max: number

  constructor(max: number = endpointsMax) {
    this.#max = max
  }

  note(endpoint: EndpointId, answer: LastAnswer, nowMs: number): void {
    this.#last.delete(endpoint)
    this.#last.set(endpoint, { atMs: nowMs, answer })
    if (this.#last.size <= this.#max) return
    const [oldest] = this.#last.keys()
    if (oldest !== undefined) this.#last.delete(oldest)
  }

  counts(nowMs: number): Readonly<Record<LastAnswer, number>> {
    for (const [endpoint, { atMs }] of this.#last) {
      if (nowMs - atMs <= rememberedMs) break
      this.#last.delete(endpoint)
    }
    const counts = { delivered: 0, refused: 0, unreachable: 0 }
    for (const { answer } of this.#last.values()) counts[answer] += 1
    return counts
  }
}
