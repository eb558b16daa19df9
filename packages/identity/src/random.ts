/** Ids that name something new: ordered by time, unguessable in their random part. Not for anything a replay repeats. */
import { v7 } from 'uuid'

/** A UUIDv7 (RFC 9562 §5.7): sorts by creation, which keeps database indexes dense. */
export function newUuid(): string {
  return v7()
}

// Crockford's base 32: no I, L, O, U.
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const ulidLength = 26

/** A request id in the form of a ULID (26 characters), made from a UUIDv7: both begin with 48 bits of epoch ms. */
export function newRequestId(): string {
  const bytes = v7(undefined, new Uint8Array(16))
  let rest = bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n)
  let text = ''
  for (let index = 0; index < ulidLength; index += 1) {
    text = `${alphabet[Number(rest & 31n)]}${text}`
    rest >>= 5n
  }
  return text
}
