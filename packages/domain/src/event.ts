/**
 * An event: something that happened, past tense, immutable. Its `dataJson` is rendered once, when it is derived or
 * accepted, and every body ever sent is made from that same text: this is what makes bodies byte-identical.
 */
import type { AssetId, EventId, OrgId } from './ids.ts'

export const assetEventTypes = [
  'asset.scanned',
  'asset.moved',
  'location.entered',
  'location.exited',
] as const
export type AssetEventType = (typeof assetEventTypes)[number]

export const businessEventTypes = [
  'shipment.created',
  'shipment.processing',
  'shipment.ready_for_review',
  'shipment.approved',
  'shipment.rejected',
  'document.uploaded',
  'document.processed',
  'check.completed',
] as const
export type BusinessEventType = (typeof businessEventTypes)[number]

/**
 * About the delivery itself. The first four are for one endpoint alone: `endpoint.test` and `endpoint.check` are sent only on
 * a person's request, to prove it, the signals by the endpoint's own settings (completeness/). The others go to the endpoints of the
 * organization that name them (`endpoint.*`, `delivery.dead`), never by `*`.
 */
export const operationalEventTypes = [
  'endpoint.test',
  'endpoint.check',
  'endpoint.heartbeat',
  'endpoint.manifest',
  'endpoint.failing',
  'endpoint.disabled',
  'endpoint.recovered',
  'delivery.dead',
] as const
export type OperationalEventType = (typeof operationalEventTypes)[number]
/** By which a receiver tells quiet from broken. */
export type SignalEventType = 'endpoint.heartbeat' | 'endpoint.manifest'
/** Those that a subscription may name. */
export type NoticeEventType = Exclude<
  OperationalEventType,
  'endpoint.test' | 'endpoint.check' | SignalEventType
>
/** What no subscription leads to. */
export const endpointOnlyTypes: readonly EventType[] = [
  'endpoint.test',
  'endpoint.check',
  'endpoint.heartbeat',
  'endpoint.manifest',
]
export const noticeEventTypes: readonly NoticeEventType[] = operationalEventTypes.filter(
  (type): type is NoticeEventType => !endpointOnlyTypes.includes(type),
)

export type EventType = AssetEventType | BusinessEventType | OperationalEventType
export const eventTypes: readonly EventType[] = [
  ...assetEventTypes,
  ...businessEventTypes,
  ...operationalEventTypes,
]

const operational: ReadonlySet<EventType> = new Set(operationalEventTypes)

/** About deliveries themselves, and so nothing that further operational events may be about. */
export function isOperational(type: EventType): boolean {
  return operational.has(type)
}

/**
 * The `external_key`s of a location and of those that contain it, its own first, as they were when the event was derived; at
 * most as deep as the producer looks (32). For filters only: no body shows them, so that no body changed with them.
 */
export interface LocationPaths {
  /** Of the location that the event is about; empty for none. */
  readonly at: readonly string[]
  /** Of the one that the asset moved from; empty where it did not, or came from nowhere. */
  readonly from: readonly string[]
}

export interface DomainEvent {
  readonly eventId: EventId
  readonly orgId: OrgId
  readonly type: EventType
  /** When it happened: the time that the body carries. */
  readonly occurredAtMs: number
  /** The receive time of the read, or of the business event, that led to it; never a wall clock of the tracker. */
  readonly receivedAtMs: number
  /** `asset:<id>` or `shipment:<id>`, `document:<id>`, `check:<id>`: with the org, the key on `events`. */
  readonly subject: string
  readonly assetId: AssetId | null
  /** Per asset, gapless, from 1; null for business events. */
  readonly sequence: number | null
  readonly previousEventId: EventId | null
  /** Ties the events of one transition (exited, entered, moved) together. */
  readonly transitionId: string | null
  /** Missing: a business event's, or an asset's that was derived before there were paths. */
  readonly locationPaths?: LocationPaths
  /** The `data` member of every body, as JSON text with keys in their documented order. */
  readonly dataJson: string
}
