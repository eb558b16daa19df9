import { expect, test } from 'vitest'
import type { RecordedRead, Recording } from './recording.ts'
import { demoWarehouse, simulateWarehouse } from './simulate-warehouse.ts'

function first(recording: Recording, count: number): RecordedRead[] {
  const reads: RecordedRead[] = []
  for (const read of recording.reads) {
    reads.push(read)
    if (reads.length === count) break
  }
  return reads
}

test('the same seed gives the same reads, another seed others', () => {
  const reads = first(simulateWarehouse(demoWarehouse), 1_000)
  expect(first(simulateWarehouse(demoWarehouse), 1_000)).toEqual(reads)
  expect(first(simulateWarehouse({ ...demoWarehouse, seed: 2 }), 1_000)).not.toEqual(reads)
})

test('reads come at the asked rate, in order, from devices and tags of the header', () => {
  const recording = simulateWarehouse({ ...demoWarehouse, readsPerSecond: 500, readersPerZone: 3 })
  const reads = first(recording, 50_000)
  const devices = new Set(recording.header.scanDevices.map(({ externalKey }) => externalKey))
  const tags = new Set(recording.header.assets.flatMap(({ tags: own }) => own.map(({ value }) => value)))
  expect(reads.every(({ device, tag }) => devices.has(device) && tags.has(tag.value))).toBe(true)
  expect(reads.every(({ atMs }, index) => atMs >= (reads[index - 1]?.atMs ?? 0))).toBe(true)
  const lastMs = reads.at(-1)?.atMs ?? 0
  expect(lastMs).toBeGreaterThan(95_000)
  expect(lastMs).toBeLessThan(105_000)
  expect(new Set(reads.map(({ device }) => device)).size).toBe(devices.size)
})

test('assets go round: each is heard best in every zone of its site, one after the other', () => {
  const reads = first(
    simulateWarehouse({ ...demoWarehouse, assets: 1, readsPerSecond: 10, noiseRatio: 0 }),
    3_000,
  )
  const zones: string[] = []
  for (const { device } of reads) if (zones.at(-1) !== device) zones.push(device)
  expect(zones.length).toBeGreaterThan(6)
  expect(new Set(zones).size).toBe(5)
  expect(zones.slice(5, 10)).toEqual(zones.slice(0, 5))
})

test('noise is the asked share, and weaker', () => {
  const reads = first(simulateWarehouse({ ...demoWarehouse, stayMs: 1e9, noiseRatio: 0.2, assets: 1 }), 5_000)
  const byDevice = new Map<string, number[]>()
  for (const { device, rssiDbm } of reads)
    byDevice.set(device, [...(byDevice.get(device) ?? []), rssiDbm ?? 0])
  const [home, ...others] = [...byDevice.values()].sort((one, other) => other.length - one.length)
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length
  expect((home?.length ?? 0) / reads.length).toBeCloseTo(0.8, 1)
  expect(mean(home ?? [])).toBeCloseTo(-55, 0)
  expect(mean(others.flat())).toBeCloseTo(-70, 0)
})
