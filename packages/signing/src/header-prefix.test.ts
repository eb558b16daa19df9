import { describe, expect, test } from 'vitest'
import { isHeaderPrefix } from './header-prefix.ts'

describe('a header prefix', () => {
  test.each([
    ['Acme', true],
    ['TrakRF', true],
    ['A', true],
    ['7-Eleven', true],
    ['a_b.c!', true],
    ['x'.repeat(32), true],
    ['x'.repeat(33), false],
    ['', false],
    ['Acme Inc', false],
    ['Acme:', false],
    ['Acme\r\nX-Evil', false],
    ['Acme\n', false],
    ['Süd', false],
    ['webhook', false],
    ['Webhook', false],
    ['Scanhook', false],
  ])('%j: %s', (text, expected) => {
    expect(isHeaderPrefix(text)).toBe(expected)
  })
  test('has just the characters that an HTTP client takes in a name', () => {
    const isTaken = (name: string): boolean => {
      try {
        new Headers({ [name]: 'x' })
        return true
      } catch {
        return false
      }
    }
    for (let code = 0; code < 0x180; code++) {
      const prefix = `A${String.fromCharCode(code)}b`
      expect([prefix, isHeaderPrefix(prefix)]).toEqual([prefix, isTaken(`X-${prefix}-Signature`)])
    }
  })
})
