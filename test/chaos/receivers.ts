/** What the process of the receivers and the harness tell each other, and what its ledger holds. */

/** Names of what an endpoint may do; the ones with numbers take them as they are. */
export type BehaviourName =
  | 'ok'
  | 'slow'
  | 'hang'
  | 'headerTrickle'
  | 'bodyTrickle'
  | 'endlessChunked'
  | 'hugeBody'
  | 'gzipBomb'
  | 'hugeHeader'
  | 'informationalFlood'
  | 'lateOk'
  | 'flap'
  | 'earlyFin'
  | 'closeIdle'
  | 'dropReused'
  | 'status'
  | 'redirect'
  | 'refuseTwice'

export interface BehaviourSpec {
  readonly name: BehaviourName
  /** `slow`, `lateOk`: ms. `flap`: ratio. `status`, `redirect`, `bodyTrickle`, `hugeBody` …: the status. */
  readonly value?: number
  /** `status`: Retry-After as it is. `redirect`: the location. */
  readonly text?: string
}

export interface ReceiverPlan {
  readonly ledgerFile: string
  readonly endpointCount: number
}

/** By the index of the endpoint. */
export type ToReceivers =
  | { readonly kind: 'secrets'; readonly secrets: readonly string[] }
  | { readonly kind: 'secret'; readonly index: number; readonly secrets: readonly string[] }
  | { readonly kind: 'behave'; readonly behaviours: Readonly<Record<number, BehaviourSpec>> }
  | { readonly kind: 'count' }

export type FromReceivers =
  | {
      readonly kind: 'listening'
      readonly ports: readonly number[]
      /** Nobody may ever connect to these. */
      readonly canaries: readonly { readonly host: string; readonly port: number }[]
    }
  | {
      readonly kind: 'counted'
      readonly requests: number
      readonly canaryConnections: number
      readonly connections: number
    }

export type SignatureVerdict = 'valid' | 'invalid' | 'out of tolerance' | 'missing'

export type ReceiverLine =
  | {
      readonly kind: 'request'
      /** Counts the requests of all endpoints from 1; an answer names it. */
      readonly number: number
      readonly index: number
      /** `webhook-id`: the event, or the batch. */
      readonly webhookId: string
      /** `webhook-timestamp`, whole seconds. */
      readonly attemptAtS: number
      readonly receivedAtMs: number
      readonly verdict: SignatureVerdict
      readonly bodyHash: string
      readonly bodyBytes: number
    }
  /** A whole head went out; requests without one were never answered. */
  | { readonly kind: 'answer'; readonly number: number; readonly status: number; readonly atMs: number }
  | { readonly kind: 'canary'; readonly host: string; readonly port: number; readonly atMs: number }

/** The dispatcher's limit, as its log says: "larger than 16 KiB". */
const headMaxBytes = 16_384

/**
 * The status of an answer whose head goes out as a whole with these bytes; null for anything else: a head that never ends
 * (`headerTrickle`), one that is larger than a sender takes (`hugeHeader`), and interim answers were no acceptance.
 */
export function answerIn(text: string): number | null {
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0)
  if (status < 200) return null
  const headBytes = text.indexOf('\r\n\r\n')
  return headBytes < 0 || headBytes > headMaxBytes ? null : status
}
