/**
 * Who waits for events or attempts of an organization hears when some were recorded: one connection listens for all of them.
 *
 * Invariants
 *   F1. A wait ends at its time at the latest, when its request is gone, and when the process stops; a signal that is lost
 *       costs time and never an event.
 *   F2. While there is no connection it is tried again, at most every two seconds.
 */
import type { Logger } from '@scanhook/observability/log'
import type { RecordedLog } from '@scanhook/postgres/event-feed'
import type { Clock } from '@scanhook/runtime/clock'

export interface FeedSignalsPorts {
  /** A connection that hears; rejects when there is none to be had. */
  readonly listen: (on: {
    readonly onRecorded: (log: RecordedLog, orgId: number) => void
    readonly onEnd: () => void
  }) => Promise<{ close(): Promise<unknown> }>
  readonly clock: Pick<Clock, 'after'>
  readonly log: Pick<Logger, 'warn'>
}

/** What is waited for. */
export interface Recorded {
  readonly log: RecordedLog
  readonly orgId: number
}

export interface FeedSignals {
  /** Resolves when something of that was recorded, after `waitMs`, when `signal` aborts, or when all is stopped. */
  wait(what: Recorded, waitMs: number, signal: AbortSignal): Promise<void>
  isStopped(): boolean
  stop(): Promise<void>
}

/** PostgreSQL comes back in seconds; until then waits end by time. */
const listenAgainMs = 2_000

export function openFeedSignals({ listen, clock, log }: FeedSignalsPorts): FeedSignals {
  const waiting = new Map<string, Set<() => void>>()
  let session: { close(): Promise<unknown> } | null = null
  let cancelAgain = (): void => undefined
  let isStopped = false

  const wake = (ends: Iterable<() => void>): void => {
    for (const end of [...ends]) end()
  }
  const again = (): void => {
    session = null
    if (!isStopped) cancelAgain = clock.after(listenAgainMs, () => void connect())
  }
  async function connect(): Promise<void> {
    try {
      const opened = await listen({
        onRecorded: (log, orgId) => wake(waiting.get(keyOf({ log, orgId })) ?? []),
        onEnd: again,
      })
      if (isStopped) await opened.close()
      else session = opened
    } catch (error) {
      log.warn({ error }, 'feed.not_listening')
      again()
    }
  }
  const connecting = connect()

  return {
    isStopped: () => isStopped,
    wait: (what, waitMs, signal) =>
      new Promise((resolve) => {
        const key = keyOf(what)
        const own = waiting.get(key) ?? new Set()
        waiting.set(key, own)
        const end = (): void => {
          cancel()
          signal.removeEventListener('abort', end)
          own.delete(end)
          if (own.size === 0 && waiting.get(key) === own) waiting.delete(key)
          resolve()
        }
        const cancel = clock.after(waitMs, end)
        own.add(end)
        signal.addEventListener('abort', end)
        if (signal.aborted || isStopped) end()
      }),
    stop: async () => {
      isStopped = true
      cancelAgain()
      wake([...waiting.values()].flatMap((ends) => [...ends]))
      await connecting
      await session?.close()
    },
  }
}

function keyOf({ log, orgId }: Recorded): string {
  return `${log} ${orgId}`
}
