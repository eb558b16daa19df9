import { orgId } from '@scanhook/domain/ids'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Lane, newLane, type Waiting } from './lane.ts'
import { isPutBehind, nextBehind, queueOf, takeBehind, takeNext } from './lane-queues.ts'

const batch = { maxEvents: 4, maxWaitMs: 100, maxBytes: 1_000 }
const lane = (terms: Partial<Lane<number>['terms']> = {}): Lane<number> =>
  newLane<number>(
    7,
    { orgId: orgId(1), rateLimitPerSecond: null, orgRateLimitPerSecond: null, batch: null, ...terms },
    { limit: 4, limitMax: 64, nowMs: 0 },
  )
const waiting = (item: number, change: Partial<Waiting<number>> = {}): Waiting<number> => ({
  item,
  bytes: 10,
  sinceMs: 0,
  isBacklog: false,
  order: null,
  ...change,
})

test('L1: whatever waits, a batch keeps to its bounds, loses nothing, and takes fresh ones first', () => {
  const one = fc.record({ bytes: fc.integer({ min: 1, max: 1_500 }), isBacklog: fc.boolean() })
  fc.assert(
    fc.property(fc.array(one, { minLength: 1, maxLength: 20 }), (all) => {
      const own = lane({ batch })
      for (const [index, each] of all.entries()) {
        const next = waiting(index, each)
        queueOf(own, next).push(next)
      }
      const sent: Waiting<number>[] = []
      while (own.live.size + own.backlog.size > 0) {
        const fresh = own.live.size
        const next = takeNext(own, own.live, 100)
        if (next.kind === 'filling') throw new Error('it has waited long enough')
        expect(next.taken.length).toBeGreaterThan(0)
        expect(next.taken.length).toBeLessThanOrEqual(4)
        if (next.taken.length > 1)
          expect(next.taken.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(1_000)
        if (next.taken.some(({ isBacklog }) => isBacklog)) expect(fresh).toBeLessThan(next.taken.length)
        sent.push(...next.taken)
      }
      expect(sent.map(({ item }) => item).sort((a, b) => a - b)).toEqual([...all.keys()])
    }),
  )
})

test('L1: a batch that may still fill up says for how long, by whoever has waited longest', () => {
  const own = lane({ batch })
  own.live.push(waiting(1, { sinceMs: 40 }))
  own.backlog.push(waiting(2, { sinceMs: 10, isBacklog: true }))
  expect(takeNext(own, own.live, 60)).toEqual({ kind: 'filling', restMs: 50 })
  expect(takeNext(own, own.live, 110)).toMatchObject({ kind: 'full' })
})

test('L1: without batches one goes, from the queue whose turn it is', () => {
  const own = lane()
  own.live.push(waiting(1))
  own.backlog.push(waiting(2, { isBacklog: true }))
  expect(takeNext(own, own.backlog, 0)).toMatchObject({ kind: 'full', taken: [{ item: 2 }] })
})

test('L2: behind the head of an asset everything is by sequence, whatever the order of arrival', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray([2, 3, 4, 5, 6, 7]), (sequences) => {
      const own = lane()
      const put = (sequence: number): boolean => {
        const order = { key: 1, sequence }
        return isPutBehind(own, waiting(sequence, { order }), order)
      }
      expect(put(1)).toBe(false)
      for (const sequence of sequences) expect(put(sequence)).toBe(true)
      expect(nextBehind(own, { key: 1, sequence: 99 })).toBeUndefined()
      expect(own.behindCount).toBe(sequences.length)
      const seen: number[] = []
      for (let head = 1; ; ) {
        const next = nextBehind(own, { key: 1, sequence: head })
        if (next === undefined) break
        head = next.item
        seen.push(head)
      }
      expect(seen).toEqual([...sequences].sort((one, other) => one - other))
      expect([own.behindCount, own.behind.size]).toEqual([0, 0])
    }),
  )
})

test('L2: when the head is put off, all behind it are given back in their order, once', () => {
  const own = lane()
  for (const sequence of [5, 7, 6])
    isPutBehind(own, waiting(sequence, { order: { key: 1, sequence } }), { key: 1, sequence })
  expect(takeBehind(own, { key: 1, sequence: 6 })).toEqual([])
  expect(takeBehind(own, { key: 1, sequence: 5 }).map(({ item }) => item)).toEqual([6, 7])
  expect([takeBehind(own, { key: 1, sequence: 5 }), own.behindCount]).toEqual([[], 0])
})
