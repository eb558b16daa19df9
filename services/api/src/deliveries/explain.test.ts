import { expect, test } from 'vitest'
import { explainStatus } from './explain.ts'

test.each([
  [
    302,
    'https://other.example',
    'the endpoint answered 302 and points to other.example; redirects are not followed',
  ],
  [
    308,
    'http://127.0.0.1:8080',
    'the endpoint answered 308 and points to 127.0.0.1:8080; redirects are not followed',
  ],
  [
    301,
    'https://user:pw@other.example/in?token=1',
    'the endpoint answered 301 and points to other.example; redirects are not followed',
  ],
  [304, undefined, 'the endpoint answered 304; redirects are not followed'],
  [307, 'unreadable', 'the endpoint answered 307; redirects are not followed'],
  [307, 'javascript:', 'the endpoint answered 307; redirects are not followed'],
])('%d to %s', (status, location, words) => {
  expect(explainStatus(status, location === undefined ? {} : { location })).toBe(words)
})

test('a redirect whose headers are not at hand is one all the same', () => {
  expect(explainStatus(302, null)).toBe('the endpoint answered 302; redirects are not followed')
})

test.each([null, 200, 299, 400, 500])('%s needs no words', (status) => {
  expect(explainStatus(status, { location: 'https://other.example' })).toBeNull()
})
