import { expect, test, vi } from 'vitest'
import type { KafkaRecord } from '../record.ts'
import { ReaderTarget } from './reader-target.ts'

function recordAt(offset: number): KafkaRecord {
  return { topic: 't', partition: 0, offset, timestampMs: 0, key: null, value: null, headers: {} }
}

function open(after: 'end' | 'on', end: number) {
  const applied: number[] = []
  const onCaughtUp = vi.fn()
  const target = new ReaderTarget({
    topic: 't',
    partition: 0,
    offset: 0,
    end,
    after,
    apply: ({ offset }) => applied.push(offset),
    onCaughtUp,
  })
  const accept = (offsets: number[], nextOffset: number) =>
    target.accept({ records: offsets.map(recordAt), bytes: 1, nextOffset, highWatermark: 9 })
  return { target, applied, onCaughtUp, accept }
}

test('R1: up to the end and not beyond it, although the same answer brings more', () => {
  const { target, applied, onCaughtUp, accept } = open('end', 3)
  accept([0, 1], 2)
  expect(onCaughtUp).not.toHaveBeenCalled()
  accept([2, 3, 4], 5)
  expect(applied).toEqual([0, 1, 2])
  expect(onCaughtUp).toHaveBeenCalledOnce()
  expect(target.wantedOffset()).toBeNull()
})

test('R1: an end that lies in a hole is reached', () => {
  const { applied, onCaughtUp, accept } = open('end', 5)
  accept([0, 3], 7)
  expect(applied).toEqual([0, 3])
  expect(onCaughtUp).toHaveBeenCalledOnce()
})

test('R2: a table goes on after its end, and says once that it was reached', () => {
  const { target, applied, onCaughtUp, accept } = open('on', 2)
  accept([0, 1, 2], 3)
  accept([3], 4)
  expect(applied).toEqual([0, 1, 2, 3])
  expect(onCaughtUp).toHaveBeenCalledOnce()
  expect(target.wantedOffset()).toBe(4)
})
