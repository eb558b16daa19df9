/**
 * Reading on in the feed, and waiting where there is nothing yet.
 *
 * Invariants
 *   F3. Pages follow one another without a gap: each begins where the one before ended.
 *   F4. A wait asks again once a second, because what was recorded may show a little after its signal, or without one.
 */

import type { EventFeed, FeedPage, FeedQuery } from '@scanhook/postgres/event-feed'
import type { StoredEvent } from '@scanhook/postgres/events'
import type { Clock } from '@scanhook/runtime/clock'
import type { Signals } from '../signals/signals.ts'

export interface FollowPorts {
  readonly feed: Pick<EventFeed, 'read'>
  readonly signals: Pick<Signals<number>, 'wait' | 'isStopped'>
  readonly clock: Pick<Clock, 'monotonicMs'>
}

/** Cheap enough for hundreds of readers, short enough to be called live when a signal was lost. */
const askAgainMs = 1_000

/** The next page that has something, or an empty one after `waitMs`, or when `signal` aborts. */
export async function nextPage(
  { feed, signals, clock }: FollowPorts,
  orgId: number,
  query: FeedQuery,
  { waitMs, signal }: { readonly waitMs: number; readonly signal: AbortSignal },
): Promise<FeedPage> {
  const endMs = clock.monotonicMs() + waitMs
  for (let after = query.after; ; ) {
    const page = await feed.read(orgId, { ...query, after })
    const leftMs = endMs - clock.monotonicMs()
    if (page.rows.length > 0 || leftMs <= 0 || signal.aborted || signals.isStopped()) return page
    after = page.next
    await signals.wait(orgId, Math.min(leftMs, askAgainMs), signal)
  }
}

export interface StreamOptions {
  readonly orgId: number
  readonly query: FeedQuery
  readonly signal: AbortSignal
  readonly render: (event: StoredEvent, page: FeedPage) => string
}

/** Proxies let go of what says nothing for a minute, some after thirty seconds. */
const stillHereMs = 15_000
/** A key that was withdrawn is noticed by then; whoever reads on comes again by itself. */
const streamMaxMs = 300_000

/** The text of a server-sent event stream, piece by piece, until its time is over, its reader is gone, or all is stopped. */
export async function* streamOf(ports: FollowPorts, options: StreamOptions): AsyncGenerator<string> {
  const { orgId, query, signal, render } = options
  const endMs = ports.clock.monotonicMs() + streamMaxMs
  // Come again at once: the end of a stream is no failure.
  yield 'retry: 1000\n\n'
  for (let after = query.after; ; ) {
    const page = await nextPage(ports, orgId, { ...query, after }, { waitMs: stillHereMs, signal })
    after = page.next
    const text = page.rows.map((event) => render(event, page)).join('')
    yield text === '' ? ': still here\n\n' : text
    if (signal.aborted || ports.signals.isStopped() || ports.clock.monotonicMs() >= endMs) return
  }
}
