import fc from 'fast-check'
import { expect, test } from 'vitest'
import { stateSlab } from './state-slab.ts'

const chunkBytes = 256 * 1_024

/** Bytes that say whose they are, how many and of which writing. */
function stateOf(ref: number, length: number, writing: number): Buffer {
  const bytes = Buffer.alloc(length)
  for (let index = 0; index < length; index++) bytes[index] = ref * 31 + writing * 7 + index
  return bytes
}

function readBack(slab: ReturnType<typeof stateSlab>, ref: number, length: number): Buffer {
  return slab.read(ref, (bytes, start) => Buffer.from(bytes.subarray(start, start + length)))
}

const script = fc.array(
  fc.record({
    ref: fc.nat(30),
    length: fc.integer({ min: 1, max: 600 }),
    isDropped: fc.constantFrom(false, false, false, true),
  }),
  { maxLength: 200 },
)

test('B1: what was put is what is read, whatever else is put and dropped', () => {
  fc.assert(
    fc.property(script, (acts) => {
      const slab = stateSlab()
      const model = new Map<number, Buffer>()
      for (const [writing, { ref, length, isDropped }] of acts.entries()) {
        if (isDropped) {
          slab.drop(ref)
          model.delete(ref)
        } else {
          const state = stateOf(ref, length, writing)
          // A scratch buffer is larger than the state and used again.
          const scratch = Buffer.concat([state, Buffer.alloc(9, 0xee)])
          slab.put(ref, scratch, length)
          scratch.fill(0xdd)
          model.set(ref, state)
        }
        for (const [known, state] of model) expect(readBack(slab, known, state.length)).toEqual(state)
      }
      for (let ref = 0; ref <= 30; ref++)
        if (!model.has(ref)) expect(() => readBack(slab, ref, 1)).toThrow('only what was put')
    }),
    { numRuns: 100 },
  )
})

interface Model {
  readonly put: (ref: number, length: number) => void
  readonly drop: (ref: number) => void
  readonly expectBounded: () => void
  readonly expectWhole: () => void
}

/** For many states: their lengths only, their bytes follow from ref and length. */
function modelled(): Model {
  const slab = stateSlab()
  const lengths = new Map<number, number>()
  let live = 0
  const unitsOf = (length: number): number => Math.ceil((length + 6) / 4) * 4
  const forget = (ref: number): void => {
    live -= lengths.has(ref) ? unitsOf(lengths.get(ref) ?? 0) : 0
    lengths.delete(ref)
  }
  return {
    put(ref, length) {
      forget(ref)
      slab.put(ref, stateOf(ref, length, 0), length)
      lengths.set(ref, length)
      live += unitsOf(length)
    },
    drop(ref) {
      forget(ref)
      slab.drop(ref)
    },
    expectBounded() {
      const addressBytes = 4 * 4_096 * 8
      // A chunk of gaps that are not closed yet, one that is being filled, one that is kept for the next, and the ends.
      expect(slab.bytes()).toBeLessThan(live * (9 / 8) * 1.01 + 4 * chunkBytes + addressBytes)
    },
    expectWhole() {
      for (const [ref, length] of lengths)
        expect(readBack(slab, ref, length).equals(stateOf(ref, length, 0))).toBe(true)
    },
  }
}

/** A plain generator: a property of this size would shrink for minutes. */
function chance(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 0x1_0000_0000) * below)
  }
}

test('B1, B2: states that change their size all the time leave an eighth of gaps and no more', () => {
  const model = modelled()
  const next = chance(7)
  for (let act = 0; act < 60_000; act++) {
    model.put(next(8_000), 1 + next(600))
    if (act % 10_000 === 0) model.expectBounded()
  }
  model.expectBounded()
  model.expectWhole()
})

test('B2: memory is given back when states shrink or go', () => {
  const model = modelled()
  for (let ref = 0; ref < 8_000; ref++) model.put(ref, 600)
  model.expectBounded()
  for (let ref = 0; ref < 8_000; ref++) model.put(ref, 60)
  model.expectBounded()
  model.expectWhole()
  for (let ref = 0; ref < 8_000; ref++) model.put(ref, 500)
  for (let ref = 0; ref < 7_900; ref++) model.drop(ref)
  model.expectBounded()
  model.expectWhole()
})

test('B1: a state that is larger than a chunk may hold is a mistake of ours', () => {
  const slab = stateSlab()
  const large = Buffer.alloc(65_531, 1)
  slab.put(3, large, 65_530)
  expect(readBack(slab, 3, 65_530)).toEqual(large.subarray(0, 65_530))
  expect(() => slab.put(3, large, 65_531)).toThrow('bounded')
})
