/**
 * What is read back before the first record of a newly assigned partition is handled: what its order waits for, what
 * was complete already, what others have learnt of endpoints. Knows no Kafka and no Redis.
 *
 * Invariants
 *   M1. Nothing of a partition is handled before its order is known; of the rest, what can't be read is done without.
 *   M2. What belongs to a partition is forgotten when it is somebody else's.
 */
import type { Delivery } from '@scanhook/domain/delivery'
import type { KafkaRecord, TopicPartition } from '@scanhook/kafka/record'
import type { LoadedMarks } from '@scanhook/redis/completed-marks'
import { type OrderGate, parseOrderRecord } from './order-gate.ts'

export interface MemoryPorts {
  readonly order: OrderGate
  /** Everything on `delivery-order` in these partitions, in order. */
  readonly readOrder: (partitions: readonly number[], apply: (record: KafkaRecord) => void) => Promise<void>
  readonly loadMarks: (partition: number) => Promise<LoadedMarks>
  readonly noteMark: (partition: number, offset: number, id: string) => void
  /** What others have learnt of endpoints. */
  readonly loadStates: () => Promise<void>
  readonly restored: (partitions: readonly number[], parked: number, marks: number) => void
}

export interface PartitionMemory {
  readonly assigned: (assignments: readonly TopicPartition[]) => Promise<void>
  readonly revoked: (partitions: readonly TopicPartition[]) => void
  readonly wasDone: (record: KafkaRecord, delivery: Delivery) => boolean
  readonly noteDone: (record: KafkaRecord, delivery: Delivery) => void
}

export function partitionMemory(ports: MemoryPorts): PartitionMemory {
  const marks = new Map<number, LoadedMarks>()
  return {
    assigned: async (assignments) => {
      const partitions = assignments.map(({ partition }) => partition)
      ports.order.forget(new Set(partitions))
      const [loaded] = await Promise.all([
        Promise.all(
          partitions.map(async (partition) => [partition, await ports.loadMarks(partition)] as const),
        ),
        ports.readOrder(partitions, (record) => applyOrder(ports.order, record)),
        ports.loadStates(),
      ])
      let markCount = 0
      for (const [partition, each] of loaded) {
        markCount += each.size
        if (each.size > 0) marks.set(partition, each)
        else marks.delete(partition)
      }
      ports.restored(partitions, ports.order.size, markCount)
    },
    revoked: (partitions) => {
      for (const { partition } of partitions) marks.delete(partition)
      ports.order.forget(new Set(partitions.map(({ partition }) => partition)))
    },
    wasDone: ({ partition, offset }, delivery) => {
      const known = marks.get(partition)
      return known?.has(offset, markOf(delivery)) ?? false
    },
    noteDone: ({ partition, offset }, delivery) => ports.noteMark(partition, offset, markOf(delivery)),
  }
}

/** Tells a delivery's record from another one at the same offset of a topic that was made anew. */
function markOf({ deliveryId, attemptNumber }: Delivery): string {
  return `${deliveryId}:${attemptNumber}`
}

function applyOrder(order: OrderGate, { key, value, partition }: KafkaRecord): void {
  const parsed =
    key === null ? null : parseOrderRecord(key.toString('latin1'), value?.toString('latin1') ?? null)
  if (parsed === null) return
  const { endpointId, assetId, sequence, dueAtMs } = parsed
  if (dueAtMs === null) order.end(endpointId, assetId, sequence)
  else order.park({ endpointId, assetId, sequence, partition, dueAtMs })
}
