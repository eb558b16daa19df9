import { expect, test } from 'vitest'
import { isSecret, maskSecret, newSecret, standardKey } from './secret.ts'

test('a new secret has 32 random bytes', () => {
  const secret = newSecret()
  expect(isSecret(secret)).toBe(true)
  expect(standardKey(secret)).toHaveLength(32)
  expect(newSecret()).not.toBe(secret)
})

test('a mask shows the last four characters and nothing else', () => {
  expect(maskSecret(`whsec_${'0123456789abcdef'.repeat(3)}0123456789ab2c7d`)).toBe('whsec_…2c7d')
})

test.each([
  [`whsec_${'0123456789abcdef'.repeat(4)}`, true],
  [`whsec_${Buffer.alloc(24).toString('base64')}`, true],
  [`whsec_${Buffer.alloc(64).toString('base64')}`, true],
  [`whsec_${Buffer.alloc(23).toString('base64')}`, false],
  [`whsec_${Buffer.alloc(65).toString('base64')}`, false],
  [Buffer.alloc(32).toString('base64'), false],
  ['whsec_', false],
  [`whsec_${'-'.repeat(44)}`, false],
  [`whsec_${'A'.repeat(43)}`, false],
])('%s is a secret: %s', (text, expected) => {
  expect(isSecret(text)).toBe(expected)
})
