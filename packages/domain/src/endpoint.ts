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
  /** CEL over the event; null means all. Evaluated by the router (a later widening; always null until then). */
  readonly filter: string | null
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
  readonly createdAtMs: number
  /** Grows with every change, so that a late announcement cannot undo a newer one. */
  readonly version: number
}
