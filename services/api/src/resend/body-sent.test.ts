import { bodySent } from '@scanhook/domain/payload/body-sent'
import { type Message, signHeaders } from '@scanhook/signing/sign'
import { expect, test } from 'vitest'

const message: Message = {
  profile: 'standard',
  messageId: 'e',
  deliveryId: 'd',
  eventType: 'asset.moved',
  timestampS: 1,
  body: '{}',
  secrets: [`whsec_${Buffer.alloc(32).toString('base64')}`],
}

test.each([
  ['standard', undefined],
  ['trakrf', undefined],
  ['trakrf', 'Acme'],
  ['trackberry', undefined],
  ['trackberry', 'Acme-Corp'],
] as const)(
  'Q1: a body that was sent goes as it was, with its profile: %s under %s',
  (profile, headerPrefix) => {
    const requestHeaders = { 'X-Team-Event-Id': '***', ...signHeaders({ ...message, profile, headerPrefix }) }
    expect(bodySent({ requestHeaders, requestBody: '{"sent": 1}' })).toEqual({ profile, body: '{"sent": 1}' })
  },
)

test('what was never signed tells no profile', () => {
  expect(bodySent({ requestHeaders: {}, requestBody: '{}' })).toBeNull()
})
