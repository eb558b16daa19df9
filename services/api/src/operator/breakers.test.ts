import type { EndpointShared } from '@scanhook/domain/endpoint-shared'
import { expect, test } from 'vitest'
import { heldBackOf, isHeldBack } from './breakers.ts'
import { sayFailure } from './words.ts'

const breaker = { state: 'open', untilMs: 9, openings: 1, epoch: 1 } as const
const shared = (changes: Partial<EndpointShared> = {}): EndpointShared => ({
  ...{ breaker: null, sinceMs: null, limit: null, atMs: 1 },
  ...changes,
})
const facts = (endpointId: number, waiting: number) => ({
  ...{ endpointId, orgId: 1, orgName: 'Acme', name: null, host: 'a.test', state: 'active' },
  ...{ failingSince: null, lastStatus: null, lastErrorClass: null, waiting },
})

test('held back is what has a breaker, or fewer requests at a time than it began with', () => {
  expect(isHeldBack(shared())).toBe(false)
  expect(isHeldBack(shared({ limit: 4 }))).toBe(false)
  expect(isHeldBack(shared({ limit: 3 }))).toBe(true)
  expect(isHeldBack(shared({ breaker }))).toBe(true)
})

test('open ones come first, then those for which most waits; deleted ones are left out', () => {
  const states = new Map([
    [1, shared({ limit: 2 })],
    [2, shared({ breaker })],
    [3, shared({ breaker })],
    [4, shared({ breaker })],
  ])
  const held = heldBackOf(states, [facts(1, 99), facts(2, 1), facts(3, 5)])
  expect(held.map((each) => each.facts.endpointId)).toEqual([3, 2, 1])
})

test('a failure is said in words', () => {
  expect(sayFailure({ lastStatus: null, lastErrorClass: 'tls' })).toContain('TLS')
  expect(sayFailure({ lastStatus: 503, lastErrorClass: null })).toBe('the endpoint answered 503')
  expect(sayFailure({ lastStatus: null, lastErrorClass: null })).toBeNull()
})
