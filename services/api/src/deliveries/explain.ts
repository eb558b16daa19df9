/** Why a delivery is where it is, in words for the customer's developer. Pure. */
import type { AttemptErrorClass } from '@scanhook/domain/attempt'
import type { DeadReason, HeldReason } from '@scanhook/domain/delivery'

const errorWords: Readonly<Record<AttemptErrorClass, string>> = {
  dns: 'the host name could not be resolved',
  connect: 'no connection could be made',
  tls: 'the TLS handshake or the certificate failed',
  timeout: 'the endpoint did not answer in time',
  reset: 'the connection was closed before the answer was complete',
  blocked_address: 'the address is not one that deliveries may reach',
  protocol: 'the answer was not valid HTTP',
  internal: 'the attempt failed on our side',
}

const deadWords: Readonly<Record<DeadReason, string>> = {
  exhausted: 'all retries were used up',
  deadline: 'the time for retries was over',
  gone: 'the endpoint answered 410 Gone',
  rejected: 'the endpoint refused the event for good',
  endpoint_deleted: 'the webhook was deleted',
  endpoint_disabled: 'the webhook was disabled',
  blocked_address: 'the address is not one that deliveries may reach',
  expired: 'the event was older than it is wanted',
  superseded: 'a newer event of the same asset is sent instead',
}

const heldWords: Readonly<Record<HeldReason, string>> = {
  queue_full: 'many events wait for this endpoint; it is tried again soon',
  breaker_open: 'the endpoint has been failing and is given a pause',
  endpoint_paused: 'the webhook is paused',
  endpoint_unknown: 'the webhook is not known to the senders yet',
  rate_limited: 'the limit of requests a second was reached, or the endpoint asked for a pause',
  order: 'an earlier event of the same asset has not arrived yet',
}

/** Null when the word is not one of ours: a newer writer's. */
export function explainError(errorClass: string | null): string | null {
  return wordsFor(errorWords, errorClass)
}

/**
 * A redirect is a failed attempt; where it points is said as far as the log keeps it, scheme and host only
 * (webhook-client, E5). Null for every other answer: a status explains itself.
 */
export function explainStatus(
  status: number | null,
  headers: Readonly<Record<string, string>> | null,
): string | null {
  if (status === null || status < 300 || status > 399) return null
  const host = hostOf(headers?.['location'])
  const where = host === null ? '' : ` and points to ${host}`
  return `the endpoint answered ${status}${where}; redirects are not followed`
}

/** Of `https://other.example`; a log line of before E5 may have a path or a user name, which are not shown. */
function hostOf(location: string | undefined): string | null {
  const host = location === undefined ? undefined : URL.parse(location)?.host
  return host === undefined || host === '' ? null : host
}

export function explainDead(reason: string | null): string | null {
  return wordsFor(deadWords, reason)
}

export function explainHeld(reason: string | null): string | null {
  return wordsFor(heldWords, reason)
}

function wordsFor(words: Readonly<Record<string, string>>, key: string | null): string | null {
  return key === null ? null : (words[key] ?? null)
}
