/**
 * The customers' servers: scripted manners, a ledger of every request, and the checks that a careful receiver makes.
 * Each has a chance of its own, so that what one is asked does not change what another answers.
 */
import type { AttemptErrorClass, AttemptOutcome, AttemptTimings } from '@scanhook/domain/attempt'
import type { Endpoint } from '@scanhook/domain/endpoint'
import type { EndpointId } from '@scanhook/domain/ids'
import { type SeededRandom, seededRandom } from '@scanhook/replay/seeded-random'
import { verify } from '@scanhook/signing/verify'
import type { Life } from './life.ts'
import type { Manner, ScriptedEndpoint } from './scenario.ts'
import type { VirtualClock } from './virtual-clock.ts'

export interface SentRequest {
  readonly endpointId: EndpointId
  /** One, or several where the endpoint wants batches. */
  readonly eventIds: readonly string[]
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly timeoutMs: number
}

export interface ReceiverWatcher {
  /** It has come in; `problem` is what a receiver would refuse it for. */
  readonly received: (request: SentRequest, problem: string | null) => void
  /** It was taken: answered 2xx, whether or not the answer arrives. */
  readonly accepted: (request: SentRequest, eventIds: readonly string[]) => void
}

export interface ReceiversOptions {
  readonly seed: number
  readonly clock: VirtualClock
  readonly endpoints: readonly ScriptedEndpoint[]
  readonly watcher: ReceiverWatcher
}

/** A secret that was replaced counts for requests that are still under way. */
const overlapMs = 60_000
const toleranceS = 300

const timings = (totalMs: number): AttemptTimings => ({
  dnsMs: null,
  connectMs: null,
  tlsMs: null,
  firstByteMs: null,
  totalMs,
})

interface Receiver {
  readonly script: ScriptedEndpoint
  readonly random: SeededRandom
}

/** Newest first. */
export function secretsAt({ endpoint, rotatesAtMs }: ScriptedEndpoint, nowMs: number): readonly string[] {
  const secret = (name: string): string =>
    `whsec_${Buffer.from(`${name}-secret-of-${endpoint.id}-`.padEnd(32, '0')).toString('base64')}`
  if (rotatesAtMs === null || nowMs < rotatesAtMs) return [secret('old')]
  return nowMs < rotatesAtMs + overlapMs ? [secret('new'), secret('old')] : [secret('new')]
}

export class Receivers {
  readonly #options: ReceiversOptions
  readonly #receivers: ReadonlyMap<EndpointId, Receiver>

  constructor(options: ReceiversOptions) {
    this.#options = options
    this.#receivers = new Map(
      options.endpoints.map((script) => [
        script.endpoint.id,
        { script, random: seededRandom(Math.imul(options.seed, 31) + script.endpoint.id) },
      ]),
    )
  }

  secretsOf(endpoint: Endpoint): readonly string[] {
    return secretsAt(this.#receiverOf(endpoint.id).script, this.#options.clock.nowMs)
  }

  /** Resolves as a client does: with an answer, or with what went wrong, at the latest after `timeoutMs`. */
  post(request: SentRequest, life: Life): Promise<AttemptOutcome> {
    const { clock } = this.#options
    const { script, random } = this.#receiverOf(request.endpointId)
    const sentAtMs = clock.nowMs
    const tripMs = Math.ceil((script.latencyMs * (0.5 + random.uniform())) / 2)
    return new Promise((resolve) => {
      let isOver = false
      const end = (outcome: AttemptOutcome): void => {
        if (isOver || !life.isAlive) return
        isOver = true
        cancelTimeout()
        resolve(outcome)
      }
      const failed = (errorClass: AttemptErrorClass): void =>
        end({
          kind: 'failed',
          errorClass,
          message: errorClass,
          remoteAddress: null,
          timings: timings(clock.nowMs - sentAtMs),
        })
      const cancelTimeout = clock.after(request.timeoutMs, () => failed('timeout'))
      clock.after(tripMs, () => {
        const manner = judge(mannerAt(script, clock.nowMs), random)
        if (manner.kind === 'refused') {
          clock.after(tripMs, () => failed('reset'))
          return
        }
        this.#receive(request, script)
        const isTooLarge = request.eventIds.length > script.batchMax
        const refused = manner.kind === 'answer' && isBatch(request) ? someOf(script, request, random) : []
        if (manner.status >= 200 && manner.status < 300 && !isTooLarge) {
          const taken = request.eventIds.filter((id) => !refused.includes(id))
          this.#options.watcher.accepted(request, taken)
        }
        if (manner.kind === 'silent') return
        clock.after(manner.afterMs + tripMs, () => {
          if (manner.kind === 'reset') failed('reset')
          else if (isTooLarge) end(answered({ ...manner, status: 413 }, clock.nowMs - sentAtMs, []))
          else end(answered(manner, clock.nowMs - sentAtMs, refused))
        })
      })
    })
  }

  #receive(request: SentRequest, script: ScriptedEndpoint): void {
    const { clock, watcher } = this.#options
    const verified = verify({
      profile: 'standard',
      headers: request.headers,
      body: request.body,
      secrets: secretsAt(script, clock.nowMs),
      nowS: Math.floor(clock.nowMs / 1_000),
      toleranceS,
    })
    watcher.received(request, verified.ok ? null : verified.problem)
  }

  #receiverOf(id: EndpointId): Receiver {
    const receiver = this.#receivers.get(id)
    if (receiver === undefined) throw new Error(`nobody listens for endpoint ${id}`)
    return receiver
  }
}

function isBatch({ eventIds, headers }: SentRequest): boolean {
  return headers['webhook-id'] !== eventIds[0]
}

/** Of a batch, those that the receiver does not take this time. */
function someOf({ refusedShare }: ScriptedEndpoint, request: SentRequest, random: SeededRandom): string[] {
  return request.eventIds.filter(() => random.uniform() < refusedShare)
}

function mannerAt({ phases }: ScriptedEndpoint, nowMs: number): Manner {
  return phases.find(({ untilMs }) => nowMs < untilMs)?.manner ?? { kind: 'healthy' }
}

type Judged =
  | { readonly kind: 'refused' }
  | { readonly kind: 'silent'; readonly status: number }
  | { readonly kind: 'reset'; readonly status: number; readonly afterMs: number }
  | {
      readonly kind: 'answer'
      readonly status: number
      readonly afterMs: number
      readonly retryAfterMs: number | null
    }

function judge(manner: Manner, random: SeededRandom): Judged {
  const answer = (status: number, afterMs = 0, retryAfterMs: number | null = null): Judged => ({
    kind: 'answer',
    status,
    afterMs,
    retryAfterMs,
  })
  const isHit = 'share' in manner && random.uniform() < manner.share
  switch (manner.kind) {
    case 'healthy':
      return answer(200)
    case 'slow':
      return answer(200, manner.latencyMs)
    case 'hanging':
      // Some of those that hang have taken it all the same.
      return { kind: 'silent', status: random.uniform() < 0.3 ? 200 : 0 }
    case 'failing':
      return answer(isHit ? manner.status : 204)
    case 'busy':
      return isHit ? answer(manner.status, 0, manner.retryAfterMs) : answer(200)
    case 'reset':
      if (!isHit) return answer(200)
      return manner.isProcessed ? { kind: 'reset', status: 200, afterMs: 5 } : { kind: 'refused' }
    case 'gone':
      return answer(410)
  }
}

function answered(
  { status, retryAfterMs }: Extract<Judged, { kind: 'answer' }>,
  totalMs: number,
  refused: readonly string[],
): AttemptOutcome {
  return {
    kind: 'responded',
    status,
    headers: {},
    body: refused.length === 0 ? '' : JSON.stringify({ failed: refused }),
    isBodyTruncated: false,
    retryAfterMs,
    remoteAddress: null,
    timings: timings(totalMs),
  }
}
