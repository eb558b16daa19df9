import { expect, test } from 'vitest'
import { clip, isWhole, move, readRange, ticksOf, writeRange, zoomIn, zoomOut } from './zoom-range.ts'

const whole = { fromMs: 0, untilMs: 800_000 }

test('nearer and farther keep the middle, and never leave the whole', () => {
  const nearer = zoomIn(whole, whole)
  expect(nearer).toEqual({ fromMs: 200_000, untilMs: 600_000 })
  expect(zoomOut(nearer, whole)).toEqual(whole)
  expect(isWhole(zoomOut(whole, whole), whole)).toBe(true)
  expect(zoomOut({ fromMs: 700_000, untilMs: 800_000 }, whole)).toEqual({ fromMs: 600_000, untilMs: 800_000 })
})

test('it ends where bars are as wide as the picture', () => {
  const near = Array.from({ length: 20 }).reduce<typeof whole>((range) => zoomIn(range, whole), whole)
  expect(near.untilMs - near.fromMs).toBe(10_000)
})

test('earlier and later go half a picture, to the end', () => {
  const range = { fromMs: 200_000, untilMs: 400_000 }
  expect(move(range, 1, whole)).toEqual({ fromMs: 300_000, untilMs: 500_000 })
  expect(move(move(move(range, -1, whole), -1, whole), -1, whole)).toEqual({ fromMs: 0, untilMs: 200_000 })
})

test('of a span what is in the range is shown', () => {
  const spans = [
    { fromMs: 0, untilMs: 10, name: 'a' },
    { fromMs: 10, untilMs: 30, name: 'b' },
    { fromMs: 90, untilMs: 95, name: 'c' },
  ]
  expect(clip(spans, { fromMs: 15, untilMs: 50 })).toEqual([{ fromMs: 15, untilMs: 30, name: 'b' }])
})

test('a range goes into an address and comes back, and nothing else does', () => {
  expect(readRange(writeRange(whole))).toEqual(whole)
  expect([readRange(''), readRange('5_1'), readRange('x_y')]).toEqual([null, null, null])
})

test('ticks have both ends', () => {
  expect(ticksOf({ fromMs: 0, untilMs: 100 }, 3)).toEqual([0, 50, 100])
})
