import { expect, test } from 'vitest'
import { type Caller, openAuthentication, tokenOf } from './authentication.ts'

const caller: Caller = { orgId: 1, apiKeyId: 2, scopes: [] }

interface World {
  nowMs: number
  isAway: boolean
  isWithdrawn: boolean
  asked: number
  readonly find: ReturnType<typeof openAuthentication>
}

function world(): World {
  const state: World = {
    nowMs: 1000,
    isAway: false,
    isWithdrawn: false,
    asked: 0,
    find: openAuthentication(
      async (token) => {
        state.asked += 1
        if (state.isAway) throw Object.assign(new Error('POSTGRES_UNAVAILABLE'), { retriable: true })
        return token === 'good' && !state.isWithdrawn ? caller : null
      },
      { nowMs: () => state.nowMs },
    ),
  }
  return state
}

test('A1: a token costs one look-up in 30 s, right or wrong, and none while one is under way', async () => {
  const state = world()
  await Promise.all([state.find('good'), state.find('good')])
  expect(await state.find('good')).toEqual({ kind: 'caller', caller })
  expect(state.asked).toBe(1)
  expect(await state.find('bad')).toEqual({ kind: 'unknown' })
  await state.find('bad')
  expect(state.asked).toBe(2)
  state.nowMs += 30_001
  state.isWithdrawn = true
  expect(await state.find('good')).toEqual({ kind: 'unknown' })
})

test('A2: when the store is away, known callers go on for 10 minutes, others are told to come again', async () => {
  const state = world()
  await state.find('good')
  state.isAway = true
  state.nowMs += 60_000
  expect(await state.find('good')).toEqual({ kind: 'caller', caller })
  expect(await state.find('new')).toMatchObject({ kind: 'unavailable' })
  const { asked } = state
  await state.find('good')
  expect(state.asked).toBe(asked)
  state.nowMs += 541_000
  expect(await state.find('good')).toMatchObject({ kind: 'unavailable' })
  state.isAway = false
  expect(await state.find('good')).toEqual({ kind: 'caller', caller })
})

test('an error that is no outage is not taken for one', async () => {
  const find = openAuthentication(async () => Promise.reject(new Error('bug')), { nowMs: () => 0 })
  await expect(find('x')).rejects.toThrow('bug')
})

test('tokens are read from the header strictly', () => {
  expect(tokenOf('Bearer abc.DEF_123-~+/=')).toBe('abc.DEF_123-~+/=')
  expect(tokenOf('bearer abc')).toBe('abc')
  for (const wrong of [undefined, '', 'Bearer', 'Basic abc', 'Bearer a b', `Bearer ${'a'.repeat(5000)}`]) {
    expect(tokenOf(wrong)).toBeNull()
  }
})
