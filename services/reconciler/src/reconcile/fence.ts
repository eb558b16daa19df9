/**
 * Waits until everything that was under way at a moment has gone as far as it goes by itself. What is not in the log then
 * is lost, and not merely late. Knows no topic's content: only how far the consumer groups have come.
 *
 * Invariants
 *   C1. `passed` means: every event that was in `events` at the call was routed, every delivery made of it, or due again
 *       `graceMs` before the call, was handled, and what that left in `attempts` is in the log.
 *   C2. It waits for at most `patienceMs`, and says who was behind.
 */

/** Next offsets by partition. */
export type Offsets = readonly (number | null)[]

export interface FencePorts {
  readonly endOffsets: (topic: string) => Promise<Offsets>
  readonly offsetsFrom: (topic: string, atMs: number) => Promise<Offsets>
  readonly committedOffsets: (groupId: string, topic: string) => Promise<Offsets>
  readonly wait: (delayMs: number) => Promise<void>
  readonly monotonicMs: () => number
  readonly isStopped: () => boolean
}

export interface FenceRoute {
  readonly events: string
  readonly deliveries: string
  readonly attempts: string
  /** Each with its wait, on the scaled clock. */
  readonly tiers: readonly { readonly topic: string; readonly waitMs: number }[]
  readonly groups: {
    readonly router: string
    readonly retry: string
    readonly dispatcher: string
    readonly recorder: string
  }
}

export interface FenceTimes {
  readonly nowMs: number
  /** How long after its time a retry may be handed on before its tier counts as behind. */
  readonly graceMs: number
  readonly patienceMs: number
}

export type Fence =
  | { readonly kind: 'passed' }
  | { readonly kind: 'behind'; readonly group: string; readonly topic: string }
  | { readonly kind: 'stopped' }

/** People look at the result hours later; brokers should not notice the asking. */
const askEveryMs = 500

/** Rejects when Kafka does not answer. */
export async function passFence(ports: FencePorts, route: FenceRoute, times: FenceTimes): Promise<Fence> {
  const { groups } = route
  const untilMs = ports.monotonicMs() + times.patienceMs
  // Each step's goal is read when the one before has passed: what it wrote on lies below the goal.
  const steps: readonly {
    readonly group: string
    readonly topic: string
    readonly goal: () => Promise<Offsets>
  }[] = [
    { group: groups.router, topic: route.events, goal: () => ports.endOffsets(route.events) },
    ...route.tiers.map(({ topic, waitMs }) => ({
      group: groups.retry,
      topic,
      goal: () => ports.offsetsFrom(topic, times.nowMs - waitMs - times.graceMs),
    })),
    { group: groups.dispatcher, topic: route.deliveries, goal: () => ports.endOffsets(route.deliveries) },
    { group: groups.recorder, topic: route.attempts, goal: () => ports.endOffsets(route.attempts) },
  ]
  for (const { group, topic, goal } of steps) {
    const goals = await goal()
    for (;;) {
      if (hasReached(await ports.committedOffsets(group, topic), goals)) break
      if (ports.isStopped()) return { kind: 'stopped' }
      if (ports.monotonicMs() >= untilMs) return { kind: 'behind', group, topic }
      await ports.wait(askEveryMs)
    }
  }
  return { kind: 'passed' }
}

/** A group that has committed nothing yet stands at the beginning. */
function hasReached(committed: Offsets, goals: Offsets): boolean {
  return goals.every((goal, partition) => (committed[partition] ?? 0) >= (goal ?? 0))
}
