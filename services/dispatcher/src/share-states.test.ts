import type { EndpointShared } from '@scanhook/domain/endpoint-shared'
import { type EndpointId, endpointId } from '@scanhook/domain/ids'
import { expect, test } from 'vitest'
import { SharedStates } from './share-states.ts'

const open = { state: 'open', untilMs: 9, openings: 1, epoch: 3 } as const

function bench() {
  const saved: ReadonlyMap<EndpointId, EndpointShared | null>[] = []
  const world = { limit: 4, isRedisThere: true, nowMs: 77 }
  const shared = new SharedStates({
    limitOf: () => world.limit,
    save: async (changes) => {
      if (world.isRedisThere) saved.push(changes)
      return world.isRedisThere
    },
    nowMs: () => world.nowMs,
  })
  return { saved, world, shared }
}

test('S1: what is saved is as it is now, and only when it differs', async () => {
  const { saved, world, shared } = bench()
  shared.touch(endpointId(7))
  world.limit = 12.7
  await shared.flush()
  expect([...(saved[0] ?? [])]).toEqual([[7, { breaker: null, sinceMs: null, limit: 12, atMs: 77 }]])
  shared.touch(endpointId(7))
  await shared.flush()
  expect(saved).toHaveLength(1)
  shared.breakerChanged(endpointId(7), open)
  await shared.flush()
  expect([...(saved[1] ?? [])]).toEqual([[7, { breaker: open, sinceMs: 77, limit: 12, atMs: 77 }]])
})

test('S1: what Redis did not take is tried again', async () => {
  const { saved, world, shared } = bench()
  world.isRedisThere = false
  shared.touch(endpointId(7))
  await shared.flush()
  world.isRedisThere = true
  await shared.flush()
  expect(saved).toHaveLength(1)
})

test('S2: what others learnt is handed out', () => {
  const { shared } = bench()
  const breakers = shared.take(
    new Map([
      [endpointId(7), { breaker: open, sinceMs: 1, limit: 30, atMs: 1 }],
      [endpointId(8), { breaker: null, sinceMs: null, limit: null, atMs: 1 }],
    ]),
  )
  expect(breakers).toEqual([[7, open]])
  expect([shared.limitKnown(7), shared.limitKnown(8)]).toEqual([30, null])
})

test('S3: an opening keeps its beginning while probes fail and over a change of owners, and no longer', async () => {
  const { saved, world, shared } = bench()
  const sinceOf = async (): Promise<number | null | undefined> => {
    await shared.flush()
    return saved.at(-1)?.get(endpointId(7))?.sinceMs
  }
  shared.take(new Map([[endpointId(7), { breaker: open, sinceMs: 5, limit: null, atMs: 9 }]]))
  shared.breakerChanged(endpointId(7), { ...open, openings: 2 })
  expect(await sinceOf()).toBe(5)
  shared.breakerChanged(endpointId(7), null)
  expect(await sinceOf()).toBeNull()
  world.nowMs = 99
  shared.breakerChanged(endpointId(7), open)
  expect(await sinceOf()).toBe(99)
})

test('S3: what closed at another owner has no beginning any more', async () => {
  const { saved, shared } = bench()
  shared.take(new Map([[endpointId(7), { breaker: open, sinceMs: 5, limit: null, atMs: 9 }]]))
  shared.take(new Map())
  shared.breakerChanged(endpointId(7), open)
  await shared.flush()
  expect(saved.at(-1)?.get(endpointId(7))?.sinceMs).toBe(77)
})
