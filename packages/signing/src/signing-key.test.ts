import { describe, expect, test } from 'vitest'
import { isSecret, maskSecret, newSecret } from './secret.ts'
import { isPrivateKey, isPublicKey, newSigningKey, publicKeyOf } from './signing-key.ts'

const pair = newSigningKey()
const bytesOf = (text: string): Buffer => Buffer.from(text.slice(5), 'base64')
const privateText = (bytes: Buffer): string => `whsk_${bytes.toString('base64')}`

test('a new pair is whsk_ and 64 bytes, whpk_ and 32, and belongs together', () => {
  expect(isPrivateKey(pair.privateKey)).toBe(true)
  expect(isPublicKey(pair.publicKey)).toBe(true)
  expect(bytesOf(pair.privateKey)).toHaveLength(64)
  expect(bytesOf(pair.publicKey)).toHaveLength(32)
  expect(publicKeyOf(pair.privateKey)).toBe(pair.publicKey)
  expect(newSigningKey().privateKey).not.toBe(pair.privateKey)
})

test('a private key without its public half is read as well', () => {
  const short = privateText(bytesOf(pair.privateKey).subarray(0, 32))
  expect(isPrivateKey(short)).toBe(true)
  expect(publicKeyOf(short)).toBe(pair.publicKey)
})

// Svix, server/README.md: `svix-server asymmetric-key generate`.
test('the pair that Svix documents belongs together', () => {
  const documented =
    'whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg=='
  expect(publicKeyOf(documented)).toBe('whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=')
})

// RFC 8032 §7.1, TEST 1: the private key and the public key, in hex.
test('the keys of RFC 8032 belong together', () => {
  const seed = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex')
  const expected = Buffer.from('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a', 'hex')
  expect(publicKeyOf(privateText(seed))).toBe(`whpk_${expected.toString('base64')}`)
})

describe('what is no key', () => {
  const foreignHalf = Buffer.concat([
    bytesOf(pair.privateKey).subarray(0, 32),
    bytesOf(newSigningKey().publicKey),
  ])
  test.each([
    ['', 'nothing'],
    ['whsk_', 'an empty one'],
    [privateText(Buffer.alloc(31)), '31 bytes'],
    [privateText(Buffer.alloc(48)), '48 bytes'],
    [privateText(foreignHalf), 'a public half of another pair'],
    [pair.privateKey.replace('=', ''), 'missing padding'],
    [`${pair.privateKey}\n`, 'a line end'],
    [pair.publicKey, 'a public key'],
    [newSecret(), 'a shared secret'],
  ])('as private key: %s (%s)', (text) => {
    expect(isPrivateKey(text)).toBe(false)
    expect(publicKeyOf(text)).toBeNull()
  })
  test.each([
    pair.privateKey,
    'whpk_',
    `whpk_${Buffer.alloc(33).toString('base64')}`,
    pair.publicKey.replace('whpk_', 'whsec_'),
    `${pair.publicKey}=`,
  ])('as public key: %s', (text) => {
    expect(isPublicKey(text)).toBe(false)
  })
})

test('a signing key is no shared secret, and its mask keeps the prefix', () => {
  expect(isSecret(pair.privateKey)).toBe(false)
  expect(maskSecret(pair.privateKey)).toBe(`whsk_…${pair.privateKey.slice(-4)}`)
  expect(maskSecret(pair.publicKey)).toBe(`whpk_…${pair.publicKey.slice(-4)}`)
})
