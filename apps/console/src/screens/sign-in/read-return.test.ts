import { expect, test } from 'vitest'
import { readReturn } from './read-return.ts'

test('filters and tabs come back with the screen', () => {
  expect(readReturn('/deliveries?state=dead&q=a%3Fb')).toEqual({
    to: '/deliveries',
    search: { state: 'dead', q: 'a?b' },
  })
  expect(readReturn('/webhooks/12')).toEqual({ to: '/webhooks/12', search: {} })
})

test.each(['', 'https://evil.example', '//evil.example', '/\\evil.example', 'javascript:alert(1)'])(
  'to "%s" nobody is led',
  (text) => {
    expect(readReturn(text)).toEqual({ to: '/', search: {} })
  },
)
