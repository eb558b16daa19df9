/**
 * One request and its answer on one connection, under one deadline. Talks to undici's dispatch interface and not to
 * `request()`: no readable stream, no abort signal and no promise chain per attempt, which is what makes a guarded
 * POST cost little more than a bare one; redirects, decompression and proxies don't exist at this level.
 *
 * Invariants
 *   E1. The outcome is given exactly once, at the deadline at the latest, whatever the receiver does.
 *   E2. At most `bodyReadMaxBytes` of the response's body are read, and as much of interim (1xx) answers before it;
 *       then the connection is destroyed.
 *   E3. The final status line is the answer: what happens to the body after it (cut, trickled, endless) is only seen
 *       in `isBodyTruncated`. A receiver that said 200 has said it, and must not be asked again for its slow body.
 *   E4. Nothing reaches the receiver for a request whose outcome was given already.
 *   E5. Of a `Location` only scheme, host and port are kept: the rest may hold what a log must not.
 */
import { StringDecoder } from 'node:string_decoder'
import type { AttemptOutcome, AttemptTimings } from '@scanhook/domain/attempt'
import type { Dispatcher } from 'undici'
import type { Connection } from './connection-lane.ts'
import type { Explanation } from './explain-failure.ts'
import { explainFailure } from './explain-failure.ts'
import { locationOrigin } from './location-origin.ts'

/** Enough for any error page; more is somebody else's download (E2). */
export const bodyReadMaxBytes: number = 64 * 1_024
/** What the delivery log keeps: the first screen of an error. */
const bodyKeptDefaultBytes: number = 4 * 1_024
/** Both bound what one attempt can write into the log. */
const headersKeptMax = 64
const headerValueKeptMax = 1_024

/** A status line and the empty line after the headers, as short as they can be: `HTTP/1.1 103\r\n\r\n`. */
const interimOverheadBytes = 16

type Headers = Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseStart']>>[2]

export type ExchangeEnd =
  | { readonly kind: 'answered'; readonly outcome: AttemptOutcome; readonly isConnectionInOrder: boolean }
  /** `wasStale`: a kept-alive connection died without a byte of an answer, which a fresh one may mend. */
  | {
      readonly kind: 'failed'
      readonly explanation: Explanation
      readonly remoteAddress: string | null
      readonly timings: AttemptTimings
      readonly wasStale: boolean
    }

export interface ExchangeTime {
  readonly nowMs: () => number
  readonly monotonicMs: () => number
  /** Milliseconds asked for by a `Retry-After` value, or null; `answeredAt` is the answer's `Date`. */
  readonly parseRetryAfter: (value: string, nowMs: number, answeredAt: string | undefined) => number | null
  readonly startedAtMs: number
}

export interface ExchangeOptions {
  readonly time: ExchangeTime
  /** Of the request: what a relative `Location` is relative to. */
  readonly url: string
  /** How much of the body goes into the outcome; 4 KiB by default, never more than is read. */
  readonly bodyKeptMaxBytes?: number | undefined
}

function keptHeaders(headers: Headers, url: string): Record<string, string> {
  const kept: Record<string, string> = {}
  let count = 0
  for (const name in headers) {
    const value = headers[name]
    if (value === undefined) continue
    if (count >= headersKeptMax) break
    const text = keptText(name, value, url)
    kept[name] = text.length > headerValueKeptMax ? text.slice(0, headerValueKeptMax) : text
    count += 1
  }
  return kept
}

function keptText(name: string, value: string | readonly string[], url: string): string {
  if (name === 'location') return locationOrigin(typeof value === 'string' ? value : (value[0] ?? ''), url)
  return typeof value === 'string' ? value : value.join(', ')
}

export class Exchange implements Dispatcher.DispatchHandler {
  readonly #connection: Connection
  readonly #time: ExchangeTime
  readonly #url: string
  readonly #keptMaxBytes: number
  readonly #onEnd: (end: ExchangeEnd) => void
  #controller: Dispatcher.DispatchController | null = null
  #isOver = false
  #status = 0
  #headers: Record<string, string> | null = null
  #retryAfterMs: number | null = null
  #firstByteAtMs: number | null = null
  #chunks: Buffer[] | null = null
  #keptBytes = 0
  #readBytes = 0
  #interimBytes = 0

  constructor(connection: Connection, options: ExchangeOptions, onEnd: (end: ExchangeEnd) => void) {
    this.#connection = connection
    this.#time = options.time
    this.#url = options.url
    this.#keptMaxBytes = Math.min(options.bodyKeptMaxBytes ?? bodyKeptDefaultBytes, bodyReadMaxBytes)
    this.#onEnd = onEnd
  }

  /** The deadline, or the sender's own end: what has arrived so far becomes the outcome (E1, E3). */
  cut(explanation: Explanation): void {
    if (this.#isOver) return
    if (this.#headers !== null) this.#answer(true, false)
    else this.#fail(explanation, false)
    this.#controller?.abort(new Error('the exchange is over'))
  }

  get phase(): Connection['progress']['phase'] {
    return this.#connection.progress.phase
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#isOver) controller.abort(new Error('the exchange is over'))
  }

  onResponseStarted(): void {
    this.#firstByteAtMs ??= this.#time.monotonicMs()
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: Headers): void {
    if (status < 200) {
      this.#takeInterim(controller, headers)
      return
    }
    this.#status = status
    this.#headers = keptHeaders(headers, this.#url)
    const { 'retry-after': retryAfter, date } = this.#headers
    if (retryAfter !== undefined)
      this.#retryAfterMs = this.#time.parseRetryAfter(retryAfter, this.#time.nowMs(), date)
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#isOver) return
    this.#readBytes += chunk.length
    const room = this.#keptMaxBytes - this.#keptBytes
    if (room > 0) {
      const kept = chunk.length > room ? chunk.subarray(0, room) : chunk
      this.#chunks ??= []
      this.#chunks.push(kept)
      this.#keptBytes += kept.length
    }
    if (this.#readBytes > bodyReadMaxBytes) {
      this.#answer(true, false)
      controller.abort(new Error('the response is larger than is read'))
    }
  }

  onResponseEnd(): void {
    if (!this.#isOver) this.#answer(this.#readBytes > this.#keptBytes, true)
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#isOver) return
    if (this.#headers !== null) {
      this.#answer(true, false)
      return
    }
    const explanation = explainFailure(error, this.#connection.progress.phase)
    // Asked now and not at the start: undici itself may have replaced a socket that died before anything was sent.
    const wasReused = this.#connection.exchangeCount > 0
    const wasStale = wasReused && explanation.errorClass === 'reset' && this.#firstByteAtMs === null
    this.#fail(explanation, wasStale)
  }

  /** 1xx answers are no answer: a slow stream of them ends at the deadline, a fast one here (E2). */
  #takeInterim(controller: Dispatcher.DispatchController, headers: Headers): void {
    if (this.#isOver) return
    this.#interimBytes += interimOverheadBytes
    for (const name in headers) this.#interimBytes += name.length + String(headers[name]).length
    if (this.#interimBytes <= bodyReadMaxBytes) return
    this.#fail({ errorClass: 'protocol', message: 'The receiver sent interim answers without end.' }, false)
    controller.abort(new Error('more interim answers than are read'))
  }

  #answer(isBodyTruncated: boolean, isConnectionInOrder: boolean): void {
    this.#isOver = true
    const outcome: AttemptOutcome = {
      kind: 'responded',
      status: this.#status,
      headers: this.#headers ?? {},
      body: this.#bodyText(isBodyTruncated),
      isBodyTruncated,
      retryAfterMs: this.#retryAfterMs,
      remoteAddress: this.#connection.progress.remoteAddress,
      timings: this.#timings(),
    }
    this.#onEnd({ kind: 'answered', outcome, isConnectionInOrder })
  }

  #fail(explanation: Explanation, wasStale: boolean): void {
    this.#isOver = true
    const isBlocked = explanation.errorClass === 'blocked_address'
    const remoteAddress = isBlocked ? null : this.#connection.progress.remoteAddress
    this.#onEnd({ kind: 'failed', explanation, remoteAddress, timings: this.#timings(), wasStale })
  }

  #bodyText(isTruncated: boolean): string {
    if (this.#chunks === null) return ''
    const bytes =
      this.#chunks.length === 1 && this.#chunks[0] !== undefined
        ? this.#chunks[0]
        : Buffer.concat(this.#chunks)
    // A cut may go through a character: the decoder keeps its first half to itself. NUL can't be stored as text.
    const text = isTruncated ? new StringDecoder('utf8').write(bytes) : bytes.toString('utf8')
    return text.includes('\0') ? text.replaceAll('\0', '\uFFFD') : text
  }

  #timings(): AttemptTimings {
    const start = this.#time.startedAtMs
    const since = (atMs: number | null): number | null =>
      atMs === null || atMs < start ? null : round(atMs - start)
    const { dnsAtMs, connectAtMs, tlsAtMs } = this.#connection.progress
    return {
      dnsMs: since(dnsAtMs),
      connectMs: since(connectAtMs),
      tlsMs: since(tlsAtMs),
      firstByteMs: since(this.#firstByteAtMs),
      totalMs: round(this.#time.monotonicMs() - start),
    }
  }
}

/** Hundredths of a millisecond: more is noise, and makes the log's JSON longer than its facts. */
function round(ms: number): number {
  return Math.round(ms * 100) / 100
}
