import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type ClockedRead,
  type ClockJudgement,
  type ClockLimits,
  judgeClock,
  knownClock,
  offsetOf,
  type ReaderClock,
} from './judge-clock.ts'

const nowMs = 1_795_444_931_794
const hourMs = 3_600_000
const limits: ClockLimits = { maxClockSkewMs: 5_000, lateLimitMs: 24 * hourMs }

/** Judges reads one after the other, as one reader's. */
function run(
  reads: readonly ClockedRead[],
  clock: ReaderClock | null = null,
  given: ClockLimits = limits,
): { readonly judged: readonly ClockJudgement[]; readonly clock: ReaderClock | null } {
  let known = clock
  const judged = reads.map((read) => {
    const judgement = judgeClock(known, read, given)
    known = judgement.clock
    return judgement
  })
  return { judged, clock: known }
}

/** A read that arrives at `receivedAtMs` and is as old as `lagMs` by its reader's clock. */
const lagging = (receivedAtMs: number, lagMs: number): ClockedRead => ({
  receivedAtMs,
  readAtMs: receivedAtMs - lagMs,
})

/** A reader known to be right, with 20 ms to us. */
const good = knownClock(20, nowMs)

const atOf = (judged: ClockJudgement | undefined): number =>
  judged?.kind === 'timed' ? judged.atMs : Number.NaN
const latenessOf = (judged: ClockJudgement | undefined): string =>
  judged?.kind === 'timed' ? judged.lateness : 'too_old'

test('a reader without a clock is taken at the receive time', () => {
  expect(judgeClock(null, { receivedAtMs: nowMs, readAtMs: null }, limits)).toEqual({
    kind: 'timed',
    atMs: nowMs,
    lateness: 'receive_time',
    clock: null,
  })
})

test('a reader nobody knows whose clock is about right is believed to the millisecond', () => {
  const { judged } = run([lagging(nowMs, 2_000), lagging(nowMs, 1_500), lagging(nowMs, 30)])
  expect(judged.map(atOf)).toEqual([nowMs - 2_000, nowMs - 1_500, nowMs - 30])
})

test('the guess about a new reader is replaced by what a minute of reads says', () => {
  const reads = Array.from({ length: 80 }, (_, index) =>
    lagging(nowMs + index * 1_000, 4_000 + (index % 3) * 50),
  )
  const { judged, clock } = run(reads)
  expect(offsetOf(clock ?? good)).toBe(4_000)
  expect(atOf(judged.at(-1))).toBe(nowMs + 79_000 - (79 % 3) * 50)
})

test.each([14_000, 60_000, 299_000])('O3: a clock %i ms ahead is put right by its first read', (aheadMs) => {
  const { judged } = run([lagging(nowMs, -aheadMs + 30), lagging(nowMs + 500, -aheadMs + 70)])
  expect(judged.map(atOf)).toEqual([nowMs, nowMs + 500 - 40])
  expect(judged.map(latenessOf)).toEqual(['on_time', 'on_time'])
})

test('O5: too old from a clock that was seen good is refused, from one that never was it is taken as of now', () => {
  const old = lagging(nowMs, 25 * hourMs)
  expect(judgeClock(good, old, limits)).toMatchObject({ kind: 'too_old' })
  expect(judgeClock(null, old, limits)).toMatchObject({ atMs: nowMs, lateness: 'receive_time' })
  const seenOnce = run([lagging(nowMs, 40)]).clock
  expect(judgeClock(seenOnce, old, limits)).toMatchObject({ kind: 'too_old' })
})

test('O5: a reader that booted in 2019 works from its first read on', () => {
  const sevenYearsMs = 7 * 365 * 24 * hourMs
  const reads = Array.from({ length: 200 }, (_, index) =>
    lagging(nowMs + index * 1_000, sevenYearsMs + (index % 4)),
  )
  const { judged } = run(reads)
  for (const [index, each] of judged.entries())
    expect(Math.abs(atOf(each) - (nowMs + index * 1_000))).toBeLessThan(5)
  expect(latenessOf(judged.at(-1))).toBe('on_time')
})

test('O3: a good clock that loses an hour is late for a minute and believed from then on', () => {
  const reads = Array.from({ length: 100 }, (_, index) =>
    lagging(nowMs + index * 1_000, hourMs + 20 + (index % 5)),
  )
  const { judged } = run(reads, good)
  expect(latenessOf(judged[0])).toBe('late')
  expect(atOf(judged[0])).toBe(nowMs - hourMs)
  const first = judged.findIndex((each) => latenessOf(each) === 'on_time')
  expect(first).toBe(60)
  for (const [index, each] of judged.entries()) {
    if (index >= first) expect(nowMs + index * 1_000 - atOf(each)).toBeLessThan(5)
  }
})

test('O3: one glitch ahead is forgotten after a minute of reads that agree with each other', () => {
  const reads = [
    lagging(nowMs, -240_000),
    ...Array.from({ length: 70 }, (_, index) => lagging(nowMs + 1_000 + index * 1_000, 20)),
  ]
  expect(atOf(run(reads, good).judged.at(-1))).toBe(nowMs + 70_000)
})

test('O4: live reads between those of a backlog keep the clock known', () => {
  const reads = Array.from({ length: 300 }, (_, index) =>
    index % 2 === 0 ? lagging(nowMs + index * 500, 20) : lagging(nowMs + index * 500, hourMs),
  )
  const { judged, clock } = run(reads, good)
  expect(offsetOf(clock ?? good)).toBe(20)
  for (const [index, each] of judged.entries())
    expect(latenessOf(each)).toBe(index % 2 === 0 ? 'on_time' : 'late')
})

test('O6: the offset follows a clock that drifts, up as well as down', () => {
  for (const ppm of [100, -100]) {
    let clock: ReaderClock | null = good
    for (let second = 0; second <= 4 * 3_600; second += 5) {
      const lagMs = Math.round(20 + (second * ppm) / 1_000) + (second % 35 === 0 ? 0 : 300)
      clock = judgeClock(clock, lagging(nowMs + second * 1_000, lagMs), limits).clock
    }
    expect(Math.abs(offsetOf(clock ?? good) - (20 + (4 * 3_600 * ppm) / 1_000))).toBeLessThan(150)
  }
})

const anyRead = fc
  .tuple(
    fc.integer({ min: 0, max: 4 * hourMs }),
    fc.oneof(
      fc.integer({ min: -300_000, max: 10_000 }),
      fc.integer({ min: 0, max: 48 * hourMs }),
      fc.constant(7 * 365 * 24 * hourMs),
    ),
  )
  .map(([afterMs, lagMs]) => lagging(nowMs + afterMs, lagMs))
const anyLimits = fc.record({
  maxClockSkewMs: fc.constantFrom(0, 1_000, 5_000, 600_000),
  lateLimitMs: fc.constantFrom(60_000, 24 * hourMs),
})

test('O1: whatever comes, no read is from the future', () => {
  fc.assert(
    fc.property(fc.array(anyRead, { maxLength: 60 }), anyLimits, (reads, given) => {
      for (const [index, judged] of run(reads, null, given).judged.entries()) {
        if (judged.kind === 'timed') expect(judged.atMs).toBeLessThanOrEqual(reads[index]?.receivedAtMs ?? 0)
      }
    }),
  )
})

test('O2: reads of a known reader, arriving within 0.5 s in any order, get the same times', () => {
  const read = fc.record({
    madeMs: fc.integer({ min: 0, max: 60_000 }),
    wayMs: fc.integer({ min: 0, max: 500 }),
  })
  const offset = fc.integer({ min: -300_000, max: 7 * 24 * hourMs })
  fc.assert(
    fc.property(
      fc.array(read, { minLength: 1, maxLength: 40 }),
      offset,
      fc.func(fc.nat()),
      (made, offsetMs, order) => {
        const clock = knownClock(offsetMs, nowMs)
        const readOf = ({ madeMs, wayMs }: { madeMs: number; wayMs: number }): ClockedRead => ({
          receivedAtMs: nowMs + madeMs + wayMs,
          readAtMs: nowMs + madeMs - offsetMs,
        })
        const byArrival = made.toSorted((one, other) => one.madeMs + one.wayMs - other.madeMs - other.wayMs)
        const shuffled = made.toSorted((one, other) => order(one) - order(other))
        const timesOf = (list: typeof made): ReadonlyMap<number, number> => {
          const judged = run(list.map(readOf), clock).judged
          return new Map(list.map(({ madeMs }, index) => [madeMs, atOf(judged[index])]))
        }
        expect([...timesOf(shuffled)].sort()).toEqual([...timesOf(byArrival)].sort())
        for (const [madeMs, atMs] of timesOf(byArrival)) expect(atMs).toBe(nowMs + madeMs)
      },
    ),
  )
})

test('O3: a constant lag, whatever it is, is believed after three parts of reads, whatever was known before', () => {
  const lag = fc.oneof(
    fc.integer({ min: 0, max: 20_000 }),
    fc.integer({ min: -299_000, max: 20 * 365 * 24 * hourMs }),
  )
  const before = fc.option(fc.integer({ min: -300_000, max: 7 * 24 * hourMs }))
  fc.assert(
    fc.property(
      lag,
      before,
      anyLimits,
      fc.integer({ min: 200, max: 30_000 }),
      fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 20, maxLength: 20 }),
      (lagMs, offsetMs, given, everyMs, jitters) => {
        // Each part begins with the first read after the last one ended, so it is up to one read longer.
        const learnedMs = 3 * (20_000 + everyMs)
        const count = Math.ceil(learnedMs / everyMs) + 30
        const jitterOf = (index: number): number => jitters[index % jitters.length] ?? 0
        const reads = Array.from({ length: count }, (_, index) =>
          lagging(nowMs + index * everyMs, lagMs + jitterOf(index)),
        )
        const clock = offsetMs === null ? null : knownClock(offsetMs, nowMs)
        const { judged } = run(reads, clock, given)
        for (const [index, each] of judged.entries()) {
          if (index * everyMs < learnedMs + everyMs) continue
          // Within the skew, plus what the way varies and the parts may differ by.
          const errorMs = nowMs + index * everyMs - atOf(each)
          expect(errorMs).toBeLessThanOrEqual(given.maxClockSkewMs + 1_900)
        }
      },
    ),
  )
})

test('O4: a backlog stays late, is dated by its own clock, and teaches nothing', () => {
  const speed = fc.oneof(
    fc.double({ min: 1.05, max: 2, noNaN: true }),
    fc.double({ min: 2, max: 10_000, noNaN: true }),
  )
  fc.assert(
    fc.property(
      fc.integer({ min: -300_000, max: 7 * 24 * hourMs }),
      fc.integer({ min: 60_000, max: 20 * hourMs }),
      speed,
      fc.integer({ min: 200, max: 30_000 }),
      (offsetMs, outageMs, times, everyMs) => {
        const clock = knownClock(offsetMs, nowMs)
        const madeMs = Array.from(
          { length: Math.min(2_000, Math.floor(outageMs / everyMs)) },
          (_, i) => i * everyMs,
        )
        const reads = madeMs
          .map((ms) => ({
            receivedAtMs: nowMs + outageMs + Math.floor(ms / times),
            readAtMs: nowMs + ms - offsetMs,
          }))
          .filter(({ receivedAtMs, readAtMs }) => receivedAtMs - readAtMs - offsetMs > limits.maxClockSkewMs)
        const after = run(reads, clock)
        for (const [index, each] of after.judged.entries()) {
          expect([latenessOf(each), atOf(each)]).toEqual(['late', (reads[index]?.readAtMs ?? 0) + offsetMs])
        }
        expect(offsetOf(after.clock ?? good)).toBe(offsetMs)
      },
    ),
  )
})

test('O4: newest first is late as well', () => {
  const reads = Array.from({ length: 3_600 }, (_, index) => ({
    receivedAtMs: nowMs + hourMs + index * 100,
    readAtMs: nowMs + 50 * 60_000 - index * 500,
  }))
  const { judged, clock } = run(reads, good)
  expect(new Set(judged.map(latenessOf))).toEqual(new Set(['late']))
  expect(offsetOf(clock ?? good)).toBe(20)
})
