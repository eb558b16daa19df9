/**
 * One guarded POST: to a public https URL (or an allow-listed one), never following a redirect, never through a
 * proxy, never longer than its deadline. Owns connections and their bounds; knows no endpoint, no secret, no retry.
 *
 * Invariants
 *   W1. `post` always resolves, with an outcome; it never rejects for anything a receiver or a network can do.
 *   W2. One deadline covers name resolution, connecting, TLS, sending and reading.
 *   W3. A kept-alive connection that dies before a byte of an answer is replaced once, at once, within the same
 *       deadline: receivers close idle connections at the very moment a request is on its way.
 *   W4. 3xx is an answer like any other: nobody follows it.
 *   W5. The policy is fixed when the client is opened, so no kept-alive connection outlives it: another policy is another
 *       client, in practice another process. A name that is rebound meanwhile changes nothing about a connection that
 *       stands: its peer is the one that was vetted.
 */
import type { AttemptOutcome } from '@scanhook/domain/attempt'
import { parseRetryAfterMs } from '@scanhook/domain/retry/retry-after'
import type { TargetPolicy } from './address-policy.ts'
import {
  type Connection,
  type ConnectionLane,
  discard,
  freshConnection,
  giveUpLane,
  type IdleBudget,
  keepConnection,
  newLane,
  takeConnection,
} from './connection-lane.ts'
import { Exchange, type ExchangeEnd, type ExchangeTime } from './exchange.ts'
import { type Explanation, explainDeadline, explainFailure } from './explain-failure.ts'
import type { ConnectPorts } from './guarded-connect.ts'
import { parseTarget, type Target } from './parse-target.ts'
import { hostResolver, type ResolveHost } from './resolve-host.ts'

export interface PostRequest {
  readonly url: string
  /** As they go out, ours and the permitted ones of the customer; `host` and framing are added here, and refused there. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly timeoutMs: number
  /**
   * How much of the answer's body the outcome has, in bytes; 4 KiB by default, which is what the log keeps, 64 KiB at most,
   * which is what is read. Who asks for more because it reads the answer cuts it again before it is logged.
   */
  readonly bodyKeptMaxBytes?: number | undefined
  /** Requests with different lanes never share a connection. The dispatcher passes the endpoint's id. */
  readonly lane?: string | undefined
  /** Ends the attempt early, with errorClass `internal`. */
  readonly signal?: AbortSignal | undefined
}

export interface WebhookClient {
  post(request: PostRequest): Promise<AttemptOutcome>
  /** Ends what is in flight (errorClass `internal`) and closes every connection. */
  close(): Promise<void>
}

export interface WebhookClientOptions {
  readonly policy: TargetPolicy
  readonly clock: {
    readonly nowMs: () => number
    readonly monotonicMs: () => number
    readonly after: (delayMs: number, act: () => void) => () => void
  }
  /** Default: our own resolver, which asks the configured name servers. */
  readonly resolve?: ResolveHost | undefined
  /** Extra trusted authority (PEM). */
  readonly certificateAuthority?: string | undefined
  /** Lanes kept; the longest unused goes first. Default 4,096: about 2 KiB each without connections. */
  readonly lanesMax?: number | undefined
  /** Idle connections kept over all lanes. Default 2,048: twice the dispatcher's in-flight bound. */
  readonly idleMax?: number | undefined
}

const noTimings = { dnsMs: null, connectMs: null, tlsMs: null, firstByteMs: null, totalMs: 0 } as const
const abandoned: Explanation = { errorClass: 'internal', message: 'The attempt was given up by the sender.' }
const unmakeable: Explanation = { errorClass: 'internal', message: 'The request could not be made.' }
const blocked: Explanation = {
  errorClass: 'blocked_address',
  message: 'The URL leads to an address that deliveries may not be sent to.',
}

function failure(explanation: Explanation): AttemptOutcome {
  return { kind: 'failed', ...explanation, remoteAddress: null, timings: noTimings }
}

/** undici refuses framing headers of its caller, but takes its word for the host (H1 of customer-headers). */
function namesHost(headers: Readonly<Record<string, string>>): boolean {
  for (const name in headers) if (name.length === 4 && name.toLowerCase() === 'host') return true
  return false
}

/** The target when it may be dialled at all; names are judged when they are resolved. */
function permittedTarget(url: string, policy: TargetPolicy): Target | null {
  const parsed = parseTarget(url)
  if (!parsed.ok) return null
  return parsed.target.objection !== null && policy.allowedTargets.length === 0 ? null : parsed.target
}

class PooledClient implements WebhookClient {
  readonly #options: WebhookClientOptions
  readonly #ports: ConnectPorts
  readonly #budget: IdleBudget
  readonly #lanesMax: number
  /** In order of last use: the first is the next to go. Null: the URL is refused, remembered like any other. */
  readonly #lanes: Map<string, ConnectionLane | null> = new Map()
  readonly #cuts: Set<() => void> = new Set()
  #isClosed = false

  constructor(options: WebhookClientOptions) {
    this.#options = options
    this.#ports = {
      policy: options.policy,
      resolve: options.resolve ?? hostResolver(options.policy.nameServers),
      monotonicMs: options.clock.monotonicMs,
      certificateAuthority: options.certificateAuthority,
    }
    this.#budget = { idleMax: options.idleMax ?? 2_048, idle: new Map() }
    this.#lanesMax = options.lanesMax ?? 4_096
  }

  post(request: PostRequest): Promise<AttemptOutcome> {
    if (this.#isClosed || request.signal?.aborted === true) return Promise.resolve(failure(abandoned))
    const lane = this.#laneOf(request)
    if (lane === null) return Promise.resolve(failure(blocked))
    return new Promise((resolve) => this.#run(lane, request, resolve))
  }

  #laneOf(request: PostRequest): ConnectionLane | null {
    const key = `${request.lane ?? ''} ${request.url}`
    let lane = this.#lanes.get(key)
    if (lane === undefined) {
      const target = permittedTarget(request.url, this.#options.policy)
      lane = target === null ? null : newLane(target)
      this.#evictOldest()
    } else {
      this.#lanes.delete(key)
    }
    this.#lanes.set(key, lane)
    return lane
  }

  #evictOldest(): void {
    if (this.#lanes.size < this.#lanesMax) return
    for (const [key, lane] of this.#lanes) {
      this.#lanes.delete(key)
      if (lane !== null) giveUpLane(lane, this.#budget)
      return
    }
  }

  #run(lane: ConnectionLane, request: PostRequest, resolve: (outcome: AttemptOutcome) => void): void {
    const { clock } = this.#options
    const time: ExchangeTime = {
      nowMs: clock.nowMs,
      monotonicMs: clock.monotonicMs,
      parseRetryAfter: parseRetryAfterMs,
      startedAtMs: clock.monotonicMs(),
    }
    let hasReconnected = false
    let exchange: Exchange
    let connection: Connection
    const settle = (outcome: AttemptOutcome): void => {
      cancelDeadline()
      this.#cuts.delete(abandon)
      request.signal?.removeEventListener('abort', abandon)
      resolve(outcome)
    }
    const onEnd = (end: ExchangeEnd): void => {
      if (end.kind === 'answered') {
        if (end.isConnectionInOrder) keepConnection(lane, connection, this.#budget)
        else discard(connection)
        settle(end.outcome)
        return
      }
      discard(connection)
      if (end.wasStale && !hasReconnected && !this.#isClosed) {
        hasReconnected = true // W3
        start(freshConnection(lane, this.#ports, this.#budget))
        return
      }
      settle({ kind: 'failed', ...end.explanation, remoteAddress: end.remoteAddress, timings: end.timings })
    }
    const start = (next: Connection): void => {
      connection = next
      exchange = new Exchange(
        next,
        { time, url: request.url, bodyKeptMaxBytes: request.bodyKeptMaxBytes },
        onEnd,
      )
      this.#send(next, request, lane.target, exchange)
    }
    const abandon = (): void => exchange.cut(abandoned)
    const cancelDeadline = clock.after(request.timeoutMs, () =>
      exchange.cut(explainDeadline(exchange.phase, request.timeoutMs)),
    )
    this.#cuts.add(abandon)
    request.signal?.addEventListener('abort', abandon, { once: true })
    start(takeConnection(lane, this.#ports, this.#budget))
  }

  #send(connection: Connection, request: PostRequest, target: Target, exchange: Exchange): void {
    if (namesHost(request.headers)) {
      exchange.cut(unmakeable)
      return
    }
    try {
      connection.client.dispatch(
        { method: 'POST', path: target.path, headers: request.headers, body: request.body },
        exchange,
      )
    } catch (error) {
      // undici throws synchronously for arguments it refuses, such as a header value with a line break.
      exchange.cut(explainFailure(error, 'open'))
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const cut of [...this.#cuts]) cut()
    for (const lane of this.#lanes.values()) if (lane !== null) giveUpLane(lane, this.#budget)
    this.#lanes.clear()
  }
}

export function openWebhookClient(options: WebhookClientOptions): WebhookClient {
  return new PooledClient(options)
}
