/**
 * Business events that passed the catalogue become records on `events`; says what became of each. The id is a function
 * of organization, type and the sender's own id, so sending an event again gives the same event.
 */
import type { DomainEvent } from '@scanhook/domain/event'
import type { EventId, OrgId } from '@scanhook/domain/ids'
import type { IncomingEvent } from '@scanhook/domain/incoming-event'
import type { Parsed } from '@scanhook/domain/read'
import type { OutgoingRecord } from '@scanhook/kafka/record'
import type { TraceHeaders } from '@scanhook/observability/trace'
import type { Claim } from '@scanhook/redis/claims'
import { type WritePorts, writeOnce } from './write-once.ts'

export interface EventArrival {
  readonly event: IncomingEvent
  readonly receivedAtMs: number
  /** As `Arrival.coordinate`; stands in for the sender's id where there is none. */
  readonly coordinate: string
  readonly headers: TraceHeaders | undefined
}

export interface CheckEventPorts {
  /** The catalogue's verdict: what the event is about, e.g. `shipment:S-17`, or what is wrong with its data. */
  readonly subjectOf: (event: IncomingEvent) => Parsed<string>
  readonly eventIdOf: (orgId: OrgId, type: string, clientId: string) => EventId
}

export interface AcceptedEvent {
  readonly event: DomainEvent
  readonly arrival: EventArrival
}

/** The event as it will be on `events`, or everything that is wrong with its data. */
export function checkEvent(ports: CheckEventPorts, arrival: EventArrival): Parsed<AcceptedEvent> {
  const { event, receivedAtMs, coordinate } = arrival
  const subject = ports.subjectOf(event)
  if (!subject.ok) return subject
  const { orgId, type, clientId, occurredAtMs, dataJson } = event
  const accepted: DomainEvent = {
    eventId: ports.eventIdOf(orgId, type, clientId ?? coordinate),
    orgId,
    type,
    occurredAtMs,
    receivedAtMs,
    subject: subject.value,
    assetId: null,
    sequence: null,
    previousEventId: null,
    transitionId: null,
    dataJson,
  }
  return { ok: true, value: { event: accepted, arrival } }
}

export interface AcceptEventsPorts extends WritePorts {
  readonly recordOf: (event: DomainEvent, arrival: EventArrival) => OutgoingRecord
  /** Told after the records were acknowledged. */
  readonly counted: (fate: EventFate, count: number) => void
}

/** Without an id of the sender's nothing tells an event from the next one. */
export function claimOfEvent({ event, arrival }: AcceptedEvent): Claim | null {
  if (arrival.event.clientId === null) return null
  return { key: `event:${event.eventId}`, coordinate: arrival.coordinate }
}

export type EventFate = 'accepted' | 'duplicate'

/** The fate of each, in order. Rejects when Kafka refuses a record for good. */
export async function acceptEvents(
  ports: AcceptEventsPorts,
  events: readonly AcceptedEvent[],
  beside: readonly OutgoingRecord[] = [],
): Promise<readonly EventFate[]> {
  const writables = events.map((accepted) => ({
    claim: claimOfEvent(accepted),
    record: () => ports.recordOf(accepted.event, accepted.arrival),
  }))
  const fates = await writeOnce(ports, writables, beside)
  for (const fate of ['accepted', 'duplicate'] as const) {
    const count = fates.filter((each) => each === fate).length
    if (count > 0) ports.counted(fate, count)
  }
  return fates
}
