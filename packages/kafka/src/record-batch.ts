/**
 * Kafka's record batch (format 2): our records → bytes → our records. Pure; knows no connection and no request.
 *
 * kafkajs has both directions, but (a) its encoder makes a growing buffer for every field of every record and groups
 * records by copying arrays, which is quadratic in a batch, (b) its decoder loses the batch's own last offset, so a
 * compacted batch without records is fetched for ever. Measured figures are in the README.
 *
 * Layout: baseOffset i64, length i32 | leaderEpoch i32, magic i8, crc u32 | attributes i16, lastOffsetDelta i32,
 * baseTimestamp i64, maxTimestamp i64, producerId i64, producerEpoch i16, baseSequence i32, count i32, records.
 * The CRC covers everything after itself.
 */
import { crc32c } from './crc32c.ts'
import { KafkaError } from './errors.ts'
import type { Headers, KafkaRecord } from './record.ts'

/** Bytes before the first record. */
export const batchHeaderBytes = 61
/** Most that the batch header and a record's own fields add to key, value and headers. */
const recordOverheadMaxBytes = 36

export interface EncodableRecord {
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: readonly (readonly [Buffer, Buffer])[]
  readonly timestampMs: number
}

/** Upper bound of what the record takes inside a batch. */
export function recordSizeMax(record: EncodableRecord): number {
  let size = recordOverheadMaxBytes + (record.key?.length ?? 0) + (record.value?.length ?? 0)
  for (const [name, value] of record.headers) size += 10 + name.length + value.length
  return size
}

/** Writes one uncompressed batch into `target` at `at`; returns the index after it. Room must be sufficient. */
export function writeRecordBatch(target: Buffer, at: number, records: readonly EncodableRecord[]): number {
  const baseTimestampMs = records[0]?.timestampMs ?? 0
  let maxTimestampMs = baseTimestampMs
  let end = at + batchHeaderBytes
  for (let i = 0; i < records.length; i += 1) {
    const record = records[i]
    if (record === undefined) continue
    if (record.timestampMs > maxTimestampMs) maxTimestampMs = record.timestampMs
    end = writeRecord(target, end, record, i, record.timestampMs - baseTimestampMs)
  }
  writeInt64(target, 0, at)
  target.writeInt32BE(end - at - 12, at + 8)
  target.writeInt32BE(-1, at + 12) // leader epoch: the broker fills it in
  target.writeInt8(2, at + 16)
  target.writeInt16BE(0, at + 21)
  target.writeInt32BE(records.length - 1, at + 23)
  writeInt64(target, baseTimestampMs, at + 27)
  writeInt64(target, maxTimestampMs, at + 35)
  target.fill(0xff, at + 43, at + 57) // producer id, epoch, sequence: -1, not idempotent (docs/adr)
  target.writeInt32BE(records.length, at + 57)
  target.writeUInt32BE(crc32c(target, at + 21, end), at + 17)
  return end
}

function writeRecord(
  target: Buffer,
  at: number,
  record: EncodableRecord,
  delta: number,
  timestampDelta: number,
): number {
  const { key, value, headers } = record
  let body = 1 + varintSize(timestampDelta) + varintSize(delta) + bytesSize(key) + bytesSize(value)
  body += varintSize(headers.length)
  for (const [name, content] of headers) body += bytesSize(name) + bytesSize(content)
  let i = writeVarint(target, at, body)
  target[i++] = 0
  i = writeVarint(target, i, timestampDelta)
  i = writeVarint(target, i, delta)
  i = writeBytes(target, i, key)
  i = writeBytes(target, i, value)
  i = writeVarint(target, i, headers.length)
  for (const [name, content] of headers) {
    i = writeBytes(target, i, name)
    i = writeBytes(target, i, content)
  }
  return i
}

function bytesSize(bytes: Buffer | null): number {
  return bytes === null ? 1 : varintSize(bytes.length) + bytes.length
}

function writeBytes(target: Buffer, at: number, bytes: Buffer | null): number {
  if (bytes === null) return writeVarint(target, at, -1)
  const i = writeVarint(target, at, bytes.length)
  target.set(bytes, i)
  return i + bytes.length
}

/** Zigzag, for values between -2^31 and 2^31. A timestamp delta is bounded by how long a batch may wait. */
function zigzag(value: number): number {
  return ((value << 1) ^ (value >> 31)) >>> 0
}

function varintSize(value: number): number {
  const raw = zigzag(value)
  return raw < 0x80 ? 1 : raw < 0x4000 ? 2 : raw < 0x200000 ? 3 : raw < 0x10000000 ? 4 : 5
}

function writeVarint(target: Buffer, at: number, value: number): number {
  let raw = zigzag(value)
  let i = at
  while (raw > 0x7f) {
    target[i++] = (raw & 0x7f) | 0x80
    raw >>>= 7
  }
  target[i++] = raw
  return i
}

function writeInt64(target: Buffer, value: number, at: number): void {
  target.writeInt32BE(Math.floor(value / 0x100000000), at)
  target.writeUInt32BE(value % 0x100000000, at + 4)
}

export interface AbortedTransaction {
  readonly producerId: bigint
  readonly firstOffset: number
}

export interface DecodedBatches {
  readonly records: readonly KafkaRecord[]
  /** Where to read next: after the last complete batch, hidden and compacted records included. */
  readonly nextOffset: number
  /** The batch that decoding stopped before: damaged, too large unpacked, or of a format before 2. */
  readonly undecodable: Undecodable | null
}

export interface Undecodable {
  readonly baseOffset: number
  readonly lastOffset: number
  /** KAFKA_UNDECODABLE, or what reading beyond the end of something throws. */
  readonly error: unknown
  /** Header included. */
  readonly bytes: Buffer
}

/** Decompresses the records of one batch; `codec` is Kafka's number (1 gzip, 2 snappy, 3 lz4, 4 zstd). */
export type Decompress = (codec: number, bytes: Buffer) => Buffer

interface DecodeContext {
  readonly topic: string
  readonly partition: number
  /** Records below are dropped: the broker answers with whole batches. */
  readonly fromOffset: number
  readonly aborted: readonly AbortedTransaction[]
  readonly decompress: Decompress
}

/**
 * Decodes what a fetch answered for one partition; an incomplete batch at the end is left for the next fetch.
 * Keys and values are views into `bytes`: whoever keeps one keeps the whole answer in memory.
 * A batch that can't be decoded ends it, and is told.
 */
export function decodeRecordBatches(bytes: Buffer, context: DecodeContext): DecodedBatches {
  const records: KafkaRecord[] = []
  const transactions = abortedFilter(context.aborted)
  let nextOffset = context.fromOffset
  let at = 0
  while (at + batchHeaderBytes <= bytes.length) {
    const length = bytes.readInt32BE(at + 8)
    const end = at + 12 + length
    if (end > bytes.length) break
    const baseOffset = readInt64(bytes, at)
    const format = bytes[at + 16]
    const lastOffset = format === 2 ? baseOffset + bytes.readInt32BE(at + 23) : baseOffset
    const before = records.length
    try {
      if (format !== 2) throw new KafkaError('KAFKA_UNDECODABLE', `record format ${format}`)
      if (transactions.isVisible(bytes, at, lastOffset)) readBatch(bytes, at, end, context, records)
    } catch (error) {
      records.length = before // all of the batch or nothing of it
      const undecodable = { baseOffset, lastOffset, error, bytes: bytes.subarray(at, end) }
      return { records, nextOffset, undecodable }
    }
    nextOffset = Math.max(nextOffset, lastOffset + 1)
    at = end
  }
  return { records, nextOffset, undecodable: null }
}

function readBatch(
  bytes: Buffer,
  at: number,
  end: number,
  context: DecodeContext,
  records: KafkaRecord[],
): void {
  const attributes = bytes.readInt16BE(at + 21)
  const count = bytes.readInt32BE(at + 57)
  const packed = bytes.subarray(at + batchHeaderBytes, end)
  const codec = attributes & 0x07
  const reader = new Reader(codec === 0 ? packed : context.decompress(codec, packed))
  const baseOffset = readInt64(bytes, at)
  const baseTimestampMs = readInt64(bytes, at + 27)
  const appendedAtMs = attributes & 0x08 ? readInt64(bytes, at + 35) : null
  for (let i = 0; i < count; i += 1) {
    const length = reader.varint()
    const start = reader.at
    reader.at += 1
    const timestampMs = baseTimestampMs + reader.varlong()
    const offset = baseOffset + reader.varint()
    if (offset >= context.fromOffset) {
      records.push({
        topic: context.topic,
        partition: context.partition,
        offset,
        timestampMs: appendedAtMs ?? timestampMs,
        key: reader.bytes(),
        value: reader.bytes(),
        headers: reader.headers(),
      })
    }
    reader.at = start + length
  }
}

/** Hides control batches, and batches of transactions that the broker says were aborted (read committed). */
function abortedFilter(aborted: readonly AbortedTransaction[]): {
  isVisible(bytes: Buffer, at: number, lastOffset: number): boolean
} {
  const pending = [...aborted].sort((a, b) => a.firstOffset - b.firstOffset)
  const open = new Set<bigint>()
  return {
    isVisible(bytes, at, lastOffset) {
      const attributes = bytes.readInt16BE(at + 21)
      const isControl = (attributes & 0x20) !== 0
      if (aborted.length === 0) return !isControl
      for (let next = pending[0]; next !== undefined && next.firstOffset <= lastOffset; next = pending[0]) {
        open.add(next.producerId)
        pending.shift()
      }
      const producerId = bytes.readBigInt64BE(at + 43)
      if (isControl) {
        // The marker (commit or abort) ends this producer's transaction.
        open.delete(producerId)
        return false
      }
      return (attributes & 0x10) === 0 || !open.has(producerId)
    },
  }
}

const noHeaders: Headers = Object.freeze({})

class Reader {
  /** Index of the next byte. */
  at = 0
  readonly #bytes: Buffer

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  varint(): number {
    let raw = 0
    for (let shift = 0; shift <= 28; shift += 7) {
      const byte = this.#byte()
      raw |= (byte & 0x7f) << shift
      if (byte < 0x80) break
    }
    raw >>>= 0
    return (raw >>> 1) ^ -(raw & 1)
  }

  /** Exact up to 2^53. */
  varlong(): number {
    let raw = 0
    let factor = 1
    for (;;) {
      const byte = this.#byte()
      raw += (byte & 0x7f) * factor
      if (byte < 0x80) break
      factor *= 0x80
    }
    return raw % 2 === 0 ? raw / 2 : -(raw + 1) / 2
  }

  bytes(): Buffer | null {
    const length = this.varint()
    if (length < 0) return null
    const start = this.at
    this.at += length
    if (this.at > this.#bytes.length) throw new KafkaError('KAFKA_UNDECODABLE', 'record is cut off')
    return this.#bytes.subarray(start, this.at)
  }

  headers(): Headers {
    const count = this.varint()
    if (count <= 0) return noHeaders
    const entries: [string, string][] = []
    for (let i = 0; i < count; i += 1) {
      entries.push([this.bytes()?.toString() ?? '', this.bytes()?.toString() ?? ''])
    }
    // `fromEntries` defines own properties: a header named `__proto__` is only a header.
    return Object.fromEntries(entries)
  }

  #byte(): number {
    const byte = this.#bytes[this.at]
    if (byte === undefined) throw new KafkaError('KAFKA_UNDECODABLE', 'record is cut off')
    this.at += 1
    return byte
  }
}

function readInt64(bytes: Buffer, at: number): number {
  return bytes.readInt32BE(at) * 0x100000000 + bytes.readUInt32BE(at + 4)
}
