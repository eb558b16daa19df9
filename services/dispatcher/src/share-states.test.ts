import type { EndpointShared } from '@scanhook/domain/endpoint-shared'
import { type EndpointId, endpointId } from '@scanhook/domain/ids'
import { expect, test } from 'vitest'
import { SharedStates } from './share-states.ts'

const open = { state: 'open', untilMs: 9, openings: 1, epoch: 3 } as const

function bench() {
  const saved: ReadonlyMap<EndpointId, EndpointShared | null>[] = []
  const world = { limit: 4, isRedisThere: true }
  const shared = new SharedStates({
    limitOf: () => world.limit,
    save: async (changes) => {
      if (world.isRedisThere) saved.push(changes)
      return world.isRedisThere
    },
    nowMs: () => 77,
  })
  return { saved, world, shared }
}

test('S1: what is saved is as it is now, and only when it differs', async () => {
  const { saved, world, shared } = bench()
  shared.touch(endpointId(7))
  world.limit = 12.7
  await shared.flush()
  expect([...(saved[0] ?? [])]).toEqual([[7, { breaker: null, limit: 12, atMs: 77 }]])
  shared.touch(endpointId(7))
  await shared.flush()
  expect(saved).toHaveLength(1)
  shared.breakerChanged(endpointId(7), open)
  await shared.flush()
  expect([...(saved[1] ?? [])]).toEqual([[7, { breaker: open, limit: 12, atMs: 77 }]])
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
      [endpointId(7), { breaker: open, limit: 30, atMs: 1 }],
      [endpointId(8), { breaker: null, limit: null, atMs: 1 }],
    ]),
  )
  expect(breakers).toEqual([[7, open]])
  expect([shared.limitKnown(7), shared.limitKnown(8)]).toEqual([30, null])
})
