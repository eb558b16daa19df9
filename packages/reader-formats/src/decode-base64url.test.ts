import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeBase64url } from './decode-base64url.ts'

test('whatever the bytes, Node’s own encoding comes back as their hex, padded or not', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1 }), (bytes) => {
      const hex = Buffer.from(bytes).toString('hex').toUpperCase()
      expect(decodeBase64url(Buffer.from(bytes).toString('base64url'))).toBe(hex)
      expect(decodeBase64url(Buffer.from(bytes).toString('base64'))).toBe(hex)
    }),
  )
})

test.each(['', '=', 'A', 'AAAAA', 'AA*A', 'AA A', 'ä'])('%j is not base64url', (text) => {
  expect(decodeBase64url(text)).toBe(null)
})
