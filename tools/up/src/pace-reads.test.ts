import { expect, test } from 'vitest'
import { type Pace, paceRead } from './pace-reads.ts'

const pace: Pace = { speed: 1, startedAtMs: 1_000_000, virtualStartMs: 1_000_000, offsetMs: 0 }

test('with its own timing a read is received when it is sent', () => {
  expect(paceRead(pace, 2_500)).toEqual({ sendAtMs: 1_002_500, receivedAtMs: null })
  expect(paceRead({ ...pace, speed: 0.5 }, 2_500)).toEqual({ sendAtMs: 1_005_000, receivedAtMs: null })
})

test('twenty times faster, receive times keep the recorded pauses', () => {
  const fast = { ...pace, speed: 20 }
  expect(paceRead(fast, 0)).toEqual({ sendAtMs: 1_000_000, receivedAtMs: 1_000_000 })
  expect(paceRead(fast, 40_000)).toEqual({ sendAtMs: 1_002_000, receivedAtMs: 1_040_000 })
})

test('a replay after a fast one goes on where virtual time stood, also with its own timing', () => {
  const after = { ...pace, virtualStartMs: 1_038_000 }
  expect(paceRead(after, 500)).toEqual({ sendAtMs: 1_000_500, receivedAtMs: 1_038_500 })
  expect(paceRead({ ...after, speed: 0.5 }, 500)).toEqual({ sendAtMs: 1_001_000, receivedAtMs: 1_039_000 })
})

test('what lies before the offset is left out, the rest begins at once', () => {
  const later = { ...pace, offsetMs: 10_000 }
  expect(paceRead(later, 9_999)).toBeNull()
  expect(paceRead(later, 10_000)).toEqual({ sendAtMs: 1_000_000, receivedAtMs: null })
})
