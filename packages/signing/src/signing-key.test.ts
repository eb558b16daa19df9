import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import { expect, test } from 'vitest'
import { newSigningKey } from './signing-key.ts'

test('a pair is of the documented form, and what its seed signs its public key verifies', () => {
  const { privateKey, publicKey } = newSigningKey()
  expect([privateKey.slice(0, 5), publicKey.slice(0, 5)]).toEqual(['whsk_', 'whpk_'])
  const secret = Buffer.from(privateKey.slice(5), 'base64')
  const point = Buffer.from(publicKey.slice(5), 'base64')
  expect([secret.length, point.length]).toEqual([64, 32])
  expect(secret.subarray(32).equals(point)).toBe(true)
  const x = point.toString('base64url')
  const d = secret.subarray(0, 32).toString('base64url')
  const jwk = { kty: 'OKP', crv: 'Ed25519', x }
  const signature = sign(null, Buffer.from('text'), createPrivateKey({ key: { ...jwk, d }, format: 'jwk' }))
  expect(verify(null, Buffer.from('text'), createPublicKey({ key: jwk, format: 'jwk' }), signature)).toBe(
    true,
  )
  expect(newSigningKey().privateKey).not.toBe(privateKey)
})
