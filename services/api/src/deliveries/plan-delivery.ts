/**
 * What is planned for a delivery that goes on, from what the log has of it. Pure.
 *
 * Invariants
 *   A1. A delivery that has ended has nothing planned.
 *   A2. The automatic chain is planned to its end, from its own attempts: what a person had sent again neither lengthens
 *       nor shortens it.
 *   A3. Of each chain that a person asked for the next attempt alone is told, as it stands in the log.
 */
import { bodySent } from '@scanhook/domain/payload/body-sent'
import { type ProfileName, profiles } from '@scanhook/domain/profile'
import { type PlannedAttempt, plannedAttempts } from '@scanhook/domain/retry/planned-attempts'
import type { StoredAttempt } from '@scanhook/postgres/attempts'
import type { StoredDelivery } from '@scanhook/postgres/deliveries'

export interface DeliveryPlan {
  /** By when they are due. */
  readonly attempts: readonly (PlannedAttempt & { readonly trigger: string })[]
  /** No automatic attempt begins after it; null when none is planned. */
  readonly givesUpAtMs: number | null
}

type LoggedAttempt = Pick<
  StoredAttempt,
  'trigger' | 'startedAt' | 'outcome' | 'batchId' | 'requestHeaders' | 'requestBody'
>

export interface PlanDeliveryInput {
  readonly delivery: Pick<StoredDelivery, 'state' | 'trigger' | 'createdAt' | 'pendingChains'>
  /** Oldest first. */
  readonly attempts: readonly Pick<LoggedAttempt, 'trigger' | 'startedAt' | 'outcome'>[]
  readonly profile: ProfileName
  readonly scale: number
}

/** The profile of the body that was sent first; null when none was, or in batches only, whose bodies hold others, too. */
export function profileSent(attempts: readonly LoggedAttempt[]): ProfileName | null {
  const first = attempts.find(({ outcome, batchId }) => outcome !== null && batchId === null)
  return first === undefined ? null : (bodySent(first)?.profile ?? null)
}

export function planDelivery({ delivery, attempts, profile, scale }: PlanDeliveryInput): DeliveryPlan {
  if (delivery.state !== 'pending') return { attempts: [], givesUpAtMs: null }
  const { retry: policy, timeoutMs: attemptMaxMs } = profiles[profile]
  const first = attempts.find(({ trigger, outcome }) => trigger !== 'manual' && outcome !== null)
  let givesUpAtMs: number | null = null
  const planned = delivery.pendingChains.flatMap((chain) => {
    if (chain.isManual) return [manualNext(chain.attempts + 1, chain.nextAttemptAt)]
    const plan = plannedAttempts({
      policy,
      attemptsMade: chain.attempts,
      firstAttemptAtMs: first?.startedAt ?? null,
      createdAtMs: delivery.createdAt,
      nextDueAtMs: chain.nextAttemptAt,
      attemptMaxMs,
      scale,
    })
    givesUpAtMs = plan.givesUpAtMs
    return plan.attempts.map((attempt) => ({ ...attempt, trigger: delivery.trigger }))
  })
  return { attempts: planned.toSorted((one, other) => one.dueAtMs - other.dueAtMs), givesUpAtMs }
}

function manualNext(attemptNumber: number, atMs: number): PlannedAttempt & { readonly trigger: string } {
  return { attemptNumber, trigger: 'manual', dueAtMs: atMs, earliestAtMs: atMs, latestAtMs: atMs }
}
