/**
 * What a person had sent again: each time a chain of attempts of its own beside the automatic one, under the same
 * delivery. How chains of one delivery become what the log shows. Pure; `merge_manual_chains`, `shown_delivery_state`
 * and `shown_next_attempt_at` (migration 0011) say the same in SQL, and deliveries.pg.test.ts holds them together.
 *
 * Invariants
 *   M1. Merging is commutative, associative and idempotent, chain by chain.
 *   M2. A chain only adds: what one delivered stays delivered, and a delivery is dead when all its chains are.
 *   M3. Attempts are requests made: those of the automatic chain and of all others.
 */

/** Where one chain stands. Instants are epoch ms. */
export interface ChainState {
  readonly state: 'pending' | 'delivered' | 'dead'
  readonly nextAttemptAtMs: number | null
  readonly deadReason: string | null
  readonly heldReason: string | null
  readonly completedAtMs: number | null
  readonly supersededBy: string | null
}

export interface AttemptChain extends ChainState {
  /** Requests made. */
  readonly attempts: number
  readonly rankAttemptNumber: number
  readonly rankAtMs: number
}

/** By the instant at which it was asked for, epoch ms. */
export type ManualChains = Readonly<Record<string, AttemptChain>>

export interface Rank {
  readonly state: string
  readonly rankAttemptNumber: number
  readonly rankAtMs: number
}

/** A chain that has delivered stays so; else the later attempt number counts, then the later start. */
export function compareRank(one: Rank, other: Rank): number {
  return (
    Number(one.state === 'delivered') - Number(other.state === 'delivered') ||
    one.rankAttemptNumber - other.rankAttemptNumber ||
    one.rankAtMs - other.rankAtMs
  )
}

export function mergeManualChains(one: ManualChains | null, other: ManualChains | null): ManualChains | null {
  if (one === null || other === null) return one ?? other
  const merged: Record<string, AttemptChain> = { ...one }
  for (const [chain, told] of Object.entries(other)) {
    const before = merged[chain]
    merged[chain] =
      before === undefined
        ? told
        : {
            ...(compareRank(told, before) >= 0 ? told : before),
            attempts: Math.max(told.attempts, before.attempts),
          }
  }
  return merged
}

/** All chains as one: what the log shows of the delivery. */
export function shownState(automatic: ChainState, manual: ManualChains | null): ChainState {
  if (manual === null) return automatic
  const all = [automatic, ...Object.values(manual)]
  const delivered = all.filter((each) => each.state === 'delivered')
  if (delivered.length > 0)
    return delivered.reduce((one, other) => (completion(other) < completion(one) ? other : one))
  const pending = all.filter((each) => each.state === 'pending')
  if (pending.length > 0)
    return pending.reduce((one, other) => (nextAttempt(other) < nextAttempt(one) ? other : one))
  return all.reduce((one, other) => (completion(other) > completion(one) ? other : one))
}

export function countAttempts(automatic: number, manual: ManualChains | null): number {
  return Object.values(manual ?? {}).reduce((sum, chain) => sum + chain.attempts, automatic)
}

/** A delivery that only a person had sent has no automatic chain: that one died at no time. */
function completion({ completedAtMs }: ChainState): number {
  return completedAtMs ?? -Infinity
}

function nextAttempt({ nextAttemptAtMs }: ChainState): number {
  return nextAttemptAtMs ?? Infinity
}
