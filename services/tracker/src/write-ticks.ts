/**
 * Moves the clocks of the owned partitions on while nothing is read: one tick per partition and round. Knows the
 * wall clock, and is the only part of the tracker that puts it into the stream.
 *
 * Invariant
 *   W1. At most one round of ticks waits for its acknowledgement. While Kafka does not answer none is added: a tick
 *       says how late it is, so a missed one is made up for by the next.
 */
import type { Tick } from '@scanhook/domain/scan'
import type { OutgoingRecord } from '@scanhook/kafka/record'

export interface TickPorts {
  readonly encodeTick: (tick: Tick) => Buffer
  readonly appendAll: (records: readonly OutgoingRecord[]) => Promise<void>
  readonly nowMs: () => number
  readonly ownedPartitions: () => readonly number[]
  readonly topic: string
}

/** Returns one round. It resolves when its ticks are acknowledged, or at once when the last round still waits. */
export function tickWriter(ports: TickPorts): () => Promise<void> {
  let isWriting = false
  return async () => {
    const partitions = ports.ownedPartitions()
    if (isWriting || partitions.length === 0) return
    isWriting = true
    try {
      const value = ports.encodeTick({ kind: 'tick', atMs: ports.nowMs() })
      await ports.appendAll(
        partitions.map((partition) => ({ topic: ports.topic, key: null, value, partition })),
      )
    } finally {
      isWriting = false
    }
  }
}
