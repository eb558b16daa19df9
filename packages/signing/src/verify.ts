/**
 * Headers and a body become an answer: is this ours, and is it recent? What a receiver does; the inspector is one.
 *
 * Invariants
 *   V1. Signatures are compared in constant time.
 *   V2. The raw body is verified, byte for byte, before anybody parses it.
 *   V3. Any of several secrets, and any of several signatures, is enough.
 */
import { timingSafeEqual } from 'node:crypto'
import type { ProfileName } from '@scanhook/domain/profile'
import {
  type Body,
  bodySignature,
  defaultHeaderPrefix,
  standardSignature,
  timestampedSignature,
} from './scheme.ts'

/** What Standard Webhooks and TrakRF advise: 5 minutes, either way. */
export const defaultToleranceS = 300

export interface ReceivedMessage {
  /** Which signature to look at: `standard` is there with every profile. */
  readonly profile: ProfileName
  /** Names in any case. */
  readonly headers: Readonly<Record<string, string | undefined>>
  /** As received. */
  readonly body: Body
  readonly secrets: readonly string[]
  readonly nowS: number
  /** How far the timestamp may be from `nowS`, in seconds. The body-only signature of trackberry has no timestamp. */
  readonly toleranceS: number
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
  const id = headerOf(message, 'webhook-id')
  const timestamp = headerOf(message, 'webhook-timestamp')
  const signatures = headerOf(message, 'webhook-signature')
  if (id === undefined || timestamp === undefined || signatures === undefined)
    return refused('header_missing')
  const expected = message.secrets.map((secret) => standardSignature(secret, id, timestamp, message.body))
  return judge(message, timestamp, isAnyEqual(signatures.split(' '), expected))
}

function verifyTimestamped(message: ReceivedMessage): Verified {
  const prefix = `x-${message.headerPrefix ?? defaultHeaderPrefix.trakrf}`
  const timestamp = headerOf(message, `${prefix}-timestamp`)
  const signature = headerOf(message, `${prefix}-signature`)
  if (timestamp === undefined || signature === undefined) return refused('header_missing')
  const expected = message.secrets.map((secret) => timestampedSignature(secret, timestamp, message.body))
  return judge(message, timestamp, isAnyEqual([signature], expected))
}

function verifyBodyOnly(message: ReceivedMessage): Verified {
  const prefix = `x-${message.headerPrefix ?? defaultHeaderPrefix.trackberry}`
  const signature = headerOf(message, `${prefix}-signature`)
  if (signature === undefined) return refused('header_missing')
  const expected = message.secrets.map((secret) => bodySignature(secret, message.body))
  return isAnyEqual([signature], expected) ? { ok: true, timestampS: null } : refused('signature_mismatch')
}

function judge(message: ReceivedMessage, timestamp: string, isSigned: boolean): Verified {
  if (!/^\d{1,12}$/.test(timestamp)) return refused('timestamp_unreadable')
  const timestampS = Number(timestamp)
  if (Math.abs(message.nowS - timestampS) > message.toleranceS) return refused('timestamp_out_of_tolerance')
  return isSigned ? { ok: true, timestampS } : refused('signature_mismatch')
}

function refused(problem: VerifyProblem): Verified {
  return { ok: false, problem }
}

function headerOf(message: ReceivedMessage, name: string): string | undefined {
  const wanted = name.toLowerCase()
  const found = Object.keys(message.headers).find((key) => key.toLowerCase() === wanted)
  return found === undefined ? undefined : message.headers[found]
}

// A receiver's work is bounded whatever a stranger sends: five secrets at most sign one message.
const signatureMaxCount = 10

function isAnyEqual(given: readonly string[], expected: readonly string[]): boolean {
  let isFound = false
  for (const candidate of given.slice(0, signatureMaxCount)) {
    for (const signature of expected) isFound = isEqual(candidate, signature) || isFound
  }
  return isFound
}

function isEqual(a: string, b: string): boolean {
  const bytesA = Buffer.from(a)
  const bytesB = Buffer.from(b)
  return bytesA.length === bytesB.length && timingSafeEqual(bytesA, bytesB)
}
