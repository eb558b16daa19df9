/** What a cell leaves behind, as values: everything that the auditor may look at, and nothing that it would have to ask for. */
import type { Attempt } from '@scanhook/domain/attempt'
import type { Delivery } from '@scanhook/domain/delivery'
import type { DomainEvent, EventType } from '@scanhook/domain/event'
import type { LoadLine } from './load.ts'
import type { ReceiverLine } from './receivers.ts'

export const invariantIds = [
  'I1',
  'I2',
  'I3',
  'I4',
  'I5',
  'I6',
  'I7',
  'I8',
  'I9',
  'I10',
  'I11',
  'I12',
] as const
export type InvariantId = (typeof invariantIds)[number]

/** A decoded record and where it stands. */
export interface Stored<T> {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly timestampMs: number
  readonly value: T
}

export interface EndpointPlan {
  readonly id: number
  /** Names it in the ledger of the receivers. */
  readonly index: number
  readonly isHealthy: boolean
  readonly eventTypes: readonly EventType[]
}

/** One fault: what was done, from when, until when it was healed. */
export interface FaultWindow {
  readonly what: string
  readonly fromMs: number
  readonly untilMs: number
  /**
   * The dispatcher was killed, or lost partitions with requests under way: what came of these nobody may ever write down,
   * because their partition has another owner, who sends them again. Everywhere else the log has every request.
   */
  readonly mayForgetAttempts: boolean
  /** Something was dead from the first moment on: it could not get hold of anything after that. */
  readonly isKill: boolean
}

/** What a group had committed when the broker answered at `atMs`; next offsets, null where it never committed. */
export interface OffsetSample {
  readonly atMs: number
  readonly group: string
  readonly topic: string
  readonly committed: readonly (number | null)[]
  readonly ends: readonly number[]
}

export interface ProcessSample {
  readonly atMs: number
  readonly service: string
  readonly rssBytes: number
  readonly fds: number
  readonly sockets: number
  /** By name of the metric, summed over labels. */
  readonly metrics: Readonly<Record<string, number>>
}

export interface PoisonFacts {
  readonly reason: string
  readonly source: string
}

/** A row of `attempts` in PostgreSQL. */
export interface LogRow {
  readonly deliveryId: string
  readonly attemptNumber: number
  readonly endpointId: number
  readonly eventId: string
  readonly disposition: string
  readonly outcome: 'responded' | 'failed' | null
  readonly status: number | null
}

export interface Evidence {
  readonly orgId: number
  readonly timeScale: number
  readonly endpoints: readonly EndpointPlan[]
  readonly load: readonly LoadLine[]
  /** The transitions of a whole walk, and those of its legs that were begun, as `expectedOfWalk` words them. */
  readonly plannedTransitions: readonly string[]
  readonly perhapsTransitions: readonly string[]
  /** Ids of acknowledged reads, by the plan. */
  readonly ackedReadIds: readonly string[]
  readonly received: readonly ReceiverLine[]
  readonly topics: {
    readonly scanIds: readonly Stored<string>[]
    /** Ids of the upstream records, in order of their topics: what the producer's offsets are about. */
    readonly upstreamIds: readonly Stored<string>[]
    readonly events: readonly Stored<DomainEvent>[]
    readonly deliveries: readonly Stored<Delivery>[]
    readonly tiers: readonly Stored<Delivery>[]
    readonly dead: readonly Stored<Delivery>[]
    readonly attempts: readonly Stored<Attempt>[]
    /** What was set aside: why, and the coordinate `topic:partition:offset` that it had. */
    readonly poison: readonly Stored<PoisonFacts>[]
  }
  readonly offsets: readonly OffsetSample[]
  readonly processes: readonly ProcessSample[]
  readonly logRows: readonly LogRow[]
  readonly times: {
    readonly baselineFromMs: number
    readonly faultFromMs: number
    readonly healedAtMs: number
    readonly loadEndedAtMs: number
    /** Null: the lag was not gone in time. */
    readonly drainedAtMs: number | null
  }
  readonly faults: readonly FaultWindow[]
  /** Words about groups that still lag, when `drainedAtMs` is null. */
  readonly lagging: readonly string[]
  /** What the reconciler's look at the log said; null: nobody looked. */
  readonly reconciled: Reconciled | null
}

export interface Reconciled {
  /** Who was behind, so that it could not look; null: it looked. */
  readonly behind: string | null
  readonly expected: number
  readonly unsure: number
  readonly missing: number
  readonly overdue: number
}

/** What a cell says about how it wants to be judged. */
export interface Expectations {
  readonly invariants: readonly InvariantId[]
  /** Latency that the fault itself adds on the way, e.g. of a slow network; the bound of I4 is not below it. */
  readonly addedLatencyMs?: number
  /** How many poison records the cell itself causes; default 0. Null: not judged. */
  readonly poisonCount?: number | null
  /** Retention took what was not delivered, on purpose: deliveries that are missing are counted, not judged. */
  readonly isLossExpected?: boolean
  /** Clocks are wrong on purpose: I7 asks whether something followed, and not when by its stamp. */
  readonly areClocksWrong?: boolean
  /**
   * Receivers close connections under requests: an attempt on a connection that had been used goes once more on a new one
   * (connection-lane.ts), and is one attempt in the log.
   */
  readonly mayReconnect?: boolean
  /** Further requests that may be repeated, and why. */
  readonly duplicatesAllowed?: number
}

export interface Judgement {
  readonly invariant: InvariantId
  readonly verdict: 'held' | 'violated' | 'not judged' | 'not run'
  /** With ids and coordinates; at most `violationsMax` of them. */
  readonly violations: readonly string[]
  readonly violationCount: number
  readonly figures: Readonly<Record<string, number | string>>
}
