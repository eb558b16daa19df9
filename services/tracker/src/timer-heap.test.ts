import fc from 'fast-check'
import { expect, test } from 'vitest'
import { timerClockMs, timerHeap } from './timer-heap.ts'

type Act =
  | { readonly kind: 'arm'; readonly ref: number; readonly inMs: number | null }
  | { readonly kind: 'take'; readonly stepMs: number }

const script: fc.Arbitrary<Act[]> = fc.array(
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('arm' as const),
        ref: fc.nat(6),
        inMs: fc.option(fc.integer({ min: -200, max: 600 }), { freq: 6 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('take' as const), stepMs: fc.nat(90) }) },
  ),
  { maxLength: 300 },
)

/** The step of 16 ms at whose end a time has come. */
const roundedUp = (dueAtMs: number): number => Math.ceil(dueAtMs / 16) * 16

test('H1, H2: every ref comes once, at the earliest time that it was armed for, rounded up to 16 ms', () => {
  fc.assert(
    fc.property(script, fc.constantFrom(0, 5, 1_777_336_418_021), (acts, startMs) => {
      const heap = timerHeap()
      const model = new Map<number, number>()
      const arm = (ref: number, dueAtMs: number | null): void => {
        heap.arm(ref, dueAtMs)
        if (dueAtMs !== null) model.set(ref, Math.min(model.get(ref) ?? dueAtMs, dueAtMs))
      }
      let nowMs = startMs
      for (const act of acts) {
        if (act.kind === 'arm') {
          arm(act.ref, act.inMs === null ? null : nowMs + act.inMs)
          continue
        }
        nowMs += act.stepMs
        const due = [...model].filter(([, dueAtMs]) => roundedUp(dueAtMs) <= nowMs).map(([ref]) => ref)
        expect(heap.take(nowMs).toSorted()).toEqual(due.toSorted())
        for (const ref of due) model.delete(ref)
      }
    }),
    { numRuns: 500 },
  )
})

test('H1: a ref is given at the first clock whose step its time lies in or before, and at no other', () => {
  fc.assert(
    fc.property(fc.nat(1_000), fc.array(fc.nat(20), { maxLength: 60 }), (dueAtMs, steps) => {
      const heap = timerHeap()
      heap.arm(7, dueAtMs)
      let nowMs = 0
      let isTaken = false
      for (const stepMs of steps) {
        nowMs += stepMs
        const isDue = dueAtMs <= timerClockMs(nowMs)
        expect(heap.take(nowMs)).toEqual(isDue && !isTaken ? [7] : [])
        isTaken ||= isDue
      }
    }),
  )
})

test('H1: what lies years away comes too early rather than never, and what is long past comes at once', () => {
  const heap = timerHeap()
  const yearMs = 365 * 86_400_000
  const startMs = 1_777_336_418_021
  heap.arm(1, startMs)
  heap.arm(2, startMs + 5 * yearMs)
  heap.arm(3, startMs - 5 * yearMs)
  expect(heap.take(startMs - yearMs / 2)).toEqual([3])
  expect(heap.take(startMs + 16)).toEqual([1])
  expect(heap.take(startMs + yearMs / 2)).toEqual([])
  expect(heap.take(startMs + 5 * yearMs + 16)).toEqual([2])
})

test('H2, H3: a timer that is put off a million times costs one entry, and comes at its first time', () => {
  const heap = timerHeap()
  for (let index = 0; index < 1_000_000; index++) heap.arm(9, 300_000 + index)
  expect(heap.bytes()).toBeLessThanOrEqual(3 * 16_384)
  expect(heap.take(299_999)).toEqual([])
  expect(heap.take(300_000)).toEqual([9])
  expect(heap.take(9_999_999)).toEqual([])
})

test('H1: many refs come at their times, those of one time together', () => {
  const heap = timerHeap()
  const timeOf = (ref: number): number => (Math.imul(ref, 7_919) >>> 0) % 60_000
  for (let ref = 0; ref < 20_000; ref++) heap.arm(ref, timeOf(ref))
  const seen: number[] = []
  for (let nowMs = 0; nowMs <= 60_016; nowMs += 48) {
    for (const ref of heap.take(nowMs)) {
      expect(roundedUp(timeOf(ref))).toBeLessThanOrEqual(nowMs)
      expect(roundedUp(timeOf(ref))).toBeGreaterThan(nowMs - 48)
      seen.push(ref)
    }
  }
  expect(seen.toSorted((one, other) => one - other)).toEqual(Array.from({ length: 20_000 }, (_, ref) => ref))
})
