import { silentLog } from '@scanhook/observability/log'
import { expect, test } from 'vitest'
import { openSignals } from './signals.ts'

function stage(outcomes: readonly ('opens' | 'fails')[] = ['opens']) {
  const timers = new Map<() => void, number>()
  const heard: { onSignal: (orgId: number) => void; onEnd: () => void }[] = []
  let tries = 0
  let closed = 0
  const signals = openSignals<number>({
    what: 'feed',
    listen: async (on) => {
      const outcome = outcomes[Math.min(tries, outcomes.length - 1)]
      tries += 1
      if (outcome === 'fails') {
        on.onEnd() // as a connection does that is lost before it listens
        throw new Error('away')
      }
      heard.push(on)
      const close = async (): Promise<void> => {
        closed += 1
      }
      return { close }
    },
    clock: {
      after: (delayMs, act) => {
        const fire = (): void => {
          timers.delete(fire)
          act()
        }
        timers.set(fire, delayMs)
        return () => timers.delete(fire)
      },
    },
    log: silentLog,
  })
  const turns = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
  }
  return { signals, timers, heard, turns, tries: () => tries, closed: () => closed }
}
const never = new AbortController().signal

async function isOver(wait: Promise<void>, turns: () => Promise<void>): Promise<boolean> {
  let over = false
  void wait.then(() => {
    over = true
  })
  await turns()
  return over
}

test('F1: a wait ends with a signal for its organization, and leaves nothing behind', async () => {
  const { signals, timers, heard, turns } = stage()
  await turns()
  const wait = signals.wait(1, 1_000, never)
  heard[0]?.onSignal(2)
  expect(await isOver(wait, turns)).toBe(false)
  heard[0]?.onSignal(1)
  expect(await isOver(wait, turns)).toBe(true)
  expect(timers.size).toBe(0)
})

test.each([
  ['by time', ({ timers }: ReturnType<typeof stage>) => [...timers.keys()].map((fire) => fire())],
  ['when all is stopped', ({ signals }: ReturnType<typeof stage>) => void signals.stop()],
])('F1: a wait ends %s', async (_, act) => {
  const it = stage()
  await it.turns()
  const wait = it.signals.wait(1, 1_000, never)
  act(it)
  expect(await isOver(wait, it.turns)).toBe(true)
})

test('F1: a wait ends when its request is gone, also before it began', async () => {
  const { signals, turns } = stage()
  const gone = new AbortController()
  const wait = signals.wait(1, 1_000, gone.signal)
  gone.abort()
  expect(await isOver(wait, turns)).toBe(true)
  expect(await isOver(signals.wait(1, 1_000, gone.signal), turns)).toBe(true)
})

test('F2: a connection that is not to be had, or ends, is tried again; not after the stop', async () => {
  const it = stage(['fails', 'opens', 'opens'])
  await it.turns()
  expect([...it.timers.values()]).toEqual([2_000])
  for (const fire of [...it.timers.keys()]) fire()
  await it.turns()
  it.heard[0]?.onEnd()
  for (const fire of [...it.timers.keys()]) fire()
  await it.turns()
  expect([it.tries(), it.heard.length]).toEqual([3, 2])
  await it.signals.stop()
  expect([it.closed(), it.timers.size]).toEqual([1, 0])
})
