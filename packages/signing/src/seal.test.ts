import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openKeyRing, sealingKeyOf } from './seal.ts'

const key = (byte: number): string => Buffer.alloc(32, byte).toString('base64')
const ring = openKeyRing(`k1:${key(1)},k0:${key(0)}`)

test('L1: what is sealed opens to the same text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (plain) => {
      expect(ring.open(ring.seal(plain))).toBe(plain)
    }),
  )
})

test('L1: the first key seals, and says so; sealing twice gives two texts', () => {
  expect(ring.seal('s')).toMatch(/^v1\.k1\.[\w-]{16}\.[\w-]{22}\.[\w-]{2}$/)
  expect(ring.seal('s')).not.toBe(ring.seal('s'))
})

test('L1: a ring names its keys, the one that seals first, and a sealed text the one that sealed it', () => {
  expect(ring.keyIds).toEqual(['k1', 'k0'])
  expect(sealingKeyOf(ring.seal('s'))).toBe('k1')
  for (const other of ['', 'v1', 'v1..a.b.c', 'v2.k1.a.b.c', 'whsec_x'])
    expect(sealingKeyOf(other)).toBeNull()
})

test('L1: a key in second place still opens what it sealed when it was first', () => {
  const sealed = openKeyRing(`k0:${key(0)}`).seal('whsec_x')
  expect(ring.open(sealed)).toBe('whsec_x')
})

describe('L2: what was changed does not open', () => {
  test('L2: whichever character it is', () => {
    const sealed = ring.seal('whsec_secret')
    fc.assert(
      fc.property(fc.nat(sealed.length - 1), fc.constantFrom('A', 'z', '9', '.', '!'), (index, character) => {
        fc.pre(sealed[index] !== character)
        const changed = `${sealed.slice(0, index)}${character}${sealed.slice(index + 1)}`
        // The last character of each part has unused bits, so a change of it may leave the bytes as they were.
        const isSame = ((): boolean => {
          try {
            return ring.open(changed) === 'whsec_secret'
          } catch {
            return true
          }
        })()
        expect(isSame).toBe(true)
      }),
    )
  })
  test('L2: the key id is authenticated', () => {
    const twins = openKeyRing(`a:${key(1)},b:${key(1)}`)
    expect(() => twins.open(twins.seal('s').replace('v1.a.', 'v1.b.'))).toThrow('SEAL_BROKEN')
  })
  test.each(['', 'v1', 'v1.k1', 'v1.k1...', 'v1.k1.AAAA.AAAA.AAAA', 'v2.k1.a.b.c', 'whsec_clear'])(
    'L2: %j was never sealed',
    (text) => {
      expect(() => ring.open(text)).toThrow('SEAL_BROKEN')
    },
  )
})

test('L4: derived keys are the same in every process, and others for each purpose, ring key and id', () => {
  const again = openKeyRing(`k1:${key(1)},k0:${key(0)}`)
  expect(ring.deriveKeys('a')).toEqual(again.deriveKeys('a'))
  expect(ring.deriveKeys('a').map(({ id }) => id)).toEqual(['k1', 'k0'])
  const twins = openKeyRing(`a:${key(1)},b:${key(1)}`)
  const all = [...ring.deriveKeys('a'), ...ring.deriveKeys('b'), ...twins.deriveKeys('a')].map((derived) =>
    Buffer.from(derived.key).toString('base64'),
  )
  expect(new Set([...all, key(0), key(1)]).size).toBe(8)
  expect(all.every((text) => Buffer.from(text, 'base64').length === 32)).toBe(true)
})

test('a key that is gone is named as the reason', () => {
  const sealed = openKeyRing(`k9:${key(9)}`).seal('s')
  expect(() => ring.open(sealed)).toThrow('SEAL_KEY_UNKNOWN')
})

test.each([
  '',
  'k1',
  'k1:short',
  `k1:${key(1)},`,
  `k1:${Buffer.alloc(31).toString('base64')}`,
  `k.1:${key(1)}`,
  `k1:${key(1)},k1:${key(2)}`,
])('L3: refuses the ring %j without repeating it', (text) => {
  try {
    openKeyRing(text)
    expect.unreachable()
  } catch (error) {
    expect(String(error)).toContain('SEAL_KEYS_INVALID')
    expect(String(error)).not.toContain(key(1))
  }
})
