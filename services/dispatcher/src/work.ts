/** A delivery in our hands: decoded, with the way to say that its record is done. Lives from the batch to the last acknowledgement. */
import type { Delivery } from '@scanhook/domain/delivery'
import type { Endpoint } from '@scanhook/domain/endpoint'
import type { TraceHeaders } from '@scanhook/observability/trace'
import type { Order } from './lane.ts'

export interface Work {
  readonly delivery: Delivery
  /** What its record carries of a trace, and so does everything that comes of it. */
  readonly trace: TraceHeaders | undefined
  /** What it weighs in memory: its record's value, and what is built around it. */
  readonly bytes: number
  /** Of `deliveries`: whose it is, and where its order is kept. */
  readonly partition: number
  /** The endpoint as it was when the delivery was last looked at; null before. */
  endpoint: Endpoint | null
  /** Set while it takes part in the order of its asset. */
  order: Order | null
  /** What `delivery-order` has to be told before the record is done: when it is due again, null for its end. */
  orderNote: { readonly dueAtMs: number | null } | null
  /** Aborted when the partition is about to be somebody else's: what has not been started is abandoned. */
  readonly signal: AbortSignal
  /** Aborted when it is somebody else's: nothing is written any more. */
  readonly over: AbortSignal
  /** This record's successors are durable. */
  readonly done: () => void
}
