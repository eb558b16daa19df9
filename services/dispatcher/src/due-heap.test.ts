import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DueHeap } from './due-heap.ts'

const dues = fc.array(fc.integer({ min: 0, max: 1_000 }), { maxLength: 200 })

test('H1: everything due comes out, earliest first, nothing else', () => {
  fc.assert(
    fc.property(dues, fc.array(fc.integer({ min: 0, max: 1_100 }), { maxLength: 10 }), (all, instants) => {
      const heap = new DueHeap<number>(1_000, 1_000_000)
      for (const due of all) heap.put(due, due, 10)
      let left = [...all].sort((one, other) => one - other)
      for (const nowMs of instants) {
        expect(heap.takeDue(nowMs)).toEqual(left.filter((due) => due <= nowMs))
        left = left.filter((due) => due > nowMs)
        expect(heap.nextDueAtMs).toBe(left[0] ?? null)
        expect(heap.size).toBe(left.length)
      }
    }),
  )
})

test('H1: forgetting keeps the order of the rest', () => {
  fc.assert(
    fc.property(dues, (all) => {
      const heap = new DueHeap<number>(1_000, 1_000_000)
      for (const due of all) heap.put(due, due, 10)
      heap.forget((due) => due % 3 === 0)
      expect(heap.takeDue(2_000)).toEqual(
        all.filter((due) => due % 3 !== 0).sort((one, other) => one - other),
      )
    }),
  )
})

test('H2: a full heap says no', () => {
  const heap = new DueHeap<string>(2, 1_000)
  expect([heap.put('a', 1, 1), heap.put('b', 2, 1), heap.put('c', 0, 1)]).toEqual([true, true, false])
  expect(heap.takeDue(9)).toEqual(['a', 'b'])
})

test('H2: a heap that is full in bytes says no, until something has left', () => {
  const heap = new DueHeap<string>(100, 1_000)
  expect([heap.put('a', 1, 600), heap.put('b', 2, 300), heap.put('c', 3, 200)]).toEqual([true, true, false])
  expect(heap.bytes).toBe(900)
  heap.takeDue(1)
  expect([heap.put('c', 3, 200), heap.bytes]).toEqual([true, 500])
  heap.forget((item) => item === 'b')
  expect(heap.bytes).toBe(200)
})
