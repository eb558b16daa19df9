/** A position in the feed as text that its reader only carries. Pure. */
import type { FeedPosition } from '@scanhook/postgres/event-feed'

const written = /^(0|[1-9]\d{0,18})\.([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})?$/

export function positionText({ xid, rowId }: FeedPosition): string {
  return Buffer.from(`${xid}.${rowId ?? ''}`).toString('base64url')
}

/** Null for what is not one of ours. */
export function positionOf(text: string): FeedPosition | null {
  const [, xid, rowId] = written.exec(Buffer.from(text, 'base64url').toString('latin1')) ?? []
  return xid === undefined ? null : { xid, rowId: rowId ?? null }
}
