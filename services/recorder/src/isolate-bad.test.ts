import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isolateBad } from './isolate-bad.ts'

const isBad = (error: unknown): boolean => error === 'bad'

test('exactly the bad items come back, and all others are written once, in order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }), async (pattern) => {
      const items = pattern.map((good, index) => ({ good, index }))
      const written: number[] = []
      const bad = await isolateBad(
        items,
        async (some) => {
          if (some.some((item) => !item.good)) throw 'bad'
          written.push(...some.map((item) => item.index))
        },
        isBad,
      )
      expect(bad.map(({ item }) => item.index)).toEqual(
        items.filter((item) => !item.good).map((item) => item.index),
      )
      expect(written).toEqual(items.filter((item) => item.good).map((item) => item.index))
    }),
  )
})

test('one bad item among a thousand costs some twenty statements, not a thousand', async () => {
  let writes = 0
  await isolateBad(
    Array.from({ length: 1_000 }, (_, index) => index),
    async (some) => {
      writes++
      if (some.includes(617)) throw 'bad'
    },
    isBad,
  )
  expect(writes).toBeLessThanOrEqual(21)
})

test('an error that lies elsewhere is thrown on', async () => {
  await expect(isolateBad([1, 2], () => Promise.reject('away'), isBad)).rejects.toBe('away')
})
