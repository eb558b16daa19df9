import type { Delivery } from '@scanhook/domain/delivery'
import type { DomainEvent } from '@scanhook/domain/event'
import { eventId, orgId } from '@scanhook/domain/ids'
import type { AttemptChain } from '@scanhook/domain/manual-chains'
import type { EventRow } from '@scanhook/postgres/events'
import type { LoggedDelivery } from '@scanhook/postgres/reconciliations'
import { expect, test } from 'vitest'
import { type ResumePorts, type ResumeTerms, resumeOverdue } from './resume-overdue.ts'

const t0 = 1_000_000
const terms: ResumeTerms = { nowMs: t0 + 60_000, overdueMs: 100, requeuedMax: 1_000, repairs: true }

const lost = (number: number, change: Partial<LoggedDelivery> = {}): LoggedDelivery => ({
  ...{ orgId: 1 + (number % 2), deliveryId: `d${String(number).padStart(4, '0')}`, endpointId: 9 },
  ...{
    eventId: `e${number}`,
    trigger: 'event',
    state: 'pending',
    attempts: 3,
    nextAttemptAt: t0,
    createdAt: t0 - 50,
  },
  ...{ firstAttemptAt: t0 - 40, manualChains: null, ...change },
})

const chain = (change: Partial<AttemptChain>): AttemptChain => ({
  ...{
    state: 'pending',
    attempts: 0,
    nextAttemptAtMs: t0,
    deadReason: null,
    heldReason: null,
    completedAtMs: null,
  },
  ...{ supersededBy: null, rankAttemptNumber: 1, rankAtMs: t0, ...change },
})

function world(all: readonly LoggedDelivery[], isKept: (id: string) => boolean = () => true) {
  const sent: Delivery[][] = []
  const found: [string, boolean][] = []
  const ports: ResumePorts = {
    log: {
      listOverdue: async ({ afterId, limit }) =>
        all.filter(({ deliveryId }) => afterId === null || deliveryId > afterId).slice(0, limit),
    },
    events: { findRow: async (_, id) => (isKept(id) ? ({ eventId: id, orgId: 1 } as EventRow) : null) },
    attempts: {
      firstRequests: async (_, ids) =>
        ids
          .filter((id) => id !== 'd0002')
          .map((id) => ({ deliveryId: id, requestHeaders: {}, requestBody: `sent ${id}` })),
    },
    eventOf: (row) => ({ eventId: eventId(row.eventId), orgId: orgId(1) }) as DomainEvent,
    renderedOf: ({ requestBody }) => ({ profile: 'standard', body: requestBody }),
    send: async (deliveries) => void sent.push([...deliveries]),
    found: ({ deliveryId }, canResume) => found.push([deliveryId, canResume]),
  }
  return { ports, sent, found }
}

test('V1: each chain that waits too long goes on where it was, with its own body, number and deadline', async () => {
  const { ports, sent } = world([
    lost(1),
    lost(2),
    lost(3, {
      nextAttemptAt: t0 + 90_000,
      manualChains: {
        [t0 - 30]: chain({ attempts: 2 }),
        [t0 - 20]: chain({}),
        [t0 - 10]: chain({ state: 'delivered', nextAttemptAtMs: null }),
      },
    }),
  ])
  expect(await resumeOverdue(ports, terms)).toEqual({ overdue: 3, requeued: 4 })
  const told = sent
    .flat()
    .map(({ deliveryId, trigger, attemptNumber, createdAtMs, firstAttemptAtMs, rendered }) => [
      ...[deliveryId, trigger, attemptNumber, createdAtMs - t0],
      firstAttemptAtMs === null ? null : firstAttemptAtMs - t0,
      rendered?.body,
    ])
  expect(told.sort()).toEqual([
    ['d0001', 'event', 4, -50, -40, 'sent d0001'],
    ['d0002', 'event', 4, -50, -40, undefined],
    ['d0003', 'manual', 1, -20, null, 'sent d0003'],
    ['d0003', 'manual', 3, -30, -30, 'sent d0003'],
  ])
})

test('V2: page by page, and no more than is allowed', async () => {
  const { ports, sent } = world(Array.from({ length: 450 }, (_, index) => lost(index)))
  expect(await resumeOverdue(ports, { ...terms, requeuedMax: 300 })).toEqual({ overdue: 450, requeued: 300 })
  expect(sent.map(({ length }) => length)).toEqual([200, 100])
})

test('V3: one whose event is not kept is told of, and holds back no other', async () => {
  const { ports, sent, found } = world([lost(1), lost(2), lost(3)], (id) => id !== 'e1')
  expect(await resumeOverdue(ports, terms)).toEqual({ overdue: 3, requeued: 2 })
  expect(
    sent
      .flat()
      .map(({ deliveryId }) => deliveryId)
      .sort(),
  ).toEqual(['d0002', 'd0003'])
  expect(found.sort()).toEqual([
    ['d0001', false],
    ['d0002', true],
    ['d0003', true],
  ])
})

test('one that only looks puts nothing back', async () => {
  const { ports, sent } = world([lost(1)])
  expect(await resumeOverdue(ports, { ...terms, repairs: false })).toEqual({ overdue: 1, requeued: 0 })
  expect(sent).toEqual([])
})
