import { expect, test } from 'vitest'
import { checkedHeaders, patchedBatch, patchedHeaders, refuseSignature } from './routes.ts'

function problemOf(act: () => unknown): string | null {
  try {
    act()
    return null
  } catch (error) {
    return (error as { fields: readonly { field: string }[] }).fields[0]?.field ?? ''
  }
}

test('a customer can set no header that the brand sets', () => {
  const headers = { 'x-acme-Event': '1', 'X-Acmes': '2' }
  expect(problemOf(() => checkedHeaders(headers, 'Acme'))).toBe('headers.x-acme-Event')
  expect(problemOf(() => checkedHeaders(headers, 'Other'))).toBeNull()
  expect(problemOf(() => checkedHeaders(headers, null))).toBeNull()
})

test('a patch is checked as it will be: new headers under the old brand, a new brand over old headers', () => {
  const current = { headers: { 'X-Acme-Event': '1' }, headerPrefix: 'Other' }
  expect(problemOf(() => patchedHeaders(current, { header_prefix: 'acme' }))).toBe('header_prefix')
  expect(problemOf(() => patchedHeaders(current, { headers: { 'X-Other-Id': '1' } }))).toBe(
    'headers.X-Other-Id',
  )
  expect(
    problemOf(() => patchedHeaders(current, { headers: { 'X-Other-Id': '1' }, header_prefix: null })),
  ).toBeNull()
  expect(patchedHeaders(current, { headers: { 'X-Acme-Event': null }, header_prefix: 'Acme' })).toEqual({})
  expect(patchedHeaders(current, {})).toBeUndefined()
})

test('ed25519 is for the standard profile', () => {
  expect(problemOf(() => refuseSignature('profile', 'ed25519', 'trakrf'))).toBe('profile')
  expect(problemOf(() => refuseSignature('signature', 'ed25519', 'standard'))).toBeNull()
  expect(problemOf(() => refuseSignature('profile', 'hmac', 'trackberry'))).toBeNull()
})

test('a batch is merged, set whole, or cleared', () => {
  const batch = { maxEvents: 10, maxWaitMs: 100, maxBytes: 2_048 }
  expect(patchedBatch({ batch }, { batch: { max_events: 20 } })).toEqual({ ...batch, maxEvents: 20 })
  expect(patchedBatch({ batch }, { batch: null })).toBeNull()
  expect(patchedBatch({ batch }, {})).toBeUndefined()
  expect(problemOf(() => patchedBatch({ batch: null }, { batch: { max_events: 20 } }))).toBe(
    'batch.max_wait_ms',
  )
})
