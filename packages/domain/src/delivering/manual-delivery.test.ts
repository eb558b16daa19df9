import { expect, test } from 'vitest'
import { eventId, orgId } from '../ids.ts'
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

test.each([null, { profile: 'standard', body: '{"sent": 1}' } as const])(
  'it is the same event under the same id, with the body of before and a chain of attempts of its own that begins now',
  (rendered) => {
    expect(manualDelivery({ event, deliveryId: 'd', endpointId: 9, rendered, nowMs: 700 })).toEqual({
      deliveryId: 'd',
      orgId: 1,
      endpointId: 9,
      trigger: 'manual',
      event,
      attemptNumber: 1,
      dueAtMs: 700,
      createdAtMs: 700,
      firstAttemptAtMs: null,
      rendered,
    })
  },
)
