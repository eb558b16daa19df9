import { expect, test } from 'vitest'
import { exampleBody, signatureHeaders } from './example-body.ts'

test.each([
  ['standard', ['id', 'type', 'timestamp', 'data']],
  ['trakrf', ['event', 'event_id', 'delivery_id', 'occurred_at', 'data']],
  ['trackberry', ['event', 'timestamp', 'data']],
] as const)('%s has exactly these keys', (profile, keys) => {
  const body = JSON.parse(exampleBody(profile, 'asset.moved', { a: 1 })) as object
  expect(Object.keys(body)).toEqual(keys)
  expect(body).toMatchObject({ data: { a: 1 } })
})

test('a profile has its own headers beside the standard ones, under the brand of the endpoint', () => {
  expect(signatureHeaders('standard', null)).toHaveLength(3)
  expect(signatureHeaders('trakrf', null)).toContain('X-TrakRF-Signature')
  expect(signatureHeaders('trackberry', 'Acme')).toContain('X-Acme-Signature')
})
