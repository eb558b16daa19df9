import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isEmailAddress } from './email-address.ts'

test('addresses are addresses', () => {
  fc.assert(
    fc.property(fc.emailAddress(), (address) => {
      expect(isEmailAddress(address)).toBe(true)
    }),
  )
})

test.each([
  '',
  'no-address',
  'a@b.test, evil@example.test',
  'a@b.test\r\nBcc: evil@example.test',
  'a@b.test\n',
  'Evil <a@b.test>',
  '"a b"@c.test',
  'a@b.test;c@d.test',
  'a@-b.test',
  `${'a'.repeat(250)}@b.test`,
])('%j is none', (text) => {
  expect(isEmailAddress(text)).toBe(false)
})
