import { expect, test } from 'vitest'
import { SchemasError } from './errors.ts'
import { writerSchemas } from './writer-schemas.ts'

function world() {
  const state = {
    nowMs: 0,
    requests: 0,
    isAway: false,
    known: new Map<number, string>(),
    disk: new Map<number, string>(),
  }
  const schemas = writerSchemas({
    registry: {
      fetch: async (id) => {
        state.requests += 1
        if (state.isAway) throw new SchemasError('SCHEMA_REGISTRY_UNAVAILABLE', 'away')
        return state.known.get(id) ?? null
      },
    },
    cache: {
      findSchema: async (id) => state.disk.get(id) ?? null,
      saveSchema: async (id, text) => void state.disk.set(id, text),
    },
    monotonicMs: () => state.nowMs,
  })
  return { state, schemas }
}

test('W1: an unknown id is asked for once in 30 seconds, and found once it is there', async () => {
  const { state, schemas } = world()
  for (let count = 0; count < 100; count += 1) expect(await schemas.find(5)).toBeNull()
  expect(state.requests).toBe(1)
  state.known.set(5, '"long"')
  state.nowMs = 29_999
  expect(await schemas.find(5)).toBeNull()
  state.nowMs = 30_000
  expect(await schemas.find(5)).toBe('"long"')
  expect(state.requests).toBe(2)
})

test('W1: concurrent questions for one id are one request', async () => {
  const { state, schemas } = world()
  state.known.set(5, '"long"')
  expect(await Promise.all([schemas.find(5), schemas.find(5), schemas.find(5)])).toEqual([
    '"long"',
    '"long"',
    '"long"',
  ])
  expect(state.requests).toBe(1)
})

test('W1: ids that no registry gives out are not asked for', async () => {
  const { state, schemas } = world()
  expect(await schemas.find(0)).toBeNull()
  expect(await schemas.find(-2_147_483_648)).toBeNull()
  expect(state.requests).toBe(0)
})

test('W1: ten thousand different unknown ids leave a bounded memory behind', async () => {
  const { state, schemas } = world()
  for (let id = 1; id <= 10_000; id += 1) await schemas.find(id)
  await schemas.find(10_000)
  expect(state.requests).toBe(10_000)
  await schemas.find(1)
  expect(state.requests).toBe(10_001)
})

test('W2: with the registry away an id comes from disk, else it is unavailable and not unknown', async () => {
  const { state, schemas } = world()
  state.known.set(5, '"long"')
  await schemas.find(5)
  state.isAway = true
  expect(await schemas.find(5)).toBe('"long"')
  await expect(schemas.find(6)).rejects.toMatchObject({
    code: 'SCHEMA_REGISTRY_UNAVAILABLE',
    retriable: true,
  })
  state.isAway = false
  state.known.set(6, '"int"')
  expect(await schemas.find(6)).toBe('"int"')
})
