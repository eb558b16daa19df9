import type { HourReport } from '@scanhook/postgres/reconciliations'
import { expect, test } from 'vitest'
import { dueHours, hourMs, type RoundPorts, reconcileRound } from './round.ts'
import type { Tally } from './walk-events.ts'

const lifeMs = 27 * hourMs
const t0 = 1_000 * hourMs

const found: Tally = {
  ...{
    events: 10,
    delivered: 7,
    dead: 1,
    waiting: 1,
    overdue: 0,
    missing: 1,
    unsure: 2,
    unwanted: 5,
    requeued: 1,
  },
}

function report(change: Partial<HourReport>): HourReport {
  return {
    ...{ orgId: 1, hourMs: t0, checkedAtMs: t0 + 1.5 * hourMs, events: 10, expected: 10 },
    ...{ delivered: 8, dead: 1, waiting: 1, unsure: 0, missing: 0, overdue: 0, requeued: 0, ...change },
  }
}

test('B1: an hour is due once, again with more events, and once more when nothing of it can wait any more', () => {
  const hour = { orgId: 1, hourMs: t0, events: 10 }
  const due = (reports: readonly HourReport[], atMs: number): boolean =>
    dueHours([hour], reports, { nowMs: atMs, deliveryLifeMs: lifeMs }).length === 1
  expect(due([], t0 + 2 * hourMs)).toBe(true)
  expect(due([report({ orgId: 2 })], t0 + 2 * hourMs)).toBe(true)
  expect(due([report({})], t0 + 2 * hourMs)).toBe(false)
  expect(due([report({ events: 9 })], t0 + 2 * hourMs)).toBe(true)
  expect(due([report({ missing: 5, requeued: 3 })], t0 + 2 * hourMs)).toBe(true)
  const settledMs = t0 + hourMs + 600_000 + lifeMs
  expect(due([report({})], settledMs - 1)).toBe(false)
  expect(due([report({})], settledMs)).toBe(true)
  expect(due([report({ checkedAtMs: settledMs })], settledMs + hourMs)).toBe(false)
})

function ports(change: Partial<RoundPorts>) {
  const acts: string[] = []
  const recorded: HourReport[] = []
  const all: RoundPorts = {
    log: {
      countHours: async () => [
        { orgId: 1, hourMs: t0, events: 10 },
        { orgId: 2, hourMs: t0, events: 10 },
      ],
      listReports: async () => [],
      record: async (each) => {
        acts.push(`record ${each.orgId}`)
        recorded.push(each)
      },
      forget: async () => 0,
    },
    fence: async () => ({ kind: 'passed' }),
    walk: async ({ orgId }, { requeuedMax }) => {
      acts.push(`walk ${orgId} ≤${requeuedMax}`)
      return found
    },
    resume: async ({ requeuedMax }) => {
      acts.push(`resume ≤${requeuedMax}`)
      return { overdue: 3, requeued: 2 }
    },
    isStopped: () => false,
    ...change,
  }
  return { ports: all, acts, recorded }
}

const terms = { nowMs: t0 + 1.5 * hourMs, overdueMs: 1, marginMs: 1, deliveryLifeMs: lifeMs }

test('B3: each hour is reported when its walk is through, and what one round puts back is bounded over all', async () => {
  const { ports: given, acts, recorded } = ports({})
  expect(await reconcileRound(given, terms)).toEqual({
    ...{
      kind: 'done',
      behind: null,
      hours: 2,
      missing: 2,
      overdue: 3,
      requeued: 4,
      checkedThroughMs: t0 + hourMs,
    },
  })
  expect(acts).toEqual(['walk 1 ≤10000', 'record 1', 'walk 2 ≤9999', 'record 2', 'resume ≤9998'])
  expect(recorded[0]).toEqual({
    ...{ orgId: 1, hourMs: t0, checkedAtMs: terms.nowMs, events: 10, expected: 10 },
    ...{ delivered: 7, dead: 1, waiting: 1, unsure: 2, missing: 1, overdue: 0, requeued: 1 },
  })
})

test('B2: while somebody is behind nothing is looked at', async () => {
  const { ports: given, acts } = ports({
    fence: async () => ({ kind: 'behind', group: 'router', topic: 'events' }),
  })
  expect(await reconcileRound(given, terms)).toMatchObject({
    kind: 'behind',
    behind: { group: 'router' },
    hours: 0,
  })
  expect(acts).toEqual([])
})

test('B3: a walk that fails leaves no report', async () => {
  const { ports: given, recorded } = ports({
    walk: async () => Promise.reject(new Error('away')),
  })
  await expect(reconcileRound(given, terms)).rejects.toThrow('away')
  expect(recorded).toEqual([])
})

test('a stopped service begins no further hour', async () => {
  let walks = 0
  const { ports: given } = ports({
    walk: async () => {
      walks += 1
      return found
    },
    isStopped: () => walks === 1,
  })
  expect(await reconcileRound(given, terms)).toMatchObject({ kind: 'stopped', hours: 1 })
})
