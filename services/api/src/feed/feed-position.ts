/** A position in the feed as text that its reader only carries. Pure. */
import { fieldError } from '@scanhook/http/api-error'
import type { FeedPosition } from '@scanhook/postgres/event-feed'

const written = /^(0|[1-9]\d{0,18})\.([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})?$/

export function positionText({ xid, eventId }: FeedPosition): string {
  return Buffer.from(`${xid}.${eventId ?? ''}`).toString('base64url')
}

/** Throws a validation error for `field`. */
export function positionOf(field: string, text: string): FeedPosition {
  const [, xid, eventId] = written.exec(Buffer.from(text, 'base64url').toString('latin1')) ?? []
  if (xid === undefined)
    throw fieldError({ field, code: 'invalid_value', message: 'is not one that was given' })
  return { xid, eventId: eventId ?? null }
}
