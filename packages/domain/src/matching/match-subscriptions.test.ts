import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Endpoint, plainEndpoint, plainSubscription } from '../endpoint.ts'
import { type DomainEvent, endpointOnlyTypes, eventTypes, isOperational } from '../event.ts'
import { eventTypePatterns } from '../event-type-pattern.ts'
import type { FilterJudge } from '../filter-refusal.ts'
import { endpointId, eventId, orgId } from '../ids.ts'
import { coversType, matchSubscriptions, mismatchOf, wantingSubscriptions } from './match-subscriptions.ts'

const event: DomainEvent = {
  eventId: eventId('e1'),
  orgId: orgId(1),
  type: 'location.entered',
  occurredAtMs: 0,
  receivedAtMs: 100_000,
  subject: 'asset:1',
  assetId: null,
  sequence: 1,
  previousEventId: null,
  transitionId: null,
  dataJson: '{}',
}

function endpoint(id: number, eventTypes: readonly string[], rest: Partial<Endpoint> = {}): Endpoint {
  return {
    id: endpointId(id),
    orgId: orgId(1),
    url: 'https://example.com/',
    state: 'active',
    profile: 'standard',
    sealedSecrets: [],
    headers: {},
    subscriptions: eventTypes.map(plainSubscription),
    ...plainEndpoint,
    createdAtMs: 0,
    version: 1,
    ...rest,
  }
}

const noFilters: FilterJudge = () => null
const ids = (endpoints: readonly Endpoint[]): number[] => endpoints.map((found) => found.id)

test('by exact type, by noun, by everything', () => {
  const endpoints = [
    endpoint(1, ['location.entered']),
    endpoint(2, ['location.*']),
    endpoint(3, ['*']),
    endpoint(4, ['location.exited', 'asset.*']),
    endpoint(5, []),
  ]
  expect(ids(matchSubscriptions(event, endpoints, noFilters))).toEqual([1, 2, 3])
})

test('X1: another organization never gets it', () => {
  expect(matchSubscriptions(event, [endpoint(1, ['*'], { orgId: orgId(2) })], noFilters)).toEqual([])
})

test('X2: overlapping subscriptions match once', () => {
  expect(
    ids(matchSubscriptions(event, [endpoint(1, ['*', 'location.*', 'location.entered', '*'])], noFilters)),
  ).toEqual([1])
})

test('X3: paused endpoints match, disabled ones do not', () => {
  const endpoints = [endpoint(1, ['*'], { state: 'paused' }), endpoint(2, ['*'], { state: 'disabled' })]
  expect(ids(matchSubscriptions(event, endpoints, noFilters))).toEqual([1])
})

test('X4: an endpoint made after the event came in does not match, clocks of 5 s apart allowed for', () => {
  const endpoints = [
    endpoint(1, ['*'], { createdAtMs: event.receivedAtMs }),
    endpoint(2, ['*'], { createdAtMs: event.receivedAtMs + 5_000 }),
    endpoint(3, ['*'], { createdAtMs: event.receivedAtMs + 5_001 }),
  ]
  expect(ids(matchSubscriptions(event, endpoints, noFilters))).toEqual([1, 2])
})

describe('coversType', () => {
  test('a noun with a longer name is another noun', () => {
    expect(coversType('asset.*', 'asset.moved')).toBe(true)
    expect(coversType('loc.*', 'location.entered')).toBe(false)
  })
  test('nothing covers a test or a signal, which go to one endpoint only', () => {
    for (const type of endpointOnlyTypes)
      for (const pattern of [...eventTypePatterns, 'endpoint.*', type])
        expect(coversType(pattern, type)).toBe(false)
  })
  test('every subscribable type is covered by all, its noun and itself; an operational one not by all', () => {
    for (const type of eventTypes.filter((name) => !endpointOnlyTypes.includes(name))) {
      const covering = eventTypePatterns.filter((pattern) => coversType(pattern, type))
      expect(covering).toHaveLength(isOperational(type) ? 2 : 3)
      expect(covering.includes('*')).toBe(!isOperational(type))
    }
  })
})

test('X1, X2, X3: whatever the endpoints', () => {
  const anyEndpoint = fc
    .record({
      org: fc.constantFrom(1, 2),
      state: fc.constantFrom('active' as const, 'paused' as const, 'disabled' as const),
      patterns: fc.array(fc.constantFrom(...eventTypePatterns), { maxLength: 5 }),
    })
    .map(({ org, state, patterns }) => endpoint(0, patterns, { orgId: orgId(org), state }))
  fc.assert(
    fc.property(fc.array(anyEndpoint), fc.constantFrom(...eventTypes), (endpoints, type) => {
      const matched = matchSubscriptions({ ...event, type }, endpoints, noFilters)
      expect(new Set(matched).size).toBe(matched.length)
      for (const found of matched) {
        expect(found.orgId).toBe(event.orgId)
        expect(found.state).not.toBe('disabled')
      }
    }),
  )
})

test('the reason that is given is the one that holds, and there is none exactly when the endpoint matches', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...eventTypes),
      fc.subarray([...eventTypePatterns]),
      fc.constantFrom('active', 'paused', 'disabled'),
      fc.constantFrom(1, 2),
      fc.integer({ min: 90_000, max: 120_000 }),
      (type, patterns, state, org, createdAtMs) => {
        const found = endpoint(1, patterns, { state, orgId: orgId(org), createdAtMs })
        const asked = { ...event, type }
        const covered = patterns.some((pattern) => coversType(pattern, type))
        const reason = mismatchOf(asked, found, noFilters)
        const isWanted = org === 1 && state !== 'disabled' && createdAtMs <= 105_000 && covered
        expect(reason === null).toBe(isWanted)
        expect(matchSubscriptions(asked, [found], noFilters)).toEqual(isWanted ? [found] : [])
        if (reason?.kind === 'other_organization') expect(org).toBe(2)
        if (reason?.kind === 'disabled') expect(state).toBe('disabled')
        if (reason?.kind === 'subscribed_too_late') expect(reason.lateByMs).toBe(createdAtMs - 100_000)
        if (reason?.kind === 'not_subscribed') expect(covered).toBe(false)
      },
    ),
  )
})

/** A filter here is the names of the clauses that are true of every event; the first other one refuses. */
const judge: FilterJudge = (filter) => {
  const clause = filter.split(' && ').find((each) => each !== 'true')
  return clause === undefined ? null : { clause, failure: clause === 'fails' ? 'No such key: x' : null }
}
const filtered = (eventType: string, filter: string | null) => ({ ...plainSubscription(eventType), filter })

test('X5: a filter that says no keeps an event back, and the first that does is named with its clause', () => {
  const subscriptions = [
    filtered('asset.*', 'true'),
    filtered('location.*', 'true && false && fails'),
    filtered('*', 'fails'),
  ]
  const found = endpoint(1, [], { subscriptions })
  expect(matchSubscriptions(event, [found], judge)).toEqual([])
  expect(mismatchOf(event, found, judge)).toEqual({
    kind: 'filtered',
    subscription: {
      ...{ eventType: 'location.*', filter: 'true && false && fails', clause: 'false', failure: null },
    },
  })
})

test('X5, X2: one subscription that lets it through is enough, and the event comes once', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          pattern: fc.constantFrom(...eventTypePatterns),
          filter: fc.constantFrom(null, 'true', 'false', 'true && false', 'fails'),
        }),
        { maxLength: 5 },
      ),
      (all) => {
        const subscriptions = all.map(({ pattern, filter }) => filtered(pattern, filter))
        const found = endpoint(1, [], { subscriptions })
        const covering = subscriptions.filter(({ eventType }) => coversType(eventType, event.type))
        const wanting = covering.filter(({ filter }) => filter === null || filter === 'true')
        expect(matchSubscriptions(event, [found], judge)).toEqual(wanting.length > 0 ? [found] : [])
        expect(wantingSubscriptions(event, subscriptions, judge)).toEqual(wanting)
        const kind = mismatchOf(event, found, judge)?.kind ?? null
        if (wanting.length > 0) expect(kind).toBeNull()
        else expect(kind).toBe(covering.length > 0 ? 'filtered' : 'not_subscribed')
      },
    ),
  )
})
