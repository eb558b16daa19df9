/**
 * Tells every partition of `scans` which readers were heard. Only with it can an asset's silence be told from its
 * reader's, so it must never testify for a reader while reads of its tags are still on their way:
 *
 *  1. The watermark is asked first. Everything that was received up to it has been dealt with: its scans are
 *     acknowledged, so each has its offset.
 *  2. Readers are taken as of the watermark (`presence.ts`, E1), and the record's own time is the watermark.
 *  3. Only then is the record appended; in each partition it gets an offset above those scans. What was received later may
 *     stand before or behind it, and it says nothing about that time.
 *
 * Invariants
 *   H1. In each partition of `scans` a record with the time T stands behind every scan of this producer that was received
 *       up to T.
 *   H2. At most one round waits for its acknowledgement. What is heard meanwhile is in the next one.
 *   H3. Nobody heard, no record: a producer without work moves no clock.
 */
import type { HeardDevice, Liveness } from '@scanhook/domain/scan'
import type { OutgoingRecord } from '@scanhook/kafka/record'

export interface LivenessPorts {
  /** The producer's watermark; `NEGATIVE_INFINITY` while nothing can be said. */
  readonly untilMs: () => number
  /** Finds out whose heartbeats came. Never rejects. */
  readonly name: () => Promise<void>
  readonly take: (untilMs: number) => readonly HeardDevice[]
  readonly encode: (liveness: Liveness) => Buffer
  readonly appendAll: (records: readonly OutgoingRecord[]) => Promise<void>
  readonly topic: string
  readonly partitionCount: number
}

/** An entry is at most 36 bytes of Avro, so 180 KB; `scans` takes 256 KiB. */
const devicesPerRecord = 5_000

/** Returns one round. It resolves when its records are acknowledged, or at once when the last round still waits. */
export function livenessWriter(ports: LivenessPorts): () => Promise<void> {
  let isWriting = false
  return async () => {
    if (isWriting) return // H2
    isWriting = true
    try {
      await writeRound(ports)
    } finally {
      isWriting = false
    }
  }
}

async function writeRound(ports: LivenessPorts): Promise<void> {
  const atMs = ports.untilMs()
  if (atMs === Number.NEGATIVE_INFINITY) return
  await ports.name()
  const heard = ports.take(atMs)
  const records: OutgoingRecord[] = []
  for (let start = 0; start < heard.length; start += devicesPerRecord) {
    const devices = heard.slice(start, start + devicesPerRecord)
    const value = ports.encode({ kind: 'liveness', atMs, devices })
    for (let partition = 0; partition < ports.partitionCount; partition += 1)
      records.push({ topic: ports.topic, key: null, value, partition })
  }
  if (records.length > 0) await ports.appendAll(records) // H3
}
