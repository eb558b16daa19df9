/** Our own JSON form, read by the domain: a read, or `{"device": "dock-3", "heartbeat": true}`. */
import type { Parsed } from '@scanhook/domain/read'
import { isHeartbeat, parseHeartbeat } from '@scanhook/domain/reading/parse-heartbeat'
import { parseRead } from '@scanhook/domain/reading/parse-read'
import type { Decoded, ReaderContext } from './message.ts'

/** The one form that says its own organization and device; a record's key means nothing to it. */
export function decodeScanhook(json: unknown, context: ReaderContext): Decoded {
  if (isHeartbeat(json)) {
    const parsed = parseHeartbeat(json, context)
    return parsed.ok ? { reads: none, heartbeats: [parsed.value], problems: none } : refused(parsed)
  }
  const parsed = parseRead(json, context)
  return parsed.ok ? { reads: [parsed.value], heartbeats: none, problems: none } : refused(parsed)
}

// Shared, because most documents hold one read and nothing else.
const none: readonly never[] = []

function refused({ problems }: Extract<Parsed<never>, { ok: false }>): Decoded {
  return { reads: none, heartbeats: none, problems }
}
