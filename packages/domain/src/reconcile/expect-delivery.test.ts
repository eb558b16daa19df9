import fc from 'fast-check'
import { expect, test } from 'vitest'
import { plainSubscription } from '../endpoint.ts'
import type { EndpointVersion } from '../endpoint-version.ts'
import type { DomainEvent } from '../event.ts'
import { endpointId, eventId, orgId } from '../ids.ts'
import { expectDelivery } from './expect-delivery.ts'

const event = (receivedAtMs: number): DomainEvent => ({
  eventId: eventId('e'),
  orgId: orgId(1),
  type: 'asset.moved',
  occurredAtMs: receivedAtMs,
  receivedAtMs,
  subject: 'asset:5',
  assetId: null,
  sequence: null,
  previousEventId: null,
  transitionId: null,
  dataJson: '{}',
})

const version = (
  number: number,
  validFromMs: number,
  wants: boolean,
  isDeleted = false,
): EndpointVersion => ({
  id: endpointId(9),
  orgId: orgId(1),
  url: 'https://example.test',
  state: 'active',
  profile: 'standard',
  subscriptions: wants ? [plainSubscription('*')] : [],
  createdAtMs: 0,
  version: number,
  validFromMs,
  isDeleted,
})

const context = {
  wants: (_: DomainEvent, { subscriptions }: EndpointVersion) => subscriptions.length > 0,
  marginMs: 10,
}

test.each([
  ['wanted by the one version that there is', [version(1, 50, true)], 'wanted'],
  ['made within the margin', [version(1, 95, true)], 'unsure'],
  ['made after it came in', [version(1, 200, true)], 'unsure'],
  ['never wanted', [version(1, 50, false), version(2, 70, false)], 'unwanted'],
  ['wanted before, given up long ago', [version(1, 50, true), version(2, 80, false)], 'unwanted'],
  ['given up within the margin', [version(1, 50, true), version(2, 91, false)], 'unsure'],
  ['given up later: the router may have been late', [version(1, 50, true), version(2, 900, false)], 'unsure'],
  ['wanted later only', [version(1, 50, false), version(2, 900, true)], 'unsure'],
  ['deleted since', [version(1, 50, true), version(2, 900, true, true)], 'unsure'],
  ['deleted before', [version(1, 50, true), version(2, 60, true, true)], 'unwanted'],
  [
    'changed, and always wanted',
    [version(1, 50, true), version(2, 99, true), version(3, 900, true)],
    'wanted',
  ],
  ['nothing is known of it', [], 'unwanted'],
] as const)('E1, E2: %s', (_, versions, expected) => {
  expect(expectDelivery(event(100), versions, context)).toBe(expected)
})

test('E1: what is certain is what a router makes of it, whenever it looks', () => {
  const histories = fc.array(fc.tuple(fc.integer({ min: 0, max: 60 }), fc.boolean()), {
    minLength: 1,
    maxLength: 6,
  })
  fc.assert(
    fc.property(
      histories,
      fc.integer({ min: 0, max: 60 }),
      fc.integer({ min: 0, max: 100 }),
      (changes, atMs, delayMs) => {
        const versions = changes
          .toSorted(([one], [other]) => one - other)
          .map(([fromMs, wants], index) => version(index + 1, fromMs, wants))
        const said = expectDelivery(event(atMs), versions, context)
        // What the router knew when it looked: a version of at most `marginMs` before, or any later one.
        const routedAtMs = atMs - context.marginMs + delayMs
        const known = versions.findLast(({ validFromMs }) => validFromMs <= routedAtMs)
        const made = known !== undefined && context.wants(event(atMs), known)
        if (said === 'wanted') expect(made).toBe(true)
        if (said === 'unwanted') expect(made).toBe(false)
      },
    ),
  )
})
