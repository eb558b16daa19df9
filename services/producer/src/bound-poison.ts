/**
 * What of a bad record fits on `poison`. Nearly always all of it, as it came; a topic of somebody else's may take records
 * that ours does not, and a record that can't even be set aside would stop its partition for good.
 */
import type { KafkaRecord } from '@scanhook/kafka/record'
import { recordMaxBytes } from './parse-upstream.ts'

// `poison` takes 2 MiB: the value, and a quarter of it each for key and headers.
const keyMaxBytes = recordMaxBytes / 4
const headersMaxBytes = recordMaxBytes / 4

/** The record with its value and key cut, and without its own headers where they alone are too large. */
export function boundPoison(record: KafkaRecord): KafkaRecord {
  const headerBytes = Object.entries(record.headers).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value),
    0,
  )
  return {
    ...record,
    key: record.key?.subarray(0, keyMaxBytes) ?? null,
    value: record.value?.subarray(0, recordMaxBytes) ?? null,
    headers: headerBytes > headersMaxBytes ? {} : record.headers,
  }
}
