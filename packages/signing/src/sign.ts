/**
 * A message and its secrets become headers. Called for every attempt with that attempt's own time, so that a receiver
 * that refuses old timestamps still accepts a retry after 24 h.
 *
 * Owns which headers a profile has; refuses to know endpoints, clocks and bodies' meaning.
 *
 * Invariants
 *   S1. `webhook-id`, `webhook-timestamp`, `webhook-signature` are there with every profile.
 *   S2. During a rotation every secret signs: one `v1,…` each, newest first, separated by blanks.
 *   S3. The brand's own signature header has room for one value, because receivers compare it as a whole: it is
 *       made with the newest secret, the first one.
 */
import type { ProfileName } from '@scanhook/domain/profile'
import { bodySignature, defaultHeaderPrefix, standardSignature, timestampedSignature } from './scheme.ts'

export interface Message {
  readonly profile: ProfileName
  /** The event's id: the same on every attempt and for every endpoint. */
  readonly messageId: string
  readonly deliveryId: string
  readonly eventType: string
  /** Start of this attempt, epoch seconds. */
  readonly timestampS: number
  /** The exact text that is sent. */
  readonly body: string
  /** In clear, newest first; one, or several during a rotation. Never empty. */
  readonly secrets: readonly string[]
  /** Brand in `X-<prefix>-…`; by default the profile's own. */
  readonly headerPrefix?: string | undefined
}

/** The headers to send with `message.body`. Throws when there is no secret to sign with: an unsigned request must not leave. */
export function signHeaders(message: Message): Record<string, string> {
  const [newest] = message.secrets
  if (newest === undefined) throw new Error('a message needs at least one secret to be signed with')
  const timestamp = String(message.timestampS)
  const signatures = message.secrets.map((secret) =>
    standardSignature(secret, message.messageId, timestamp, message.body),
  )
  return {
    'webhook-id': message.messageId,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
    ...brandHeaders(message, newest, timestamp),
  }
}

function brandHeaders(message: Message, secret: string, timestamp: string): Record<string, string> {
  switch (message.profile) {
    case 'standard':
      return {}
    case 'trakrf': {
      const prefix = `X-${message.headerPrefix ?? defaultHeaderPrefix.trakrf}`
      return {
        [`${prefix}-Event`]: message.eventType,
        [`${prefix}-Delivery`]: message.deliveryId,
        [`${prefix}-Timestamp`]: timestamp,
        [`${prefix}-Signature`]: timestampedSignature(secret, timestamp, message.body),
      }
    }
    case 'trackberry': {
      const prefix = `X-${message.headerPrefix ?? defaultHeaderPrefix.trackberry}`
      return {
        [`${prefix}-Signature`]: bodySignature(secret, message.body),
        [`${prefix}-Event-Id`]: message.messageId,
      }
    }
  }
}
