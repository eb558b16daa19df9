/**
 * Sends again what an endpoint missed: deliveries that died, and events that its subscriptions want and that never
 * became deliveries, because the endpoint was disabled when they came. One pass over the organization's events in the
 * order in which they came in, a page at a time.
 *
 * Invariants
 *   O1. What is pending or delivered is left alone; what is dead or missing is sent, under the id that the router gives.
 *   O2. Never across organizations, and nothing of before the endpoint existed (matching X1, X4).
 *   O3. One page is in memory. A call ends after `recoveredMax` deliveries or `scannedMax` events, but events of one
 *       millisecond are never separated: so `nextSinceMs` neither skips an event nor repeats one.
 *   O4. A page is acknowledged before the next is read: a call that fails half way has sent a prefix.
 */
import type { Delivery } from '@scanhook/domain/delivery'
import type { Endpoint } from '@scanhook/domain/endpoint'
import type { DomainEvent } from '@scanhook/domain/event'
import type { DeliveryId, EndpointId, EventId } from '@scanhook/domain/ids'
import { matchSubscriptions } from '@scanhook/domain/matching/match-subscriptions'
import { domainEvent } from '@scanhook/domain/recorded-event'
import type { Attempts, FirstRequest } from '@scanhook/postgres/attempts'
import type { Deliveries, DeliveryOfEvent } from '@scanhook/postgres/deliveries'
import { domainEvent } from '@scanhook/postgres/domain-event'
import type { EventRow, Events } from '@scanhook/postgres/events'
import { manualDelivery, resendsMax } from '../deliveries/manual-delivery.ts'

export const recoverKinds = ['failed', 'missing', 'all'] as const
export type RecoverKind = (typeof recoverKinds)[number]

export interface RecoverPorts {
  readonly events: Pick<Events, 'listReceived'>
  readonly deliveries: Pick<Deliveries, 'ofEvents'>
  readonly attempts: Pick<Attempts, 'firstRequests'>
  readonly deliveryIdFor: (event: EventId, endpoint: EndpointId) => DeliveryId
  /** Resolves when Kafka has acknowledged all of them. */
  readonly send: (deliveries: readonly Delivery[]) => Promise<void>
}

export interface RecoverInput {
  readonly endpoint: Endpoint
  /** By the time at which events came in, both inclusive. */
  readonly sinceMs: number
  readonly untilMs: number
  readonly only: RecoverKind
  readonly nowMs: number
  /** Aborted when nobody waits for the answer any more: the call ends after the page. */
  readonly signal: AbortSignal
  readonly bounds: RecoverBounds
}

export interface RecoverBounds {
  readonly pageSize: number
  readonly recoveredMax: number
  readonly scannedMax: number
}

/**
 * A page of events is a few hundred KB, some MB at worst. 10,000 deliveries are acknowledged in a second or two, and an
 * endpoint with room for 200 requests a second takes most of a minute for them: whoever has more calls again.
 * 100,000 events are looked at in some five seconds.
 */
export const recoverBounds: RecoverBounds = { pageSize: 200, recoveredMax: 10_000, scannedMax: 100_000 }

export interface Recovered {
  readonly recovered: number
  /** When the first event came in that was not looked at; null when all were. */
  readonly nextSinceMs: number | null
}

export async function recoverDeliveries(ports: RecoverPorts, input: RecoverInput): Promise<Recovered> {
  const { endpoint, sinceMs, bounds, signal } = input
  let { untilMs } = input
  let after: { readonly receivedAtMs: number; readonly eventId: string } | null = null
  let recovered = 0
  let scanned = 0
  let isEnding = false
  for (;;) {
    const room = Math.min(bounds.pageSize, bounds.recoveredMax - recovered, bounds.scannedMax - scanned)
    const limit = isEnding ? bounds.pageSize : room
    const rows = await ports.events.listReceived(endpoint.orgId, { sinceMs, untilMs, after, limit })
    const deliveries = await deliveriesFor(ports, input, rows)
    if (deliveries.length > 0) await ports.send(deliveries) // O4
    recovered += deliveries.length
    scanned += rows.length
    const last = rows.at(-1)
    if (last === undefined || rows.length < limit) break
    after = last
    if (isEnding || recovered >= bounds.recoveredMax || scanned >= bounds.scannedMax || signal.aborted) {
      isEnding = true
      untilMs = last.receivedAtMs // O3: to the end of the millisecond, and no farther
    }
  }
  if (!isEnding) return { recovered, nextSinceMs: null }
  const [next] = await ports.events.listReceived(endpoint.orgId, {
    sinceMs: untilMs + 1,
    untilMs: input.untilMs,
    after: null,
    limit: 1,
  })
  return { recovered, nextSinceMs: next?.receivedAtMs ?? null }
}

async function deliveriesFor(
  ports: RecoverPorts,
  { endpoint, only, nowMs }: RecoverInput,
  rows: readonly EventRow[],
): Promise<readonly Delivery[]> {
  const events = rows.flatMap((row) => domainEvent(row) ?? [])
  if (events.length === 0) return []
  const known = await knownDeliveries(ports, endpoint, events)
  const isWanted = (event: DomainEvent): boolean => {
    const delivery = known.get(event.eventId)
    if (delivery === undefined) return only !== 'failed' && matchSubscriptions(event, [endpoint]).length > 0
    return only !== 'missing' && delivery.state === 'dead' && delivery.manualChainCount < resendsMax
  }
  const wanted = events.filter(isWanted)
  const requests = await requestsBefore(
    ports,
    endpoint,
    wanted.flatMap((event) => known.get(event.eventId)?.deliveryId ?? []),
  )
  return wanted.map((event) => {
    const id = known.get(event.eventId)?.deliveryId ?? ports.deliveryIdFor(event.eventId, endpoint.id)
    return manualDelivery({
      event,
      deliveryId: id,
      endpointId: endpoint.id,
      before: requests.get(id) ?? null,
      nowMs,
    })
  })
}

async function knownDeliveries(
  { deliveries }: RecoverPorts,
  endpoint: Endpoint,
  events: readonly DomainEvent[],
): Promise<ReadonlyMap<string, DeliveryOfEvent>> {
  const occurredMs = events.map((event) => event.occurredAtMs)
  const found = await deliveries.ofEvents(endpoint.orgId, {
    endpointId: endpoint.id,
    eventIds: events.map((event) => event.eventId),
    fromMs: Math.min(...occurredMs),
    toMs: Math.max(...occurredMs),
  })
  return new Map(found.map((each) => [each.eventId, each]))
}

async function requestsBefore(
  { attempts }: RecoverPorts,
  endpoint: Endpoint,
  deliveryIds: readonly string[],
): Promise<ReadonlyMap<string, FirstRequest>> {
  const found = await attempts.firstRequests(endpoint.orgId, deliveryIds)
  return new Map(found.map((each) => [each.deliveryId, each]))
}
