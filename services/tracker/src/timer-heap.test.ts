import fc from 'fast-check'
import { expect, test } from 'vitest'
import { timerHeap } from './timer-heap.ts'

type Act =
  | { readonly kind: 'set'; readonly key: string; readonly dueAtMs: number | null }
  | { readonly kind: 'take'; readonly stepMs: number }

const script: fc.Arbitrary<Act[]> = fc.array(
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('set' as const),
        key: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'),
        dueAtMs: fc.option(fc.nat(60), { freq: 6 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('take' as const), stepMs: fc.nat(9) }) },
  ),
  { maxLength: 300 },
)

test('H1, H2: exactly the due keys come out, once, in the order of due time and key', () => {
  fc.assert(
    fc.property(script, (acts) => {
      const heap = timerHeap()
      const model = new Map<string, number>()
      let nowMs = 0
      for (const act of acts) {
        if (act.kind === 'set') {
          heap.set(act.key, act.dueAtMs)
          if (act.dueAtMs === null) model.delete(act.key)
          else model.set(act.key, act.dueAtMs)
          continue
        }
        nowMs += act.stepMs
        const due = [...model].filter(([, dueAtMs]) => dueAtMs <= nowMs)
        due.sort(([key, at], [otherKey, otherAt]) => at - otherAt || (key < otherKey ? -1 : 1))
        expect(heap.takeDue(nowMs)).toEqual(due.map(([key]) => key))
        for (const [key] of due) model.delete(key)
      }
    }),
    { numRuns: 500 },
  )
})

test('H3: a timer that is put off a million times is still taken in a moment, and only when it is due', () => {
  const heap = timerHeap()
  for (let index = 0; index < 1_000_000; index++) heap.set('asset', 300_000 + index)
  expect(heap.takeDue(300_000)).toEqual([])
  expect(heap.takeDue(1_299_998)).toEqual([])
  expect(heap.takeDue(1_299_999)).toEqual(['asset'])
  expect(heap.takeDue(9_999_999)).toEqual([])
})
