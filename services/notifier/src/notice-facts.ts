/**
 * The facts of a notice: everything that its mail and its event say, taken down when it happened. Both are rendered
 * from them alone, so they are the same however often and however late. Pure.
 */
import type { EndpointEvent } from '@scanhook/domain/endpoint-event'
import type { DisabledReason, EndpointLife } from '@scanhook/domain/endpoint-life/endpoint-life'
import type { DeliveryId, EndpointId } from '@scanhook/domain/ids'
import { type ProfileName, profiles, type RetryPolicy } from '@scanhook/domain/profile'
import { scaledMs } from '@scanhook/domain/retry/tiers'

export interface NoticeFacts {
  readonly webhook: { readonly id: EndpointId; readonly url: string; readonly name: string | null }
  readonly atMs: number
  /** Since when there is, or was, no success; null for a webhook that was not failing. */
  readonly sinceMs: number | null
  /** Plain words, one line. */
  readonly reason: string
  readonly deliveryId: DeliveryId | null
  readonly event: EndpointEvent['event']
  /** Of the delivery that led to it; null without one. */
  readonly retriesUntilMs: number | null
  /** When it is disabled without a success; null when it is not failing. */
  readonly disablesAtMs: number | null
  readonly disabledReason: DisabledReason | null
}

/** What happened to the endpoint: an endpoint event, or what the log says. */
export type Happening = Pick<EndpointEvent, 'atMs' | 'deliveryId' | 'event' | 'reason' | 'sinceMs'>

interface Changed {
  readonly endpoint: {
    readonly id: EndpointId
    readonly url: string
    readonly name: string | null
    readonly profile: ProfileName
    readonly life: EndpointLife
  }
  /** After the change; `endpoint` has what was before. */
  readonly life: EndpointLife
  readonly scale: number
}

export function noticeFacts(
  { atMs, sinceMs, deliveryId, event, reason }: Happening,
  { endpoint, life, scale }: Changed,
): NoticeFacts {
  const { id, url, name, profile } = endpoint
  const { retry, disabledAfterMs } = profiles[profile]
  const failingSinceMs = life.failingSinceMs ?? endpoint.life.failingSinceMs
  return {
    webhook: { id, url, name },
    atMs,
    sinceMs: failingSinceMs,
    reason: oneLine(reason),
    deliveryId,
    event,
    retriesUntilMs: deliveryId === null ? null : (sinceMs ?? atMs) + scaledMs(retryWindowMs(retry), scale),
    disablesAtMs:
      life.state === 'active' && life.failingSinceMs !== null
        ? life.failingSinceMs + scaledMs(disabledAfterMs, scale)
        : null,
    disabledReason: life.disabledReason,
  }
}

/** From the first attempt to the last that may be. */
function retryWindowMs(policy: RetryPolicy): number {
  return policy.kind === 'exponential'
    ? policy.deadlineMs
    : policy.delaysMs.reduce((total, delayMs) => total + delayMs, 0)
}

/** As much as explains; a reason is a sentence. */
const reasonMax = 500

/** What a receiver answered may be in it: no line of its own, nothing that PostgreSQL can't hold. */
export function oneLine(text: string): string {
  return text
    .slice(0, reasonMax)
    .toWellFormed()
    .replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim()
}
