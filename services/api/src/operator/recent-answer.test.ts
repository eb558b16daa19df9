import { expect, test } from 'vitest'
import { recentAnswer } from './recent-answer.ts'

/** A question whose answers are given by hand, and a clock that is set by hand. */
function rig() {
  const asked: PromiseWithResolvers<string>[] = []
  let now = 0
  let timers: (readonly [number, () => void])[] = []
  const get = recentAnswer({
    ask: () => {
      const question = Promise.withResolvers<string>()
      asked.push(question)
      return question.promise
    },
    ...{ keptMs: 5_000, patienceMs: 3_000, failure: () => new Error('no answer') },
    clock: {
      monotonicMs: () => now,
      after: (delayMs, act) => {
        const timer = [now + delayMs, act] as const
        timers.push(timer)
        return () => {
          timers = timers.filter((each) => each !== timer)
        }
      },
    },
  })
  const pass = (ms: number): void => {
    now += ms
    for (const [atMs, act] of timers) if (atMs <= now) act()
  }
  return { get, asked, pass, timers: () => timers.length }
}

test('O1: many who ask at once are one question', async () => {
  const { get, asked, timers } = rig()
  const all = [get(), get(), get()]
  expect(asked).toHaveLength(1)
  asked[0]?.resolve('one')
  expect(await Promise.all(all)).toEqual(['one', 'one', 'one'])
  expect(timers()).toBe(0)
})

test('O2: nobody waits longer than the patience, and the late answer serves whoever comes next', async () => {
  const { get, asked, pass } = rig()
  const early = get()
  pass(3_000)
  await expect(early).rejects.toThrow('no answer')
  const next = get()
  expect(asked).toHaveLength(1)
  asked[0]?.resolve('late')
  expect(await next).toBe('late')
})

test('O3: an answer is kept for its time and no longer, a failure not at all', async () => {
  const { get, asked, pass } = rig()
  const failing = get()
  asked[0]?.reject(new Error('away'))
  await expect(failing).rejects.toThrow('no answer')
  const first = get()
  asked[1]?.resolve('first')
  await first
  pass(5_000)
  expect(await get()).toBe('first')
  pass(1)
  const second = get()
  expect(asked).toHaveLength(3)
  asked[2]?.resolve('second')
  expect(await second).toBe('second')
})
