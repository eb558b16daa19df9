import { expect, test } from 'vitest'
import { headerProblem, permittedHeaders } from './customer-headers.ts'

test.each([
  'Host',
  'content-length',
  'Transfer-Encoding',
  'CONNECTION',
  'Upgrade',
  'TE',
  'Expect',
  'Content-Type',
  'proxy-authorization',
])('H1: %s can not be set', (name) => {
  expect(headerProblem(name, 'x')).toBe('is set by the sender and can not be changed')
})

test.each([
  'webhook-id',
  'Webhook-Signature',
  'X-TrakRF-Signature',
  'X-Trackberry-Event-Id',
  'X-Hub-Signature',
  'svix-id',
])('H2: %s is ours', (name) => {
  expect(headerProblem(name, 'x')).toBe('is reserved for the sender')
})

test("H2: the installation's own prefix is ours too", () => {
  expect(headerProblem('X-Acme-Event', 'x', 'X-Acme-')).toBe('is reserved for the sender')
  expect(headerProblem('X-Acme-Event', 'x')).toBeNull()
})

test.each(['a\r\nHost: evil', 'a\nb', 'a\0b', 'ü', '', ' a', 'a'.repeat(1_025)])(
  'H1: the value %j is refused',
  (value) => {
    expect(headerProblem('X-Api-Key', value)).toMatch(/must have a value/)
  },
)

test.each(['X Api', 'X-Api:', 'X-Äpi', '', 'a\r\nb', 'x'.repeat(65)])(
  'H1: the name %j is refused',
  (name) => {
    expect(headerProblem(name, 'x')).toBe('is not a valid header name')
  },
)

test('H1: what may not be sent is left out of a request, the rest goes', () => {
  expect(
    permittedHeaders({ Authorization: 'Bearer t', Host: 'evil', 'X-Tenant': '7', 'webhook-id': 'x' }),
  ).toEqual({
    authorization: 'Bearer t',
    'x-tenant': '7',
  })
})
