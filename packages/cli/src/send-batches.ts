/**
 * Reads or events to the front door, batch after batch.
 *
 * Invariants
 *   B1. A batch that could not be taken (429, 500 and above, no connection) is sent again, after the wait that was asked for: nothing is
 *       left out, and nothing behind it goes first.
 *   B2. One that is refused is counted and not sent again.
 *   B3. Each time a batch is sent it has the same `Idempotency-Key`: one that was taken, and whose answer was lost, counts once, also
 *       where its items have no ids.
 */
import { mayGoWell } from './answer-of.ts'
import { CliError, exitCodes } from './exit-codes.ts'

export interface Submission {
  readonly accepted: number
  readonly duplicates: number
  readonly dropped: number
  readonly rejected: readonly {
    readonly index: number
    readonly fields: readonly { readonly field: string; readonly message: string }[]
  }[]
}

export interface BatchAnswer {
  readonly status: number
  readonly retryAfterMs: number
  /** Of a 202. */
  readonly submission: Submission | null
  /** What else it said. */
  readonly detail: string
}

export interface Batch {
  readonly items: readonly unknown[]
  /** Printable ASCII; the door does the same under the same key once. Absent: each time it is sent it is another one. */
  readonly idempotencyKey?: string
}

export interface SendPorts {
  /** Rejects without a connection. */
  readonly post: (batch: Batch) => Promise<BatchAnswer>
  /** Chance. */
  readonly newUuid: () => string
  readonly pause: (delayMs: number) => Promise<void>
  readonly interrupted: AbortSignal
  readonly say: (text: string) => void
}

export interface Sums {
  sent: number
  accepted: number
  duplicates: number
  dropped: number
  rejected: number
}

/** What the front door takes at once. */
export const batchMax = 1_000
const againMs = 1_000
/** As long as an API may be away, and longer than a key is claimed by a process that died (60 s); after that it is not slow, it is gone. */
const triesMax = 60

export function openBatches(ports: SendPorts): {
  readonly sums: Sums
  /** Throws CliError when the batch can not be sent at all. */
  readonly send: (items: readonly unknown[]) => Promise<void>
} {
  const { post, pause, interrupted, say, newUuid } = ports
  const sums: Sums = { sent: 0, accepted: 0, duplicates: 0, dropped: 0, rejected: 0 }

  async function send(items: readonly unknown[]): Promise<void> {
    const batch = { items, idempotencyKey: newUuid() } // B3
    for (let tries = 1; !interrupted.aborted; tries += 1) {
      const answer = await post(batch).catch((error: unknown) => {
        if (error instanceof CliError && error.exitCode !== exitCodes.unreachable) throw error
        return null
      })
      if (answer !== null && !mayGoWell(answer.status, answer.retryAfterMs)) {
        count(items, answer)
        return
      }
      if (tries >= triesMax) {
        const why = answer === null ? '' : `: ${answer.detail}`
        throw new CliError(exitCodes.unreachable, `the API takes nothing${why}`)
      }
      await pause(Math.max(againMs, answer?.retryAfterMs ?? 0)) // B1
    }
  }

  function count(items: readonly unknown[], { status, submission, detail }: BatchAnswer): void {
    if (status === 401 || status === 403) throw new CliError(exitCodes.forbidden, detail)
    const before = sums.sent
    sums.sent += items.length
    if (submission === null) {
      sums.rejected += items.length // B2
      say(`item ${before + 1} and those behind it: ${detail}\n`)
      return
    }
    sums.accepted += submission.accepted
    sums.duplicates += submission.duplicates
    sums.dropped += submission.dropped
    sums.rejected += submission.rejected.length
    for (const { index, fields } of submission.rejected)
      say(
        `item ${before + index + 1}: ${fields.map(({ field, message }) => `${field} ${message}`).join('; ')}\n`,
      )
  }
  return { sums, send }
}
