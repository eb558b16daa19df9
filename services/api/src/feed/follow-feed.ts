/**
 * Reading on in what is recorded, and waiting where there is nothing yet.
 *
 * Invariants
 *   F3. Pages follow one another without a gap: each begins where the one before ended.
 *   F4. A wait asks again once a second, because what was recorded may show a little after its signal, or without one.
 */
import type { FeedPosition, RecordedLog, RecordedSignal } from '@scanhook/postgres/event-feed'
import type { Clock } from '@scanhook/runtime/clock'
import type { Signals } from '../signals/signals.ts'

export interface FollowPorts {
  readonly signals: Pick<Signals<RecordedSignal>, 'wait' | 'isStopped'>
  readonly clock: Pick<Clock, 'monotonicMs'>
}

export interface FollowedPage {
  readonly rows: readonly unknown[]
  readonly next: FeedPosition
}

/** What is followed. */
export interface Followed<Page extends FollowedPage> {
  readonly log: RecordedLog
  readonly orgId: number
  readonly read: (after: FeedPosition) => Promise<Page>
}

/** Cheap enough for hundreds of readers, short enough to be called live when a signal was lost. */
const askAgainMs = 1_000

/** The next page that has something, or an empty one after `waitMs`, or when `signal` aborts. */
export async function nextPage<Page extends FollowedPage>(
  { signals, clock }: FollowPorts,
  followed: Followed<Page>,
  begin: FeedPosition,
  { waitMs, signal }: { readonly waitMs: number; readonly signal: AbortSignal },
): Promise<Page> {
  const endMs = clock.monotonicMs() + waitMs
  for (let after = begin; ; ) {
    const page = await followed.read(after)
    const leftMs = endMs - clock.monotonicMs()
    if (page.rows.length > 0 || leftMs <= 0 || signal.aborted || signals.isStopped()) return page
    after = page.next
    await signals.wait(`${followed.log} ${followed.orgId}`, Math.min(leftMs, askAgainMs), signal)
  }
}

export interface StreamOptions<Page extends FollowedPage> {
  readonly followed: Followed<Page>
  readonly after: FeedPosition
  /** Told first of all; empty: nothing. */
  readonly greeting?: string | undefined
  readonly signal: AbortSignal
  /** The text of a page that has rows. */
  readonly render: (page: Page) => string
  /** Told where there is nothing else to tell, so that nobody takes the stream for broken. */
  readonly stillHere?: ((page: Page) => string) | undefined
  /** It ends with the page that has come to the end of what was recorded, for whoever asks now and then; `stillHere` says where. */
  readonly isOnce?: boolean | undefined
}

/** Proxies let go of what says nothing for a minute, some after thirty seconds. */
const stillHereMs = 15_000
/** Whoever reads on comes again by itself, at a process that may be a newer one. */
const streamMaxMs = 300_000

/** The text of a server-sent event stream, piece by piece, until its time is over, its reader is gone, or all is stopped. */
export async function* streamOf<Page extends FollowedPage>(
  ports: FollowPorts,
  options: StreamOptions<Page>,
): AsyncGenerator<string> {
  const { followed, signal, render } = options
  const { stillHere = () => ': still here\n\n', isOnce = false } = options
  const { clock, signals } = ports
  const endMs = clock.monotonicMs() + streamMaxMs
  let saidAtMs = clock.monotonicMs()
  // Come again at once: the end of a stream is no failure.
  yield `retry: 1000\n\n${options.greeting ?? ''}`
  for (let after = options.after; ; ) {
    const waitMs = isOnce ? 0 : Math.max(0, saidAtMs + stillHereMs - clock.monotonicMs())
    const page = await nextPage(ports, followed, after, { waitMs, signal })
    after = page.next
    const piece = page.rows.length > 0 ? render(page) : stillHere(page)
    if (page.rows.length > 0 || isOnce || clock.monotonicMs() >= saidAtMs + stillHereMs) {
      yield piece
      saidAtMs = clock.monotonicMs()
    }
    // After a page that ends within a transaction more is there.
    const isToldOnce = isOnce && (after.rowId === null || page.rows.length === 0)
    if (isToldOnce || signal.aborted || signals.isStopped() || clock.monotonicMs() >= endMs) return
  }
}
