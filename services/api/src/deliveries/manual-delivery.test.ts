import { eventId, orgId } from '@scanhook/domain/ids'
import { bodySent } from '@scanhook/domain/payload/body-sent'
import { type Message, signHeaders } from '@scanhook/signing/sign'
import { expect, test } from 'vitest'
import { manualDelivery } from './manual-delivery.ts'

const event = {
  eventId: eventId('e'),
  orgId: orgId(1),
  type: 'asset.moved',
  occurredAtMs: 1,
  receivedAtMs: 2,
  subject: 'asset:5',
  assetId: null,
  sequence: null,
  previousEventId: null,
  transitionId: null,
  dataJson: '{"b":1, "a":1.0}',
} as const

test('it is the same event under the same id, with a chain of attempts of its own that begins now', () => {
  expect(manualDelivery({ event, deliveryId: 'd', endpointId: 9, before: null, nowMs: 700 })).toEqual({
    deliveryId: 'd',
    orgId: 1,
    endpointId: 9,
    trigger: 'manual',
    event,
    attemptNumber: 1,
    dueAtMs: 700,
    createdAtMs: 700,
    firstAttemptAtMs: null,
    rendered: null,
  })
})

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
] as const)('a body that was sent goes as it was, with its profile: %s under %s', (profile, headerPrefix) => {
  const requestHeaders = { 'X-Team-Event-Id': '***', ...signHeaders({ ...message, profile, headerPrefix }) }
  const before = { deliveryId: 'd', requestHeaders, requestBody: '{"sent": 1}' }
  expect(bodySent(before)).toEqual({ profile, body: '{"sent": 1}' })
  expect(manualDelivery({ event, deliveryId: 'd', endpointId: 9, before, nowMs: 1 }).rendered).toEqual(
    bodySent(before),
  )
})

test('what was never signed tells no profile', () => {
  expect(bodySent({ requestHeaders: {}, requestBody: '{}' })).toBeNull()
})
