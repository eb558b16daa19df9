import type { TierName } from '@scanhook/domain/retry/tiers'
import { expect, test } from 'vitest'
import { TierHeads } from './tier-heads.ts'

const nowMs = 1_800_000_000_000
const tierOf = (topic: string): TierName => topic as TierName
const lag = (partition: number, lagRecords: number) => ({ topic: '10s', partition, lagRecords })

test('W1: a head that waits is not overdue; from its time on it is', () => {
  const heads = new TierHeads()
  heads.waits({ topic: '10s', partition: 0 }, nowMs + 5_000)
  expect(heads.backlogs([lag(0, 7)], tierOf, nowMs).get('10s')).toEqual({ pending: 7, headOverdueMs: 0 })
  expect(heads.backlogs([lag(0, 7)], tierOf, nowMs + 8_000).get('10s')).toEqual({
    pending: 7,
    headOverdueMs: 3_000,
  })
})

test('W1: the longest overdue head of a tier counts, and an empty partition counts nothing', () => {
  const heads = new TierHeads()
  heads.waits({ topic: '10s', partition: 0 }, nowMs - 1_000)
  heads.waits({ topic: '10s', partition: 1 }, nowMs - 9_000)
  heads.waits({ topic: '10s', partition: 2 }, nowMs - 60_000)
  expect(heads.backlogs([lag(0, 1), lag(1, 2), lag(2, 0)], tierOf, nowMs).get('10s')).toEqual({
    pending: 3,
    headOverdueMs: 9_000,
  })
  heads.emptied({ topic: '10s', partition: 1 })
  expect(heads.backlogs([lag(0, 1), lag(1, 2)], tierOf, nowMs).get('10s')?.headOverdueMs).toBe(1_000)
})

test('W2: a partition that went to another process says nothing', () => {
  const heads = new TierHeads()
  heads.waits({ topic: '10s', partition: 0 }, nowMs - 9_000)
  heads.revoked([{ topic: '10s', partition: 0 }])
  expect(heads.backlogs([], tierOf, nowMs).size).toBe(0)
  expect(heads.backlogs([lag(0, 3)], tierOf, nowMs).get('10s')).toEqual({ pending: 3, headOverdueMs: 0 })
})
