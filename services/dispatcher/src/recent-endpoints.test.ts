import type { AttemptOutcome } from '@scanhook/domain/attempt'
import { endpointId } from '@scanhook/domain/ids'
import { expect, test } from 'vitest'
import { lastAnswerOf, RecentEndpoints } from './recent-endpoints.ts'

const nowMs = 1_800_000_000_000
const minute = 60_000

test('N1: an endpoint counts once, by its last attempt, for ten minutes', () => {
  const recent = new RecentEndpoints()
  recent.note(endpointId(1), 'unreachable', nowMs)
  recent.note(endpointId(2), 'refused', nowMs)
  recent.note(endpointId(1), 'delivered', nowMs + minute)
  expect(recent.counts(nowMs + minute)).toEqual({ delivered: 1, refused: 1, unreachable: 0 })
  expect(recent.counts(nowMs + 10 * minute + 1)).toEqual({ delivered: 1, refused: 0, unreachable: 0 })
  expect(recent.counts(nowMs + 12 * minute)).toEqual({ delivered: 0, refused: 0, unreachable: 0 })
})

test('N2: the endpoint that was asked longest ago goes first', () => {
  const recent = new RecentEndpoints(2)
  for (const id of [1, 2, 1, 3]) recent.note(endpointId(id), id === 2 ? 'refused' : 'delivered', nowMs)
  expect(recent.counts(nowMs)).toEqual({ delivered: 2, refused: 0, unreachable: 0 })
})

test('an answer other than 2xx is refused, no answer is unreachable', () => {
  const answered = (status: number): AttemptOutcome => ({ kind: 'responded', status }) as AttemptOutcome
  expect([200, 204, 302, 429, 503].map((status) => lastAnswerOf(answered(status)))).toEqual([
    'delivered',
    'delivered',
    'refused',
    'refused',
    'refused',
  ])
  expect(lastAnswerOf({ kind: 'failed' } as AttemptOutcome)).toBe('unreachable')
})
