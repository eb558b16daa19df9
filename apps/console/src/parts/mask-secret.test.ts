import { expect, test } from 'vitest'
import { maskSecret } from './mask-secret.ts'

test('of a secret its last four characters are shown', () => {
  expect(maskSecret('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')).toBe('whsec_…LaSw')
})
