import { expect, test } from 'vitest'
import { type Decision, type Followed, renderScore, scoreRecording, scoreTotal } from './score.ts'
import type { TrueStay } from './true-stays.ts'

const stays = (...edges: readonly (readonly [zone: number, fromMs: number])[]): TrueStay[] =>
  edges.map(([zone, fromMs], index) => ({ zone, fromMs, toMs: edges[index + 1]?.[1] ?? 100_000 }))
const first = (zone: number, atMs: number): Decision => ({ zone, atMs, isMove: false })
const move = (zone: number, atMs: number): Decision => ({ zone, atMs, isMove: true })
const gone = (atMs: number): Decision => ({ zone: null, atMs, isMove: false })
const scored = (one: Followed) => scoreRecording('walk', 7, [one])

test('one who is followed at once is right all the time', () => {
  const found = scored({
    stays: stays([1, 0], [2, 50_000]),
    decisions: [first(1, 0), move(2, 50_000)],
  })
  expect(JSON.parse(renderScore(found))).toEqual({
    recording: 'walk',
    reads: 7,
    trueChanges: 1,
    foundWithin10s: 1,
    moves: 1,
    rightZoneShare: 1,
    firstLocationRight: true,
  })
})

test('the time until something is decided is not right, nor is the time of a wrong decision', () => {
  const { rightZoneShare } = scored({
    stays: stays([1, 0], [2, 50_000]),
    decisions: [first(1, 10_000), move(3, 20_000), move(1, 30_000), move(2, 60_000)],
  })
  // 10–20, 30–50, 60–100 of 100 s.
  expect(rightZoneShare).toBe(0.7)
})

test('an asset that is said to be gone is nowhere', () => {
  const { rightZoneShare, moves } = scored({
    stays: stays([1, 0]),
    decisions: [first(1, 0), gone(50_000), first(1, 75_000)],
  })
  expect([rightZoneShare, moves]).toEqual([0.75, 0])
})

test('a change is found when the new zone is derived at most 10 s later', () => {
  const foundAt = (atMs: number): number =>
    scored({ stays: stays([1, 0], [2, 50_000]), decisions: [first(1, 0), move(2, atMs)] }).foundWithin10s
  expect([49_000, 50_000, 60_000, 60_001].map(foundAt)).toEqual([1, 1, 1, 0])
})

test('a change that is noticed only after the next one was not found, though it was within 10 s', () => {
  const foundAt = (atMs: number): number =>
    scored({ stays: stays([1, 0], [2, 50_000], [3, 54_000]), decisions: [first(1, 0), move(2, atMs)] })
      .foundWithin10s
  expect([53_999, 54_000].map(foundAt)).toEqual([1, 0])
})

test('one that was already derived there when it came, and left before, was not found', () => {
  const { foundWithin10s } = scored({
    stays: stays([1, 0], [2, 50_000]),
    decisions: [first(1, 0), move(2, 40_000), move(1, 45_000)],
  })
  expect(foundWithin10s).toBe(0)
})

test('a change right before the end is found by a timer after the last read', () => {
  const { foundWithin10s } = scored({
    stays: [
      { zone: 1, fromMs: 0, toMs: 97_000 },
      { zone: 2, fromMs: 97_000, toMs: 100_000 },
    ],
    decisions: [first(1, 0), move(2, 101_000)],
  })
  expect(foundWithin10s).toBe(1)
})

test('the first location is held against the truth of the moment at which it was decided', () => {
  const isRight = (decision: Decision): boolean =>
    scored({ stays: stays([1, 0], [2, 5_000]), decisions: [decision] }).firstLocationRight
  expect([first(1, 3_000), first(1, 6_000), first(2, 6_000)].map(isRight)).toEqual([true, false, true])
  expect(scored({ stays: stays([1, 0]), decisions: [] }).firstLocationRight).toBe(false)
})

test('the total adds up, weighs shares by time, and is right at first only when all are', () => {
  const short = scoreRecording('short', 1, [
    { stays: [{ zone: 1, fromMs: 0, toMs: 10_000 }], decisions: [first(2, 0)] },
  ])
  const long = scoreRecording('long', 2, [
    { stays: stays([1, 0], [2, 50_000]), decisions: [first(1, 0), move(2, 50_000)] },
    { stays: stays([1, 0]), decisions: [first(1, 0)] },
  ])
  expect(scoreTotal([short, long])).toMatchObject({
    recording: 'total',
    reads: 3,
    trueChanges: 1,
    foundWithin10s: 1,
    moves: 1,
    rightZoneShare: 0.9524,
    firstLocationRight: false,
  })
})
