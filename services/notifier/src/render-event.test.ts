import { checkEvent } from '@scanhook/catalogue/check-event'
import type { EndpointEvent } from '@scanhook/domain/endpoint-event'
import { deliveryId, endpointId, eventId, orgId } from '@scanhook/domain/ids'
import { expect, test } from 'vitest'
import type { NoticeFacts } from './notice-facts.ts'
import { deadEvent, type Notice, noticeEvent } from './render-event.ts'

const atMs = 1_800_000_000_000
const facts: NoticeFacts = {
  webhook: { id: endpointId(7), url: 'https://x.example/', name: null },
  atMs,
  sinceMs: atMs - 9_000,
  reason: 'status 503',
  deliveryId: deliveryId('5b0c1e6f-63a7-5f0e-9d0b-6a3f1c2d4e5f'),
  event: { id: eventId('3d3d6f0e-5c4d-5a59-9a0e-1f3f2d4c5b69'), type: 'asset.moved' },
  retriesUntilMs: atMs + 1,
  disablesAtMs: atMs + 2,
  disabledReason: null,
}
const notice = (kind: Notice['kind'], change: Partial<NoticeFacts> = {}): Notice => ({
  orgId: orgId(1),
  endpointId: endpointId(7),
  kind,
  episodeMs: atMs - 9_000,
  facts: { ...facts, ...change },
})
const dead: EndpointEvent = {
  orgId: orgId(1),
  endpointId: endpointId(7),
  kind: 'delivery_dead',
  atMs,
  deliveryId: facts.deliveryId,
  sinceMs: null,
  event: facts.event,
  deadReason: 'deadline',
  reason: '9 attempts failed,\r\nthe last with status 503',
}

test.each([
  ['endpoint.failing', noticeEvent(notice('failing'))],
  ['endpoint.recovered', noticeEvent(notice('recovered'))],
  ['endpoint.disabled', noticeEvent(notice('disabled', { disabledReason: 'gone', sinceMs: null }))],
  [
    'endpoint.disabled',
    noticeEvent(notice('disabled', { disabledReason: 'no_success', event: null, deliveryId: null })),
  ],
  ['delivery.dead', deadEvent(dead, { url: 'https://x.example/', name: 'ERP' })],
])('%s is what the catalogue says', (type, event) => {
  if (event === null) throw new Error('no event')
  expect(event).toMatchObject({ type, subject: 'endpoint:7', occurredAtMs: atMs, receivedAtMs: atMs })
  expect(checkEvent(event)).toEqual([])
})

test('H2: the same notice gives the same id and bytes, another episode another id', () => {
  expect(noticeEvent(notice('failing'))).toEqual(noticeEvent(notice('failing')))
  const other = noticeEvent({ ...notice('failing'), episodeMs: atMs })
  expect(other.eventId).not.toBe(noticeEvent(notice('failing')).eventId)
  expect(other.eventId).not.toBe(noticeEvent({ ...notice('recovered'), episodeMs: atMs }).eventId)
})

test('a dead delivery of an operational event, or of none, is told to nobody', () => {
  const webhook = { url: 'https://x.example/', name: null }
  for (const type of ['endpoint.test', 'endpoint.failing', 'endpoint.disabled', 'delivery.dead'] as const)
    expect(deadEvent({ ...dead, event: { id: eventId('e'), type } }, webhook)).toBeNull()
  expect(deadEvent({ ...dead, event: null }, webhook)).toBeNull()
})
