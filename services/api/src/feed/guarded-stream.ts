/**
 * A stream that somebody reads over HTTP for minutes. What is in it is the caller's; when it ends against its reader's will is here.
 *
 * Invariants
 *   F5. One piece is made while another one is sent, and no more: a slow reader costs a page.
 *   F6. It ends within seconds after its reader may not read it any more, also while nobody takes what is ready.
 *   F7. Whoever takes nothing of what is ready for a minute loses the stream: an open connection that is not read holds a place
 *       that others want.
 */
import { Readable } from 'node:stream'
import type { Clock } from '@scanhook/runtime/clock'

/** Who signed out, or whose key was withdrawn, reads on for that long; for each stream a look at what is remembered for keys, a query for sessions. */
export const askAllowedMs = 5_000
/** As long as common proxies wait for a reader that takes nothing. */
export const stalledMs = 60_000

/** Of server-sent events. */
export const eventStreamHeaders = { 'content-type': 'text/event-stream', 'cache-control': 'no-store' }

export interface Guard {
  readonly clock: Pick<Clock, 'after'>
  /** False: whoever reads may not any more. A rejection says nothing, and it is asked again. */
  readonly isStillAllowed: () => Promise<boolean>
  /** Called once, when the stream was read to its end or nobody reads it any more. */
  readonly end?: (() => void) | undefined
}

export function guardedStream(
  pieces: AsyncIterable<string>,
  { clock, isStillAllowed, end }: Guard,
): Readable {
  let isOffered = false
  let taken = 0
  async function* offered(): AsyncGenerator<string> {
    for await (const piece of pieces) {
      isOffered = true
      yield piece
      isOffered = false
      taken += 1
    }
  }
  const stream = Readable.from(offered(), { objectMode: true, highWaterMark: 1 }) // F5
  let cancel = (): void => undefined
  let standingMs = 0
  let takenBefore = taken
  async function look(): Promise<void> {
    standingMs = isOffered && taken === takenBefore ? standingMs + askAllowedMs : 0
    takenBefore = taken
    const mayStay = standingMs < stalledMs && (await isStillAllowed().catch(() => true))
    if (stream.destroyed) return
    if (mayStay) watch()
    else stream.destroy() // F6, F7
  }
  function watch(): void {
    cancel = clock.after(askAllowedMs, () => void look())
  }
  watch()
  stream.once('close', () => {
    cancel()
    end?.()
  })
  return stream
}
