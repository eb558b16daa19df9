/** Base64url (RFC 4648 section 5) to upper-case hex; here, because a pure package has no `Buffer`. */

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Null when it is not base64url. The letters of plain base64 and padding are understood too. */
export function decodeBase64url(text: string): string | null {
  const digits = text
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/={0,2}$/, '')
  if (digits === '' || digits.length % 4 === 1) return null
  let hex = ''
  let bits = 0
  let bitCount = 0
  for (const digit of digits) {
    const value = alphabet.indexOf(digit)
    if (value < 0) return null
    bits = ((bits << 6) | value) & 0xfff
    bitCount += 6
    while (bitCount >= 4) {
      bitCount -= 4
      hex += ((bits >> bitCount) & 0xf).toString(16)
    }
  }
  // What is left of the last digit beyond whole bytes is padding.
  return hex.slice(0, Math.floor(hex.length / 2) * 2).toUpperCase()
}
