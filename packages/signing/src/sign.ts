/**
 * A message and its secrets become headers. Called for every attempt with that attempt's own time, so that a receiver
 * that refuses old timestamps still accepts a retry after 24 h.
 *
 * Owns which headers a profile has; refuses to know endpoints, clocks and bodies' meaning.
 *
 * Invariants
 *   S1. `webhook-id`, `webhook-timestamp`, `webhook-signature` are there with every profile.
 *   S2. During a rotation every secret signs, newest first, separated by blanks: `v1,…` for each `whsec_`, `v1a,…` for
 *       each `whsk_`.
 *   S3. The brand's own signature header has room for one value, because receivers compare it as a whole: it is
 *       made with the newest `whsec_`. Without one, nothing is signed.
 *   S4. What can't be signed as asked is thrown back whole: no header is left out, and no error shows a secret.
 */
import { isHeaderPrefix } from './header-prefix.ts'
import {
  bodySignature,
  defaultHeaderPrefix,
  isShared,
  standardSignature,
  timestampedSignature,
} from './scheme.ts'
import type { SigningProfile } from './signing-profile.ts'

export interface Message {
  readonly profile: SigningProfile
  /** The event's id: the same on every attempt and for every endpoint. */
  readonly messageId: string
  readonly deliveryId: string
  readonly eventType: string
  /** Start of this attempt, epoch seconds. */
  readonly timestampS: number
  /** The exact text that is sent. */
  readonly body: string
  /** In clear, newest first; one, or several during a rotation. `whsec_…` or `whsk_…`, mixed as you like. Never empty. */
  readonly secrets: readonly string[]
  /** Brand in `X-<prefix>-…` (`isHeaderPrefix`); by default the profile's own. `standard` has no such headers. */
  readonly headerPrefix?: string | undefined
}

export const signErrorCodes = [
  'SIGN_SECRET_MISSING',
  'SIGN_SECRET_INVALID',
  'SIGN_BRAND_SECRET_MISSING',
  'SIGN_HEADER_PREFIX_INVALID',
] as const
export type SignErrorCode = (typeof signErrorCodes)[number]

/** Never retriable: only another secret or another setting can help. */
export class SignError extends Error {
  readonly code: SignErrorCode
  readonly retriable = false as const

  constructor(code: SignErrorCode, detail: string) {
    super(`${code}: ${detail}`)
    this.name = 'SignError'
    this.code = code
  }
}

/** The headers to send with `message.body`. Throws SignError when they can't all be made: an unsigned request must not leave. */
export function signHeaders(message: Message): Record<string, string> {
  const { messageId, secrets, body } = message
  if (secrets.length === 0) {
    throw new SignError('SIGN_SECRET_MISSING', 'a message needs at least one secret to be signed with')
  }
  const timestamp = String(message.timestampS)
  const signatures = secrets.map((secret, index) => {
    const signature = standardSignature(secret, { messageId, timestamp, body })
    if (signature === null) throw invalidSecret(index)
    return signature
  })
  return {
    'webhook-id': messageId,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
    ...brandHeaders(message, timestamp),
  }
}

function brandHeaders(message: Message, timestamp: string): Record<string, string> {
  if (message.profile === 'standard') return {}
  const brand = message.headerPrefix ?? defaultHeaderPrefix[message.profile]
  if (!isHeaderPrefix(brand)) {
    throw new SignError(
      'SIGN_HEADER_PREFIX_INVALID',
      'a header prefix is 1–32 token characters (RFC 9110), and none of the reserved names',
    )
  }
  const prefix = `X-${brand}`
  const secret = message.secrets.find(isShared) // S3
  if (secret === undefined) {
    throw new SignError(
      'SIGN_BRAND_SECRET_MISSING',
      `${prefix}-Signature is an HMAC and needs a whsec_ secret: Ed25519 keys (whsk_) alone can't make it`,
    )
  }
  return message.profile === 'trakrf'
    ? {
        [`${prefix}-Event`]: message.eventType,
        [`${prefix}-Delivery`]: message.deliveryId,
        [`${prefix}-Timestamp`]: timestamp,
        [`${prefix}-Signature`]: timestampedSignature(secret, timestamp, message.body),
      }
    : {
        [`${prefix}-Signature`]: bodySignature(secret, message.body),
        [`${prefix}-Event-Id`]: message.messageId,
      }
}

function invalidSecret(index: number): SignError {
  return new SignError(
    'SIGN_SECRET_INVALID',
    `secret number ${index + 1} is neither a whsec_ secret nor a whsk_ private key`,
  )
}
