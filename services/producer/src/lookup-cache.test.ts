import { expect, test } from 'vitest'
import { openGenerations } from './generations.ts'
import { lookupCache, type Wanted } from './lookup-cache.ts'

interface Found {
  readonly name: string
}

function world(knownMax = 100, weightOf?: (value: Found) => number) {
  const state = {
    nowMs: 0,
    store: new Map<string, Found>(),
    isAway: false,
    asked: [] as string[][],
    failures: 0,
    hits: 0,
    misses: 0,
    /** Runs while the question is under way. */
    meanwhile: (): void => undefined,
  }
  const generations = openGenerations()
  const cache = lookupCache<string, Found>({
    find: async (keys) => {
      state.asked.push([...keys])
      const answer = keys.map((key) => state.store.get(key) ?? null)
      await Promise.resolve()
      state.meanwhile()
      if (state.isAway) throw new Error('away')
      return answer
    },
    knownMax,
    weightOf,
    generations,
    monotonicMs: () => state.nowMs,
    failed: () => {
      state.failures += 1
    },
    counted: (hits, misses) => {
      state.hits += hits
      state.misses += misses
    },
  })
  const wanted = (text: string, orgId = 7): Wanted<string> => ({ text, orgId, key: () => text })
  const look = async (...texts: string[]): Promise<(Found | null | undefined)[]> => {
    const recall = await cache.load(texts.map((text) => wanted(text)))
    return texts.map(recall)
  }
  return { state, generations, cache, look, wanted }
}

test('a batch asks once, for each missing key once', async () => {
  const { state, look } = world()
  state.store.set('a', { name: 'A' })
  expect(await look('a', 'b', 'a')).toEqual([{ name: 'A' }, null, { name: 'A' }])
  expect(await look('a', 'b')).toEqual([{ name: 'A' }, null])
  expect(state.asked).toEqual([['a', 'b']])
  expect([state.hits, state.misses]).toEqual([3, 2])
})

test('L1: a changed organization is asked for again, others are not', async () => {
  const { state, generations, cache, look, wanted } = world()
  state.store.set('a', { name: 'A' }).set('z', { name: 'Z' })
  await look('a')
  await cache.load([wanted('z', 8)])
  state.store.set('a', { name: 'B' }).set('z', { name: 'Y' })
  generations.bump(7)
  expect(await look('a')).toEqual([{ name: 'B' }])
  expect((await cache.load([wanted('z', 8)]))('z')).toEqual({ name: 'Z' })
})

test('L1: an answer that was under way when its key changed is not taken for fresh', async () => {
  const { state, cache, look } = world()
  state.store.set('a', { name: 'A' })
  state.meanwhile = () => {
    state.store.set('a', { name: 'B' })
    cache.forget('a')
    state.meanwhile = () => undefined
  }
  await look('a')
  expect(await look('a')).toEqual([{ name: 'B' }])
})

test('L1: the same where the whole organization changed meanwhile', async () => {
  const { state, generations, look } = world()
  state.store.set('a', { name: 'A' })
  state.meanwhile = () => {
    state.store.set('a', { name: 'B' })
    generations.bump(7)
    state.meanwhile = () => undefined
  }
  await look('a')
  expect(await look('a')).toEqual([{ name: 'B' }])
})

test('what did not exist and is announced exists at once', async () => {
  const { state, cache, look } = world()
  expect(await look('a')).toEqual([null])
  state.store.set('a', { name: 'A' })
  expect(await look('a')).toEqual([null])
  cache.forget('a')
  expect(await look('a')).toEqual([{ name: 'A' }])
})

test('what does not exist is asked for again after ten seconds, what exists after ten minutes', async () => {
  const { state, look } = world()
  state.store.set('a', { name: 'A' })
  await look('a', 'b')
  state.nowMs = 10_000
  await look('a', 'b')
  state.nowMs = 600_000
  await look('a')
  expect(state.asked).toEqual([['a', 'b'], ['b'], ['a']])
})

test('what was deleted is gone', async () => {
  const { state, cache, look } = world()
  state.store.set('a', { name: 'A' })
  await look('a')
  state.store.delete('a')
  cache.forget('a')
  expect(await look('a')).toEqual([null])
})

test('L2: with the store away the known stays known, and the unknown is not called absent', async () => {
  const { state, cache, look } = world()
  state.store.set('a', { name: 'A' })
  await look('a', 'b')
  state.isAway = true
  cache.forget('a')
  state.nowMs = 1_000_000
  expect(await look('a', 'b', 'c')).toEqual([{ name: 'A' }, null, undefined])
  state.isAway = false
  state.nowMs = 2_000_000
  state.store.set('b', { name: 'B' })
  expect(await look('a', 'b', 'c')).toEqual([{ name: 'A' }, { name: 'B' }, null])
})

test('L2: with the store away, what did not exist before a change is in doubt', async () => {
  const { state, cache, generations, look } = world()
  state.store.set('a', { name: 'A' })
  await look('a', 'b', 'c')
  state.isAway = true
  generations.bump(7)
  cache.forget('c')
  expect(await look('a', 'b', 'c')).toEqual([{ name: 'A' }, undefined, undefined])
})

test('L3: the bound holds, and strangers do not push the known out', async () => {
  const { state, cache, look } = world(10)
  state.store.set('a', { name: 'A' })
  await look('a')
  await look(...Array.from({ length: 60_000 }, (_, index) => `stranger-${index}`))
  state.asked = []
  expect(await look('a')).toEqual([{ name: 'A' }])
  expect(state.asked).toEqual([])
  for (let index = 0; index < 50; index += 1) state.store.set(`k${index}`, { name: `${index}` })
  await look(...state.store.keys())
  expect(cache.size()).toBe(10)
})

test('L3: values that have a weight are bounded by it; one heavier than the bound is known to its batch alone', async () => {
  const { state, cache, look } = world(10, ({ name }) => name.length)
  for (const key of ['a', 'b', 'c']) state.store.set(key, { name: 'four' })
  await look('a', 'b', 'c')
  expect(cache.size()).toBe(2)
  state.store.set('heavy', { name: 'more than ten' })
  expect(await look('heavy')).toEqual([{ name: 'more than ten' }])
  expect(cache.size()).toBe(2)
})

test('L4: a store that does not answer is asked twice a second, not for every batch', async () => {
  const { state, look } = world()
  state.isAway = true
  for (let count = 0; count < 100; count += 1) await look('a')
  expect(state.asked.length).toBe(1)
  state.nowMs = 500
  await look('a')
  expect(state.asked.length).toBe(2)
  expect(state.failures).toBe(2)
})

test('N1: a hundred thousand changes make an organization stale twice a second', () => {
  const generations = openGenerations()
  const seen = new Set<number>()
  for (let atMs = 0; atMs < 1_000; atMs += 1) {
    for (let count = 0; count < 100; count += 1) generations.bump(7)
    seen.add(generations.of(7, atMs))
  }
  expect(seen.size).toBe(2)
  const before = generations.of(7, 1_500)
  expect(generations.of(7, 9_999)).toBe(before)
  expect(generations.of(8, 9_999)).toBe(0)
})

test('L5: a batch with more keys than are kept knows what became of each of them', async () => {
  const { state, look } = world(2)
  for (const text of ['a', 'b', 'c']) state.store.set(text, { name: text.toUpperCase() })
  const found = [{ name: 'A' }, { name: 'B' }, { name: 'C' }]
  expect(await look('a', 'b', 'c')).toEqual(found)
  // Fresh at the beginning and pushed out by the batch itself.
  expect(await look('c', 'a', 'b')).toEqual([found[2], found[0], found[1]])
  const strays = Array.from({ length: 60_000 }, (_, index) => `stray-${index}`)
  const unknown = (await look(...strays)).filter((answer) => answer === undefined)
  expect(unknown).toEqual([])
})
