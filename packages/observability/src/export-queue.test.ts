import { expect, test } from 'vitest'
import { exportQueue } from './export-queue.ts'

function bench({ max = 10, batchMax = 4, takes = async () => true } = {}) {
  const sent: number[][] = []
  const fates: Record<string, number> = { exported: 0, failed: 0, dropped: 0 }
  const timers: { readonly delayMs: number; readonly act: () => void }[] = []
  let under = 0
  let underMax = 0
  const queue = exportQueue<number>({
    max,
    batchMax,
    delayMs: 1_000,
    closeMs: 2_000,
    send: async (items) => {
      sent.push([...items])
      under += 1
      underMax = Math.max(underMax, under)
      try {
        return await takes()
      } finally {
        under -= 1
      }
    },
    counted: (fate, count) => {
      fates[fate] = (fates[fate] ?? 0) + count
    },
    after: (delayMs, act) => {
      const timer = { delayMs, act }
      timers.push(timer)
      return () => {
        const at = timers.indexOf(timer)
        if (at >= 0) timers.splice(at, 1)
      }
    },
  })
  const fire = (delayMs: number) => {
    for (const timer of timers.filter((each) => each.delayMs === delayMs)) {
      timers.splice(timers.indexOf(timer), 1)
      timer.act()
    }
  }
  const settled = () => new Promise((resolve) => setImmediate(resolve))
  return { queue, sent, fates, fire, settled, underMax: () => underMax }
}

test('X1: what comes when it is full is dropped and counted, and put returns at once', async () => {
  const hangs = Promise.withResolvers<boolean>()
  const { queue, fates, sent } = bench({ max: 10, batchMax: 4, takes: () => hangs.promise })
  for (let i = 0; i < 20; i += 1) queue.put(i)
  expect(sent).toEqual([[0, 1, 2, 3]])
  expect(queue.size()).toBe(10)
  expect(fates).toEqual({ exported: 0, failed: 0, dropped: 6 })
  hangs.resolve(true)
})

test('a full batch leaves at once, a small one after the delay', async () => {
  const { queue, sent, fire, settled } = bench()
  for (let i = 0; i < 5; i += 1) queue.put(i)
  await settled()
  expect(sent).toEqual([[0, 1, 2, 3]])
  fire(1_000)
  await settled()
  expect(sent).toEqual([[0, 1, 2, 3], [4]])
})

test('X2: one export at a time; one that fails or rejects is counted and not sent again', async () => {
  const answers = [Promise.resolve(false), Promise.reject(new Error('away')), Promise.resolve(true)]
  const { queue, sent, fates, settled, fire, underMax } = bench({
    takes: () => answers.shift() ?? Promise.resolve(true),
  })
  for (let i = 0; i < 10; i += 1) queue.put(i)
  await settled()
  fire(1_000)
  await settled()
  expect(sent.flat()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  expect(fates).toEqual({ exported: 2, failed: 8, dropped: 0 })
  expect(underMax()).toBe(1)
})

test('X3: close sends what waits, ends at its deadline whatever the collector does, and takes nothing after', async () => {
  const good = bench()
  good.queue.put(1)
  await good.queue.close()
  expect(good.sent).toEqual([[1]])
  good.queue.put(2)
  expect(good.fates).toEqual({ exported: 1, failed: 0, dropped: 1 })

  const bad = bench({ takes: () => new Promise(() => undefined) })
  for (let i = 0; i < 6; i += 1) bad.queue.put(i)
  const closing = bad.queue.close()
  await bad.settled()
  bad.fire(2_000)
  await closing
  expect(bad.fates).toEqual({ exported: 0, failed: 0, dropped: 2 })
  expect(bad.queue.size()).toBe(0)
})
