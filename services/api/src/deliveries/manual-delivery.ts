/**
 * What a person has sent again, as the delivery it is: the same id and bytes, and a chain of attempts of its own that
 * begins now, so that it neither shortens nor stops the automatic one. Pure.
 */
import type { Delivery, RenderedBody } from '@scanhook/domain/delivery'
import type { DomainEvent } from '@scanhook/domain/event'
import { deliveryId, endpointId } from '@scanhook/domain/ids'
import type { FirstRequest } from '@scanhook/postgres/attempts'

/** How often one delivery may be sent again: people do it a few times, and each is some 200 bytes in its row of the log. */
export const resendsMax = 20

export interface ManualDeliveryInput {
  readonly event: DomainEvent
  readonly deliveryId: string
  readonly endpointId: number
  /** Null when it never went out. */
  readonly before: FirstRequest | null
  readonly nowMs: number
}

export function manualDelivery(input: ManualDeliveryInput): Delivery {
  const { event, nowMs } = input
  return {
    deliveryId: deliveryId(input.deliveryId),
    orgId: event.orgId,
    endpointId: endpointId(input.endpointId),
    trigger: 'manual',
    event,
    attemptNumber: 1,
    dueAtMs: nowMs,
    createdAtMs: nowMs,
    firstAttemptAtMs: null,
    rendered: input.before === null ? null : renderedOf(input.before),
  }
}

/**
 * The body as it was sent, with the profile that its headers show (packages/signing/sign): brands have a signature
 * header of their own, which no customer can set, and Trackberry's an event id beside it. Null when nothing was signed.
 */
export function renderedOf({ requestHeaders, requestBody }: FirstRequest): RenderedBody | null {
  const names = new Set(Object.keys(requestHeaders).map((name) => name.toLowerCase()))
  if (!names.has('webhook-signature')) return null
  const branded = [...names].flatMap((name) => /^x-(.+)-signature$/.exec(name)?.[1] ?? [])[0]
  if (branded === undefined) return { profile: 'standard', body: requestBody }
  const isTrackberry = names.has(`x-${branded}-event-id`)
  return { profile: isTrackberry ? 'trackberry' : 'trakrf', body: requestBody }
}
