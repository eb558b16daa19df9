/** A delivery in our hands: decoded, with the way to say that its record is done. Lives from the batch to the last acknowledgement. */
import type { Delivery } from '@scanhook/domain/delivery'
import type { Trace } from '@scanhook/observability/trace'

export interface Work {
  readonly delivery: Delivery
  readonly trace: Trace
  /** What it weighs in memory: its record's value, and what is built around it. */
  readonly bytes: number
  /** Aborted when the partition is somebody else's now: what has not been started is abandoned. */
  readonly signal: AbortSignal
  /** This record's successors are durable. */
  readonly done: () => void
}
