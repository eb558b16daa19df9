/**
 * An endpoint: a URL with its secrets, its state and its subscriptions, as the data plane knows it. This is the
 * document that `master-data` announces under kind `endpoint`; the data plane needs no other source.
 */
import type { EndpointId, OrgId } from './ids.ts'
import type { ProfileName } from './profile.ts'

export const endpointStates = ['active', 'paused', 'disabled'] as const
export type EndpointState = (typeof endpointStates)[number]

/** A subscription: which event types an endpoint wants. `eventType` is a name, `location.*` or `*`. */
export interface Subscription {
  readonly eventType: string
  /** CEL over the event (packages/filters): only what it lets through is wanted; null: all. */
  readonly filter: string | null
  /** An event that is older than this when its turn comes is not sent any more (`expired`); null: always sent. */
  readonly expireAfterMinutes: number | null
  /** After an outage only the newest event of an asset and type is sent; the ones before are `superseded`. */
  readonly isLatestOnly: boolean
}

/** A subscription to `eventType` that wants everything of it. */
export function plainSubscription(eventType: string): Subscription {
  return { eventType, filter: null, expireAfterMinutes: null, isLatestOnly: false }
}

/** `asset`: the events of an asset reach the endpoint in their order; one that fails holds back its own asset only. */
export const orderings = ['none', 'asset'] as const
export type Ordering = (typeof orderings)[number]

/** Several events in one signed request. Whichever bound is reached first sends it. */
export interface BatchPolicy {
  readonly maxEvents: number
  /** How long the oldest event waits for company. */
  readonly maxWaitMs: number
  /** Of the events' bodies together, in UTF-8. */
  readonly maxBytes: number
}

/** AES-256-GCM, `v1.<key id>.<base64url iv>.<base64url tag>.<base64url ciphertext>` (packages/signing/seal). */
export type SealedSecret = string

export interface Endpoint {
  readonly id: EndpointId
  readonly orgId: OrgId
  readonly url: string
  readonly state: EndpointState
  readonly profile: ProfileName
  /** First is the newest; more than one during a rotation's overlap. At most 5 (Standard Webhooks advises few). */
  readonly sealedSecrets: readonly SealedSecret[]
  readonly headers: Readonly<Record<string, string>>
  readonly subscriptions: readonly Subscription[]
  /** Brand in `X-<prefix>-…`; null: the profile's own. */
  readonly headerPrefix: string | null
  readonly ordering: Ordering
  /** Its requests carry the `traceparent` of their trace, where there is one. */
  readonly sendsTraceparent: boolean
  /** Null: one event a request. */
  readonly batch: BatchPolicy | null
  /** Requests a second at most; null: as many as the endpoint takes. */
  readonly rateLimitPerSecond: number | null
  /** Deliveries a second to all endpoints of the organization; the same in all of them; null: no limit. */
  readonly orgRateLimitPerSecond: number | null
  /** Since when it has not had one success, if it is marked as failing; null: it is not. */
  readonly failingSinceMs: number | null
  readonly createdAtMs: number
  /** Grows with every change, so that a late announcement cannot undo a newer one. */
  readonly version: number
}

/** An endpoint that asked for nothing special; what documents of earlier versions do not say. */
export const plainEndpoint: Pick<
  Endpoint,
  | 'headerPrefix'
  | 'ordering'
  | 'sendsTraceparent'
  | 'batch'
  | 'rateLimitPerSecond'
  | 'orgRateLimitPerSecond'
  | 'failingSinceMs'
> = {
  headerPrefix: null,
  ordering: 'none',
  sendsTraceparent: false,
  batch: null,
  rateLimitPerSecond: null,
  orgRateLimitPerSecond: null,
  failingSinceMs: null,
}
