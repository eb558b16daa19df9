import { expect, test } from 'vitest'
import type { DomainEvent } from '../event.ts'
import { deliveryId, endpointId, eventId, orgId } from '../ids.ts'
import { resumeDelivery, startDelivery } from './restart-delivery.ts'

const event: DomainEvent = {
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
  dataJson: '{}',
}
const lost = { event, deliveryId: deliveryId('d'), endpointId: endpointId(9), nowMs: 700 }

test('G1: one that never was, begins now, under the ids that it would have had', () => {
  expect(startDelivery(lost)).toEqual({
    deliveryId: 'd',
    orgId: 1,
    endpointId: 9,
    trigger: 'event',
    event,
    attemptNumber: 1,
    dueAtMs: 700,
    createdAtMs: 700,
    firstAttemptAtMs: null,
    rendered: null,
  })
})

test('G1, G2: one that waited goes on where it was, with its body, its next number and its old deadline', () => {
  const rendered = { profile: 'trakrf', body: '{"sent":1}' } as const
  const chain = { trigger: 'manual', attempts: 3, createdAtMs: 10, firstAttemptAtMs: 20, rendered } as const
  expect(resumeDelivery(lost, chain)).toMatchObject({
    deliveryId: 'd',
    trigger: 'manual',
    attemptNumber: 4,
    dueAtMs: 700,
    createdAtMs: 10,
    firstAttemptAtMs: 20,
    rendered,
  })
})
