import { parseOrRefuse } from '@scanhook/http/field-problems'
import { expect, test } from 'vitest'
import { newWebhook, subscriptionsOf, webhookPatch } from './webhook-input.ts'

const url = 'https://example.test/hook'

function problems(schema: typeof newWebhook | typeof webhookPatch, body: object): string[] {
  try {
    parseOrRefuse<unknown>(schema, body)
    return []
  } catch (error) {
    return (error as { fields: readonly { field: string; code: string }[] }).fields.map(
      ({ field, code }) => `${field} ${code}`,
    )
  }
}

const batch = { max_events: 2, max_wait_ms: 10, max_bytes: 1_024 }

test.each([
  [{ ordering: 'asset' }],
  [{ batch }],
  [{ batch: { max_events: 1_000, max_wait_ms: 60_000, max_bytes: 1_048_576 } }],
  [{ batch: null, rate_limit_per_second: null, header_prefix: null }],
  [{ rate_limit_per_second: 0.1 }],
  [{ rate_limit_per_second: 10_000 }],
  [{ header_prefix: 'a' }],
  [{ header_prefix: 'Acme-Corp-9' }],
  [{ header_prefix: 'a'.repeat(32) }],
  [{ signature: 'ed25519' }],
  [{ heartbeat_minutes: 1, daily_manifest: true }],
  [{ traceparent: true }],
  [{ heartbeat_minutes: 1_440 }],
  [{ heartbeat_minutes: null, daily_manifest: false }],
  [{ subscriptions: [{ event_type: '*', expire_after_minutes: 1, latest_only: true }] }],
  [{ subscriptions: [{ event_type: '*', expire_after_minutes: 43_200, latest_only: false }] }],
  [{ subscriptions: [{ event_type: '*', expire_after_minutes: null }] }],
])('%j is accepted', (part) => {
  expect(problems(newWebhook, { url, ...part })).toEqual([])
})

test.each([
  [{ ordering: 'shipment' }, ['ordering invalid_value']],
  [
    { batch: { max_events: 1, max_wait_ms: 9, max_bytes: 1_023 } },
    ['batch.max_events too_small', 'batch.max_wait_ms too_small', 'batch.max_bytes too_small'],
  ],
  [
    { batch: { max_events: 1_001, max_wait_ms: 60_001, max_bytes: 1_048_577 } },
    ['batch.max_events too_large', 'batch.max_wait_ms too_large', 'batch.max_bytes too_large'],
  ],
  [{ batch: { max_events: 2.5, max_wait_ms: 10, max_bytes: 1_024 } }, ['batch.max_events invalid_value']],
  [{ batch: { max_events: 2 } }, ['batch.max_wait_ms required', 'batch.max_bytes required']],
  [{ batch: { ...batch, max_age: 1 } }, ['batch.max_age unknown_field']],
  [{ rate_limit_per_second: 0.09 }, ['rate_limit_per_second too_small']],
  [{ rate_limit_per_second: 10_001 }, ['rate_limit_per_second too_large']],
  [{ rate_limit_per_second: '5' }, ['rate_limit_per_second invalid_value']],
  [{ header_prefix: '' }, ['header_prefix too_short']],
  [{ header_prefix: 'a'.repeat(33) }, ['header_prefix too_long']],
  [{ header_prefix: '-a' }, ['header_prefix invalid_value']],
  [{ header_prefix: 'a-' }, ['header_prefix invalid_value']],
  [{ header_prefix: 'a: b\r\nx' }, ['header_prefix invalid_value']],
  [{ header_prefix: 'a\n' }, ['header_prefix invalid_value']],
  [{ signature: 'rsa' }, ['signature invalid_value']],
  [{ heartbeat_minutes: 0 }, ['heartbeat_minutes too_small']],
  [{ heartbeat_minutes: 1_441 }, ['heartbeat_minutes too_large']],
  [{ heartbeat_minutes: 1.5 }, ['heartbeat_minutes invalid_value']],
  [{ daily_manifest: null }, ['daily_manifest invalid_value']],
  [{ traceparent: 'yes' }, ['traceparent invalid_value']],
  [
    { subscriptions: [{ event_type: '*', expire_after_minutes: 0 }] },
    ['subscriptions.0.expire_after_minutes too_small'],
  ],
  [
    { subscriptions: [{ event_type: '*', expire_after_minutes: 43_201 }] },
    ['subscriptions.0.expire_after_minutes too_large'],
  ],
  [{ subscriptions: [{ event_type: '*', latest: true }] }, ['subscriptions.0.latest unknown_field']],
])('%j is refused', (part, expected) => {
  expect(problems(newWebhook, { url, ...part })).toEqual(expected)
})

test('a patch may name a part of the batch, and what is only answered', () => {
  expect(problems(webhookPatch, { batch: { max_events: 5 } })).toEqual([])
  expect(problems(webhookPatch, { batch: { max_events: 1 } })).toEqual(['batch.max_events too_small'])
  expect(problems(webhookPatch, { signature: 'hmac', public_key: null, previous_secrets: [] })).toEqual([])
})

const fresh = { eventType: 'asset.moved', filter: null, expireAfterMinutes: 5, isLatestOnly: true }

test('event types that are only named keep the freshness that they have', () => {
  const { subscriptions } = subscriptionsOf({ event_types: ['asset.moved', 'location.*'] }, [fresh])
  expect(subscriptions).toEqual([
    fresh,
    { eventType: 'location.*', filter: null, expireAfterMinutes: null, isLatestOnly: false },
  ])
})

test('both spellings may come together when they name the same types', () => {
  const spelledOut = [{ event_type: 'asset.moved', expire_after_minutes: 5, latest_only: true }]
  expect(subscriptionsOf({ event_types: ['asset.moved'], subscriptions: spelledOut })).toEqual({
    subscriptions: [fresh],
    areContradicting: false,
  })
  expect(subscriptionsOf({ event_types: ['*'], subscriptions: spelledOut }).areContradicting).toBe(true)
})
