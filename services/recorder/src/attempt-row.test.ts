import type { Attempt } from '@scanhook/domain/attempt'
import { deliveryId, endpointId, eventId, orgId } from '@scanhook/domain/ids'
import { expect, test } from 'vitest'
import { attemptRow } from './attempt-row.ts'

const timings = { dnsMs: 1, connectMs: 2, tlsMs: 3, firstByteMs: 4, totalMs: 5 }
const sent: Attempt = {
  deliveryId: deliveryId('d'),
  eventId: eventId('e'),
  orgId: orgId(1),
  endpointId: endpointId(2),
  eventType: 'asset.moved',
  trigger: 'manual',
  attemptNumber: 3,
  startedAtMs: 100,
  eventOccurredAtMs: 5,
  deliveryCreatedAtMs: 10,
  url: 'https://example.test/',
  requestHeaders: { 'webhook-id': 'e' },
  requestBody: '{"a":1}',
  batch: null,
  outcome: {
    kind: 'responded',
    status: 503,
    headers: { 'retry-after': '7' },
    body: 'later',
    isBodyTruncated: false,
    retryAfterMs: 7_000,
    remoteAddress: '192.0.2.1',
    timings,
  },
  disposition: { kind: 'retry', dueAtMs: 7_105 },
}

test('an answer gives every column of the answer, and none of a failure', () => {
  expect(attemptRow(sent)).toEqual({
    deliveryId: 'd',
    attemptNumber: 3,
    disposition: 'retry',
    startedAtMs: 100,
    orgId: 1,
    endpointId: 2,
    eventId: 'e',
    eventType: 'asset.moved',
    trigger: 'manual',
    url: 'https://example.test/',
    requestHeadersJson: '{"webhook-id":"e"}',
    requestBody: '{"a":1}',
    batchId: null,
    batchSize: null,
    outcome: 'responded',
    status: 503,
    responseHeadersJson: '{"retry-after":"7"}',
    responseBody: 'later',
    isBodyTruncated: false,
    retryAfterMs: 7_000,
    errorClass: null,
    errorMessage: null,
    remoteAddress: '192.0.2.1',
    ...timings,
    reason: null,
    nextAttemptAtMs: 7_105,
  })
})

test('a failure gives its class and words, and no status', () => {
  const outcome = {
    kind: 'failed',
    errorClass: 'dns',
    message: 'no such name',
    remoteAddress: null,
    timings,
  } as const
  const row = attemptRow({ ...sent, outcome, disposition: { kind: 'dead', reason: 'exhausted' } })
  expect(row).toMatchObject({
    outcome: 'failed',
    status: null,
    errorClass: 'dns',
    errorMessage: 'no such name',
    responseBody: null,
    totalMs: 5,
    reason: 'exhausted',
    nextAttemptAtMs: null,
  })
})

test('a hold has no outcome at all', () => {
  const row = attemptRow({
    ...sent,
    outcome: null,
    disposition: { kind: 'held', reason: 'queue_full', dueAtMs: 900 },
  })
  expect(row).toMatchObject({
    disposition: 'held',
    outcome: null,
    totalMs: null,
    reason: 'queue_full',
    nextAttemptAtMs: 900,
  })
})

test('one of a batch names the request that carried it', () => {
  expect(attemptRow({ ...sent, batch: { id: 'b', size: 12 } })).toMatchObject({ batchId: 'b', batchSize: 12 })
})
