/** What was delivered before, or tried to be, as the deliveries that send it again: the same event, id and body. */
import { manualDelivery, resendsMax } from '@scanhook/domain/delivering/manual-delivery'
import type { Delivery } from '@scanhook/domain/delivery'
import { bodySent } from '@scanhook/domain/payload/body-sent'
import { domainEvent } from '@scanhook/domain/recorded-event'
import type { Attempts } from '@scanhook/postgres/attempts'
import type { JobPages } from '@scanhook/postgres/job-pages'
import type { SkipReason } from '@scanhook/postgres/jobs'

export interface AgainPorts {
  readonly pages: Pick<JobPages, 'findRows'>
  readonly attempts: Pick<Attempts, 'firstRequests'>
  readonly nowMs: () => number
}

export interface Before {
  readonly deliveryId: string
  readonly endpointId: number
  readonly eventId: string
  /** Why it is not sent, as far as its row tells. */
  readonly skip: SkipReason | null
}

export function tooOften({ manualChainCount }: { readonly manualChainCount: number }): SkipReason | null {
  return manualChainCount >= resendsMax ? 'resent_too_often' : null
}

/** One for each of `all`, in their order. */
export async function sendAgain(
  { pages, attempts, nowMs }: AgainPorts,
  orgId: number,
  all: readonly Before[],
): Promise<readonly (Delivery | SkipReason)[]> {
  const wanted = all.filter(({ skip }) => skip === null)
  const [eventRows, requests] = await Promise.all([
    pages.findRows(
      orgId,
      wanted.map(({ eventId }) => eventId),
    ),
    attempts.firstRequests(
      orgId,
      wanted.map(({ deliveryId }) => deliveryId),
    ),
  ])
  const events = new Map(eventRows.map((row) => [row.eventId, row]))
  const requestOf = new Map(requests.map((request) => [request.deliveryId, request]))
  const atMs = nowMs()
  return all.map(({ skip, deliveryId, endpointId, eventId }) => {
    if (skip !== null) return skip
    const recorded = events.get(eventId)
    if (recorded === undefined) return 'event_gone'
    const event = domainEvent(recorded)
    if (event === null) return 'unreadable'
    const request = requestOf.get(deliveryId)
    const rendered = request === undefined ? null : bodySent(request)
    return manualDelivery({ event, deliveryId, endpointId, rendered, nowMs: atMs })
  })
}
