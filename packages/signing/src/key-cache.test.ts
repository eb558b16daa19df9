import fc from 'fast-check'
import { expect, test } from 'vitest'
import { keyCache } from './key-cache.ts'

test('K1, K2: at most maxCount are kept, and what is in use is not made again', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(30), { maxLength: 300 }), (asked) => {
      const maxCount = 8
      const made: string[] = []
      const keys = keyCache(maxCount, (secret) => {
        made.push(secret)
        return `key of ${secret}`
      })
      asked.forEach((number, index) => {
        const madeBefore = made.length
        expect(keys(`${number}`)).toBe(`key of ${number}`)
        // Half of maxCount other secrets at most since it was last asked for: it is still there.
        const since = asked.slice(0, index).lastIndexOf(number)
        const others = new Set(asked.slice(since + 1, index))
        if (since >= 0 && others.size < maxCount / 2) expect(made).toHaveLength(madeBefore)
      })
      // As many others as it may hold at most push everything out.
      for (let other = 0; other < maxCount; other++) keys(`other ${other}`)
      made.length = 0
      for (const number of new Set(asked)) keys(`${number}`)
      expect(made).toHaveLength(new Set(asked).size)
    }),
  )
})

test('K3: what is no key is asked for anew each time', () => {
  let count = 0
  const keys = keyCache(4, () => {
    count += 1
    return null
  })
  expect(keys('x')).toBeNull()
  expect(keys('x')).toBeNull()
  expect(count).toBe(2)
})
