/**
 * Finds deliveries that wait for an attempt which nobody is going to make, and puts them back on their way.
 *
 * Invariants
 *   V1. Each chain that is overdue is put back by itself: the automatic one, and those that people asked for.
 *   V2. A page is acknowledged before the next is read; at most `requeuedMax` are put back in one round.
 *   V3. One whose event is not kept any more, or never was (a test), can't be put back: it is counted and told of.
 */

import type { Delivery, RenderedBody } from '@scanhook/domain/delivery'
import { isErased } from '@scanhook/domain/erased'
import type { DomainEvent } from '@scanhook/domain/event'
import { deliveryId, endpointId } from '@scanhook/domain/ids'
import { isOverdue } from '@scanhook/domain/reconcile/judge-delivery'
import { type LostChain, resumeDelivery } from '@scanhook/domain/reconcile/restart-delivery'
import type { Attempts, FirstRequest } from '@scanhook/postgres/attempts'
import type { EventRow, Events } from '@scanhook/postgres/events'
import type { LoggedDelivery, Reconciliations } from '@scanhook/postgres/reconciliations'

export interface ResumePorts {
  readonly log: Pick<Reconciliations, 'listOverdue'>
  readonly events: Pick<Events, 'findRow'>
  readonly attempts: Pick<Attempts, 'firstRequests'>
  readonly eventOf: (row: EventRow) => DomainEvent | null
  readonly renderedOf: (request: FirstRequest) => RenderedBody | null
  /** Resolves when Kafka has acknowledged all of them. */
  readonly send: (deliveries: readonly Delivery[]) => Promise<void>
  readonly found: (delivery: LoggedDelivery, canResume: boolean) => void
}

export interface ResumeTerms {
  readonly nowMs: number
  readonly overdueMs: number
  readonly requeuedMax: number
  /** False: only looks. */
  readonly repairs: boolean
}

export interface Resumed {
  readonly overdue: number
  readonly requeued: number
}

/** A page is some dozens of KB, and each of its deliveries costs two look-ups when it is put back. */
const pageSize = 200

export async function resumeOverdue(ports: ResumePorts, terms: ResumeTerms): Promise<Resumed> {
  let overdue = 0
  let requeued = 0
  let afterId: string | null = null
  for (;;) {
    const beforeMs = terms.nowMs - terms.overdueMs
    const page: readonly LoggedDelivery[] = await ports.log.listOverdue({
      beforeMs,
      afterId,
      limit: pageSize,
    })
    overdue += page.length
    const back = (await restarted(ports, page, terms)).slice(0, terms.requeuedMax - requeued)
    if (terms.repairs && back.length > 0) {
      await ports.send(back) // V2
      requeued += back.length
    }
    afterId = page.at(-1)?.deliveryId ?? null
    if (page.length < pageSize) return { overdue, requeued }
  }
}

async function restarted(
  ports: ResumePorts,
  page: readonly LoggedDelivery[],
  terms: ResumeTerms,
): Promise<Delivery[]> {
  const deliveries: Delivery[] = []
  for (const [orgId, ofOrg] of Map.groupBy(page, (each) => each.orgId)) {
    const requests = await ports.attempts.firstRequests(
      orgId,
      ofOrg.map((each) => each.deliveryId),
    )
    const sent = new Map(requests.map((each) => [each.deliveryId, each]))
    for (const each of ofOrg) {
      const row = await ports.events.findRow(orgId, each.eventId)
      const event = row === null || isErased(row.dataJson) ? null : ports.eventOf(row)
      ports.found(each, event !== null)
      if (event === null) continue // V3
      const request = sent.get(each.deliveryId)
      const rendered = request === undefined ? null : ports.renderedOf(request)
      const lost = {
        event,
        deliveryId: deliveryId(each.deliveryId),
        endpointId: endpointId(each.endpointId),
        nowMs: terms.nowMs,
      }
      deliveries.push(...lostChains(each, rendered, terms).map((chain) => resumeDelivery(lost, chain)))
    }
  }
  return deliveries
}

/** V1 */
function lostChains(
  { state, nextAttemptAt, attempts, createdAt, firstAttemptAt, manualChains }: LoggedDelivery,
  rendered: RenderedBody | null,
  terms: ResumeTerms,
): readonly LostChain[] {
  const automatic: LostChain = {
    ...{ trigger: 'event', attempts, createdAtMs: createdAt, firstAttemptAtMs: firstAttemptAt, rendered },
  }
  const manual = Object.entries(manualChains ?? {}).filter(([, chain]) => isOverdue(chain, terms))
  return [
    ...(isOverdue({ state, nextAttemptAtMs: nextAttemptAt }, terms) ? [automatic] : []),
    ...manual.map(
      ([createdAtMs, chain]): LostChain => ({
        trigger: 'manual',
        attempts: chain.attempts,
        createdAtMs: Number(createdAtMs),
        // Its own first request is not kept apart; its creation is earlier, and gives it no more time than it had.
        firstAttemptAtMs: chain.attempts === 0 ? null : Number(createdAtMs),
        rendered,
      }),
    ),
  ]
}
