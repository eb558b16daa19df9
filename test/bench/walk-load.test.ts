import { expect, test } from 'vitest'
import { loadRatePerAsset, startWalkers, walkLoad } from './walk-load.ts'

const load = walkLoad(null, 50)

test('there are about as many reads for each event as asked for', () => {
  expect(load.source).toBe('synthetic')
  expect(load.readsPerEvent).toBeGreaterThan(35)
  expect(load.readsPerEvent).toBeLessThan(70)
})

test('assets walk on for ever at the rate of the loop, each in order, wherever the calls part the time', () => {
  const assets = 12
  const stepwise = startWalkers(load, { assets, fromMs: 0 })
  const at: number[][] = Array.from({ length: assets }, () => [])
  const seconds = Math.round((load.loopMs * 3) / 1_000)
  for (let second = 1; second <= seconds; second++) {
    for (const { asset, atMs } of stepwise(second * 1_000)) {
      expect(atMs).toBeGreaterThanOrEqual((second - 1) * 1_000)
      expect(atMs).toBeLessThan(second * 1_000)
      at[asset]?.push(atMs)
    }
  }
  for (const times of at) expect(times).toEqual(times.toSorted((one, other) => one - other))
  const whole = startWalkers(load, { assets, fromMs: 0 })(seconds * 1_000)
  expect(at.flat()).toHaveLength(whole.length)
  const expected = loadRatePerAsset(load) * assets * seconds
  expect(Math.abs(whole.length / expected - 1)).toBeLessThan(0.02)
  // Phases differ: not everybody begins with the same read.
  expect(new Set(at.map(([first]) => first)).size).toBeGreaterThan(assets / 2)
})

test('walkers who begin later go on where the others are by then', () => {
  const assets = 20
  const early = startWalkers(load, { assets, fromMs: 0 })
  early(10_000)
  const late = startWalkers(load, { assets, fromMs: 10_000 })
  const shown = (reads: ReturnType<typeof late>, shiftMs: number): readonly string[] =>
    reads.map(({ asset, atMs, step }) => `${asset} ${Math.round(atMs - shiftMs)} ${step.device}`)
  expect(shown(late(5_000), 0)).toEqual(shown(early(15_000), 10_000))
})
