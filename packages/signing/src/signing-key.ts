/**
 * Ed25519 key pairs in the form of Standard Webhooks: `whsk_` and base64 of 64 bytes (seed, then public key) signs,
 * `whpk_` and base64 of the 32 bytes of the public key verifies. Owns their form; refuses to know whose they are.
 */
import { generateKeyPairSync } from 'node:crypto'

const privatePrefix = 'whsk_'
const publicPrefix = 'whpk_'

export interface SigningKey {
  /** A secret. */
  readonly privateKey: string
  /** May be shown to everybody. */
  readonly publicKey: string
}

/** A new pair. */
export function newSigningKey(): SigningKey {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  // RFC 8037: `d` is the seed, `x` the public key, 32 bytes each.
  const seed = Buffer.from(privateKey.export({ format: 'jwk' }).d ?? '', 'base64url')
  const point = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url')
  return {
    privateKey: `${privatePrefix}${Buffer.concat([seed, point]).toString('base64')}`,
    publicKey: `${publicPrefix}${point.toString('base64')}`,
  }
}
