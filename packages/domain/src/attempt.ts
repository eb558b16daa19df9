/** An attempt: one HTTP request for a delivery, and what came of it. What the `attempts` topic carries. */
import type { DeliveryTrigger, Disposition } from './delivery.ts'
import type { EventType } from './event.ts'
import type { DeliveryId, EndpointId, EventId, OrgId } from './ids.ts'

/** Why no usable answer came; in the log each has a plain-word explanation (docs/reference/errors.md). */
export const attemptErrorClasses = [
  'dns',
  'connect',
  'tls',
  'timeout',
  'reset',
  'blocked_address',
  'protocol',
  'internal',
] as const
export type AttemptErrorClass = (typeof attemptErrorClasses)[number]

/** Milliseconds from the start of the attempt; null where the phase did not happen (kept-alive connection, early failure). */
export interface AttemptTimings {
  readonly dnsMs: number | null
  readonly connectMs: number | null
  readonly tlsMs: number | null
  readonly firstByteMs: number | null
  readonly totalMs: number
}

export type AttemptOutcome =
  | {
      readonly kind: 'responded'
      readonly status: number
      readonly headers: Readonly<Record<string, string>>
      /** At most 64 KiB are read; at most 4 KiB are kept here. */
      readonly body: string
      readonly isBodyTruncated: boolean
      /** From `Retry-After` in seconds or as an HTTP date, relative to the answer; null when absent or unreadable. */
      readonly retryAfterMs: number | null
      readonly remoteAddress: string | null
      readonly timings: AttemptTimings
    }
  | {
      readonly kind: 'failed'
      readonly errorClass: AttemptErrorClass
      /** Plain words for the customer; reveals nothing about our network. */
      readonly message: string
      readonly remoteAddress: string | null
      readonly timings: AttemptTimings
    }

export interface Attempt {
  readonly deliveryId: DeliveryId
  readonly eventId: EventId
  readonly orgId: OrgId
  readonly endpointId: EndpointId
  readonly eventType: EventType
  readonly trigger: DeliveryTrigger
  readonly attemptNumber: number
  readonly startedAtMs: number
  readonly eventOccurredAtMs: number
  readonly deliveryCreatedAtMs: number
  readonly url: string
  /** As sent; signature headers included (a signature is not a secret), customer headers' values masked. */
  readonly requestHeaders: Readonly<Record<string, string>>
  readonly requestBody: string
  /** The request that carried several deliveries at once: its `webhook-id`, and how many; null when it was alone. */
  readonly batch: { readonly id: string; readonly size: number } | null
  /** Null when nothing was sent: held, or dead without an attempt. Such records do not use up an attempt number. */
  readonly outcome: AttemptOutcome | null
  readonly disposition: Disposition
}
