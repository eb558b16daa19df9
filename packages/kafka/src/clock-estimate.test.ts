import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ClockEstimate, settlingSamples } from './clock-estimate.ts'

const epochMs = 1_800_000_000_000

/** A broker whose clock runs `drift` faster than the monotonic one. */
interface World {
  readonly offsetMs: number
  readonly drift: number
}

interface Trip {
  readonly afterMs: number
  readonly outMs: number
  readonly backMs: number
}

const anyTrip = fc.record({
  afterMs: fc.double({ min: 0, max: 60_000, noNaN: true }),
  outMs: fc.oneof(fc.double({ min: 0, max: 3, noNaN: true }), fc.double({ min: 0, max: 2_000, noNaN: true })),
  backMs: fc.oneof(
    fc.double({ min: 0, max: 3, noNaN: true }),
    fc.double({ min: 0, max: 2_000, noNaN: true }),
  ),
})
const anyWorld = fc.record({
  offsetMs: fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  drift: fc.double({ min: -1e-4, max: 1e-4, noNaN: true }),
})

const brokerAt = (world: World, monotonicMs: number): number =>
  epochMs + world.offsetMs + monotonicMs * (1 + world.drift)

/** Makes one round trip that begins at `sentAtMs`; gives back when it was over. */
function trip(estimate: ClockEstimate, world: World, sentAtMs: number, { outMs, backMs }: Trip): number {
  const stampedAtMs = sentAtMs + outMs
  const acknowledgedAtMs = stampedAtMs + backMs
  estimate.add({ sentAtMs, acknowledgedAtMs, brokerMs: Math.floor(brokerAt(world, stampedAtMs)) })
  return acknowledgedAtMs
}

function read(
  estimate: ClockEstimate,
  monotonicMs: number,
): { readonly nowMs: number; readonly errorMs: number } {
  const nowMs = estimate.nowMs(monotonicMs)
  const errorMs = estimate.errorMs(monotonicMs)
  if (nowMs === null || errorMs === null) throw new Error('nothing was measured')
  return { nowMs, errorMs }
}

/** Doubles at 1.8e12 are exact to a quarter of a microsecond; sums of a few of them to this. */
const roundingMs = 0.01

test('before the first sample nothing is known', () => {
  const estimate = new ClockEstimate()
  expect(estimate.nowMs(5)).toBeNull()
  expect(estimate.errorMs(5)).toBeNull()
})

test('E1: the broker’s time is never further than the error, whatever the ways there and back take', () => {
  fc.assert(
    fc.property(anyWorld, fc.array(anyTrip, { minLength: 1, maxLength: 30 }), (world, trips) => {
      const estimate = new ClockEstimate()
      let atMs = 0
      let isFirst = true
      for (const each of trips) {
        atMs += each.afterMs
        if (!isFirst) check(atMs)
        atMs = trip(estimate, world, atMs, each)
        check(atMs)
        isFirst = false
      }
      function check(monotonicMs: number): void {
        const { nowMs, errorMs } = read(estimate, monotonicMs)
        expect(Math.abs(nowMs - brokerAt(world, monotonicMs))).toBeLessThanOrEqual(errorMs + roundingMs)
      }
    }),
  )
})

test('E1: a quick sample outlives seven slow ones, and not an eighth', () => {
  const estimate = new ClockEstimate()
  const world = { offsetMs: 0, drift: 0 }
  let atMs = trip(estimate, world, 0, { afterMs: 0, outMs: 0.5, backMs: 0.5 })
  const slow = { afterMs: 0, outMs: 400, backMs: 0 }
  for (let i = 0; i < 7; i += 1) atMs = trip(estimate, world, atMs, slow)
  expect(read(estimate, atMs).errorMs).toBeLessThan(5)
  atMs = trip(estimate, world, atMs, slow)
  expect(read(estimate, atMs).errorMs).toBeGreaterThan(100)
})

test('E2: never goes back while no clock is set, and no correction makes it run more than a tenth off', () => {
  // Ways of up to 400 ms: then no two guesses are a second apart, and nothing is a step.
  const way = fc.double({ min: 0, max: 400, noNaN: true })
  const anyShortTrip = fc.record({
    afterMs: fc.double({ min: 0, max: 60_000, noNaN: true }),
    outMs: way,
    backMs: way,
  })
  fc.assert(
    fc.property(anyWorld, anyShortTrip, fc.array(anyShortTrip, { maxLength: 30 }), (world, first, trips) => {
      const estimate = new ClockEstimate()
      let atMs = 0
      for (let i = 0; i < settlingSamples; i += 1) atMs = trip(estimate, world, atMs, first)
      let last = { atMs, nowMs: read(estimate, atMs).nowMs }
      const look = (monotonicMs: number): void => {
        const { nowMs } = read(estimate, monotonicMs)
        const tookMs = monotonicMs - last.atMs
        expect(nowMs).toBeGreaterThanOrEqual(last.nowMs)
        expect(nowMs - last.nowMs).toBeGreaterThanOrEqual(tookMs * 0.9 - 1 - roundingMs)
        expect(nowMs - last.nowMs).toBeLessThanOrEqual(tookMs * 1.1 + 1 + roundingMs)
        last = { atMs: monotonicMs, nowMs }
      }
      for (const each of trips) {
        look(atMs + each.afterMs / 2)
        atMs = trip(estimate, world, atMs + each.afterMs, each)
        look(atMs)
      }
    }),
  )
})

test('E2: a correction of half a second is made up for within five, and time goes on meanwhile', () => {
  const estimate = new ClockEstimate()
  for (let i = 0; i < settlingSamples; i += 1) {
    estimate.add({ sentAtMs: 0, acknowledgedAtMs: 1_000, brokerMs: epochMs }) // the offset: anything from −1,000 to 0
  }
  estimate.add({ sentAtMs: 1_000, acknowledgedAtMs: 1_000, brokerMs: epochMs })
  const startMs = read(estimate, 1_000).nowMs
  expect(startMs).toBe(epochMs + 500)
  expect(read(estimate, 3_000).nowMs).toBe(epochMs + 500 + 1_800)
  expect(read(estimate, 6_000).nowMs).toBe(epochMs + 5_000)
  expect(read(estimate, 6_000).errorMs).toBeLessThan(3)
})

test('E3: one sample after the broker’s clock was set, or this machine slept, it is right again', () => {
  const jump = fc.oneof(
    fc.double({ min: 5_000, max: 1e9, noNaN: true }),
    fc.double({ min: -1e9, max: -5_000, noNaN: true }),
  )
  fc.assert(
    fc.property(
      anyWorld,
      fc.array(anyTrip, { maxLength: 12 }),
      jump,
      anyTrip,
      (world, trips, jumpMs, last) => {
        const estimate = new ClockEstimate()
        let atMs = 0
        for (const each of trips) atMs = trip(estimate, world, atMs + each.afterMs, each)
        const moved = { ...world, offsetMs: world.offsetMs + jumpMs }
        atMs = trip(estimate, moved, atMs, last)
        const { nowMs, errorMs } = read(estimate, atMs)
        expect(Math.abs(nowMs - brokerAt(moved, atMs))).toBeLessThanOrEqual(errorMs + roundingMs)
        expect(errorMs).toBeLessThanOrEqual((last.outMs + last.backMs) / 2 + 3)
      },
    ),
  )
})

test('E2: of the first samples the best counts at once', () => {
  const estimate = new ClockEstimate()
  estimate.add({ sentAtMs: 0, acknowledgedAtMs: 1_000, brokerMs: epochMs })
  estimate.add({ sentAtMs: 1_000, acknowledgedAtMs: 1_000, brokerMs: epochMs })
  expect(read(estimate, 1_000).nowMs).toBe(epochMs)
  expect(read(estimate, 1_000).errorMs).toBeLessThan(2)
})
