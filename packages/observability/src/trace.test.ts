import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseTraceparent, traceHeaders, traceParentOf } from './trace.ts'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const spanId = '00f067aa0ba902b7'
const traceparent = `00-${traceId}-${spanId}-01`

test('T1: what is no traceparent is treated as absent, and does not travel on', () => {
  const broken = [
    '',
    `00-${traceId}-${spanId}`,
    `00-${traceId.toUpperCase()}-${spanId}-01`,
    `00-${'0'.repeat(32)}-${spanId}-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `ff-${traceId}-${spanId}-01`,
    `00-${traceId}-${spanId}-01-more`,
    ` 00-${traceId}-${spanId}-01`,
    `00-${traceId}-${spanId}-1`,
  ]
  for (const text of broken) {
    expect(parseTraceparent(text), text).toBeNull()
    expect(traceHeaders({ traceparent: text, tracestate: 'a=1' }), text).toBeUndefined()
  }
  expect(traceParentOf({})).toBeNull()
  expect(traceParentOf({ traceparent: [traceparent, traceparent] })).toBeNull()
  expect(traceHeaders({ tracestate: 'a=1' })).toBeUndefined()
})

test('T1: no text makes it fail', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (parent, tracestate) => {
      expect(traceHeaders({ traceparent: parent, tracestate })).toBeUndefined()
    }),
  )
})

test('a traceparent is read, also of a later version', () => {
  expect(parseTraceparent(traceparent)).toEqual({ traceId, spanId, isSampled: true })
  expect(parseTraceparent(`00-${traceId}-${spanId}-00`)?.isSampled).toBe(false)
  expect(parseTraceparent(`cc-${traceId}-${spanId}-01-future`)?.traceId).toBe(traceId)
})

test('T2: what came goes on, and nothing else of the headers', () => {
  expect(traceHeaders({ traceparent, 'scanhook-org': '7' })).toEqual({ traceparent })
  expect(traceHeaders({ traceparent, tracestate: 'vendor=a:1,b=2' })).toEqual({
    traceparent,
    tracestate: 'vendor=a:1,b=2',
  })
})

test('a tracestate that is too long or has other than printable characters stays behind', () => {
  for (const tracestate of ['', 'a=\u0001', 'a=ü', `a=${'x'.repeat(511)}`])
    expect(traceHeaders({ traceparent, tracestate })).toEqual({ traceparent })
  expect(traceHeaders({ traceparent, tracestate: `a=${'x'.repeat(510)}` })).toHaveProperty('tracestate')
})
