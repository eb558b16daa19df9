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
  /** The status line went out; requests without one were never answered. */
  | { readonly kind: 'answer'; readonly number: number; readonly status: number; readonly atMs: number }
  | { readonly kind: 'canary'; readonly host: string; readonly port: number; readonly atMs: number }
