/**
 * Produce and fetch as bytes, in the versions that kafkajs speaks (produce 7, fetch 11; both within what brokers from
 * 2.3 to 4.x accept) but with our record batches and with one result per partition: kafkajs throws the first
 * partition's error and so hides which ones succeeded.
 */

import type { TopicPartition } from '../record.ts'
import {
  type AbortedTransaction,
  type EncodableRecord,
  recordSizeMax,
  writeRecordBatch,
} from '../record-batch.ts'
import { apiKeys, type Encoded, type ProtocolExchange } from './internals.ts'

export interface ProducePart extends TopicPartition {
  readonly records: readonly EncodableRecord[]
}

export interface ProduceResult extends TopicPartition {
  /** 0 when acknowledged by all in-sync replicas. */
  readonly errorCode: number
  /** The broker's stamp, epoch ms; −1 where the topic keeps the producer's times. */
  readonly appendTimeMs: number
}

export interface FetchPart extends TopicPartition {
  readonly offset: number
  readonly maxBytes: number
}

export interface FetchResult extends TopicPartition {
  readonly errorCode: number
  readonly highWatermark: number
  /** Readers of committed records see up to here: the high watermark, or the first open transaction. */
  readonly readableEnd: number
  readonly aborted: readonly AbortedTransaction[]
  /** Record batches; the last may be cut off. */
  readonly bytes: Buffer
}

/** How long the leader waits for its followers. */
const acknowledgeTimeoutMs = 10_000

export interface ProduceTerms {
  /** `leader`: acknowledged once the leader has it, for records that nobody needs. Default `all` (K4). */
  readonly acknowledgedBy?: 'all' | 'leader' | undefined
  /** After this the answer is not coming; counted from sending. */
  readonly requestTimeoutMs?: number | undefined
}

export function produceExchange(
  parts: readonly ProducePart[],
  terms: ProduceTerms = {},
): ProtocolExchange<readonly ProduceResult[]> {
  return {
    request: {
      apiKey: apiKeys.Produce,
      apiVersion: 7,
      apiName: 'Produce',
      encode: async () => encodeProduce(parts, terms.acknowledgedBy === 'leader' ? 1 : -1),
    },
    response: { decode: async (bytes) => decodeProduce(bytes), parse: async (results) => results },
    requestTimeout: terms.requestTimeoutMs ?? acknowledgeTimeoutMs + 5_000,
  }
}

/** Not the same as `requestTimeout`: an answer that isn't there this long after its time is not coming. */
const fetchGraceMs = 5_000

export function fetchExchange(
  parts: readonly FetchPart[],
  options: { readonly maxWaitMs: number; readonly maxBytes: number },
): ProtocolExchange<readonly FetchResult[]> {
  return {
    request: {
      apiKey: apiKeys.Fetch,
      apiVersion: 11,
      apiName: 'Fetch',
      encode: async () => encodeFetch(parts, options.maxWaitMs, options.maxBytes),
    },
    response: { decode: async (bytes) => decodeFetch(bytes), parse: async (results) => results },
    requestTimeout: options.maxWaitMs + fetchGraceMs,
  }
}

/** `acks`: −1 for all in-sync replicas, 1 for the leader alone. */
function encodeProduce(parts: readonly ProducePart[], acks: -1 | 1): Encoded {
  let size = 64
  for (const { topic, records } of parts) {
    size += 128 + Buffer.byteLength(topic)
    for (const record of records) size += recordSizeMax(record)
  }
  const out = new Writer(Buffer.allocUnsafe(size))
  out.int16(-1) // no transactional id
  out.int16(acks)
  out.int32(acknowledgeTimeoutMs)
  const topics = byTopic(parts)
  out.int32(topics.size)
  for (const [topic, partitions] of topics) {
    out.string(topic)
    out.int32(partitions.length)
    for (const { partition, records } of partitions) {
      out.int32(partition)
      const lengthAt = out.at
      out.at = writeRecordBatch(out.bytes, lengthAt + 4, records)
      out.bytes.writeInt32BE(out.at - lengthAt - 4, lengthAt)
    }
  }
  return out.encoded()
}

function decodeProduce(bytes: Buffer): readonly ProduceResult[] {
  const input = new WireReader(bytes)
  const results: ProduceResult[] = []
  for (let topics = input.int32(); topics > 0; topics -= 1) {
    const topic = input.string()
    for (let count = input.int32(); count > 0; count -= 1) {
      const partition = input.int32()
      const errorCode = input.int16()
      input.at += 8 // base offset
      const appendTimeMs = input.int64()
      input.at += 8 // log start offset
      results.push({ topic, partition, errorCode, appendTimeMs })
    }
  }
  return results
}

/** One fetch asks for at most some hundred partitions: 28 bytes each. */
function encodeFetch(parts: readonly FetchPart[], maxWaitMs: number, maxBytes: number): Encoded {
  let size = 64
  for (const { topic } of parts) size += 40 + Buffer.byteLength(topic)
  const out = new Writer(Buffer.allocUnsafe(size))
  out.int32(-1) // a consumer, not a replica
  out.int32(maxWaitMs)
  out.int32(1) // min bytes: one record answers at once
  out.int32(maxBytes)
  out.bytes[out.at++] = 1 // read committed: upstream producers may use transactions
  out.int32(0) // no fetch session
  out.int32(-1)
  const topics = byTopic(parts)
  out.int32(topics.size)
  for (const [topic, partitions] of topics) {
    out.string(topic)
    out.int32(partitions.length)
    for (const part of partitions) {
      out.int32(part.partition)
      out.int32(-1)
      out.int64(part.offset)
      out.int64(-1)
      out.int32(part.maxBytes)
    }
  }
  out.int32(0)
  out.string('')
  return out.encoded()
}

function decodeFetch(bytes: Buffer): readonly FetchResult[] {
  const input = new WireReader(bytes)
  const results: FetchResult[] = []
  input.at += 10 // throttle, error (sessions only), session
  for (let topics = input.int32(); topics > 0; topics -= 1) {
    const topic = input.string()
    for (let count = input.int32(); count > 0; count -= 1) results.push(readFetchResult(input, topic))
  }
  return results
}

function readFetchResult(input: WireReader, topic: string): FetchResult {
  const partition = input.int32()
  const errorCode = input.int16()
  const highWatermark = input.int64()
  const readableEnd = input.int64()
  input.at += 8 // log start offset
  const aborted: AbortedTransaction[] = []
  for (let left = input.int32(); left > 0; left -= 1) {
    aborted.push({ producerId: input.bigint64(), firstOffset: input.int64() })
  }
  input.at += 4 // preferred read replica: we don't announce a rack
  return { topic, partition, errorCode, highWatermark, readableEnd, aborted, bytes: input.rest() }
}

function byTopic<T extends TopicPartition>(parts: readonly T[]): Map<string, T[]> {
  const topics = new Map<string, T[]>()
  for (const part of parts) {
    const partitions = topics.get(part.topic)
    if (partitions === undefined) topics.set(part.topic, [part])
    else partitions.push(part)
  }
  return topics
}

class Writer {
  readonly bytes: Buffer
  /** Index of the next byte. */
  at = 0

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }

  int16(value: number): void {
    this.at = this.bytes.writeInt16BE(value, this.at)
  }

  int32(value: number): void {
    this.at = this.bytes.writeInt32BE(value, this.at)
  }

  int64(value: number): void {
    this.at = this.bytes.writeBigInt64BE(BigInt(value), this.at)
  }

  string(text: string): void {
    const length = Buffer.byteLength(text)
    this.int16(length)
    this.at += this.bytes.write(text, this.at, length)
  }

  encoded(): Encoded {
    const buffer = this.bytes.subarray(0, this.at)
    return { buf: buffer, buffer }
  }
}

class WireReader {
  /** Index of the next byte. */
  at = 0
  readonly #bytes: Buffer

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  int16(): number {
    this.at += 2
    return this.#bytes.readInt16BE(this.at - 2)
  }

  int32(): number {
    this.at += 4
    return this.#bytes.readInt32BE(this.at - 4)
  }

  int64(): number {
    return Number(this.bigint64())
  }

  bigint64(): bigint {
    this.at += 8
    return this.#bytes.readBigInt64BE(this.at - 8)
  }

  string(): string {
    const length = this.int16()
    this.at += length
    return this.#bytes.toString('utf8', this.at - length, this.at)
  }

  /** Bytes with their length before them; none when it is negative. */
  rest(): Buffer {
    const length = Math.max(0, this.int32())
    this.at += length
    return this.#bytes.subarray(this.at - length, this.at)
  }
}
