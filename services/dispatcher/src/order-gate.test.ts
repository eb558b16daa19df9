import fc from 'fast-check'
import { expect, test } from 'vitest'
import { OrderGate, orderKey, type Parked, parseOrderRecord } from './order-gate.ts'

const parked = (sequence: number, change: Partial<Parked> = {}): Parked => ({
  endpointId: 7,
  assetId: 1,
  sequence,
  partition: 0,
  dueAtMs: 1_000 + sequence,
  ...change,
})

test('O1: later ones wait for what is parked, earlier ones and other assets do not; one that is here holds nobody', () => {
  const gate = new OrderGate()
  gate.park(parked(5))
  expect(gate.judge(7, 1, 6, 0)).toEqual({ kind: 'behind', dueAtMs: 1_005 })
  expect(gate.judge(7, 1, 5, 0).kind).toBe('go')
  expect(gate.judge(7, 1, 4, 0).kind).toBe('go')
  expect(gate.judge(7, 2, 6, 0).kind).toBe('go')
  gate.arrived(7, 1, 5)
  expect(gate.judge(7, 1, 6, 0).kind).toBe('go')
  gate.park(parked(5, { dueAtMs: 9_000 }))
  expect(gate.judge(7, 1, 6, 0)).toEqual({ kind: 'behind', dueAtMs: 9_000 })
  expect([gate.end(7, 1, 5), gate.end(7, 1, 5), gate.size]).toEqual([true, false, 0])
})

test('O1, O2: whatever is parked and ended, a delivery goes exactly when nothing earlier is parked', () => {
  const act = fc.record({ isEnd: fc.boolean(), sequence: fc.integer({ min: 1, max: 8 }) })
  fc.assert(
    fc.property(fc.array(act, { maxLength: 40 }), fc.integer({ min: 1, max: 9 }), (acts, asked) => {
      const gate = new OrderGate()
      const restored = new OrderGate()
      const model = new Set<number>()
      for (const { isEnd, sequence } of acts) {
        for (const each of [gate, restored])
          if (isEnd) each.end(7, 1, sequence)
          else each.park(parked(sequence))
        if (isEnd) model.delete(sequence)
        else model.add(sequence)
      }
      const isBehind = [...model].some((sequence) => sequence < asked)
      expect(gate.judge(7, 1, asked, 0).kind).toBe(isBehind ? 'behind' : 'go')
      expect(gate.size).toBe(model.size)
    }),
  )
})

test('O3: an entry that nobody takes back stops holding after three days', () => {
  const gate = new OrderGate()
  gate.park(parked(5))
  expect(gate.judge(7, 1, 6, 72 * 3_600_000).kind).toBe('behind')
  expect(gate.judge(7, 1, 6, 72 * 3_600_000 + 2_000).kind).toBe('go')
})

test('a partition that is somebody else’s is forgotten, others are not', () => {
  const gate = new OrderGate()
  gate.park(parked(5))
  gate.park(parked(5, { endpointId: 8, partition: 1 }))
  gate.forget(new Set([0]))
  expect([gate.judge(7, 1, 6, 0).kind, gate.judge(8, 1, 6, 0).kind, gate.size]).toEqual(['go', 'behind', 1])
})

test('O2: what is written is read; what is not of this form says nothing', () => {
  const { endpointId, assetId, sequence } = parked(5)
  expect(parseOrderRecord(orderKey({ endpointId, assetId, sequence }), '1005')).toEqual({
    endpointId,
    assetId,
    sequence,
    dueAtMs: 1_005,
  })
  expect(parseOrderRecord('7:1:5', null)).toMatchObject({ dueAtMs: null })
  expect([parseOrderRecord('7:1', '1'), parseOrderRecord('7:1:5', 'x')]).toEqual([null, null])
})
