/** What is said of each code, and that docs/reference/api.md lists the codes. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Explanation, explanationCodes } from '@scanhook/domain/explaining/explain-delivery'
import { expect, test } from 'vitest'
import { type Circumstances, describeExplanation, durationText } from './describe.ts'

const nowMs = Date.parse('2026-04-28T01:00:00Z')
const at = (time: string): number => Date.parse(`2026-04-28T${time}Z`)
const circumstances: Circumstances = {
  ...{ eventType: 'asset.moved', nowMs, lastErrorClass: null, lastStatus: null },
  ...{ roundMs: 600_000, marginMs: 60_000 },
}
const soon = { untilMs: at('01:00:15'), attemptNumber: 3, isOverdue: false }
const certain = { isCertain: true }
const refusing = {
  ...{ eventType: 'asset.*', filter: 'data.quantity > 5 && data.late' },
  clause: 'data.quantity > 5',
}

const examples: readonly (readonly [Explanation, string])[] = [
  [
    { code: 'delivered', sinceMs: at('00:33:38'), ...certain },
    'it was delivered at 2026-04-28T00:33:38.000Z',
  ],
  [
    { code: 'waiting', ...soon, ...certain },
    'it waits for attempt 3, due at 2026-04-28T01:00:15.000Z; at the last request the endpoint answered 503',
  ],
  [
    { code: 'waiting', ...soon, untilMs: at('00:59:59'), ...certain },
    'it waits for attempt 3, which is due since 2026-04-28T00:59:59.000Z; at the last request the endpoint answered 503',
  ],
  [
    { code: 'waiting', ...soon, untilMs: at('00:00:00'), isOverdue: true, ...certain },
    'it waits for attempt 3, which was due at 2026-04-28T00:00:00.000Z and has not been made; it is put back on its way within 10 min; at the last request the endpoint answered 503',
  ],
  [
    { code: 'held', reason: 'breaker_open', ...soon, ...certain },
    'it is held before attempt 3, due at 2026-04-28T01:00:15.000Z: the endpoint has been failing and is given a pause',
  ],
  [
    { code: 'held', reason: 'something new', ...soon, ...certain },
    'it is held before attempt 3, due at 2026-04-28T01:00:15.000Z: something new',
  ],
  [
    { code: 'paused', ...soon, ...certain },
    'it waits because the webhook is paused, and is sent when that is enabled; it is looked at next at 2026-04-28T01:00:15.000Z',
  ],
  [
    { code: 'dead', reason: 'exhausted', sinceMs: at('00:33:38'), ...certain },
    'it was given up at 2026-04-28T00:33:38.000Z: all retries were used up; at the last request the endpoint answered 503',
  ],
  [
    { code: 'superseded', by: 'e2', sinceMs: at('00:33:38'), ...certain },
    'it was not sent: a newer event of the same asset is sent instead, e2',
  ],
  [
    { code: 'on_its_way', ageMs: 840, untilMs: null, ...certain },
    'it is wanted, came in 840 ms ago and is on its way; it shows in the log with its first attempt',
  ],
  [
    { code: 'on_its_way', ageMs: 200_000, untilMs: at('01:20:00'), ...certain },
    'it is wanted, came in 3 min 20 s ago and is on its way; that is longer than usual: if it is lost, it is found and put back by 2026-04-28T01:20:00.000Z',
  ],
  [
    { code: 'missing', ageMs: 7_500_000, untilMs: at('00:20:00'), ...certain },
    'it is wanted, came in 2 h 5 min ago, and no delivery came of it; it should have been put back by 2026-04-28T00:20:00.000Z; POST /webhooks/{webhook_id}/recover sends what is missing',
  ],
  [
    { code: 'missing', ageMs: 7_500_000, untilMs: null, ...certain },
    'it is wanted, came in 2 h 5 min ago, and no delivery came of it; the webhook was changed since, so it is not put back by itself; POST /webhooks/{webhook_id}/recover sends what is missing',
  ],
  [
    { code: 'not_subscribed', patterns: ['document.*', 'asset.scanned'], ...certain },
    'the webhook did not want asset.moved: its event types were document.*, asset.scanned',
  ],
  [
    { code: 'not_subscribed', patterns: [], ...certain },
    'the webhook did not want asset.moved: it had no event types',
  ],
  [
    { code: 'filtered', subscription: { ...refusing, failure: null }, ...certain },
    "the filter of the webhook's subscription to asset.* did not let it through: data.quantity > 5",
  ],
  [
    { code: 'filtered', subscription: { ...refusing, failure: 'No such key: quantity' }, ...certain },
    "the filter of the webhook's subscription to asset.* did not let it through: data.quantity > 5 failed: No such key: quantity",
  ],
  [
    { code: 'subscribed_too_late', sinceMs: at('00:33:50'), lateByMs: 12_000, ...certain },
    'the webhook wanted it only from 2026-04-28T00:33:50.000Z on, 12 s after it came in',
  ],
  [
    { code: 'subscribed_too_late', sinceMs: at('00:33:50'), lateByMs: 12_000, isCertain: false },
    'the webhook wanted it only from 2026-04-28T00:33:50.000Z on, 12 s after it came in; this is not certain, because the webhook was changed within 1 min of the event',
  ],
  [
    { code: 'disabled', sinceMs: at('00:00:00'), ...certain },
    'the webhook was disabled when it came in, since 2026-04-28T00:00:00.000Z',
  ],
  [
    { code: 'deleted', sinceMs: at('00:00:00'), ...certain },
    'the webhook had been deleted when it came in, at 2026-04-28T00:00:00.000Z',
  ],
  [
    { code: 'history_unknown', sinceMs: null, isCertain: false },
    'what the webhook wanted when it came in is not kept',
  ],
  [
    { code: 'history_unknown', sinceMs: at('00:00:00'), isCertain: false },
    'what the webhook wanted when it came in is not kept; its settings are known from 2026-04-28T00:00:00.000Z on',
  ],
]

test.each(examples)('%j', (explanation, words) => {
  const lastStatus = words.includes('503') ? 503 : null
  expect(describeExplanation(explanation, { ...circumstances, lastStatus })).toBe(words)
})

test('every code has words, here and in the reference', () => {
  expect(new Set(examples.map(([{ code }]) => code))).toEqual(new Set(explanationCodes))
  const page = readFileSync(join(import.meta.dirname, '../../../../docs/reference/api.md'), 'utf8')
  const table = /### Why\n[\s\S]*?\n\n(\| `code`[\s\S]*?)\n\n/.exec(page)?.[1] ?? ''
  expect([...table.matchAll(/^\| `(\w+)` \| (?!means)/gm)].map(([, code]) => code)).toEqual([
    ...explanationCodes,
  ])
})

test.each([
  [0, '0 ms'],
  [59_999, '59 s'],
  [3_600_000, '1 h'],
  [90_061_000, '1 d 1 h'],
] as const)('%d ms are %s', (durationMs, words) => {
  expect(durationText(durationMs)).toBe(words)
})
