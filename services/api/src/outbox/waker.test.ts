import { expect, test } from 'vitest'
import { waker } from './waker.ts'

function stage() {
  const timers = new Set<() => void>()
  return {
    timers,
    ...waker({
      after: (_, act) => {
        timers.add(act)
        return () => timers.delete(act)
      },
    }),
  }
}

test('a call while nobody rests is remembered for one rest, and for one only', async () => {
  const { wake, rest, timers } = stage()
  wake()
  wake()
  await rest(1_000)
  expect(timers.size).toBe(0)
  const second = rest(1_000)
  expect(timers.size).toBe(1)
  wake()
  await second
  expect(timers.size).toBe(0)
})

test('without a call the time passes', async () => {
  const { rest, timers } = stage()
  const resting = rest(1_000)
  for (const act of timers) act()
  await resting
})
