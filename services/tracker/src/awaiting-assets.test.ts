import fc from 'fast-check'
import { expect, test } from 'vitest'
import { awaitingAssets } from './awaiting-assets.ts'

// Readers' ids take 52 bits.
const devices = [7, 8, 0x1_0000_0007, Number.MAX_SAFE_INTEGER]
const script = fc.array(
  fc.record({
    device: fc.constantFrom(...devices),
    ref: fc.nat(12),
    isTaken: fc.constantFrom(false, false, false, true),
  }),
  { maxLength: 200 },
)

test('V1, V2: a reader’s list holds each ref once that was added for it last, whatever it waited for before', () => {
  fc.assert(
    fc.property(script, (acts) => {
      const awaiting = awaitingAssets()
      const waitsFor = new Map<number, number>()
      for (const { device, ref, isTaken } of acts) {
        if (!isTaken) {
          awaiting.add(device, ref)
          waitsFor.set(ref, device)
          continue
        }
        const expected = [...waitsFor].filter(([, waited]) => waited === device).map(([waiting]) => waiting)
        expect([...awaiting.take(device)].sort()).toEqual(expected.sort())
        for (const taken of expected) waitsFor.delete(taken)
        expect(awaiting.take(device)).toEqual([])
      }
      // Entries of refs that went to another reader may still be counted.
      expect(awaiting.size()).toBeGreaterThanOrEqual(waitsFor.size)
      for (const device of devices) awaiting.take(device)
      expect(awaiting.size()).toBe(0)
    }),
    { numRuns: 500 },
  )
})

test('V2: a ref that is added a thousand times for one reader is one entry', () => {
  const awaiting = awaitingAssets()
  for (let time = 0; time < 1_000; time++) awaiting.add(7, 3)
  expect(awaiting.size()).toBe(1)
  expect(awaiting.take(7)).toEqual([3])
  awaiting.add(7, 3)
  expect(awaiting.take(7)).toEqual([3])
})

test('V2: a ref that went to another reader and came back is taken once', () => {
  const awaiting = awaitingAssets()
  awaiting.add(7, 3)
  awaiting.add(8, 3)
  awaiting.add(7, 3)
  expect(awaiting.take(7)).toEqual([3])
  expect(awaiting.take(8)).toEqual([])
})
