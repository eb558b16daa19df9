import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { askAllowedMs, type Guard, guardedStream, stalledMs } from './guarded-stream.ts'

/** Time that only `pass` moves. */
function stage(isStillAllowed: Guard['isStillAllowed'] = async () => true) {
  const timers = new Set<() => void>()
  const nothing = Promise.withResolvers<void>()
  let made = 0
  let ended = 0
  async function* pieces(count: number): AsyncGenerator<string> {
    for (let each = 0; each < count; each += 1) {
      made += 1
      yield 'x'
    }
    // Nothing comes any more, and the stream stays.
    await nothing.promise
  }
  const end = (): void => {
    ended += 1
  }
  const clock = {
    after: (_: number, act: () => void) => {
      timers.add(act)
      return () => timers.delete(act)
    },
  }
  return {
    timers,
    release: async () => {
      nothing.resolve()
      for (let turns = 0; turns < 5; turns += 1) await turn()
    },
    counts: () => ({ made, ended }),
    open: (count: number) => guardedStream(pieces(count), { clock, isStillAllowed, end }),
    pass: async (lengthMs: number) => {
      for (let passedMs = 0; passedMs < lengthMs; passedMs += askAllowedMs) {
        const due = [...timers]
        timers.clear()
        for (const act of due) act()
        for (let turns = 0; turns < 5; turns += 1) await turn()
      }
    },
  }
}

test('F5: nothing is made while nobody takes what was made', async () => {
  const { open, counts, pass } = stage()
  const stream = open(1_000)
  stream.once('readable', () => undefined)
  await pass(askAllowedMs)
  expect(counts().made).toBeLessThanOrEqual(2)
  stream.destroy()
})

test('F6: it ends within seconds after its reader may not read it any more, also while it is not read', async () => {
  let isAllowed = true
  const { open, counts, pass, timers, release } = stage(async () => isAllowed)
  const [read, unread] = [open(1), open(1_000)]
  read.on('data', () => undefined)
  unread.once('readable', () => undefined)
  await pass(2 * askAllowedMs)
  expect([read.destroyed, unread.destroyed]).toEqual([false, false])
  isAllowed = false
  await pass(askAllowedMs)
  // What its source still waits for is over within a second, or with its request.
  await release()
  expect([read.destroyed, unread.destroyed, counts().ended, timers.size]).toEqual([true, true, 2, 0])
})

test('F6: a question without an answer ends nothing', async () => {
  const { open, pass } = stage(() => Promise.reject(new Error('the database is away')))
  const stream = open(1)
  stream.on('data', () => undefined)
  await pass(10 * askAllowedMs)
  expect(stream.destroyed).toBe(false)
  stream.destroy()
})

test('F7: whoever takes nothing for a minute loses it; who is slow, or waits for what comes, does not', async () => {
  const { open, pass } = stage()
  const [stalled, slow, waiting] = [open(1_000), open(1_000), open(1)]
  stalled.once('readable', () => undefined)
  slow.once('readable', () => undefined)
  waiting.on('data', () => undefined)
  for (let passedMs = 0; passedMs < 2 * stalledMs; passedMs += stalledMs / 2) {
    await pass(stalledMs / 2)
    slow.read()
  }
  expect([stalled, slow, waiting].map(({ destroyed }) => destroyed)).toEqual([true, false, false])
  for (const each of [slow, waiting]) each.destroy()
})
