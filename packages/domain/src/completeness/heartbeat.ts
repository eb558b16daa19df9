/**
 * The heartbeat of an endpoint: every so many minutes it is told what there was, so that silence from us and silence of
 * its assets look different. Decides when one is due and renders what it says; knows no store.
 *
 * Invariants
 *   B1. A slot has one heartbeat at most: slots are whole intervals from the endpoint's own offset, so whoever computes one
 *       comes to the same instant, and to the same event id.
 *   B2. Periods meet: each begins where the last one that was sent ended. A slot that was missed is not made up for; the
 *       next heartbeat covers its time and counts it.
 *   B3. A heartbeat is worth something until the next one; then it says so itself, and is not sent any more.
 */
import type { DomainEvent, EventType } from '../event.ts'
import type { EndpointId, EventId } from '../ids.ts'
import { formatInstant, parseInstant } from '../instant.ts'

const minuteMs = 60_000

/** What was sent last; all null before the first. */
export interface HeartbeatProgress {
  readonly slotAtMs: number | null
  readonly untilMs: number | null
}

export interface DueHeartbeat {
  readonly slotAtMs: number
  readonly nextSlotAtMs: number
  /** What it tells of: [from, to), by when our log took it. */
  readonly fromMs: number
  readonly toMs: number
  /** Slots since the last one that have no heartbeat. */
  readonly skipped: number
}

/**
 * What our log took less than this ago is left to the next heartbeat: a transaction that is under way then has an earlier
 * time than what it commits after. The server ends a statement after 10 s (packages/postgres/open).
 */
export const settlingMs = 15_000

/** The heartbeat to be sent now; null when that of this slot has been. The first one comes at once. */
export function decideHeartbeat(
  endpoint: EndpointId,
  intervalMinutes: number,
  last: HeartbeatProgress,
  nowMs: number,
): DueHeartbeat | null {
  const intervalMs = intervalMinutes * minuteMs
  // Endpoints do not all speak in the same second.
  const offsetMs = endpoint % intervalMs
  const slotAtMs = Math.floor((nowMs - offsetMs) / intervalMs) * intervalMs + offsetMs
  if (last.slotAtMs !== null && slotAtMs <= last.slotAtMs) return null // B1
  const toMs = nowMs - settlingMs
  return {
    slotAtMs,
    nextSlotAtMs: slotAtMs + intervalMs,
    fromMs: Math.min(last.untilMs ?? toMs - intervalMs, toMs), // B2
    toMs,
    skipped: last.slotAtMs === null ? 0 : Math.max(0, Math.ceil((slotAtMs - last.slotAtMs) / intervalMs) - 1),
  }
}

/** What the log knows of an endpoint and a period. */
export interface HeartbeatFacts {
  readonly events: number
  readonly lastEvent: ToldEvent | null
  /** Those with an event in the period, the latest first. */
  readonly locations: readonly ToldLocation[]
  readonly areLocationsComplete: boolean
  /** Longest silent first. */
  readonly silentDevices: readonly SilentDevice[]
  readonly areDevicesComplete: boolean
  readonly pending: { readonly count: number; readonly oldestCreatedAtMs: number | null }
}

export interface ToldEvent {
  readonly eventId: string
  readonly type: string
  readonly occurredAtMs: number
}

export interface ToldLocation {
  readonly id: number
  readonly externalKey: string
  readonly events: number
  readonly last: ToldEvent
}

export interface SilentDevice {
  readonly id: number
  readonly externalKey: string
  readonly lastHeardAtMs: number
}

/** JSON text with keys in the order of docs/reference/events.md. */
export function renderHeartbeat(
  endpoint: EndpointId,
  previous: EventId | null,
  due: DueHeartbeat,
  facts: HeartbeatFacts,
): string {
  return JSON.stringify({
    webhook: { id: endpoint },
    period: { from: formatInstant(due.fromMs), to: formatInstant(due.toMs) },
    previous_heartbeat_id: previous,
    heartbeats_skipped: due.skipped,
    next_heartbeat_at: formatInstant(due.nextSlotAtMs),
    events: facts.events,
    last_event:
      facts.lastEvent === null
        ? null
        : {
            id: facts.lastEvent.eventId,
            type: facts.lastEvent.type,
            occurred_at: formatInstant(facts.lastEvent.occurredAtMs),
          },
    locations: facts.locations.map(({ id, externalKey, events, last }) => ({
      id,
      external_key: externalKey,
      events,
      last_event_id: last.eventId,
      last_event_type: last.type,
      last_occurred_at: formatInstant(last.occurredAtMs),
    })),
    locations_complete: facts.areLocationsComplete,
    silent_devices: facts.silentDevices.map(({ id, externalKey, lastHeardAtMs }) => ({
      id,
      external_key: externalKey,
      last_heard_at: formatInstant(lastHeardAtMs),
      silent_for_seconds: Math.max(0, Math.round((due.toMs - lastHeardAtMs) / 1_000)),
    })),
    silent_devices_complete: facts.areDevicesComplete,
    pending: {
      count: facts.pending.count,
      oldest_created_at:
        facts.pending.oldestCreatedAtMs === null ? null : formatInstant(facts.pending.oldestCreatedAtMs),
    },
  })
}

const heartbeat: EventType = 'endpoint.heartbeat'

/** B3: from when on it is worth nothing; null for every other event. */
export function heartbeatEndsAtMs({ type, dataJson }: Pick<DomainEvent, 'type' | 'dataJson'>): number | null {
  if (type !== heartbeat) return null
  const { next_heartbeat_at: next }: { readonly next_heartbeat_at?: unknown } = JSON.parse(dataJson)
  return typeof next === 'string' ? parseInstant(next) : null
}
