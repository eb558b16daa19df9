/** When a batch was written, from its header alone (layout: record-batch.ts). Pure; unpacks and checks nothing. */
import { batchHeaderBytes } from './record-batch.ts'

/** Attribute bit 3: the broker has stamped the batch, and its time is that of every record in it. */
const appendTimeBit = 0x08

/**
 * Epoch ms: the broker's stamp where the topic has LogAppendTime, else the producer's for the first record. Null for no
 * batch, one that is cut off before its records, one of a format before 2, and one without a time.
 */
export function batchTimeMs(bytes: Buffer): number | null {
  if (bytes.length < batchHeaderBytes || bytes.readInt8(16) !== 2) return null
  const isAppendTime = (bytes.readInt16BE(21) & appendTimeBit) !== 0
  const timeMs = Number(bytes.readBigInt64BE(isAppendTime ? 35 : 27))
  return timeMs < 0 ? null : timeMs
}
