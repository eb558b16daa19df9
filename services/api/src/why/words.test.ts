import { type Explanation, whyCodes } from '@scanhook/domain/explaining/explain-delivery'
import { expect, test } from 'vitest'
import { wordsFor } from './words.ts'

const atMs = Date.UTC(2026, 3, 28, 14, 5)
const at = '2026-04-28T14:05:00.000Z'
const plain: Explanation = {
  code: 'missing',
  isCertain: true,
  deliveryId: null,
  sinceMs: null,
  untilMs: null,
  lateByMs: null,
  ageMs: null,
  reason: null,
  attemptNumber: null,
  supersededBy: null,
  version: null,
  patterns: null,
}

test.each<[Partial<Explanation>, string]>([
  [{ code: 'delivered', sinceMs: atMs, attemptNumber: 1 }, `delivered at ${at}, after 1 request`],
  [{ code: 'dead', sinceMs: atMs, reason: 'exhausted' }, `given up at ${at}: all retries were used up`],
  [{ code: 'dead', reason: 'of a newer version' }, 'given up: of a newer version'],
  [{ code: 'superseded' }, 'not sent: a newer event of the same asset is sent instead'],
  [{ code: 'waiting', attemptNumber: 4, untilMs: atMs }, `attempt 4 is due at ${at}`],
  [
    { code: 'held', reason: 'breaker_open', untilMs: atMs },
    `held back: the endpoint has been failing and is given a pause; looked at again at ${at}`,
  ],
  [
    { code: 'not_subscribed', patterns: ['shipment.*', 'asset.moved'] },
    'the event type is not among those that the webhook was subscribed to (shipment.*, asset.moved)',
  ],
  [
    { code: 'not_subscribed', patterns: ['*'] },
    'the event type is not among those that the webhook was subscribed to (*; operational events are not in * and have to be named)',
  ],
  [
    { code: 'subscribed_too_late', sinceMs: atMs, lateByMs: 90_000 },
    `the webhook was subscribed to this event type at ${at}, 90 seconds after the event came in`,
  ],
  [
    { code: 'subscribed_too_late', sinceMs: atMs, lateByMs: 26 * 3_600_000 },
    `the webhook was subscribed to this event type at ${at}, 26 hours after the event came in`,
  ],
  [
    { code: 'disabled', sinceMs: atMs, isCertain: false },
    `the webhook was disabled since ${at}; the webhook was changed about then, so this is likely and not certain`,
  ],
])('%j', (change, words) => {
  expect(wordsFor({ ...plain, ...change })).toBe(words)
})

test('every code has a sentence without holes', () => {
  for (const code of whyCodes) expect(wordsFor({ ...plain, code })).toMatch(/^[a-z][^.]{10,}$/)
})
