/** What came of a request, for tests that care about one or two members of it. */
import type { AttemptErrorClass, AttemptOutcome, AttemptTimings } from '@scanhook/domain/attempt'

type Responded = Extract<AttemptOutcome, { kind: 'responded' }>

const timings: AttemptTimings = {
  dnsMs: null,
  connectMs: null,
  tlsMs: null,
  firstByteMs: null,
  totalMs: 1,
}

/** An empty answer; members given win. */
export function respondedWith(status: number, change: Partial<Responded> = {}): Responded {
  return {
    kind: 'responded',
    status,
    headers: {},
    body: '',
    isBodyTruncated: false,
    retryAfterMs: null,
    remoteAddress: null,
    timings,
    ...change,
  }
}

export function failedWith(errorClass: AttemptErrorClass, message = ''): AttemptOutcome {
  return { kind: 'failed', errorClass, message, remoteAddress: null, timings }
}
