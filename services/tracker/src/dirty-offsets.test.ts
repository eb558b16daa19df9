import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dirtyOffsets } from './dirty-offsets.ts'

type Act =
  | { readonly kind: 'touch'; readonly key: string; readonly step: number }
  | { readonly kind: 'clean'; readonly key: string }

const keys = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f')
const acts: fc.Arbitrary<Act[]> = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('touch' as const), key: keys, step: fc.nat(3) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('clean' as const), key: keys }) },
  ),
  { maxLength: 300 },
)

test('D1, D2: firstUnflushed is the smallest first offset over all dirty keys, whatever happens', () => {
  fc.assert(
    fc.property(acts, (script) => {
      const dirty = dirtyOffsets()
      const model = new Map<string, number>()
      let offset = 0
      for (const act of script) {
        if (act.kind === 'touch') {
          offset += act.step
          dirty.touch(act.key, offset, offset * 10)
          if (!model.has(act.key)) model.set(act.key, offset)
        } else {
          dirty.clean(act.key)
          model.delete(act.key)
        }
        expect(dirty.firstUnflushed()).toBe(model.size === 0 ? null : Math.min(...model.values()))
        expect(dirty.size()).toBe(model.size)
      }
    }),
  )
})

test('D3: waitingSince returns the dirty keys that wait long enough or contain old enough records, oldest first', () => {
  fc.assert(
    fc.property(acts, fc.nat(400), fc.nat(400), (script, sinceStep, throughOffset) => {
      const dirty = dirtyOffsets()
      const model = new Map<string, number>()
      let offset = 0
      for (const act of script) {
        if (act.kind === 'touch') {
          offset += act.step
          dirty.touch(act.key, offset, offset)
          if (!model.has(act.key)) model.set(act.key, offset)
        } else {
          dirty.clean(act.key)
          model.delete(act.key)
        }
      }
      const expected = [...model].filter(([, first]) => first <= sinceStep || first <= throughOffset)
      const waiting = dirty.waitingSince(sinceStep, throughOffset)
      expect([...waiting].sort()).toEqual(expected.map(([key]) => key).sort())
      expect(waiting.map((key) => model.get(key))).toEqual(
        expected.map(([, first]) => first).sort((a, b) => a - b),
      )
    }),
  )
})

test('D3: a hundred thousand keys flushed one by one cost no more than a moment', () => {
  const dirty = dirtyOffsets()
  for (let index = 0; index < 100_000; index++) dirty.touch(`key-${index}`, index, 0)
  for (let index = 0; index < 99_999; index++) {
    dirty.clean(`key-${index}`)
    if (dirty.firstUnflushed() !== index + 1) throw new Error(`wrong at ${index}`)
  }
  expect(dirty.size()).toBe(1)
})

test('a record before the last one is a mistake of ours', () => {
  const dirty = dirtyOffsets()
  dirty.touch('a', 5, 0)
  expect(() => dirty.touch('b', 4, 0)).toThrow('offset order')
})
