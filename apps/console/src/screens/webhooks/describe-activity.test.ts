import { expect, test } from 'vitest'
import { sayNoRetry, sayOutcome } from './describe-activity.ts'

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
  const nothing = { webhook_id: 1, last_attempt: null, next_attempt_at: null }
  expect(sayNoRetry(nothing, true)).toBe('none')
  expect(sayNoRetry(nothing, false)).toBe('not known')
  // Not asked yet, or among more than are told.
  expect(sayNoRetry(undefined, true)).toBe('–')
})
