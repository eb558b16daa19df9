/**
 * Secrets at rest: sealed with AES-256-GCM under a ring of keys. The first key seals, every key opens, so a key is
 * replaced by putting a new one in front and sealing anew at leisure.
 *
 * Form: `v1.<key id>.<iv>.<tag>.<ciphertext>`, the last three in base64url. `v1.<key id>` is authenticated too, so
 * a sealed secret can't be passed off as sealed by another key.
 *
 * Invariants
 *   L1. What is sealed opens to the same text, under the key that its own text names.
 *   L2. Whatever was changed after sealing does not open.
 *   L3. No error message contains a key, a sealed text or a secret.
 *   L4. A derived key is the same wherever its ring key is, differs for every purpose and ring key, and tells nothing
 *       of the key that it was derived from.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

const algorithm = 'aes-256-gcm'
const keyBytes = 32
/** The size GCM is made for; random, which is safe for 2^32 sealings under one key (NIST SP 800-38D). */
const ivBytes = 12
const tagBytes = 16

export const sealErrorCodes = ['SEAL_KEYS_INVALID', 'SEAL_KEY_UNKNOWN', 'SEAL_BROKEN'] as const
export type SealErrorCode = (typeof sealErrorCodes)[number]

/** Never retriable: only a changed setting or another sealed text can help. */
export class SealError extends Error {
  readonly code: SealErrorCode
  readonly retriable = false as const

  constructor(code: SealErrorCode, detail: string) {
    super(`${code}: ${detail}`)
    this.name = 'SealError'
    this.code = code
  }
}

export interface KeyRing {
  /** Of its keys, the one that seals first. */
  readonly keyIds: readonly [string, ...string[]]
  /** Seals under the first key; two calls never give the same text. */
  seal(plain: string): string
  /** Throws SealError: SEAL_KEY_UNKNOWN, or SEAL_BROKEN when the text is malformed or was changed. */
  open(sealed: string): string
  /**
   * A key for another purpose from each key of the ring, in its order: the first makes, all check, as with sealing.
   * HKDF-SHA-256 (RFC 5869) without a salt, which it does not need when the input is uniformly random (section 3.1).
   */
  deriveKeys(purpose: string): readonly [DerivedKey, ...DerivedKey[]]
}

export interface DerivedKey {
  /** Of the ring key. */
  readonly id: string
  /** 32 bytes. */
  readonly key: Uint8Array
}

/** The id of the key that sealed it; null for a text that is not of this form. Says nothing of whether it opens. */
export function sealingKeyOf(sealed: string): string | null {
  return /^v1\.([A-Za-z0-9_-]{1,32})\./.exec(sealed)?.[1] ?? null
}

/** What SECRET_KEYS must look like; said in the settings table. */
export const keyRingRule = '<key id>:<base64 of 32 bytes>[,…], the first seals, all open'

/** Opens a ring of keys, `k1:<base64 of 32 bytes>[,k0:…]`. Throws SealError SEAL_KEYS_INVALID. */
export function openKeyRing(text: string): KeyRing {
  const keys = parseKeys(text)
  const [sealing] = keys
  if (sealing === undefined) throw new SealError('SEAL_KEYS_INVALID', `expected ${keyRingRule}`)
  const [sealingId, sealingKey] = sealing
  const keyById = new Map(keys)

  return {
    keyIds: [sealingId, ...keys.slice(1).map(([id]) => id)],
    seal(plain) {
      const iv = randomBytes(ivBytes)
      const head = `v1.${sealingId}`
      const cipher = createCipheriv(algorithm, sealingKey, iv, { authTagLength: tagBytes }).setAAD(
        Buffer.from(head),
      )
      const ciphertext = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
      return [head, encode(iv), encode(cipher.getAuthTag()), encode(ciphertext)].join('.')
    },
    open(sealed) {
      const [version, keyId, iv, tag, ciphertext, ...rest] = sealed.split('.')
      if (version !== 'v1' || keyId === undefined || ciphertext === undefined || rest.length > 0)
        throw broken()
      const key = keyById.get(keyId)
      if (key === undefined)
        throw new SealError('SEAL_KEY_UNKNOWN', 'the key that sealed this is not in SECRET_KEYS')
      return decipher(key, `v1.${keyId}`, {
        iv: decode(iv),
        tag: decode(tag),
        ciphertext: decode(ciphertext),
      })
    },
    deriveKeys: (purpose) => {
      const derive = ([id, key]: readonly [string, Buffer]): DerivedKey => ({
        id,
        // The id takes part, so that two ids with the same bytes are two keys here, as they are when sealing.
        key: new Uint8Array(hkdfSync('sha256', key, '', `scanhook ${purpose} ${id}`, keyBytes)),
      })
      return [derive(sealing), ...keys.slice(1).map(derive)]
    },
  }
}

function decipher(
  key: Buffer,
  head: string,
  parts: { readonly iv: Buffer; readonly tag: Buffer; readonly ciphertext: Buffer },
): string {
  if (parts.iv.length !== ivBytes || parts.tag.length !== tagBytes) throw broken()
  const opening = createDecipheriv(algorithm, key, parts.iv, { authTagLength: tagBytes })
  opening.setAAD(Buffer.from(head)).setAuthTag(parts.tag)
  try {
    return Buffer.concat([opening.update(parts.ciphertext), opening.final()]).toString('utf8')
  } catch {
    // Node says "unable to authenticate data"; there is nothing more to know, and nothing that may be shown.
    throw broken()
  }
}

function broken(): SealError {
  return new SealError('SEAL_BROKEN', 'not a text of this form, or changed since it was sealed')
}

function encode(bytes: Buffer): string {
  return bytes.toString('base64url')
}

function decode(text: string | undefined): Buffer {
  return Buffer.from(text ?? '', 'base64url')
}

function parseKeys(text: string): readonly (readonly [string, Buffer])[] {
  const keys = text.split(',').map((entry) => parseKey(entry.trim()))
  const ids = new Set(keys.map(([id]) => id))
  if (ids.size < keys.length) throw new SealError('SEAL_KEYS_INVALID', 'two keys have the same id')
  return keys
}

function parseKey(entry: string): readonly [string, Buffer] {
  const found = /^([A-Za-z0-9_-]{1,32}):([A-Za-z0-9+/]{43}=)$/.exec(entry)
  const key = Buffer.from(found?.[2] ?? '', 'base64')
  if (found?.[1] === undefined || key.length !== keyBytes) {
    throw new SealError('SEAL_KEYS_INVALID', `expected ${keyRingRule}`)
  }
  return [found[1], key]
}
