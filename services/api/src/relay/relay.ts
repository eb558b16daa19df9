/**
 * Deliveries on their way to somebody who listens from behind a firewall: the sender posts here as to any endpoint, and waits;
 * the listener, who holds a stream that it opened itself, gets the request as it came and brings back what its own server
 * answered. Knows no HTTP and no database.
 *
 * Invariants
 *   R1. A request has one answer: the listener's first, or ours when it does not come. A listener that comes again before that
 *       gets it again: as with every webhook, a receiver may see it twice.
 *   R2. A request waits at `answerMaxMs` at the longest, and no longer than `graceMs` for somebody who is away.
 *   R3. Listeners, requests that wait and their bytes are bounded; what is beyond is told to come again.
 *   R4. Only the organization that a listener belongs to follows it and answers for it.
 *   R5. A listener that nobody follows for `goneAfterMs` is removed, also when this process began anew meanwhile.
 */
import type { Logger } from '@scanhook/observability/log'
import type { CounterInstrument, GaugeInstrument } from '@scanhook/observability/metrics'
import type { Clock } from '@scanhook/runtime/clock'

/** As it came, in order and spelling; without what belongs to the connection. */
export type HeaderPairs = readonly (readonly [name: string, value: string])[]

export interface RelayedRequest {
  readonly id: string
  readonly headers: HeaderPairs
  readonly body: Buffer
  readonly receivedAtMs: number
}

export interface RelayAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

export type Relayed =
  | { readonly kind: 'answered'; readonly answer: RelayAnswer }
  /** Nobody is there: the sender tries again by its own schedule. */
  | { readonly kind: 'nobody' }
  | { readonly kind: 'too_many' }
  | { readonly kind: 'late' }
  | { readonly kind: 'abandoned' }

export interface ListenerKey {
  readonly orgId: number
  readonly webhookId: number
}

export interface NewListener extends ListenerKey {
  /** The last part of the endpoint's URL; nobody can guess it. */
  readonly token: string
}

export interface Relay {
  /** False where the organization, or this process, has as many as it may. */
  hasRoom(orgId: number): boolean
  add(listener: NewListener): void
  list(orgId: number): readonly { readonly webhookId: number; readonly isConnected: boolean }[]
  /** `signal`: the sender went away. */
  receive(
    token: string,
    request: Omit<RelayedRequest, 'id' | 'receivedAtMs'>,
    signal: AbortSignal,
  ): Promise<Relayed>
  /** Null: there is no such listener here. Empty lists come while there is nothing, so that a broken connection shows. */
  follow(listener: ListenerKey, signal: AbortSignal): AsyncGenerator<readonly RelayedRequest[]> | null
  /** Whether somebody still waited for it. */
  answer(listener: ListenerKey, requestId: string, answer: RelayAnswer): boolean
  /** Its webhook was deleted: the stream ends, and who comes again is told. */
  remove(listener: ListenerKey): void
  isStopped(): boolean
  stop(): void
}

export interface RelayPorts {
  readonly clock: Clock
  readonly newId: () => string
  /** Removes the endpoint of a listener that is gone; rejects while the database is away. */
  readonly removeEndpoint: (listener: ListenerKey) => Promise<void>
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
const listenersMax = 500
/** As many as a dispatcher sends to one endpoint at once by default. */
export const waitingMax = 64
/** A tenth of what a small machine gives a process; a batch has 1 MiB at most. */
const bytesMax = 64 * 1024 * 1024
/** Proxies let go of what says nothing for a minute, some after thirty seconds. */
export const stillHereMs = 15_000
/** A key that was withdrawn is noticed by then: who listens opens the stream again. */
export const streamMaxMs = 300_000

interface Waiting {
  readonly request: RelayedRequest
  readonly settle: (relayed: Relayed) => void
  /** Handed to the stream that is open now. */
  isHanded: boolean
}

interface Listener extends NewListener {
  /** By id, in the order in which they came. */
  readonly waiting: Map<string, Waiting>
  /** Of the stream that is open; a later one has a larger number and ends it. */
  generation: number
  isFollowed: boolean
  lastSeenMs: number
  wake: () => void
  cancelGone: () => void
  cancelGrace: () => void
}

export function openRelay(ports: RelayPorts): Relay {
  const { clock, newId, removeEndpoint, log, outcomes, connected } = ports
  const byToken = new Map<string, Listener>()
  const byKey = new Map<string, Listener>()
  let bytes = 0
  let isStopped = false

  const countConnected = (): void =>
    connected.set([...byKey.values()].filter(({ isFollowed }) => isFollowed).length)
  const isHere = (listener: Listener): boolean =>
    listener.isFollowed || clock.monotonicMs() - listener.lastSeenMs < graceMs

  function awaitGone(listener: Listener): void {
    listener.cancelGone()
    if (isStopped) return
    listener.cancelGone = clock.after(goneAfterMs, () => void dismiss(listener)) // R5
  }

  async function dismiss(listener: Listener): Promise<void> {
    try {
      await removeEndpoint(listener)
      log.info({ orgId: listener.orgId, webhookId: listener.webhookId }, 'relay.listener_removed')
      forget(listener)
    } catch (error) {
      log.warn({ error, webhookId: listener.webhookId }, 'relay.listener_not_removed')
      awaitGone(listener)
    }
  }

  function letGo({ waiting }: Listener): void {
    for (const { settle } of [...waiting.values()]) settle({ kind: 'nobody' })
  }

  function forget(listener: Listener): void {
    listener.cancelGone()
    listener.cancelGrace()
    byToken.delete(listener.token)
    byKey.delete(keyOf(listener))
    listener.generation += 1
    listener.wake()
    letGo(listener)
    countConnected()
  }

  /** Begins with the first look: what is never read follows nobody. */
  async function* followed(
    listener: Listener,
    signal: AbortSignal,
  ): AsyncGenerator<readonly RelayedRequest[]> {
    listener.generation += 1
    const { generation } = listener
    listener.wake()
    listener.cancelGone()
    listener.cancelGrace()
    listener.isFollowed = true
    for (const each of listener.waiting.values()) each.isHanded = false // R1
    countConnected()
    const endMs = clock.monotonicMs() + streamMaxMs
    const isOver = (): boolean =>
      isStopped || signal.aborted || listener.generation !== generation || clock.monotonicMs() >= endMs
    try {
      yield []
      while (!isOver()) {
        const fresh = handOver(listener)
        if (fresh.length > 0) yield fresh
        else if (!(await somethingCame(listener, signal))) yield []
      }
    } finally {
      if (listener.generation === generation) {
        listener.isFollowed = false
        listener.lastSeenMs = clock.monotonicMs()
        listener.cancelGrace = clock.after(graceMs, () => letGo(listener)) // R2
        awaitGone(listener)
        countConnected()
      }
    }
  }

  /** False after `stillHereMs` without anything. */
  function somethingCame(listener: Listener, signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (isSomething: boolean): void => {
        cancel()
        signal.removeEventListener('abort', gone)
        listener.wake = nothing
        resolve(isSomething)
      }
      const gone = (): void => end(true)
      const cancel = clock.after(stillHereMs, () => end(false))
      listener.wake = gone
      signal.addEventListener('abort', gone)
      if (signal.aborted) gone()
    })
  }

  function wait(listener: Listener, request: RelayedRequest, signal: AbortSignal): Promise<Relayed> {
    return new Promise((resolve) => {
      const settle = (relayed: Relayed): void => {
        if (!listener.waiting.delete(request.id)) return
        bytes -= request.body.length
        cancel()
        signal.removeEventListener('abort', abandon)
        resolve(relayed)
      }
      const abandon = (): void => settle({ kind: 'abandoned' })
      const cancel = clock.after(answerMaxMs, () => settle({ kind: 'late' })) // R2
      listener.waiting.set(request.id, { request, settle, isHanded: false })
      bytes += request.body.length
      signal.addEventListener('abort', abandon)
      if (signal.aborted) abandon()
      listener.wake()
    })
  }

  async function receive(
    token: string,
    given: Omit<RelayedRequest, 'id' | 'receivedAtMs'>,
    signal: AbortSignal,
  ): Promise<Relayed> {
    const listener = byToken.get(token)
    if (listener === undefined || isStopped || !isHere(listener)) return { kind: 'nobody' }
    const isTooMany = listener.waiting.size >= waitingMax || bytes + given.body.length > bytesMax // R3
    if (isTooMany) return { kind: 'too_many' }
    return wait(listener, { ...given, id: newId(), receivedAtMs: clock.nowMs() }, signal)
  }

  return {
    hasRoom: (orgId) =>
      byKey.size < listenersMax &&
      [...byKey.values()].filter((each) => each.orgId === orgId).length < listenersOfOrgMax,
    add: (added) => {
      const listener: Listener = {
        ...added,
        waiting: new Map(),
        generation: 0,
        isFollowed: false,
        lastSeenMs: clock.monotonicMs(),
        wake: nothing,
        cancelGone: nothing,
        cancelGrace: nothing,
      }
      byToken.set(added.token, listener)
      byKey.set(keyOf(added), listener)
      awaitGone(listener)
    },
    list: (orgId) =>
      [...byKey.values()]
        .filter((each) => each.orgId === orgId)
        .map((each) => ({ webhookId: each.webhookId, isConnected: isHere(each) })),
    receive: async (token, request, signal) => {
      const relayed = await receive(token, request, signal)
      outcomes.inc({ outcome: relayed.kind })
      return relayed
    },
    follow: (wanted, signal) => {
      const listener = byKey.get(keyOf(wanted))
      return listener === undefined || isStopped ? null : followed(listener, signal)
    },
    answer: (wanted, requestId, answer) => {
      const waiting = byKey.get(keyOf(wanted))?.waiting.get(requestId) // R4
      waiting?.settle({ kind: 'answered', answer })
      return waiting !== undefined
    },
    remove: (wanted) => {
      const listener = byKey.get(keyOf(wanted))
      if (listener !== undefined) forget(listener)
    },
    isStopped: () => isStopped,
    stop: () => {
      isStopped = true
      for (const listener of byKey.values()) {
        listener.cancelGone()
        listener.cancelGrace()
        listener.wake()
        letGo(listener)
      }
    },
  }
}

const nothing = (): void => undefined

/** What the stream has not had yet. */
function handOver({ waiting }: Listener): readonly RelayedRequest[] {
  const fresh = [...waiting.values()].filter(({ isHanded }) => !isHanded)
  for (const each of fresh) each.isHanded = true
  return fresh.map(({ request }) => request)
}

function keyOf({ orgId, webhookId }: ListenerKey): string {
  return `${orgId}:${webhookId}`
}
