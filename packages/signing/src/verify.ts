/**
 * Headers and a body become an answer: is this ours, and is it recent? What a receiver does; the inspector is one.
 *
 * Invariants
 *   V1. Signatures are compared in constant time.
 *   V2. The raw body is verified, byte for byte, before anybody parses it.
 *   V3. Any of several secrets, and any of several signatures, is enough.
 *   V4. A key verifies its own kind of signature only: `whsec_` HMACs, `whpk_` and `whsk_` Ed25519. A public key known to
 *       all is never taken for an HMAC's secret.
 *   V5. It never throws, whatever came.
 */
import { timingSafeEqual } from 'node:crypto'
import { isHeaderPrefix } from './header-prefix.ts'
import {
  type Body,
  bodySignature,
  defaultHeaderPrefix,
  isAsymmetricSignature,
  isShared,
  type Signed,
  symmetricSignature,
  timestampedSignature,
} from './scheme.ts'
import type { SigningProfile } from './signing-profile.ts'

/** What Standard Webhooks and TrakRF advise: 5 minutes, either way. */
export const defaultToleranceS = 300

export interface ReceivedMessage {
  /** Which signature to look at: `standard` is there with every profile. */
  readonly profile: SigningProfile
  /** Names in any case. */
  readonly headers: Readonly<Record<string, string | undefined>>
  /** As received. */
  readonly body: Body
  /** `whsec_…`, and for `standard` also `whpk_…` (or `whsk_…`, of which the public half is used). */
  readonly secrets: readonly string[]
  readonly nowS: number
  /** How far the timestamp may be from `nowS`, in seconds. The body-only signature of trackberry has no timestamp. */
  readonly toleranceS: number
  /** Brand in `X-<prefix>-…`, in any case; by default the profile's own. One that `isHeaderPrefix` refuses names no header. */
  readonly headerPrefix?: string | undefined
}

export type Verified =
  | { readonly ok: true; readonly timestampS: number | null }
  | { readonly ok: false; readonly problem: VerifyProblem }

export type VerifyProblem =
  | 'header_missing'
  | 'timestamp_unreadable'
  | 'timestamp_out_of_tolerance'
  | 'signature_mismatch'

/** Never throws. */
export function verify(message: ReceivedMessage): Verified {
  switch (message.profile) {
    case 'standard':
      return verifyStandard(message)
    case 'trakrf':
      return verifyTimestamped(message)
    case 'trackberry':
      return verifyBodyOnly(message)
  }
}

function verifyStandard(message: ReceivedMessage): Verified {
  const messageId = headerOf(message, 'webhook-id')
  const timestamp = headerOf(message, 'webhook-timestamp')
  const signatures = headerOf(message, 'webhook-signature')
  if (messageId === undefined || timestamp === undefined || signatures === undefined)
    return refused('header_missing')
  const signed: Signed = { messageId, timestamp, body: message.body }
  const given = signatures.split(' ').slice(0, signatureMaxCount)
  return judge(message, timestamp, () => {
    const expected = message.secrets.flatMap((secret) => symmetricSignature(secret, signed) ?? [])
    return (
      isAnyEqual(given, expected) ||
      given.some((signature) => message.secrets.some((key) => isAsymmetricSignature(signature, key, signed)))
    )
  })
}

function verifyTimestamped(message: ReceivedMessage): Verified {
  const timestamp = brandHeaderOf(message, defaultHeaderPrefix.trakrf, 'timestamp')
  const signature = brandHeaderOf(message, defaultHeaderPrefix.trakrf, 'signature')
  if (timestamp === undefined || signature === undefined) return refused('header_missing')
  return judge(message, timestamp, () => {
    const expected = sharedOf(message).map((secret) => timestampedSignature(secret, timestamp, message.body))
    return isAnyEqual([signature], expected)
  })
}

function verifyBodyOnly(message: ReceivedMessage): Verified {
  const signature = brandHeaderOf(message, defaultHeaderPrefix.trackberry, 'signature')
  if (signature === undefined) return refused('header_missing')
  const expected = sharedOf(message).map((secret) => bodySignature(secret, message.body))
  return isAnyEqual([signature], expected) ? { ok: true, timestampS: null } : refused('signature_mismatch')
}

/** The time first: it costs nothing, and an old request is refused whatever its signature. */
function judge(message: ReceivedMessage, timestamp: string, isSigned: () => boolean): Verified {
  if (!/^\d{1,12}$/.test(timestamp)) return refused('timestamp_unreadable')
  const timestampS = Number(timestamp)
  if (Math.abs(message.nowS - timestampS) > message.toleranceS) return refused('timestamp_out_of_tolerance')
  return isSigned() ? { ok: true, timestampS } : refused('signature_mismatch')
}

function sharedOf(message: ReceivedMessage): readonly string[] {
  return message.secrets.filter(isShared) // V4
}

function brandHeaderOf(message: ReceivedMessage, brand: string, suffix: string): string | undefined {
  const prefix = message.headerPrefix ?? brand
  return isHeaderPrefix(prefix) ? headerOf(message, `x-${prefix}-${suffix}`) : undefined
}

function refused(problem: VerifyProblem): Verified {
  return { ok: false, problem }
}

function headerOf(message: ReceivedMessage, name: string): string | undefined {
  const wanted = name.toLowerCase()
  const found = Object.keys(message.headers).find((key) => key.toLowerCase() === wanted)
  return found === undefined ? undefined : message.headers[found]
}

// A receiver's work is bounded whatever a stranger sends: five secrets at most sign one message. Ed25519 takes 75 µs for
// each signature and key, so ten with five keys take 4 ms.
const signatureMaxCount = 10

function isAnyEqual(given: readonly string[], expected: readonly string[]): boolean {
  let isFound = false
  for (const candidate of given) {
    for (const signature of expected) isFound = isEqual(candidate, signature) || isFound
  }
  return isFound
}

function isEqual(a: string, b: string): boolean {
  const bytesA = Buffer.from(a)
  const bytesB = Buffer.from(b)
  return bytesA.length === bytesB.length && timingSafeEqual(bytesA, bytesB)
}
