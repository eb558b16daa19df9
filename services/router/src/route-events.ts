/**
 * The router's handler: events × subscriptions → deliveries. Decides nothing itself (domain/matching does) and keeps
 * nothing; knows no Kafka client and no schema.
 *
 * Order of acts for each batch: match → append deliveries and poison (ack) → mark done.
 *
 * Invariants
 *   R1. A record is done only when all its deliveries are acknowledged.
 *   R2. The same event record gives the same deliveries, ids and bytes: nothing in them comes from a clock, the time of
 *       creation is that of the record.
 *   R3. Each delivery stands under its endpoint's key, so one endpoint's deliveries are in order of their events.
 */
import type { Delivery } from '@scanhook/domain/delivery'
import type { Endpoint } from '@scanhook/domain/endpoint'
import type { DomainEvent } from '@scanhook/domain/event'
import type { FilterJudge } from '@scanhook/domain/filter-refusal'
import type { DeliveryId, EndpointId, EventId, OrgId } from '@scanhook/domain/ids'
import { matchSubscriptions } from '@scanhook/domain/matching/match-subscriptions'
import type { PoisonReason } from '@scanhook/domain/poison'
import type { RecordBatch } from '@scanhook/kafka/contract'
import type { KafkaRecord, OutgoingRecord } from '@scanhook/kafka/record'
import { traceHeaders } from '@scanhook/observability/trace'
import { unlessAborted } from '@scanhook/runtime/unless-aborted'
import type { RecordDecoder } from '@scanhook/schemas/decode-record'

export interface RoutePorts {
  readonly decodeEvent: RecordDecoder<DomainEvent>
  readonly encodeDelivery: (delivery: Delivery) => Buffer
  readonly endpointsOf: (orgId: OrgId) => readonly Endpoint[]
  readonly judgeFilter: FilterJudge
  readonly deliveryIdFor: (event: EventId, endpoint: EndpointId) => DeliveryId
  readonly keyOf: (endpoint: EndpointId) => string
  readonly poisonOf: (record: KafkaRecord, reason: PoisonReason, detail: string) => OutgoingRecord
  /** Resolves when every record is acknowledged. */
  readonly appendAll: (records: readonly OutgoingRecord[]) => Promise<void>
  readonly deliveriesTopic: string
  /** Told per event, with the number of its deliveries. */
  readonly routed: (event: DomainEvent, deliveryCount: number) => void
}

export function eventRouter(ports: RoutePorts): (batch: RecordBatch) => Promise<void> {
  return (batch) => unlessAborted(batch.signal, route(ports, batch))
}

async function route(ports: RoutePorts, batch: RecordBatch): Promise<void> {
  const outgoing: OutgoingRecord[] = []
  for (const record of batch.records) {
    const pending = ports.decodeEvent(record.value, batch)
    const decoded = pending instanceof Promise ? await pending : pending
    if (decoded.kind === 'bad') outgoing.push(ports.poisonOf(record, decoded.reason, decoded.detail))
    else appendDeliveries(ports, outgoing, { record, event: decoded.value })
  }
  if (outgoing.length > 0) await ports.appendAll(outgoing)
  const last = batch.records.at(-1)
  if (last !== undefined) batch.doneThrough(last.offset)
}

interface Routing {
  readonly record: KafkaRecord
  readonly event: DomainEvent
}

function appendDeliveries(ports: RoutePorts, outgoing: OutgoingRecord[], { record, event }: Routing): void {
  const endpoints = matchSubscriptions(event, ports.endpointsOf(event.orgId), ports.judgeFilter)
  ports.routed(event, endpoints.length)
  if (endpoints.length === 0) return
  const headers = traceHeaders(record.headers)
  for (const endpoint of endpoints) {
    const delivery = deliveryOf(ports, { record, event }, endpoint)
    outgoing.push({
      topic: ports.deliveriesTopic,
      key: ports.keyOf(endpoint.id),
      value: ports.encodeDelivery(delivery),
      headers,
    })
  }
}

function deliveryOf(ports: RoutePorts, { record, event }: Routing, endpoint: Endpoint): Delivery {
  return {
    deliveryId: ports.deliveryIdFor(event.eventId, endpoint.id),
    orgId: event.orgId,
    endpointId: endpoint.id,
    trigger: 'event',
    event,
    attemptNumber: 1,
    dueAtMs: record.timestampMs,
    createdAtMs: record.timestampMs,
    firstAttemptAtMs: null,
    rendered: null,
  }
}
