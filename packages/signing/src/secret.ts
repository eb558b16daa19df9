/**
 * Signing secrets: `whsec_` and base64 of random bytes, as Standard Webhooks defines them. Owns their form; refuses to
 * know whose they are and where they are kept.
 */
import { randomBytes } from 'node:crypto'

export const secretPrefix = 'whsec_'

/** Within the 24–64 bytes of Standard Webhooks; as many as SHA-256 has output, more would add nothing. */
const newSecretBytes = 32
const secretMinBytes = 24
const secretMaxBytes = 64

/** A new secret: `whsec_` and base64 of 32 random bytes. */
export function newSecret(): string {
  return `${secretPrefix}${randomBytes(newSecretBytes).toString('base64')}`
}

/** True for `whsec_` and strict base64 of 24–64 bytes (TrakRF's own `whsec_` and 64 hex digits are that too). */
export function isSecret(text: string): boolean {
  if (!/^whsec_(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) return false
  const { length } = standardKey(text)
  return length >= secretMinBytes && length <= secretMaxBytes
}

/** What may be shown after creation: the prefix (`whsec_`, or `whsk_` of a signing key) and the last four characters. */
export function maskSecret(secret: string): string {
  const prefix = /^wh(?:sk|pk)_/.exec(secret)?.[0] ?? secretPrefix
  return `${prefix}…${secret.slice(-4)}`
}

/** The key of Standard Webhooks signatures: the bytes behind the prefix. */
export function standardKey(secret: string): Uint8Array {
  const encoded = secret.startsWith(secretPrefix) ? secret.slice(secretPrefix.length) : secret
  return Buffer.from(encoded, 'base64')
}
