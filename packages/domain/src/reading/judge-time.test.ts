import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ancientBeforeMs, defaultTimeLimits, judgeTime } from './judge-time.ts'

const nowMs = 1_777_336_418_021
const hourMs = 3_600_000

test('a reader whose clock is right is believed', () => {
  const times = { readAtMs: nowMs - 2_000, receivedAtMs: nowMs - 10 }
  expect(judgeTime(times, nowMs)).toEqual({ kind: 'accepted', ...times, ignored: null })
})

test('a handheld that uploads hours later is believed', () => {
  const times = { readAtMs: nowMs - 23 * hourMs, receivedAtMs: nowMs }
  expect(judgeTime(times, nowMs)).toMatchObject({ readAtMs: nowMs - 23 * hourMs, ignored: null })
})

test('J2: a reader that booted in 2019 is not, but its read goes on', () => {
  const times = { readAtMs: Date.UTC(2019, 0), receivedAtMs: nowMs }
  expect(judgeTime(times, nowMs)).toEqual({
    kind: 'accepted',
    receivedAtMs: nowMs,
    readAtMs: null,
    ignored: 'reader_clock_behind',
  })
})

test('J2: nor is one that runs more than five minutes ahead', () => {
  const aheadMs = defaultTimeLimits.aheadMaxMs
  expect(judgeTime({ readAtMs: nowMs + aheadMs, receivedAtMs: nowMs }, nowMs)).toMatchObject({
    ignored: null,
  })
  expect(judgeTime({ readAtMs: nowMs + aheadMs + 1, receivedAtMs: nowMs }, nowMs)).toMatchObject({
    readAtMs: null,
    ignored: 'reader_clock_ahead',
  })
})

test.each([
  ['before 2000', ancientBeforeMs - 1],
  ['-1, Kafka’s word for none', -1],
  ['far in the future', nowMs + defaultTimeLimits.aheadMaxMs + 1],
  ['not a number', Number.NaN],
])('a receive time %s is poison', (_, receivedAtMs) => {
  expect(judgeTime({ readAtMs: nowMs, receivedAtMs }, nowMs)).toEqual({
    kind: 'poison',
    reason: 'timestamp_out_of_range',
  })
})

test('J1: a receive time a little ahead of us is brought back to our own', () => {
  const times = { readAtMs: null, receivedAtMs: nowMs + defaultTimeLimits.aheadMaxMs }
  expect(judgeTime(times, nowMs)).toEqual({
    kind: 'accepted',
    receivedAtMs: nowMs,
    readAtMs: null,
    ignored: null,
  })
})

test('J1, J2: whatever the clocks say', () => {
  const near = fc.integer({ min: nowMs - 600_000, max: nowMs + 600_000 })
  const anyMs = fc.oneof(near, fc.integer({ min: nowMs - 48 * hourMs, max: nowMs + 48 * hourMs }))
  fc.assert(
    fc.property(fc.option(anyMs), anyMs, (readAtMs, receivedAtMs) => {
      const judged = judgeTime({ readAtMs, receivedAtMs }, nowMs)
      fc.pre(judged.kind === 'accepted')
      expect(judged.receivedAtMs).toBeLessThanOrEqual(nowMs)
      if (judged.readAtMs !== null) {
        expect(judged.readAtMs).toBeGreaterThanOrEqual(judged.receivedAtMs - defaultTimeLimits.lateLimitMs)
        expect(judged.readAtMs).toBeLessThanOrEqual(judged.receivedAtMs + defaultTimeLimits.aheadMaxMs)
      }
    }),
  )
})
