/**
 * A business event as upstream sends it, before the catalogue has looked at its data: what the upstream topic
 * `business-events` carries and what `POST /api/v1/events` accepts.
 */
import type { BusinessEventType } from './event.ts'
import type { OrgId } from './ids.ts'

export interface IncomingEvent {
  readonly orgId: OrgId
  /** The client's own id of this event: with it, sending the event again is harmless. Null when it sends none. */
  readonly clientId: string | null
  readonly type: BusinessEventType
  /** When it happened, as the client says; the receive time when it says nothing. */
  readonly occurredAtMs: number
  /** The event's `data` as JSON text; this very text is delivered. */
  readonly dataJson: string
}
