/**
 * Renders the body of a request that carries several events: each with its ids and, as `payload`, the very body that it
 * would have alone. Pure; what is spliced in is never parsed.
 *
 * Invariant
 *   B1. The body is valid JSON, and each payload is byte for byte the body of a request of its own.
 */
export interface BatchMember {
  readonly eventId: string
  readonly deliveryId: string
  readonly body: string
}

export function renderBatch(batchId: string, members: readonly BatchMember[]): string {
  const events = members.map(
    ({ eventId, deliveryId, body }) =>
      `{"id":${JSON.stringify(eventId)},"delivery_id":${JSON.stringify(deliveryId)},"payload":${body}}`,
  )
  return `{"id":${JSON.stringify(batchId)},"type":"batch","events":[${events.join(',')}]}`
}
