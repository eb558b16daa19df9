/**
 * Answers on their way back: what gathers while one request is under way goes with the next.
 *
 * Invariants
 *   A1. One request at a time, and after a 429 none before its `Retry-After`: the rate of a key is enough for any number of events.
 *   A2. An answer is brought until it is taken or refused; when there is no connection it is tried again.
 */
import { type BroughtAnswer, renderAnswer } from './relayed-request.ts'

export interface BringPorts {
  /** Gives the status, and for how long not to come again. Rejects without a connection. */
  readonly send: (
    answers: readonly ReturnType<typeof renderAnswer>[],
  ) => Promise<{ readonly status: number; readonly retryAfterMs: number; readonly late: readonly string[] }>
  readonly pause: (delayMs: number) => Promise<void>
  readonly isOver: () => boolean
  readonly onLate: (requestIds: readonly string[]) => void
}

/** What the API takes at once. */
const answersMax = 64
const bytesMax = 1024 * 1024
const againMs = 1_000

export function openAnswers(ports: BringPorts): {
  readonly bring: (answer: BroughtAnswer) => void
  /** Resolves when nothing is left to bring. */
  readonly idle: () => Promise<void>
} {
  const queue: BroughtAnswer[] = []
  let running: Promise<void> | null = null

  async function work(): Promise<void> {
    while (queue.length > 0 && !ports.isOver()) {
      const some = queue.splice(0, countThatFits(queue))
      const outcome = await ports.send(some.map(renderAnswer)).catch(() => null)
      if (outcome === null || outcome.status === 429 || outcome.status >= 500) {
        queue.unshift(...some) // A2
        await ports.pause(Math.max(againMs, outcome?.retryAfterMs ?? 0)) // A1
      } else if (outcome.late.length > 0) ports.onLate(outcome.late)
    }
  }

  const start = (): void => {
    running ??= work().finally(() => {
      running = null
      if (queue.length > 0 && !ports.isOver()) start()
    })
  }
  return {
    bring: (answer) => {
      queue.push(answer)
      start()
    },
    idle: async () => {
      while (running !== null) await running
    },
  }
}

function countThatFits(queue: readonly BroughtAnswer[]): number {
  let bytes = 0
  let count = 0
  for (const { body } of queue.slice(0, answersMax)) {
    bytes += body.length
    if (count > 0 && bytes > bytesMax) break
    count += 1
  }
  return count
}
