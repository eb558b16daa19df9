import { expect, test } from 'vitest'
import { type Batcher, batcher } from './batcher.ts'

interface Stage {
  readonly batches: number[][]
  readonly batcher: Batcher<number>
  /** Lets the waiting time of the first row pass. */
  readonly passTime: () => void
  /** Ends the write under way. */
  readonly finish: (rejected?: readonly number[] | Error) => Promise<void>
  /** A part of the write under way has ended. */
  readonly progress: () => void
}

const ignore = (): void => undefined

function stage(rowsMax: number, writesMax = 1): Stage {
  const batches: number[][] = []
  const timers: (() => void)[] = []
  const writes: ((rejected: readonly number[] | Error) => void)[] = []
  const parts: (() => void)[] = []
  return {
    batches,
    batcher: batcher<number>({
      rowsMax,
      writesMax,
      waitMs: 50,
      clock: {
        after: (_, act) => {
          timers.push(act)
          return () => timers.splice(timers.indexOf(act), 1)
        },
      },
      write: (items, partEnded) => {
        batches.push([...items])
        parts.push(partEnded)
        return new Promise((resolve, reject) =>
          writes.push((rejected) => (rejected instanceof Error ? reject(rejected) : resolve(rejected))),
        )
      },
    }),
    progress: () => parts.at(-1)?.(),
    passTime: () => {
      for (const act of timers.splice(0)) act()
    },
    finish: async (rejected = []) => {
      writes.shift()?.(rejected)
      for (let turn = 0; turn < 10; turn++) await Promise.resolve()
    },
  }
}

test('rows of several submissions share a batch once the first has waited', async () => {
  const { batcher: rows, batches, passTime, finish } = stage(10)
  const answers = [rows.submit([1, 2], ignore), rows.submit([3], ignore)]
  expect(batches).toEqual([])
  passTime()
  await finish([3])
  expect(batches).toEqual([[1, 2, 3]])
  expect(await Promise.all(answers)).toEqual([
    { kind: 'written', rejected: [] },
    { kind: 'written', rejected: [3] },
  ])
})

test('H1: while one batch is written the next collects', async () => {
  const { batcher: rows, batches, finish, passTime } = stage(2)
  void rows.submit([1, 2], ignore)
  void rows.submit([3], ignore)
  void rows.submit([4], ignore)
  passTime()
  expect(batches).toEqual([[1, 2]])
  await finish()
  expect(batches).toEqual([
    [1, 2],
    [3, 4],
  ])
})

test('H2: a full batch goes at once, and what does not fit waits for the next', async () => {
  const { batcher: rows, batches, finish, passTime } = stage(3)
  void rows.submit([1, 2], ignore)
  void rows.submit([3, 4], ignore)
  expect(batches).toEqual([[1, 2]])
  await finish()
  passTime()
  expect(batches).toEqual([
    [1, 2],
    [3, 4],
  ])
})

test('H3: when the write fails every submission of the batch hears of it, and the next one is tried anew', async () => {
  const { batcher: rows, batches, finish, passTime } = stage(10)
  const answers = [rows.submit([1], ignore), rows.submit([2], ignore)]
  passTime()
  const error = new Error('away')
  await finish(error)
  expect(await Promise.all(answers)).toEqual([
    { kind: 'failed', error },
    { kind: 'failed', error },
  ])
  const again = rows.submit([1], ignore)
  passTime()
  await finish()
  expect(await again).toEqual({ kind: 'written', rejected: [] })
  expect(batches.length).toBe(2)
})

test('H4: whoever waits hears of every write, and every part of one, that ended meanwhile', async () => {
  const { batcher: rows, finish, passTime, progress } = stage(1)
  const heard = [0, 0, 0]
  const answers = heard.map((_, lane) =>
    rows.submit([lane], () => {
      heard[lane] = (heard[lane] ?? 0) + 1
    }),
  )
  expect(heard).toEqual([0, 0, 0])
  progress()
  expect(heard).toEqual([1, 1, 1])
  await finish()
  passTime()
  expect(heard).toEqual([1, 2, 2])
  await finish(new Error('timed out'))
  passTime()
  expect(heard).toEqual([1, 2, 3])
  await finish()
  expect((await Promise.all(answers)).map(({ kind }) => kind)).toEqual(['written', 'failed', 'written'])
  expect(heard).toEqual([1, 2, 3])
})

test('H1: as many writes are under way as may be, and a batch more waits for one to end', async () => {
  const { batcher: rows, batches, finish } = stage(1, 2)
  for (const row of [1, 2, 3]) void rows.submit([row], ignore)
  expect(batches).toEqual([[1], [2]])
  await finish()
  expect(batches).toEqual([[1], [2], [3]])
})
