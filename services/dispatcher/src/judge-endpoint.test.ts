import type { Attempt, AttemptOutcome } from '@scanhook/domain/attempt'
import type { Disposition } from '@scanhook/domain/delivery'
import type { Endpoint } from '@scanhook/domain/endpoint'
import type { EndpointEvent } from '@scanhook/domain/endpoint-event'
import { deliveryTo } from '@scanhook/testkit/delivery-world'
import { failedWith } from '@scanhook/testkit/outcomes'
import { expect, test } from 'vitest'
import { attemptOf } from './describe-attempt.ts'
import { endpointJudge } from './judge-endpoint.ts'
import type { Work } from './work.ts'

const timeout = failedWith('timeout', 'No response arrived within 15 s.')

function attempt(
  attemptNumber: number,
  disposition: Disposition,
  outcome: AttemptOutcome | null = timeout,
  endpoint = 7,
): Attempt {
  const sent = { url: 'https://x.example/', requestHeaders: {}, requestBody: '', batch: null }
  return attemptOf(deliveryTo(endpoint, { attemptNumber }), { disposition, outcome, startedAtMs: 1, sent })
}

const endpoint = (id: number, change: Partial<Endpoint> = {}): Endpoint =>
  ({ id, profile: 'standard', version: 1, failingSinceMs: null, ...change }) as unknown as Endpoint

/** The first thing that is said about the endpoint, or null. */
function judging(judge = endpointJudge(), change: Partial<Endpoint> = {}) {
  return (of: Attempt): EndpointEvent | null => {
    const work = {
      delivery: deliveryTo(of.endpointId, { firstAttemptAtMs: 77 }),
      endpoint: endpoint(of.endpointId, change),
    }
    return judge.judge(of, work as unknown as Work, 1).find(({ kind }) => kind !== 'delivery_dead') ?? null
  }
}

const retry: Disposition = { kind: 'retry', dueAtMs: 9 }

test('J1: the fifth failed attempt of a delivery announces the endpoint once, a success clears it', () => {
  const judge = judging()
  expect(judge(attempt(4, retry))).toBeNull()
  expect(judge(attempt(5, retry))).toMatchObject({
    kind: 'failing',
    reason: '5 attempts of one delivery failed, the last with timeout: No response arrived within 15 s.',
  })
  expect(judge(attempt(5, retry))).toBeNull()
  expect(judge(attempt(5, retry, timeout, 8))).toMatchObject({ kind: 'failing', endpointId: 8 })
  expect(judge(attempt(1, { kind: 'delivered' }))).toMatchObject({ kind: 'recovered' })
  expect(judge(attempt(1, { kind: 'delivered' }))).toBeNull()
  expect(judge(attempt(5, retry))).toMatchObject({ kind: 'failing' })
})

test('J1: a late success clears what another process announced', () => {
  expect(judging()(attempt(6, { kind: 'delivered' }))).toMatchObject({ kind: 'recovered' })
})

test('J1: a fifth attempt that also ends the delivery still announces', () => {
  expect(judging()(attempt(5, { kind: 'dead', reason: 'deadline' }))).toMatchObject({
    kind: 'failing',
  })
})

test('J2: 410 asks for the endpoint to be disabled', () => {
  expect(judging()(attempt(1, { kind: 'dead', reason: 'gone' }))).toMatchObject({
    kind: 'disabled',
  })
})

test('J1: what was never sent says nothing about the endpoint', () => {
  expect(judging()(attempt(5, { kind: 'held', reason: 'queue_full', dueAtMs: 1 }, null))).toBeNull()
})

test('J2: after a 410 the endpoint counts as gone until it is changed', () => {
  const judge = endpointJudge()
  expect(judge.isGone(endpoint(7))).toBe(false)
  judging(judge)(attempt(1, { kind: 'dead', reason: 'gone' }))
  expect(judge.isGone(endpoint(7))).toBe(true)
  expect(judge.isGone(endpoint(7, { version: 2 }))).toBe(false)
  expect(judging(judge)(attempt(1, { kind: 'dead', reason: 'gone' }))).toBeNull()
})

test('J3: a first success of an endpoint that others marked is announced, once for each mark', () => {
  const marked = judging(endpointJudge(), { failingSinceMs: 5 })
  expect(marked(attempt(5, retry))).toBeNull()
  expect(marked(attempt(1, { kind: 'delivered' }))).toMatchObject({ kind: 'recovered' })
  expect(marked(attempt(1, { kind: 'delivered' }))).toBeNull()
})

test('J1: once a person has taken the mark away, failing is told again', () => {
  const judge = endpointJudge()
  expect(judging(judge)(attempt(5, retry))).toMatchObject({ kind: 'failing' })
  expect(judging(judge, { failingSinceMs: 5 })(attempt(5, retry))).toBeNull()
  expect(judging(judge)(attempt(5, retry))).toMatchObject({ kind: 'failing' })
})

test('J1: failing says since when there has been no success', () => {
  expect(judging()(attempt(5, retry))).toMatchObject({ kind: 'failing', sinceMs: 77 })
})

test('J4: the end of a delivery is announced, but not that of a test, of an operational event, or a wanted one', () => {
  const kinds = (of: Attempt): string[] =>
    endpointJudge()
      .judge(of, { endpoint: null } as Work, 1)
      .map(({ kind }) => kind)
  const ended = attempt(1, { kind: 'dead', reason: 'endpoint_disabled' }, null)
  expect(kinds(ended)).toEqual(['delivery_dead'])
  expect(kinds({ ...ended, trigger: 'test' })).toEqual([])
  expect(kinds({ ...ended, eventType: 'delivery.dead' })).toEqual([])
  expect(kinds(attempt(1, { kind: 'dead', reason: 'expired' }, null))).toEqual([])
})
