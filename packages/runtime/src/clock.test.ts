import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { systemClock } from './clock.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const dayMs = 86_400_000

test('a wait longer than the timer can count fires once, at its time', () => {
  let fired = 0
  systemClock.after(30 * dayMs, () => {
    fired += 1
  })
  vi.advanceTimersByTime(30 * dayMs - 1)
  expect(fired).toBe(0)
  vi.advanceTimersByTime(1)
  expect(fired).toBe(1)
  vi.advanceTimersByTime(60 * dayMs)
  expect(fired).toBe(1)
})

test('a wait of exactly the timer maximum is one piece; negative waits fire at once', () => {
  const fired: string[] = []
  systemClock.after(2 ** 31 - 1, () => fired.push('long'))
  systemClock.after(-5, () => fired.push('past'))
  vi.advanceTimersByTime(0)
  expect(fired).toEqual(['past'])
  vi.advanceTimersByTime(2 ** 31 - 1)
  expect(fired).toEqual(['past', 'long'])
})

test('a cancelled wait never fires, also in its second piece', () => {
  let fired = 0
  const cancel = systemClock.after(40 * dayMs, () => {
    fired += 1
  })
  vi.advanceTimersByTime(30 * dayMs)
  cancel()
  vi.advanceTimersByTime(30 * dayMs)
  expect(fired).toBe(0)
})

test('a delay that is no number is a mistake in our code', () => {
  expect(() => systemClock.after(Number.NaN, () => undefined)).toThrow(/CLOCK_DELAY/)
})
