/**
 * Undoes the compression that other producers, or a topic's `compression.type`, chose. We write uncompressed; upstream
 * topics carry what their owners like, and a consumer that can't read one stops for good. gzip and zstd come with Node;
 * snappy and lz4 are small formats and are read here.
 */
import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import { readLz4Frame } from './decompress-lz4.ts'
import { readSnappy } from './decompress-snappy.ts'
import { KafkaError } from './errors.ts'

/** A fetch is at most 8 MiB and JSON shrinks 10–20 ×; more than this is a bomb, not data. */
const plainMaxBytes = 128 * 1024 * 1024

/** `codec` is Kafka's number: 1 gzip, 2 snappy, 3 lz4, 4 zstd. Throws KAFKA_UNDECODABLE. */
export function decompress(codec: number, bytes: Buffer): Buffer {
  try {
    if (codec === 1) return gunzipSync(bytes, { maxOutputLength: plainMaxBytes })
    if (codec === 2) return readSnappy(bytes, plainMaxBytes)
    if (codec === 3) return readLz4Frame(bytes, plainMaxBytes)
    if (codec === 4) return zstdDecompressSync(bytes, { maxOutputLength: plainMaxBytes })
  } catch (cause) {
    throw new KafkaError(
      'KAFKA_UNDECODABLE',
      `compressed batch (codec ${codec}) is damaged, or unpacks to more than 128 MiB`,
      {
        cause,
      },
    )
  }
  throw new KafkaError('KAFKA_UNDECODABLE', `compression codec ${codec} is unknown`)
}
