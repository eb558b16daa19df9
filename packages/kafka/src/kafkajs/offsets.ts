/** Where partitions begin and end. */
import { KafkaError } from '../errors.ts'
import type { BrokerSession } from './broker-session.ts'

const earliest = '-2'
const latest = '-1'
const readCommitted = 1

/** First offset that still exists, by partition. Throws what kafkajs throws, or KAFKA_UNAVAILABLE without a leader. */
export function earliestOffsets(
  session: Pick<BrokerSession, 'layoutOf' | 'withNode'>,
  topic: string,
  partitions: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  return listOffsets(session, topic, partitions, { timestamp: earliest, isolationLevel: readCommitted })
}

/** Offset after the last record that readers can see (end of the last finished transaction). Throws as `earliestOffsets`. */
export function readableEnds(
  session: Pick<BrokerSession, 'layoutOf' | 'withNode'>,
  topic: string,
  partitions: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  return listOffsets(session, topic, partitions, { timestamp: latest, isolationLevel: readCommitted })
}

/** Next offset to be written, by partition. Throws as `earliestOffsets`. */
export function writableEnds(
  session: Pick<BrokerSession, 'layoutOf' | 'withNode'>,
  topic: string,
  partitions: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  return listOffsets(session, topic, partitions, { timestamp: latest, isolationLevel: 0 })
}

/**
 * First offset whose record is stamped `atMs` or later, by partition; partitions without such a record are left out. Throws as
 * `earliestOffsets`.
 */
export async function offsetsFrom(
  session: Pick<BrokerSession, 'layoutOf' | 'withNode'>,
  topic: string,
  partitions: readonly number[],
  atMs: number,
): Promise<ReadonlyMap<number, number>> {
  const timestamp = String(Math.max(0, Math.floor(atMs)))
  const found = await listOffsets(session, topic, partitions, { timestamp, isolationLevel: 0 })
  return new Map([...found].filter(([, offset]) => offset >= 0)) // −1: none
}

async function listOffsets(
  session: Pick<BrokerSession, 'layoutOf' | 'withNode'>,
  topic: string,
  partitions: readonly number[],
  { timestamp, isolationLevel }: { readonly timestamp: string; readonly isolationLevel: number },
): Promise<ReadonlyMap<number, number>> {
  const byLeader = new Map<number, number[]>()
  for (const partition of partitions) {
    const leader = session.layoutOf(topic)?.leaders[partition] ?? -1
    if (leader === -1) throw noLeader(topic, partition)
    byLeader.set(leader, [...(byLeader.get(leader) ?? []), partition])
  }
  const offsets = new Map<number, number>()
  for (const [leader, wanted] of byLeader) {
    const answer = await session.withNode(leader, (broker) =>
      broker.listOffsets({
        replicaId: -1,
        isolationLevel,
        topics: [{ topic, partitions: wanted.map((partition) => ({ partition, timestamp })) }],
      }),
    )
    for (const { partition, offset } of answer.responses[0]?.partitions ?? []) {
      offsets.set(partition, Number(offset))
    }
  }
  return offsets
}

function noLeader(topic: string, partition: number): KafkaError {
  return new KafkaError('KAFKA_UNAVAILABLE', `${topic}/${partition} has no leader`, { retriable: true })
}
