import { expect, test } from 'vitest'
import { progressOf } from './job-progress.ts'

const running = { state: 'running', scanned: 250, enqueued: 100, total: 1_000, perSecond: 10 } as const

test.each([
  ['a quarter looked at, two fifths of it sent', running, 25, 1_000 + 750 * 40.1],
  [
    'before it has looked at anything, all counts as sent',
    { ...running, scanned: 0, enqueued: 0 },
    0,
    101_100,
  ],
  ['before it has begun nobody knows', { ...running, state: 'waiting', scanned: 0, total: null }, 0, null],
  ['while it is paused nobody knows', { ...running, state: 'paused' }, 25, null],
  ['more than expected is not yet done', { ...running, scanned: 1_000 }, 99.9, 1_000],
  ['nothing to do is not yet done', { ...running, scanned: 0, total: 0 }, 0, 1_000],
  ['done is done', { ...running, state: 'done' }, 100, null],
] as const)('%s', (_, job, percent, expectedEndAtMs) => {
  expect(progressOf(job, 1_000)).toEqual({ percent, expectedEndAtMs })
})
