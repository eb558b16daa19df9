import { silentLog } from '@scanhook/observability/log'
import { expect, test } from 'vitest'
import { watchEndedSecrets } from './ended-secrets.ts'

function stage(forget: (limit: number) => Promise<number>, forgetChains = async (_limit: number) => 0) {
  const timers = new Set<() => void>()
  const watch = watchEndedSecrets({
    forget,
    forgetChains,
    log: silentLog,
    clock: {
      after: (_, act) => {
        const fire = (): void => {
          timers.delete(fire)
          act()
        }
        timers.add(fire)
        return () => timers.delete(fire)
      },
    },
  })
  return {
    watch,
    timers,
    passTime: async () => {
      for (const fire of [...timers]) fire()
      for (let turn = 0; turn < 20; turn++) await Promise.resolve()
    },
  }
}

test('a round goes on until a part of it is not full', async () => {
  const counts = [100, 100, 7]
  const { passTime } = stage(async () => counts.shift() ?? 0)
  await passTime()
  expect(counts).toEqual([])
})

test('expired chains go in the same round, until a part of them is not full', async () => {
  const counts = [1000, 3]
  const { passTime } = stage(
    async () => 0,
    async () => counts.shift() ?? 0,
  )
  await passTime()
  expect(counts).toEqual([])
})

test('K1: no round begins while one is under way, and a failed one is followed by the next', async () => {
  const calls: PromiseWithResolvers<number>[] = []
  const { passTime } = stage(() => {
    const call = Promise.withResolvers<number>()
    calls.push(call)
    return call.promise
  })
  await passTime()
  await passTime()
  expect(calls.length).toBe(1)
  calls[0]?.reject(new Error('away'))
  await passTime()
  await passTime()
  expect(calls.length).toBe(2)
})

test('K2: a stop waits for what is under way, and begins nothing', async () => {
  const call = Promise.withResolvers<number>()
  let calls = 0
  const { watch, passTime, timers } = stage(() => {
    calls++
    return call.promise
  })
  await passTime()
  let hasStopped = false
  const stopping = watch.stop().then(() => {
    hasStopped = true
  })
  await passTime()
  expect([hasStopped, timers.size]).toEqual([false, 0])
  call.resolve(100)
  await stopping
  expect(calls).toBe(1)
})
