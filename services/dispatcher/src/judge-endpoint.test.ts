import type { Attempt, AttemptOutcome } from '@scanhook/domain/attempt'
import type { Disposition } from '@scanhook/domain/delivery'
import { deliveryTo } from '@scanhook/testkit/delivery-world'
import { expect, test } from 'vitest'
import { attemptOf } from './describe-attempt.ts'
import { endpointJudge } from './judge-endpoint.ts'

const timings = { dnsMs: null, connectMs: null, tlsMs: null, firstByteMs: null, totalMs: 1 }
const timeout: AttemptOutcome = {
  kind: 'failed',
  errorClass: 'timeout',
  message: 'No response arrived within 15 s.',
  remoteAddress: null,
  timings,
}

function attempt(
  attemptNumber: number,
  disposition: Disposition,
  outcome: AttemptOutcome | null = timeout,
  endpoint = 7,
): Attempt {
  const sent = { url: 'https://x.example/', requestHeaders: {}, requestBody: '' }
  return attemptOf(deliveryTo(endpoint, { attemptNumber }), { disposition, outcome, startedAtMs: 1, sent })
}

const retry: Disposition = { kind: 'retry', dueAtMs: 9 }

test('J1: the fifth failed attempt of a delivery announces the endpoint once, a success clears it', () => {
  const judge = endpointJudge()
  expect(judge(attempt(4, retry), 5, 1)).toBeNull()
  expect(judge(attempt(5, retry), 5, 1)).toMatchObject({
    kind: 'failing',
    reason: '5 attempts of one delivery failed, the last with timeout: No response arrived within 15 s.',
  })
  expect(judge(attempt(5, retry), 5, 1)).toBeNull()
  expect(judge(attempt(5, retry, timeout, 8), 5, 1)).toMatchObject({ kind: 'failing', endpointId: 8 })
  expect(judge(attempt(1, { kind: 'delivered' }), 5, 1)).toMatchObject({ kind: 'recovered' })
  expect(judge(attempt(1, { kind: 'delivered' }), 5, 1)).toBeNull()
  expect(judge(attempt(5, retry), 5, 1)).toMatchObject({ kind: 'failing' })
})

test('J1: a late success clears what another process announced', () => {
  expect(endpointJudge()(attempt(6, { kind: 'delivered' }), 5, 1)).toMatchObject({ kind: 'recovered' })
})

test('J1: a fifth attempt that also ends the delivery still announces', () => {
  expect(endpointJudge()(attempt(5, { kind: 'dead', reason: 'deadline' }), 5, 1)).toMatchObject({
    kind: 'failing',
  })
})

test('J2: 410 asks for the endpoint to be disabled', () => {
  expect(endpointJudge()(attempt(1, { kind: 'dead', reason: 'gone' }), 5, 1)).toMatchObject({
    kind: 'disabled',
  })
})

test('J1: what was never sent says nothing about the endpoint', () => {
  expect(
    endpointJudge()(attempt(5, { kind: 'held', reason: 'queue_full', dueAtMs: 1 }, null), 5, 1),
  ).toBeNull()
})
