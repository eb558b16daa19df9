import { expect, test } from 'vitest'
import {
  deliveredShare,
  hoursOf,
  sayCounted,
  sayDay,
  sayNoRetry,
  sayOutcome,
  sayP95,
} from './describe-activity.ts'

const last = (disposition: string, status: number | null, error: string | null) => ({
  ...{ delivery_id: '00000000-0000-5000-8000-000000000001', started_at: '2026-04-28T00:33:38.021Z' },
  ...{ disposition, response_status: status, error_class: error },
})

test('what came of a request is told with its status, or with the error where there is none', () => {
  const said = [
    last('delivered', 204, null),
    last('retry', 503, null),
    last('dead', null, 'connect_timeout'),
    last('retry', null, null),
  ].map(sayOutcome)
  expect(said).toEqual(['Delivered', 'Failed (503)', 'Failed (connect timeout)', 'Failed'])
})

test('no retry is none only where all that waits was looked at', () => {
  const nothing = { webhook_id: 1, last_attempt: null, last_24_hours: null, next_attempt_at: null }
  expect(sayNoRetry(nothing, true)).toBe('none')
  expect(sayNoRetry(nothing, false)).toBe('not known')
  // Not asked yet, or among more than are told.
  expect(sayNoRetry(undefined, true)).toBe('–')
})

const day = (delivered: number, failed: number, isComplete = true) => ({
  ...{ webhook_id: 1, last_attempt: null, next_attempt_at: null },
  last_24_hours: {
    ...{ delivered, failed, p95_ms: 84.2, hours: [], is_complete: isComplete },
    counted_from: new Date().toISOString(),
  },
})

test('a day is told in words, also where it was not counted to its end', () => {
  expect(sayDay(undefined)).toBe('not known yet')
  expect(sayDay({ ...day(0, 0), last_24_hours: null })).toBe('no request in the last 24 hours')
  expect(sayDay(day(1, 0))).toBe('1 request in the last 24 hours, none of them failed')
  expect(sayDay(day(1_200, 3))).toBe('1,203 requests in the last 24 hours, 3 of them failed')
  expect(sayDay(day(500, 1, false))).toMatch(
    /^501 requests since \d\d:\d\d, from when on they are counted, 1 of/,
  )
  expect(hoursOf(day(500, 1, false))).toBeNull()
  expect([sayCounted(day(500, 1, false)), sayCounted(undefined)]).toEqual([
    ...[expect.stringMatching(/^Since \d\d:\d\d$/), '–'],
  ])
  expect([sayP95(day(1, 0)), sayP95(undefined)]).toEqual(['≈ 84.2 ms', '–'])
  expect(hoursOf(undefined)).toHaveLength(24)
  expect([deliveredShare(undefined), deliveredShare(day(0, 0)), deliveredShare(day(3, 1))]).toEqual([
    ...[null, null],
    0.75,
  ])
})
