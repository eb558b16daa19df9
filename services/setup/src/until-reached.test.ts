import { expect, test } from 'vitest'
import { giveUpAfterMs, untilReached } from './until-reached.ts'

const unreachable = (): Error => Object.assign(new Error('not reached'), { retriable: true })

/** A clock whose waits end at once and take their time all the same. */
function rig() {
  let nowMs = 0
  const errors: unknown[] = []
  const clock = {
    monotonicMs: () => nowMs,
    after: (delayMs: number, act: () => void) => {
      nowMs += delayMs
      queueMicrotask(act)
      return () => undefined
    },
  }
  return { clock, errors, onRetry: (error: unknown) => void errors.push(error), nowMs: () => nowMs }
}

test('U4: what comes up a minute later is waited for', async () => {
  const at = rig()
  const ask = async () => {
    if (at.nowMs() < 60_000) throw unreachable()
    return 'reached'
  }
  expect(await untilReached(ask, at)).toBe('reached')
  expect(at.nowMs()).toBe(60_000)
  expect(at.errors).toHaveLength(30)
})

test('U4: what never comes up is given up after two minutes, with its own error', async () => {
  const at = rig()
  const error = unreachable()
  await expect(untilReached(() => Promise.reject(error), at)).rejects.toBe(error)
  expect(at.nowMs()).toBe(giveUpAfterMs)
})

test('U4: what asking again would not mend is told at once', async () => {
  const at = rig()
  const error = new Error('a migration changed')
  await expect(untilReached(() => Promise.reject(error), at)).rejects.toBe(error)
  expect(at.errors).toEqual([])
})
