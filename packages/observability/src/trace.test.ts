import { expect, test } from 'vitest'
import { childHeaders, newTrace, parseTraceparent, traceOf } from './trace.ts'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const parentId = '00f067aa0ba902b7'

test('T1: what is no traceparent is treated as absent', () => {
  const broken = [
    '',
    `00-${traceId}-${parentId}`,
    `00-${traceId.toUpperCase()}-${parentId}-01`,
    `00-${'0'.repeat(32)}-${parentId}-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `ff-${traceId}-${parentId}-01`,
    `00-${traceId}-${parentId}-01-more`,
    ` 00-${traceId}-${parentId}-01`,
    `00-${traceId}-${parentId}-1`,
  ]
  for (const text of broken) expect(parseTraceparent(text), text).toBeNull()
  expect(traceOf({ traceparent: 'nonsense' }).traceId).toMatch(/^[0-9a-f]{32}$/)
  expect(traceOf({}).parentId).toBeNull()
})

test('a traceparent is read, also of a later version', () => {
  expect(parseTraceparent(`00-${traceId}-${parentId}-01`)).toEqual({ traceId, parentId, isSampled: true })
  expect(parseTraceparent(`00-${traceId}-${parentId}-00`)?.isSampled).toBe(false)
  expect(parseTraceparent(`cc-${traceId}-${parentId}-01-future`)?.traceId).toBe(traceId)
})

test('T2: the trace id is kept over a hop, the span is new', () => {
  const next = traceOf(childHeaders(traceOf({ traceparent: `00-${traceId}-${parentId}-01` })))
  expect(next.traceId).toBe(traceId)
  expect(next.parentId).not.toBe(parentId)
})

test('ids come from the given bytes, and are never all zero', () => {
  const zeros = (size: number): Uint8Array => new Uint8Array(size)
  expect(newTrace(zeros).traceId).toBe(`${'0'.repeat(31)}1`)
  expect(childHeaders(newTrace(zeros), zeros).traceparent).toMatch(/-0{15}1-01$/)
  expect(newTrace().traceId).not.toBe(newTrace().traceId)
})
