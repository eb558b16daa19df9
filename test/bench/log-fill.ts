/** The attempts of the log bench: what number n is, so that every run has the same retries, failures and bodies. Pure. */
import type { Attempt, AttemptOutcome } from '@scanhook/domain/attempt'
import type { Disposition } from '@scanhook/domain/delivery'
import { deliveryId, endpointId, eventId, orgId } from '@scanhook/domain/ids'

const uuidOf = (kind: string, n: number): string =>
  `${kind}-0000-5000-8000-${n.toString(16).padStart(12, '0')}`

/** Of ten attempts, the last two belong to one delivery: a failure and the retry that delivers it. */
const perRound = 10
const deliveriesPerRound = 9

/** Which delivery attempt `n` is of, and which attempt of it. */
export function placeOf(n: number): { readonly delivery: number; readonly attemptNumber: number } {
  const round = Math.floor(n / perRound)
  const within = n % perRound
  return within === perRound - 1
    ? { delivery: round * deliveriesPerRound + within - 1, attemptNumber: 2 }
    : { delivery: round * deliveriesPerRound + within, attemptNumber: 1 }
}

/** How many deliveries the first `attempts` attempts are of. */
export function deliveriesOf(attempts: number): number {
  return attempts === 0 ? 0 : placeOf(attempts - 1).delivery + 1
}

const body = JSON.stringify({
  type: 'asset.moved',
  data: { reference: 'BU-1341', pallets_count: 42, note: 'n'.repeat(420) },
})
const endpoints = 200
const timings = { dnsMs: null, connectMs: 0.52, tlsMs: null, firstByteMs: 3.271, totalMs: 3.498 }

/** One in ten is a 503 that is tried again (number 1 of those with two attempts); one in 90 dies. */
export function attemptOf(n: number, startMs: number): Attempt {
  const { delivery, attemptNumber } = placeOf(n)
  const createdMs = startMs + Math.floor(delivery / 10)
  const isRetried = n % perRound === perRound - 2
  const isDead = n % 90 === 0
  const startedAtMs = createdMs + 5 + (attemptNumber - 1) * 5_000
  return {
    deliveryId: deliveryId(uuidOf('00000001', delivery)),
    eventId: eventId(uuidOf('00000002', delivery)),
    orgId: orgId(1),
    endpointId: endpointId(1 + (delivery % endpoints)),
    eventType: 'asset.moved',
    trigger: 'event',
    attemptNumber,
    startedAtMs,
    eventOccurredAtMs: createdMs - 1,
    deliveryCreatedAtMs: createdMs,
    url: 'https://receiver.example/hooks/scanhook',
    requestHeaders: {
      'content-type': 'application/json',
      'user-agent': 'Scanhook/1',
      'webhook-id': uuidOf('00000002', delivery),
      'webhook-timestamp': String(Math.floor(startedAtMs / 1_000)),
      'webhook-signature': `v1,${'s'.repeat(44)}`,
    },
    requestBody: body,
    batch: null,
    outcome: outcomeOf(isDead ? 410 : isRetried ? 503 : 200),
    disposition: dispositionOf(isDead, isRetried, startedAtMs),
  }
}

function outcomeOf(status: number): AttemptOutcome {
  return {
    kind: 'responded',
    status,
    headers: { 'content-type': 'text/plain', server: 'nginx' },
    body: status === 200 ? 'ok' : 'not now',
    isBodyTruncated: false,
    retryAfterMs: null,
    remoteAddress: '127.0.0.1',
    timings,
  }
}

function dispositionOf(isDead: boolean, isRetried: boolean, startedAtMs: number): Disposition {
  if (isDead) return { kind: 'dead', reason: 'gone' }
  return isRetried ? { kind: 'retry', dueAtMs: startedAtMs + 5_000 } : { kind: 'delivered' }
}
