import { expect, test } from 'vitest'
import { eventTypePatterns, isEventTypePattern } from './event-type-pattern.ts'

test('lists everything, each noun, each type', () => {
  expect(eventTypePatterns).toEqual([
    '*',
    'asset.*',
    'location.*',
    'shipment.*',
    'document.*',
    'check.*',
    'endpoint.*',
    'delivery.*',
    'asset.scanned',
    'asset.moved',
    'location.entered',
    'location.exited',
    'shipment.created',
    'shipment.processing',
    'shipment.ready_for_review',
    'shipment.approved',
    'shipment.rejected',
    'document.uploaded',
    'document.processed',
    'check.completed',
    'endpoint.failing',
    'endpoint.disabled',
    'endpoint.recovered',
    'delivery.dead',
  ])
})

test.each(['*', 'location.*', 'asset.moved', 'endpoint.*', 'delivery.dead'])(
  '%s may be subscribed to',
  (text) => {
    expect(isEventTypePattern(text)).toBe(true)
  },
)

test.each([
  '',
  '**',
  '*.*',
  'location.',
  'location.**',
  'loc*',
  '*.moved',
  'Asset.moved',
  ' asset.moved',
  'asset.lost',
  'order.*',
  'endpoint.test',
  'endpoint.heartbeat',
  'endpoint.manifest',
])('%j may not', (text) => {
  expect(isEventTypePattern(text)).toBe(false)
})
