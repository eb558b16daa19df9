import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { DomainEvent } from '../event.ts'
import { deliveryId, eventId, orgId } from '../ids.ts'
import { profileNames } from '../profile.ts'
import { renderBody } from './render-body.ts'

const event: DomainEvent = {
  eventId: eventId('54a3e026-d731-5633-ac2f-6ddaa8bf4f95'),
  orgId: orgId(1),
  type: 'shipment.approved',
  occurredAtMs: 1_770_801_300_021,
  receivedAtMs: 1_770_801_300_500,
  subject: 'shipment:ship_abc123',
  assetId: null,
  sequence: null,
  previousEventId: null,
  transitionId: null,
  dataJson: '{"shipment":{"id":"ship_abc123","reference":"BU-1341","status":"approved","pallets_count":42}}',
}
const delivery = deliveryId('6d894b5d-2fc7-59f9-945e-3add0c5dd62e')

test('standard: id, type, timestamp, data', () => {
  expect(renderBody('standard', event, delivery)).toBe(
    `{"id":"54a3e026-d731-5633-ac2f-6ddaa8bf4f95","type":"shipment.approved","timestamp":"2026-02-11T09:15:00.021Z","data":${event.dataJson}}`,
  )
})

test('trakrf: event, event_id, delivery_id, occurred_at, data', () => {
  expect(renderBody('trakrf', event, delivery)).toBe(
    `{"event":"shipment.approved","event_id":"54a3e026-d731-5633-ac2f-6ddaa8bf4f95","delivery_id":"6d894b5d-2fc7-59f9-945e-3add0c5dd62e","occurred_at":"2026-02-11T09:15:00.021Z","data":${event.dataJson}}`,
  )
})

test('trackberry: the body of its page, key for key', () => {
  expect(renderBody('trackberry', event, delivery)).toBe(
    `{"event":"shipment.approved","timestamp":"2026-02-11T09:15:00Z","data":${event.dataJson}}`,
  )
})

test('P1, P2: data comes through byte for byte, in every envelope, every time', () => {
  fc.assert(
    fc.property(fc.constantFrom(...profileNames), fc.json(), fc.boolean(), (profile, json, isSpaced) => {
      const dataJson = isSpaced ? ` ${json}\n` : json
      const body = renderBody(profile, { ...event, dataJson }, delivery)
      expect(renderBody(profile, { ...event, dataJson }, delivery)).toBe(body)
      expect(body.endsWith(`"data":${dataJson}}`)).toBe(true)
      expect(JSON.parse(body).data).toEqual(JSON.parse(json))
    }),
  )
})
