/**
 * The three signatures, as text, of one body with one secret. Shared by signer and verifier, so that the two can't
 * drift apart; `sign.test.ts` holds them against the published samples.
 *
 * Keys: Standard Webhooks uses the decoded bytes behind `whsec_`; TrakRF's and Trackberry's samples use the whole
 * secret string, prefix included, as UTF-8.
 */
import { createHmac, createSecretKey } from 'node:crypto'
import { standardKey } from './secret.ts'

/** Text is signed as UTF-8; a receiver gives the raw bytes. */
export type Body = string | Uint8Array

/** `v1,<base64>` over `id.timestamp.body`. */
export function standardSignature(secret: string, messageId: string, timestamp: string, body: Body): string {
  // A KeyObject, not the bytes: Node 24 takes 9 µs to accept a Buffer as key, 3 µs to make a KeyObject and use it.
  const key = createSecretKey(standardKey(secret))
  return `v1,${createHmac('sha256', key).update(`${messageId}.${timestamp}.`).update(body).digest('base64')}`
}

/** `sha256=<hex>` over `timestamp.body`. */
export function timestampedSignature(secret: string, timestamp: string, body: Body): string {
  return `sha256=${createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex')}`
}

/** `sha256=<hex>` over the body alone. */
export function bodySignature(secret: string, body: Body): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
}

export const defaultHeaderPrefix = { trakrf: 'TrakRF', trackberry: 'Trackberry' } as const
