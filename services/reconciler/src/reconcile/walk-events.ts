/**
 * Holds an organization's events of a span of time against the log, page by page, and puts back what is lost. Decides nothing
 * itself (domain/reconcile does).
 *
 * Invariants
 *   W1. Every event of the span that is in the log is held against every endpoint that there was.
 *   W2. What was put back is acknowledged before the next page is read; a walk that fails half way is walked again, and puts
 *       back under the same ids.
 *   W3. One page is in memory, and at most `requeuedMax` are put back in one walk: what is more is found by the next one.
 */
import type { Delivery } from '@scanhook/domain/delivery'
import type { EndpointVersion } from '@scanhook/domain/endpoint-version'
import type { DomainEvent } from '@scanhook/domain/event'
import type { FilterJudge } from '@scanhook/domain/filter-refusal'
import type { DeliveryId, EndpointId, EventId } from '@scanhook/domain/ids'
import { shownState } from '@scanhook/domain/manual-chains'
import { mismatchOf } from '@scanhook/domain/matching/match-subscriptions'
import { expectDelivery } from '@scanhook/domain/reconcile/expect-delivery'
import { type Judgement, judgeDelivery, judgements } from '@scanhook/domain/reconcile/judge-delivery'
import { startDelivery } from '@scanhook/domain/reconcile/restart-delivery'
import type { EndpointVersions } from '@scanhook/postgres/endpoint-versions'
import type { EventRow, Events } from '@scanhook/postgres/events'
import type { LoggedDelivery, Reconciliations } from '@scanhook/postgres/reconciliations'

export interface WalkPorts {
  readonly events: Pick<Events, 'listReceived'>
  readonly versions: Pick<EndpointVersions, 'list'>
  readonly log: Pick<Reconciliations, 'deliveriesOf'>
  readonly eventOf: (row: EventRow) => DomainEvent | null
  readonly judgeFilter: FilterJudge
  readonly deliveryIdFor: (event: EventId, endpoint: EndpointId) => DeliveryId
  /** Resolves when Kafka has acknowledged all of them. */
  readonly send: (deliveries: readonly Delivery[]) => Promise<void>
  /** Told of each that is missing. */
  readonly found: (delivery: Delivery) => void
}

export interface WalkSpan {
  readonly orgId: number
  /** By receive time, [`fromMs`, `toMs`). */
  readonly fromMs: number
  readonly toMs: number
}

export interface WalkTerms {
  readonly nowMs: number
  readonly overdueMs: number
  readonly marginMs: number
  readonly requeuedMax: number
  /** False: only looks. */
  readonly repairs: boolean
}

export type Tally = Readonly<Record<Judgement, number>> & {
  readonly events: number
  readonly requeued: number
}

/** A page of events is a few hundred KB, some MB at worst. */
const pageSize = 500

export async function walkEvents(ports: WalkPorts, span: WalkSpan, terms: WalkTerms): Promise<Tally> {
  const byEndpoint = await versionsOf(ports, span, terms)
  const tally: Record<Judgement, number> & { events: number; requeued: number } = {
    ...(Object.fromEntries(judgements.map((each) => [each, 0])) as Record<Judgement, number>),
    events: 0,
    requeued: 0,
  }
  let after: EventRow | null = null
  for (;;) {
    const rows: readonly EventRow[] = await ports.events.listReceived(span.orgId, {
      sinceMs: span.fromMs,
      untilMs: span.toMs - 1, // instants are whole milliseconds
      after,
      limit: pageSize,
    })
    tally.events += rows.length
    const events = rows.flatMap((row) => ports.eventOf(row) ?? [])
    const missing: Delivery[] = []
    for (const { event, endpoint, judgement } of await judgeAll(ports, { span, terms, byEndpoint }, events)) {
      tally[judgement] += 1
      if (judgement !== 'missing') continue
      const id = ports.deliveryIdFor(event.eventId, endpoint)
      missing.push(startDelivery({ event, endpointId: endpoint, deliveryId: id, nowMs: terms.nowMs }))
    }
    missing.forEach(ports.found)
    const back = terms.repairs ? missing.slice(0, terms.requeuedMax - tally.requeued) : []
    if (back.length > 0) await ports.send(back) // W2
    tally.requeued += back.length
    after = rows.at(-1) ?? null
    if (rows.length < pageSize) return tally
  }
}

type ByEndpoint = ReadonlyMap<EndpointId, readonly EndpointVersion[]>

async function versionsOf({ versions }: WalkPorts, span: WalkSpan, terms: WalkTerms): Promise<ByEndpoint> {
  const all = await versions.list(span.orgId, { fromMs: span.fromMs - terms.marginMs, toMs: terms.nowMs })
  return Map.groupBy(all, ({ id }) => id)
}

interface Judged {
  readonly event: DomainEvent
  readonly endpoint: EndpointId
  readonly judgement: Judgement
}

interface Judging {
  readonly span: WalkSpan
  readonly terms: WalkTerms
  readonly byEndpoint: ByEndpoint
}

async function judgeAll(
  ports: WalkPorts,
  { span, terms, byEndpoint }: Judging,
  events: readonly DomainEvent[],
): Promise<readonly Judged[]> {
  if (events.length === 0) return []
  const occurredMs = events.map(({ occurredAtMs }) => occurredAtMs)
  const logged = await ports.log.deliveriesOf(span.orgId, {
    eventIds: events.map(({ eventId }) => eventId),
    fromMs: Math.min(...occurredMs),
    toMs: Math.max(...occurredMs),
  })
  const known = new Map(logged.map((each) => [`${each.eventId} ${each.endpointId}`, each]))
  return events.flatMap((event) =>
    Array.from(byEndpoint, ([endpoint, versions]) => {
      const expectation = expectDelivery(event, versions, {
        wants: (each, version) => mismatchOf(each, version, ports.judgeFilter) === null,
        marginMs: terms.marginMs,
      })
      const row = known.get(`${event.eventId} ${endpoint}`)
      const shown = row === undefined ? null : shownOf(row)
      return { event, endpoint, judgement: judgeDelivery(expectation, shown, terms) }
    }),
  )
}

function shownOf({ state, nextAttemptAt, manualChains }: LoggedDelivery) {
  const automatic = {
    ...{ state, nextAttemptAtMs: nextAttemptAt },
    ...{ deadReason: null, heldReason: null, completedAtMs: null, supersededBy: null },
  }
  return shownState(automatic, manualChains)
}
