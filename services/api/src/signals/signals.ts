/**
 * Who waits for something that PostgreSQL tells of hears when it was told: one connection listens for all of them. A feed waits
 * for what an organization recorded, the relay for requests to a listener and for their answers.
 *
 * Invariants
 *   F1. A wait ends at its time at the latest, when its request is gone, and when the process stops; a signal that is lost
 *       costs time and never an event.
 *   F2. While there is no connection it is tried again, at most every two seconds.
 */
import type { Logger } from '@scanhook/observability/log'
import type { Clock } from '@scanhook/runtime/clock'

export interface SignalsPorts<K> {
  /** A connection that hears; rejects when there is none to be had. */
  readonly listen: (on: {
    readonly onSignal: (key: K) => void
    readonly onEnd: () => void
  }) => Promise<{ close(): Promise<unknown> }>
  readonly clock: Pick<Clock, 'after'>
  /** Names it in the log: `feed`. */
  readonly what: string
  readonly log: Pick<Logger, 'warn'>
}

export interface Signals<K> {
  /** Resolves when `key` was told, after `waitMs`, when `signal` aborts, or when all is stopped. */
  wait(key: K, waitMs: number, signal: AbortSignal): Promise<void>
  isStopped(): boolean
  stop(): Promise<void>
}

/** PostgreSQL comes back in seconds; until then waits end by time. */
const listenAgainMs = 2_000

export function openSignals<K>({ listen, clock, what, log }: SignalsPorts<K>): Signals<K> {
  const waiting = new Map<K, Set<() => void>>()
  let session: { close(): Promise<unknown> } | null = null
  let cancelAgain = (): void => undefined
  let isStopped = false

  const wake = (ends: Iterable<() => void>): void => {
    for (const end of [...ends]) end()
  }
  const again = (): void => {
    session = null
    // One that ends before it listens says so twice: with a timer for each, attempts doubled every two seconds (F2).
    cancelAgain()
    if (!isStopped) cancelAgain = clock.after(listenAgainMs, () => void connect())
  }
  async function connect(): Promise<void> {
    try {
      const opened = await listen({
        onSignal: (key) => wake(waiting.get(key) ?? []),
        onEnd: again,
      })
      if (isStopped) await opened.close()
      else session = opened
    } catch (error) {
      log.warn({ error }, `${what}.not_listening`)
      again()
    }
  }
  const connecting = connect()

  return {
    isStopped: () => isStopped,
    wait: (key, waitMs, signal) =>
      new Promise((resolve) => {
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
