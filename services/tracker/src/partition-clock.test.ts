import fc from 'fast-check'
import { expect, test } from 'vitest'
import { partitionClock } from './partition-clock.ts'

const times = fc.array(fc.nat(50), { maxLength: 200 })

test('P1: the clock is the largest time so far and says whether a record moved it', () => {
  fc.assert(
    fc.property(times, fc.nat(50), (script, startMs) => {
      const clock = partitionClock(startMs)
      let largest = startMs
      script.forEach((atMs, offset) => {
        expect(clock.advance(offset, atMs)).toBe(atMs > largest)
        largest = Math.max(largest, atMs)
        expect(clock.nowMs()).toBe(largest)
      })
    }),
  )
})

test('P2: before(offset) is the clock after all records below it, also after older ones were forgotten', () => {
  fc.assert(
    fc.property(times, fc.nat(50), fc.array(fc.nat(200), { maxLength: 5 }), (script, startMs, forgotten) => {
      const clock = partitionClock(startMs)
      const expected = [startMs]
      script.forEach((atMs, offset) => {
        clock.advance(offset, atMs)
        expected.push(Math.max(expected.at(-1) ?? 0, atMs))
      })
      for (const offset of forgotten) clock.forgetBefore(Math.min(offset, script.length))
      const from = Math.max(0, ...forgotten.map((offset) => Math.min(offset, script.length)))
      for (let offset = from; offset <= script.length; offset++) {
        expect(clock.before(offset)).toBe(expected[offset])
      }
      if (from > 0) expect(() => clock.before(from - 1)).toThrow('forgotten')
    }),
  )
})

test('P2: a clock restored at an offset goes on as if it had never stopped', () => {
  fc.assert(
    fc.property(times, fc.nat(200), (script, restartAt) => {
      const whole = partitionClock(0)
      script.forEach((atMs, offset) => {
        whole.advance(offset, atMs)
      })
      const offset = Math.min(restartAt, script.length)
      const restored = partitionClock(whole.before(offset))
      script.slice(offset).forEach((atMs, index) => {
        restored.advance(offset + index, atMs)
      })
      expect(restored.nowMs()).toBe(whole.nowMs())
    }),
  )
})

test('P3: the history says when it is full and has room again once a commit moved on', () => {
  const clock = partitionClock(0)
  for (let offset = 0; offset < 65_535; offset++) clock.advance(offset, offset + 1)
  expect(clock.isFull()).toBe(false)
  clock.advance(65_535, 65_536)
  expect(clock.isFull()).toBe(true)
  clock.forgetBefore(60_000)
  expect(clock.isFull()).toBe(false)
  expect(clock.before(60_000)).toBe(60_000)
})
