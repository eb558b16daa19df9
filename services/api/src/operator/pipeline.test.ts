import { expect, test } from 'vitest'
import { chooseHeads, groupLag, headOf, tierBacklog, waitingOf } from './pipeline.ts'

const place = (first: number, committed: number | null, end: number) => ({ first, committed, end })
const named = { group: 'router', topic: 'events' }

test('G1: what was never committed counts from the beginning, what retention took does not count', () => {
  expect([waitingOf(place(5, null, 9)), headOf(place(5, null, 9))]).toEqual([4, 5])
  expect([waitingOf(place(50, 10, 60)), headOf(place(50, 10, 60))]).toEqual([10, 50])
  expect([waitingOf(place(0, 9, 9)), headOf(place(0, 9, 9))]).toEqual([0, null])
  // A commit that was made between the two questions.
  expect([waitingOf(place(0, 12, 9)), headOf(place(0, 12, 9))]).toEqual([0, null])
})

test('heads are looked at where most waits', () => {
  const places = [place(0, 7, 9), place(0, 9, 9), place(0, 1, 9), place(0, 4, 9)]
  expect(chooseHeads(places, 2)).toEqual([null, null, 1, 4])
  expect(chooseHeads(places, 9)).toEqual([7, null, 1, 4])
})

test('the lag of a group is its records and the age of the oldest of them', () => {
  const lag = groupLag(named, [place(0, 5, 9), place(0, 2, 9)], { times: [9_000, 4_000], nowMs: 10_000 })
  expect(lag).toEqual({ ...named, lagRecords: 11, lagMs: 6_000 })
  // A producer's clock that is ahead makes no negative age.
  expect(groupLag(named, [place(0, 5, 9)], { times: [11_000], nowMs: 10_000 }).lagMs).toBe(0)
})

test('G2: an age that is not known is not none', () => {
  const unknown = { times: [null], nowMs: 10_000 }
  expect(groupLag(named, [place(0, 5, 9)], unknown).lagMs).toBeNull()
  expect(groupLag(named, [place(0, 9, 9)], unknown).lagMs).toBe(0)
  const tier = { tier: '10s', waitMs: 10_000 }
  expect(tierBacklog(tier, [place(0, 5, 9)], { ...unknown, dueBelow: [5] }).overdueMs).toBeNull()
  expect(tierBacklog(tier, [place(0, 9, 9)], { ...unknown, dueBelow: [9] }).overdueMs).toBe(0)
})

test('G3: a tier is late only with what has waited for its time', () => {
  const tier = { tier: '1m', waitMs: 60_000 }
  const places = [place(0, 2, 10), place(0, 0, 5), place(3, null, 4)]
  // The first is due up to 6, the second not at all, the third altogether.
  const late = tierBacklog(tier, places, {
    ...{ nowMs: 100_000, times: [30_000, 90_000, 35_000] },
    dueBelow: [6, 0, 4],
  })
  expect(late).toEqual({ ...tier, waiting: 14, due: 5, overdueMs: 10_000 })
  const full = tierBacklog(tier, [place(0, 0, 1_000)], { nowMs: 100_000, times: [50_000], dueBelow: [0] })
  expect(full).toEqual({ ...tier, waiting: 1_000, due: 0, overdueMs: 0 })
})
