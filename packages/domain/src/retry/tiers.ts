/**
 * The retry tiers: topics whose records all wait the same time. Owns their names and waits, and the one place where
 * durations are divided by the time scale; knows no topic names and no Kafka.
 *
 * The time scale is for tests and demonstrations (setting TIME_SCALE, default 1): at 1000 the 24 hours of a schedule
 * pass in 86 seconds. Functions that take a `scale` are handed the unscaled policy and divide through `scaledMs`
 * exactly once: `decideNext`, `deadlineOf`, `chooseHop`, `tierDueAtMs`, `decideTierHead`, `openCircuitBreakers`,
 * `plannedAttempts`. Nothing else divides, and an instant (`dueAtMs`) is never divided.
 */
const second = 1_000
const minute = 60 * second
const hour = 60 * minute

/**
 * Steps of about 5 between neighbours keep a 24 h wait to at most a few hops and every wait's rest short; 24h is one
 * hop for the last step of the Trackberry table.
 */
export const tierNames = ['10s', '1m', '5m', '30m', '2h', '6h', '24h'] as const
export type TierName = (typeof tierNames)[number]

export interface RetryTier {
  readonly name: TierName
  readonly durationMs: number
}

/** Shortest first. */
export const retryTiers: readonly RetryTier[] = [
  { name: '10s', durationMs: 10 * second },
  { name: '1m', durationMs: minute },
  { name: '5m', durationMs: 5 * minute },
  { name: '30m', durationMs: 30 * minute },
  { name: '2h', durationMs: 2 * hour },
  { name: '6h', durationMs: 6 * hour },
  { name: '24h', durationMs: 24 * hour },
]

/** A duration on the scaled clock. Rounded up: a wait is never cut below what it stands for. */
export function scaledMs(durationMs: number, scale: number): number {
  return Math.ceil(durationMs / scale)
}

/** A tier's wait, unscaled. */
export function tierDurationMs(name: TierName): number {
  return retryTiers.find((tier) => tier.name === name)?.durationMs ?? 0
}
