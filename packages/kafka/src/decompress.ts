/**
 * Undoes the compression that other producers chose. We write uncompressed; upstream topics carry what their owners
 * like. gzip and zstd come with Node.
 */
import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import { KafkaError } from './errors.ts'

/** A fetch is at most 4 MiB and JSON shrinks 10–20 ×; more than this is a bomb, not data. */
const plainMaxBytes = 128 * 1024 * 1024

/** `codec` is Kafka's number: 1 gzip, 2 snappy, 3 lz4, 4 zstd. Throws KAFKA_UNDECODABLE. */
export function decompress(codec: number, bytes: Buffer): Buffer {
  try {
    if (codec === 1) return gunzipSync(bytes, { maxOutputLength: plainMaxBytes })
    if (codec === 4) return zstdDecompressSync(bytes, { maxOutputLength: plainMaxBytes })
  } catch (cause) {
    throw new KafkaError('KAFKA_UNDECODABLE', `compressed batch (codec ${codec}) is damaged`, { cause })
  }
  throw new KafkaError('KAFKA_UNDECODABLE', `compression codec ${codec} is not supported`)
}
