/**
 * Keeps rounds going for as long as the service runs, and tells what they find.
 *
 * Invariants
 *   K1. One reconciler at a time goes round: whoever holds the session lock in PostgreSQL; the others wait for it to fall.
 *   K2. A round that fails, because PostgreSQL or Kafka is away, is made later; it ends nothing.
 */
import { logHorizon } from '@scanhook/domain/log-horizon'
import { profiles } from '@scanhook/domain/profile'
import { deadlineAfterMs } from '@scanhook/domain/retry/schedule'
import { scaledMs } from '@scanhook/domain/retry/tiers'
import type { KafkaAdmin } from '@scanhook/kafka/contract'
import type { ReconcilerSession } from '@scanhook/postgres/reconciliations'
import { every } from '@scanhook/runtime/every'
import type { ReconcilerContext, Wiring } from '../wiring.ts'
import { type Findings, type LogStores, roundPorts } from './ports.ts'
import { type RoundResult, reconcileRound } from './round.ts'

/** With time scaled up, rounds are no nearer than this. */
const roundMinMs = 1_000
/** Longer than a dispatcher holds anything (20 s) and a rebalance takes (30 s), together and again. */
const patienceMs = 120_000
/** Of all profiles; after that nothing waits any more. */
const deliveryLifeMs = Math.max(...Object.values(profiles).map(({ retry }) => deadlineAfterMs(retry)))

/** `openSession`: a connection of its own; `onEnd` is called when it has gone. */
export type OpenSession = (onEnd: () => void) => Promise<ReconcilerSession>

export function keepReconciling(wiring: Wiring, stores: LogStores, openSession: OpenSession): void {
  const { context, kafka } = wiring
  const { config, clock, onStop } = context
  const told = teller(context)
  let session: ReconcilerSession | null = null
  let admin: KafkaAdmin | null = null
  let isStopped = false
  let running: Promise<void> | null = null

  async function lead(): Promise<boolean> {
    session ??= await openSession(() => {
      session = null
    })
    return session.tryLead()
  }

  async function round(): Promise<void> {
    try {
      const isLeading = await lead()
      told.leading(isLeading)
      if (!isLeading) return
      admin ??= await kafka.openAdmin()
      const options = { admin, findings: told, patienceMs, isStopped: () => isStopped }
      const result = await reconcileRound(roundPorts({ ...wiring, ...context, stores }, options), {
        nowMs: clock.nowMs(),
        overdueMs: logHorizon.overdueMs,
        marginMs: logHorizon.marginMs,
        deliveryLifeMs: scaledMs(deliveryLifeMs, config.TIME_SCALE),
      })
      told.round(result)
    } catch (error) {
      told.failed(error) // K2
    }
  }

  function begin(): void {
    if (running !== null || isStopped) return
    running = round().finally(() => {
      running = null
    })
  }

  onStop('reconciling', async () => {
    isStopped = true
    await running
    await Promise.all([session?.close(), admin?.close()])
  })
  onStop('rounds', every(clock, Math.max(roundMinMs, scaledMs(logHorizon.roundMs, config.TIME_SCALE)), begin))
  begin()
}

interface Teller extends Findings {
  readonly leading: (isLeading: boolean) => void
  readonly round: (result: RoundResult) => void
  readonly failed: (error: unknown) => void
}

const roundResults = ['done', 'behind', 'stopped', 'failed'] as const
const findings = ['missing', 'overdue'] as const

function teller({ log, metrics }: ReconcilerContext): Teller {
  const leads = metrics.gauge('scanhook_reconciler_leading', '1 while this process goes round')
  const rounds = metrics.counter(
    'scanhook_reconciler_rounds_total',
    'Rounds over the log, by how they ended',
    {
      result: roundResults,
    },
  )
  const found = metrics.counter(
    'scanhook_reconciler_found_total',
    'Deliveries that were not in the log although they were certainly wanted, or that waited for an attempt nobody made',
    { finding: findings },
  )
  const requeued = metrics.counter('scanhook_reconciler_requeued_total', 'Deliveries put back on their way')
  const checkedThrough = metrics.gauge(
    'scanhook_reconciler_checked_through_seconds',
    'Events that came in up to this instant (Unix time) have been held against the log',
  )
  return {
    leading: (isLeading) => leads.set(isLeading ? 1 : 0),
    missing: ({ deliveryId, endpointId, orgId, event: { eventId } }) => {
      found.inc({ finding: 'missing' })
      log.warn({ deliveryId, eventId, endpointId, orgId }, 'delivery.missing')
    },
    overdue: ({ deliveryId, eventId, endpointId, orgId, nextAttemptAt }, canResume) => {
      found.inc({ finding: 'overdue' })
      log.warn(
        { deliveryId, eventId, endpointId, orgId, dueAtMs: nextAttemptAt, canResume },
        'delivery.overdue',
      )
    },
    round: (result) => {
      rounds.inc({ result: result.kind })
      requeued.inc({}, result.requeued)
      if (result.checkedThroughMs !== null) checkedThrough.set(result.checkedThroughMs / 1000)
      if (result.kind === 'behind') log.warn({ ...result.behind }, 'reconciler.waits')
      else log.info({ ...result }, 'reconciler.round')
    },
    failed: (error) => {
      rounds.inc({ result: 'failed' })
      log.warn({ err: error }, 'reconciler.postponed')
    },
  }
}
