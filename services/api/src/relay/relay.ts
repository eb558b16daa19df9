/**
 * Deliveries on their way to somebody who listens from behind a firewall: the sender posts here as to any endpoint, and waits;
 * the listener, who holds a stream that it opened itself, gets the request as it came and brings back what its own server
 * answered. Sender, stream and answer may each come to another process of the API: they meet in PostgreSQL (ADR 0023). Knows no
 * HTTP and no SQL.
 *
 * Invariants
 *   R1. A request has one answer: the listener's first, or ours when it does not come. A listener that comes again before that
 *       gets it again, at whichever process: as with every webhook, a receiver may see it twice.
 *   R2. A request waits at `answerMaxMs` at the longest, and no longer than `graceMs` for somebody who is away (`staleMs` where a
 *       whole process died with its stream).
 *   R3. Listeners are bounded; requests that wait and their bytes are in each process; what is beyond is told to come again.
 *   R4. Only the organization that a listener belongs to follows it and answers for it.
 *   R5. A listener that nobody follows for `goneAfterMs` is removed with its webhook, by whichever process finds it first; one that
 *       is followed again before that stays, also where it was found already.
 *   R6. A signal that is lost costs `lookMs` and no request: whoever waits looks for itself.
 *   R7. Who follows in answers that end (`once`), one after the other, is there between two of them, and is given no request that it names.
 */
import type { Logger } from '@scanhook/observability/log'
import type { CounterInstrument, GaugeInstrument } from '@scanhook/observability/metrics'
import type {
  ListenerAnswer,
  ListenerKey,
  ListenerRequest,
  ListenerSignal,
  Listeners,
} from '@scanhook/postgres/listeners'
import type { Clock } from '@scanhook/runtime/clock'
import type { Signals } from '../signals/signals.ts'

export type Relayed =
  | { readonly kind: 'answered'; readonly answer: ListenerAnswer }
  /** Nobody is there: the sender tries again by its own schedule. */
  | { readonly kind: 'nobody' }
  | { readonly kind: 'too_many' }
  | { readonly kind: 'late' }
  | { readonly kind: 'abandoned' }

/** What a sender brings. */
export type Received = Pick<ListenerRequest, 'headers' | 'body'>

export interface FollowHow {
  /** Who follows went away. */
  readonly signal: AbortSignal
  /** Ids of requests that who follows has already, and answers: it is not given them again. */
  readonly handed?: readonly string[] | undefined
  /** Ends with the first requests, or after a while without one: `onceMaxMs`, or no longer than a look takes. */
  readonly once?: 'waiting' | 'at_once' | undefined
}

/** Each rejects while the database is away. */
export interface Relay {
  /** False where the organization, or the installation, has as many as it may. Two at once may both see the last place. */
  hasRoom(orgId: number): Promise<boolean>
  list(orgId: number): Promise<readonly { readonly webhookId: number; readonly isConnected: boolean }[]>
  exists(listener: ListenerKey): Promise<boolean>
  /** `signal`: the sender went away. */
  receive(token: string, request: Received, signal: AbortSignal): Promise<Relayed>
  /**
   * Ends at once where there is no such listener. Empty lists come while there is nothing, so that a broken connection shows.
   * Begins with the first look: what is never read follows nobody.
   */
  follow(listener: ListenerKey, how: FollowHow): AsyncGenerator<readonly ListenerRequest[]>
  /** Whether somebody still waited for it. */
  answer(listener: ListenerKey, requestId: string, answer: ListenerAnswer): Promise<boolean>
  /** Its webhook was deleted: the stream ends, and who comes again is told. */
  remove(listener: ListenerKey): Promise<void>
  /** Removes at most `limit` listeners that are gone, with their webhooks (R5); gives their number. */
  removeGone(limit: number): Promise<number>
  isStopped(): boolean
  stop(): void
}

export interface RelayPorts {
  readonly clock: Clock
  readonly newId: () => string
  readonly store: Omit<Listeners, 'adopt' | 'forgetRequests'>
  readonly signals: Pick<Signals<ListenerSignal>, 'wait'>
  /**
   * Removes a listener that nobody has followed for `goneMs`, with its endpoint, at once. False: somebody has after all, or another
   * process was first. Rejects while the database is away.
   */
  readonly removeGone: (listener: ListenerKey, goneMs: number) => Promise<boolean>
  readonly log: Pick<Logger, 'info' | 'warn'>
  readonly outcomes: Pick<CounterInstrument, 'inc'>
  readonly connected: Pick<GaugeInstrument, 'set'>
}

/** Longer than the timeout of every profile (15 s at most), so that it is the sender who gives up. */
export const answerMaxMs = 30_000
/** A stream that ended by its time is opened again within a second or two; within the shortest timeout of a profile (5 s). */
export const graceMs = 4_000
/** A lid that was closed for a coffee; what failed meanwhile is tried again by the usual schedule. */
export const goneAfterMs = 300_000
/** Developers of one organization who listen at once. An organization has 50 endpoints at most by default. */
export const listenersOfOrgMax = 10
/** Their streams ask once a second: a few per cent of what PostgreSQL answers by primary key. */
const listenersMax = 500
/** As many as a dispatcher sends to one endpoint at once by default. */
export const waitingMax = 64
/** A tenth of what a small machine gives a process; a batch has 1 MiB at most. */
const bytesMax = 64 * 1024 * 1024
/** Proxies let go of what says nothing for a minute, some after thirty seconds. */
export const stillHereMs = 15_000
/** Two of its signs of life are missing. */
export const staleMs: number = 2 * stillHereMs
/** Who listens opens the stream again, at a process that may be a newer one. */
export const streamMaxMs = 300_000
/** Of an answer that ends: proxies that hold answers back wait for longer, and clients for twice as long (packages/client, follow-stream). */
export const onceMaxMs = 8_000
/** What a lost signal costs; the shortest timeout of a profile is 5 s. */
export const lookMs = 1_000
/** Of one look: 16 MiB of batches at most in memory. */
const handedAtOnce = 16
/** Longer than a request can wait: what was handed over before is not listed any more. */
const handedKeptMs: number = 2 * answerMaxMs

/** What this process waits for, by token. */
interface Waiting {
  count: number
}

export function openRelay(ports: RelayPorts): Relay {
  const { clock, newId, store, signals, log, outcomes, connected } = ports
  const waiting = new Map<string, Waiting>()
  const stopped = new AbortController()
  let bytes = 0
  let streams = 0

  const countStreams = (change: 1 | -1): void => {
    streams += change
    connected.set(streams)
  }

  async function* follow(
    listener: ListenerKey,
    { signal, handed = [], once }: FollowHow,
  ): AsyncGenerator<readonly ListenerRequest[]> {
    const streamId = newId()
    if (stopped.signal.aborted || !(await store.take(listener, streamId))) return
    countStreams(1)
    try {
      yield []
      const nowMs = clock.monotonicMs()
      const look: Look = {
        streamId,
        handed: new Map(handed.map((id) => [id, nowMs])),
        over: AbortSignal.any([signal, stopped.signal]),
      }
      if (once === undefined) yield* requestsTo(listener, look, streamMaxMs)
      else yield* untilSome(requestsTo(listener, look, once === 'waiting' ? onceMaxMs : lookMs))
    } finally {
      countStreams(-1)
      // Where it can not be said, the stream counts as open for `staleMs`: requests wait instead of being refused.
      await store.leave(listener, streamId).catch((error: unknown) => {
        log.warn({ error, webhookId: listener.webhookId }, 'relay.stream_not_left')
      })
    }
  }

  /** Until its time is over, it is aborted, another stream takes its place, or its listener is gone. */
  async function* requestsTo(
    listener: ListenerKey,
    look: Look,
    lastsMs: number,
  ): AsyncGenerator<readonly ListenerRequest[]> {
    const { streamId, over } = look
    const endMs = clock.monotonicMs() + lastsMs
    const isOpen = (): boolean => !over.aborted && clock.monotonicMs() < endMs
    let saidMs = clock.monotonicMs()
    while (isOpen()) {
      const isTime = clock.monotonicMs() - saidMs >= stillHereMs
      if (isTime) {
        saidMs = clock.monotonicMs()
        if (!(await store.renew(listener, streamId))) return
        yield []
      }
      const fresh = await freshOf(listener, look)
      if (fresh === null) return
      if (fresh.length > 0) yield fresh
    }
  }

  interface Look {
    readonly streamId: string
    /** What the stream has had, and when. */
    readonly handed: Map<string, number>
    readonly over: AbortSignal
  }

  /** What the stream has not had yet; where there is nothing, nothing after a wait. Null: it follows no longer. */
  async function freshOf(
    listener: ListenerKey,
    { streamId, handed, over }: Look,
  ): Promise<readonly ListenerRequest[] | null> {
    const woken = hear(`to ${listener.webhookId}`, over)
    const nowMs = clock.monotonicMs()
    for (const [id, atMs] of handed) if (nowMs - atMs > handedKeptMs) handed.delete(id)
    const fresh = await store
      .listWaiting(listener, { streamId, handed: [...handed.keys()], limit: handedAtOnce })
      .catch(woken.failed)
    for (const { id } of fresh ?? []) handed.set(id, nowMs)
    if (fresh?.length === 0) await woken.heard
    else woken.cancel()
    return fresh
  }

  /** Begins before the look, so that what comes between look and wait is heard (R6). */
  function hear(key: ListenerSignal, over: AbortSignal) {
    const cancelled = new AbortController()
    const heard = signals.wait(key, lookMs, AbortSignal.any([over, cancelled.signal]))
    return {
      heard,
      cancel: () => cancelled.abort(),
      failed: (error: unknown): never => {
        cancelled.abort()
        throw error
      },
    }
  }

  async function receive(token: string, given: Received, gone: AbortSignal): Promise<Relayed> {
    if (stopped.signal.aborted) return { kind: 'nobody' }
    const own = waiting.get(token) ?? { count: 0 }
    if (own.count >= waitingMax || bytes + given.body.length > bytesMax) return { kind: 'too_many' } // R3
    waiting.set(token, own)
    own.count += 1
    bytes += given.body.length
    const id = newId()
    try {
      if (!(await store.put({ id, token, ...given, waitMs: answerMaxMs }))) return { kind: 'nobody' }
      const relayed = await answerTo(id, gone)
      // What a process could not take away ends by its time.
      await store.withdraw(id).catch(() => undefined)
      return relayed
    } finally {
      own.count -= 1
      bytes -= given.body.length
      if (own.count === 0) waiting.delete(token)
    }
  }

  async function answerTo(id: string, gone: AbortSignal): Promise<Relayed> {
    const over = AbortSignal.any([gone, stopped.signal])
    const endMs = clock.monotonicMs() + answerMaxMs
    for (;;) {
      if (gone.aborted) return { kind: 'abandoned' }
      if (stopped.signal.aborted) return { kind: 'nobody' }
      const woken = hear(`of ${id}`, over)
      const waited = await store.look(id).catch(woken.failed)
      if (waited.kind !== 'waiting') {
        woken.cancel()
        return waited // R1, R2
      }
      await woken.heard
      if (clock.monotonicMs() >= endMs) return { kind: 'late' } // R2
    }
  }

  return {
    hasRoom: async (orgId) => {
      const { ofOrg, all } = await store.count(orgId)
      return ofOrg < listenersOfOrgMax && all < listenersMax
    },
    list: store.list,
    exists: store.exists,
    receive: async (token, request, signal) => {
      const relayed = await receive(token, request, signal)
      outcomes.inc({ outcome: relayed.kind })
      return relayed
    },
    follow,
    answer: store.answer, // R4: of the listener that is named, and of no other
    remove: store.remove,
    removeGone: async (limit) => {
      let removed = 0
      for (const listener of await store.listGone(goneAfterMs, limit)) {
        // Since they were listed, a developer may have opened the lid again.
        if (!(await ports.removeGone(listener, goneAfterMs))) continue
        removed += 1
        log.info({ orgId: listener.orgId, webhookId: listener.webhookId }, 'relay.listener_removed')
      }
      return removed
    },
    isStopped: () => stopped.signal.aborted,
    stop: () => stopped.abort(),
  }
}

/** Up to the first that are not none. */
async function* untilSome<T>(all: AsyncGenerator<readonly T[]>): AsyncGenerator<readonly T[]> {
  for await (const some of all) {
    yield some
    if (some.length > 0) return
  }
}
