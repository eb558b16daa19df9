import { expect, test } from 'vitest'
import { emptyForm, newListenerOf, newWebhookOf } from './new-webhook.ts'

test('a URL is enough: every event, signed as standard', () => {
  expect(newWebhookOf({ ...emptyForm, url: ' https://a.example/ ' })).toEqual({
    ...{ url: 'https://a.example/', enabled: true, profile: 'standard', signature: 'hmac' },
    event_types: ['*'],
  })
})

test('what is filled in is sent; a filter stands on each event type', () => {
  const form = {
    ...{ url: 'https://a.example/', name: ' a ', description: 'b', headers: 'X-Key: c', rate: '2.5' },
    ...{ eventTypes: ['asset.moved', 'asset.scanned'], filter: ' data.x == 1 ' },
    ...{ profile: 'trakrf' as const, signature: 'ed25519' as const },
  }
  const extras = {
    ...{ description: 'b', headers: { 'X-Key': 'c' }, rate_limit_per_second: 2.5 },
    subscriptions: [
      { event_type: 'asset.moved', filter: 'data.x == 1' },
      { event_type: 'asset.scanned', filter: 'data.x == 1' },
    ],
  }
  expect(newWebhookOf(form)).toEqual({
    ...{ url: 'https://a.example/', name: 'a', enabled: true, ...extras },
    // The brands' signatures are HMACs.
    ...{ profile: 'trakrf', signature: 'hmac' },
  })
  expect(newListenerOf(form)).toEqual({
    body: { name: 'a', event_types: form.eventTypes, profile: 'trakrf' },
    change: extras,
  })
})

test('the inspector needs nothing at all', () => {
  expect(newListenerOf(emptyForm)).toEqual({
    body: { name: 'Inspector', event_types: ['*'], profile: 'standard' },
    change: null,
  })
})
