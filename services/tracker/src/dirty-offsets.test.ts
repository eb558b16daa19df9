import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dirtyOffsets } from './dirty-offsets.ts'

type Act =
  | { readonly kind: 'touch'; readonly ref: number; readonly step: number }
  | { readonly kind: 'clean'; readonly ref: number }

const refs = fc.nat(5)
const acts: fc.Arbitrary<Act[]> = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('touch' as const), ref: refs, step: fc.nat(3) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('clean' as const), ref: refs }) },
  ),
  { maxLength: 300 },
)

test('D1, D2: firstUnflushed is the smallest first offset over all dirty refs, whatever happens', () => {
  fc.assert(
    fc.property(acts, (script) => {
      const dirty = dirtyOffsets()
      const model = new Map<number, number>()
      let offset = 0
      for (const act of script) {
        if (act.kind === 'touch') {
          offset += act.step
          dirty.touch(act.ref, offset, offset * 10)
          if (!model.has(act.ref)) model.set(act.ref, offset)
        } else {
          dirty.clean(act.ref)
          model.delete(act.ref)
        }
        expect(dirty.firstUnflushed()).toBe(model.size === 0 ? null : Math.min(...model.values()))
        expect(dirty.size()).toBe(model.size)
      }
    }),
  )
})

test('D3: waitingSince returns the dirty refs that wait long enough or contain old enough records, oldest first', () => {
  fc.assert(
    fc.property(acts, fc.nat(400), fc.nat(400), (script, sinceStep, throughOffset) => {
      const dirty = dirtyOffsets()
      const model = new Map<number, number>()
      let offset = 0
      for (const act of script) {
        if (act.kind === 'touch') {
          offset += act.step
          dirty.touch(act.ref, offset, offset)
          if (!model.has(act.ref)) model.set(act.ref, offset)
        } else {
          dirty.clean(act.ref)
          model.delete(act.ref)
        }
      }
      const expected = [...model].filter(([, first]) => first <= sinceStep || first <= throughOffset)
      const waiting = dirty.waitingSince(sinceStep, throughOffset)
      expect([...waiting].sort()).toEqual(expected.map(([ref]) => ref).sort())
      expect(waiting.map((ref) => model.get(ref))).toEqual(
        expected.map(([, first]) => first).sort((a, b) => a - b),
      )
    }),
  )
})

test('D3: a hundred thousand refs flushed one by one cost no more than a moment', () => {
  const dirty = dirtyOffsets()
  for (let index = 0; index < 100_000; index++) dirty.touch(index, index, 0)
  for (let index = 0; index < 99_999; index++) {
    dirty.clean(index)
    if (dirty.firstUnflushed() !== index + 1) throw new Error(`wrong at ${index}`)
  }
  expect(dirty.size()).toBe(1)
})

test('a record before the last one is a mistake of ours', () => {
  const dirty = dirtyOffsets()
  dirty.touch(1, 5, 0)
  expect(() => dirty.touch(2, 4, 0)).toThrow('offset order')
})
