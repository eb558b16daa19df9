import { expect, test } from 'vitest'
import { locationOrigin } from './location-origin.ts'

test.each([
  ['another host', 'https://other.example/login?token=s3cret#x', 'https://other.example'],
  ['user name and password', 'https://user:s3cret@other.example/', 'https://other.example'],
  ['a port', 'http://other.example:8080/a', 'http://other.example:8080'],
  ['without a scheme', '//other.example/a', 'https://other.example'],
  ['a path of the same host', '/login?token=s3cret', 'https://hooks.example.com:8443'],
  ['a relative path', '../x', 'https://hooks.example.com:8443'],
  ['nothing', '', 'https://hooks.example.com:8443'],
  ['an inner address', 'http://169.254.169.254/latest', 'http://169.254.169.254'],
  ['in an odd spelling', 'http://0x7f.1/', 'http://127.0.0.1'],
  ['no web address', 'javascript:alert(1)', 'javascript:'],
  ['not a URL', 'https://[', 'unreadable'],
])('E5: %s', (_what, location, expected) => {
  expect(locationOrigin(location, 'https://hooks.example.com:8443/hook?key=s3cret')).toBe(expected)
})
