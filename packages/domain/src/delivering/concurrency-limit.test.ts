import fc from 'fast-check'
import { expect, test } from 'vitest'
import { endpointSignals } from '../endpoint-signal.ts'
import { limitStart, nextBacklogLimit, nextLimit } from './concurrency-limit.ts'

const bounds = { min: 1, max: 64 }
const signal = fc.constantFrom(...endpointSignals)

test('C1: whatever comes, the limits stay within their bounds', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ signal, inFlight: fc.nat(100) }), { maxLength: 300 }), (answers) => {
      let limit: number = limitStart
      let backlog = 1
      for (const { signal: said, inFlight } of answers) {
        limit = nextLimit(limit, said, { inFlight, bounds })
        backlog = nextBacklogLimit(backlog, said, bounds)
        expect(limit).toBeGreaterThanOrEqual(1)
        expect(limit).toBeLessThanOrEqual(64)
        expect(backlog).toBeGreaterThanOrEqual(1)
        expect(backlog).toBeLessThanOrEqual(64)
      }
    }),
  )
})

test('C2: it grows only while at least half of it is used', () => {
  expect(nextLimit(10, 'grow', { inFlight: 4, bounds })).toBe(10)
  expect(nextLimit(10, 'grow', { inFlight: 5, bounds })).toBe(11)
})

test('C1: half of it after what says "too much", a tenth less after another failure, the same after a plain refusal', () => {
  const after = (said: (typeof endpointSignals)[number]) => nextLimit(40, said, { inFlight: 40, bounds })
  expect([after('halve'), after('shrink'), after('steady')]).toEqual([20, 36, 40])
})
