import { expect, test } from 'vitest'
import { describeJob, sayProgress, sinceOf } from './describe-job.ts'

const progress = {
  ...{ percent: 34.9, scanned: 10, total: 30, is_total_estimated: true, enqueued: 1200 },
  ...{ skipped: {}, expected_end_at: null },
}

test('a job that is over can not be stopped any more', () => {
  const isOver = (state: 'running' | 'waiting' | 'paused' | 'done' | 'cancelled' | 'failed') =>
    describeJob({ state }).isOver
  expect([isOver('waiting'), isOver('running'), isOver('paused')]).toEqual([false, false, false])
  expect([isOver('done'), isOver('cancelled'), isOver('failed')]).toEqual([true, true, true])
})

test('how far it is never reads further than it is, and says what was left out', () => {
  expect(sayProgress({ progress })).toBe('34 %, 1,200 sent')
  const skipped = { not_wanted: 2, too_old: 1, none: 0 }
  expect(sayProgress({ progress: { ...progress, percent: null, skipped } })).toBe(
    'How far is not known, 1,200 sent, 3 left out: not wanted (2), too old (1)',
  )
})

test('a span ends now', () => {
  expect(sinceOf('1', Date.UTC(2026, 3, 28, 12))).toBe('2026-04-28T11:00:00.000Z')
  expect(sinceOf('1e9', Date.UTC(2026, 3, 28, 12))).toBe('2026-04-27T12:00:00.000Z')
})
