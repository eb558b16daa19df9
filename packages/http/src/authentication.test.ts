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

test('A3: a token that ends is nobody’s from then on: fresh, while it is asked for, and while the store is away', async () => {
  let nowMs = 0
  let isAway = false
  let asked = 0
  const find = openAuthentication(
    async () => {
      asked += 1
      if (asked === 3) nowMs = 60_000 // the answer comes when the token has ended
      if (isAway) throw Object.assign(new Error('POSTGRES_UNAVAILABLE'), { retriable: true })
      return { ...caller, expiresAtMs: 60_000 }
    },
    { nowMs: () => nowMs },
  )
  expect(await find('jwt')).toMatchObject({ kind: 'caller' })
  nowMs = 40_000
  expect(await find('jwt')).toMatchObject({ kind: 'caller' }) // fresh until 70 s
  nowMs = 59_999
  expect(await find('jwt')).toMatchObject({ kind: 'caller' })
  expect(await find('late')).toEqual({ kind: 'unknown' })
  nowMs = 60_000
  expect(await find('jwt')).toEqual({ kind: 'unknown' })
  isAway = true
  expect(await find('jwt')).toEqual({ kind: 'unknown' })
  expect(asked).toBe(3)
})

test('A3: with the store away it goes on until it ends, not for the 10 minutes that others have', async () => {
  let nowMs = 0
  let isAway = false
  const find = openAuthentication(
    async () => {
      if (isAway) throw Object.assign(new Error('POSTGRES_UNAVAILABLE'), { retriable: true })
      return { ...caller, expiresAtMs: 120_000 }
    },
    { nowMs: () => nowMs },
  )
  await find('jwt')
  isAway = true
  nowMs = 119_999
  expect(await find('jwt')).toMatchObject({ kind: 'caller' })
  nowMs = 120_000 // its memory of 2 s after a failed question has not ended
  expect(await find('jwt')).toEqual({ kind: 'unknown' })
})

test('A4: a caller who may be ended at once is asked about every time, and not known while the store is away', async () => {
  const answers: (Caller | null | 'away')[] = []
  const find = openAuthentication(
    async () => {
      const answer = answers.shift() ?? null
      if (answer === 'away') throw Object.assign(new Error('POSTGRES_UNAVAILABLE'), { retriable: true })
      return answer
    },
    { nowMs: () => 0 },
  )
  const session = { ...caller, isEndedAtOnce: true }
  answers.push(session, session, 'away', null)
  expect(await find('ps')).toEqual({ kind: 'caller', caller: session })
  expect(await find('ps')).toEqual({ kind: 'caller', caller: session })
  expect(await find('ps')).toMatchObject({ kind: 'unavailable' })
  expect(await find('ps')).toEqual({ kind: 'unknown' })
})

test('A4: what was asked before it came does not count: meanwhile it may have been ended', async () => {
  const session = { ...caller, isEndedAtOnce: true }
  const answers = [Promise.withResolvers<Caller | null>(), Promise.withResolvers<Caller | null>()]
  let asked = 0
  const find = openAuthentication(async () => answers[asked++]?.promise ?? null, { nowMs: () => 0 })
  const first = find('ps')
  const second = find('ps')
  answers[0]?.resolve(session)
  answers[1]?.resolve(null)
  expect(await first).toEqual({ kind: 'caller', caller: session })
  expect(await second).toEqual({ kind: 'unknown' })
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
