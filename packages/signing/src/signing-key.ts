/**
 * Ed25519 keys as Standard Webhooks writes them: `whsk_` and base64 for the private key, which stays with the sender,
 * `whpk_` and base64 for the public key, which receivers get. Owns their form; refuses to know whose they are.
 *
 * The specification says "standard ed25519 key pair". Svix, where it comes from, writes the private key as 64 bytes:
 * the 32 of RFC 8032's private key, then the 32 of the public key. We write that too, and also read the 32 alone.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'

export const privateKeyPrefix = 'whsk_'
export const publicKeyPrefix = 'whpk_'

/** Of either key: RFC 8032 §5.1.5. */
const rawKeyBytes = 32

/** What stands before the 32 bytes in PKCS #8 and in SPKI; the same for every Ed25519 key (RFC 8410 §7 and §4). */
const pkcs8Head = Buffer.from('302e020100300506032b657004220420', 'hex')
const spkiHead = Buffer.from('302a300506032b6570032100', 'hex')

export interface SigningKey {
  /** `whsk_…`: signs. */
  readonly privateKey: string
  /** `whpk_…`: verifies, and may be shown to anybody. */
  readonly publicKey: string
}

/** A new pair of keys. */
export function newSigningKey(): SigningKey {
  const pair = generateKeyPairSync('ed25519')
  const seed = pair.privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-rawKeyBytes)
  const publicBytes = rawPublicKey(pair.publicKey)
  return {
    privateKey: `${privateKeyPrefix}${Buffer.concat([seed, publicBytes]).toString('base64')}`,
    publicKey: publicKeyText(publicBytes),
  }
}

/** True for `whsk_` and strict base64 of 64 bytes whose halves belong together, or of 32 bytes. */
export function isPrivateKey(text: string): boolean {
  return parsePrivateKey(text) !== null
}

/** True for `whpk_` and strict base64 of 32 bytes. */
export function isPublicKey(text: string): boolean {
  return decode(text, publicKeyPrefix)?.length === rawKeyBytes
}

/** The public key, `whpk_…`, of a private one, or null if that is none. */
export function publicKeyOf(privateKey: string): string | null {
  const key = parsePrivateKey(privateKey)
  return key === null ? null : publicKeyText(rawPublicKey(createPublicKey(key)))
}

/** Null for what is no private key; a second half that does not belong to the first makes it none. @internal */
export function parsePrivateKey(text: string): KeyObject | null {
  const bytes = decode(text, privateKeyPrefix)
  if (bytes?.length !== rawKeyBytes && bytes?.length !== 2 * rawKeyBytes) return null
  const der = Buffer.concat([pkcs8Head, bytes.subarray(0, rawKeyBytes)])
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  const claimed = bytes.subarray(rawKeyBytes)
  return claimed.length === 0 || rawPublicKey(createPublicKey(key)).equals(claimed) ? key : null
}

/** The key that verifies, of a public or of a private key's text; null for what is neither. @internal */
export function parsePublicKey(text: string): KeyObject | null {
  if (text.startsWith(privateKeyPrefix)) {
    const key = parsePrivateKey(text)
    return key === null ? null : createPublicKey(key)
  }
  const bytes = decode(text, publicKeyPrefix)
  if (bytes?.length !== rawKeyBytes) return null
  return createPublicKey({ key: Buffer.concat([spkiHead, bytes]), format: 'der', type: 'spki' })
}

function publicKeyText(bytes: Buffer): string {
  return `${publicKeyPrefix}${bytes.toString('base64')}`
}

function rawPublicKey(key: KeyObject): Buffer {
  return key.export({ format: 'der', type: 'spki' }).subarray(-rawKeyBytes)
}

function decode(text: string, prefix: string): Buffer | null {
  if (!text.startsWith(prefix)) return null
  const encoded = text.slice(prefix.length)
  const bytes = Buffer.from(encoded, 'base64')
  return bytes.toString('base64') === encoded ? bytes : null
}
