import fc from 'fast-check'
import { expect, test } from 'vitest'
import { OffsetTracker } from './offset-tracker.ts'

/** The same by plain sets: obviously right, and slow. */
class NaiveTracker {
  readonly incomplete = new Map<number, number>()
  next: number | null = null

  handedOut(offset: number, nowMs: number): void {
    this.incomplete.set(offset, nowMs)
    this.next = offset + 1
  }

  passed(nextOffset: number): void {
    this.next = Math.max(this.next ?? nextOffset, nextOffset)
  }

  done(offset: number): boolean {
    return this.incomplete.delete(offset)
  }

  doneThrough(offset: number): number {
    const done = [...this.incomplete.keys()].filter((o) => o <= offset)
    for (const o of done) this.incomplete.delete(o)
    return done.length
  }

  rewind(offset: number): void {
    for (const o of [...this.incomplete.keys()]) if (o >= offset) this.incomplete.delete(o)
    this.next = offset
  }

  oldestIncomplete(): number | null {
    return this.incomplete.size === 0 ? null : Math.min(...this.incomplete.keys())
  }

  committable(): number | null {
    return this.oldestIncomplete() ?? this.next
  }
}

type Tracker = Pick<OffsetTracker, 'handedOut' | 'passed' | 'done' | 'doneThrough' | 'rewind'>
/** What a step does, and what it answers; `lowest` and `next` are where the partition stands. */
type Step = (tracker: Tracker, at: { lowest: number; next: number; nowMs: number }) => unknown

const few = (max: number, act: (n: number) => Step): fc.Arbitrary<Step> => fc.nat({ max }).map(act)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: few(
      3,
      (n) =>
        (tracker, { next, nowMs }) =>
          tracker.handedOut(next + n, nowMs),
    ),
  },
  {
    weight: 6,
    arbitrary: few(
      40,
      (n) =>
        (tracker, { lowest }) =>
          tracker.done(lowest + n - 2),
    ),
  },
  {
    weight: 1,
    arbitrary: few(
      40,
      (n) =>
        (tracker, { lowest }) =>
          tracker.doneThrough(lowest + n),
    ),
  },
  {
    weight: 1,
    arbitrary: few(
      5,
      (n) =>
        (tracker, { next }) =>
          tracker.passed(next + n),
    ),
  },
  {
    weight: 1,
    arbitrary: few(
      10,
      (n) =>
        (tracker, { lowest, next }) =>
          tracker.rewind(Math.max(lowest, next - n)),
    ),
  },
)

test('T1, T2, T3, T4, T5: whatever is handed out, completed and taken back, it agrees with the naive model', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
      const tracker = new OffsetTracker()
      const naive = new NaiveTracker()
      steps.forEach((act, nowMs) => {
        const at = { lowest: naive.committable() ?? 0, next: naive.next ?? 0, nowMs }
        expect(act(tracker, at)).toBe(act(naive, at))
        expect(tracker.committable()).toBe(naive.committable())
        expect(tracker.next()).toBe(naive.next)
        expect(tracker.incompleteCount()).toBe(naive.incomplete.size)
        const oldest = naive.oldestIncomplete()
        expect(tracker.oldestIncomplete()).toBe(oldest)
        expect(tracker.oldestIncompleteSinceMs()).toBe(oldest === null ? null : naive.incomplete.get(oldest))
      })
    }),
    { numRuns: 300 },
  )
})

test('T1: completing out of order holds the commit at the lowest incomplete', () => {
  const tracker = new OffsetTracker()
  for (const offset of [5, 6, 9]) tracker.handedOut(offset, 0)
  tracker.done(9)
  tracker.done(6)
  expect(tracker.committable()).toBe(5)
  tracker.done(5)
  expect(tracker.committable()).toBe(10)
})

test('T2: a hidden tail counts as read once everything before it is complete', () => {
  const tracker = new OffsetTracker()
  tracker.handedOut(0, 0)
  tracker.passed(4)
  expect(tracker.committable()).toBe(0)
  tracker.done(0)
  expect(tracker.committable()).toBe(4)
})

test('T4: completing twice, or what was never handed out, changes nothing', () => {
  const tracker = new OffsetTracker()
  tracker.handedOut(3, 0)
  expect(tracker.done(2)).toBe(false)
  expect(tracker.done(7)).toBe(false)
  expect(tracker.done(3)).toBe(true)
  expect(tracker.done(3)).toBe(false)
  expect(tracker.committable()).toBe(4)
})

test('T5: what was taken back is incomplete again, even where it had been completed', () => {
  const tracker = new OffsetTracker()
  for (const offset of [0, 1, 2]) tracker.handedOut(offset, 0)
  tracker.done(2)
  tracker.rewind(1)
  tracker.done(0)
  expect(tracker.committable()).toBe(1)
  tracker.handedOut(1, 1)
  tracker.handedOut(2, 1)
  tracker.done(1)
  expect(tracker.committable()).toBe(2)
})

test('the order of handing out is the order of offsets', () => {
  const tracker = new OffsetTracker()
  tracker.handedOut(3, 0)
  expect(() => tracker.handedOut(3, 0)).toThrow(RangeError)
})

test('a window of 100,000 open records with random completion stays fast', () => {
  const tracker = new OffsetTracker()
  const count = 500_000
  const startedAt = performance.now()
  for (let offset = 0; offset < count; offset += 1) {
    tracker.handedOut(offset * 2, 0)
    // A scattered completion some 100,000 behind: i → i with its low bits mixed.
    if (offset >= 100_000) tracker.done(((offset - 100_000) ^ 0x3ff) * 2)
  }
  const perRecordUs = ((performance.now() - startedAt) * 1000) / count
  expect(perRecordUs).toBeLessThan(5)
})
