import { createRequire } from 'node:module'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { choosePartition, murmur2 } from './choose-partition.ts'
import { crc32c } from './crc32c.ts'
import { decompress } from './decompress.ts'
import {
  batchHeaderBytes,
  decodeRecordBatches,
  type EncodableRecord,
  recordSizeMax,
  writeRecordBatch,
} from './record-batch.ts'

const require = createRequire(import.meta.url)
const kafkajsMurmur2: (key: Buffer) => number = require('kafkajs/src/producer/partitioners/default/murmur2')
const kafkajsCrc32c: (bytes: Buffer) => number = require('kafkajs/src/protocol/recordBatch/crc32C')

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array))
const record: fc.Arbitrary<EncodableRecord> = fc.record({
  key: fc.option(bytes),
  value: fc.option(bytes),
  headers: fc
    .uniqueArray(fc.tuple(fc.string({ maxLength: 12 }), fc.string({ maxLength: 80 })), {
      selector: ([name]) => name,
    })
    .map((all) => all.map(([name, value]) => [Buffer.from(name), Buffer.from(value)] as const)),
  timestampMs: fc.integer({ min: 1_700_000_000_000, max: 1_700_000_900_000 }),
})

function encode(records: readonly EncodableRecord[]): Buffer {
  const room = records.reduce((sum, r) => sum + recordSizeMax(r), batchHeaderBytes)
  const target = Buffer.alloc(room)
  return target.subarray(0, writeRecordBatch(target, 0, records))
}

function decode(
  encoded: Buffer,
  fromOffset = 0,
  aborted: { producerId: bigint; firstOffset: number }[] = [],
) {
  return decodeRecordBatches(encoded, { topic: 't', partition: 3, fromOffset, aborted, decompress })
}

/** A batch as the broker stores it: with the offset it got. */
function at(baseOffset: number, encoded: Buffer): Buffer {
  const copy = Buffer.from(encoded)
  copy.writeBigInt64BE(BigInt(baseOffset), 0)
  return copy
}

const one: EncodableRecord = {
  key: null,
  value: Buffer.from('v'),
  headers: [],
  timestampMs: 1_700_000_000_000,
}

test('what is written is read back, within the size that was reckoned with', () => {
  fc.assert(
    fc.property(
      fc.array(record, { minLength: 1, maxLength: 20 }),
      fc.nat({ max: 2 ** 40 }),
      (records, base) => {
        const decoded = decode(at(base, encode(records)))
        expect(decoded.nextOffset).toBe(base + records.length)
        expect(decoded.records).toHaveLength(records.length)
        decoded.records.forEach((read, i) => {
          const written = records[i]
          expect(read.offset).toBe(base + i)
          expect(read.timestampMs).toBe(written?.timestampMs)
          expect(read.key).toEqual(written?.key)
          expect(read.value).toEqual(written?.value)
          const headers = Object.fromEntries(
            written?.headers.map(([n, v]) => [n.toString(), v.toString()]) ?? [],
          )
          expect(read.headers).toEqual(headers)
        })
      },
    ),
  )
})

test('P2: a batch carries no producer id, epoch and sequence: not idempotent', () => {
  expect(encode([one]).subarray(43, 57)).toEqual(Buffer.alloc(14, 0xff))
})

test('a batch that is cut off is left for the next fetch', () => {
  const whole = Buffer.concat([at(10, encode([one, one])), at(12, encode([one]))])
  const decoded = decode(whole.subarray(0, whole.length - 1), 10)
  expect(decoded.records.map(({ offset }) => offset)).toEqual([10, 11])
  expect(decoded.nextOffset).toBe(12)
})

test('records before the wanted offset are dropped, and a compacted tail is passed', () => {
  const batch = at(10, encode([one, one, one]))
  batch.writeInt32BE(9, 23) // the last offset stays when compaction takes the last records
  const decoded = decode(batch, 11)
  expect(decoded.records.map(({ offset }) => offset)).toEqual([11, 12])
  expect(decoded.nextOffset).toBe(20)
})

test('a batch that compaction left without any record moves the position', () => {
  const batch = at(10, encode([one])).subarray(0, batchHeaderBytes)
  batch.writeInt32BE(batchHeaderBytes - 12, 8)
  batch.writeInt32BE(4, 23)
  batch.writeInt32BE(0, 57)
  expect(decode(batch, 10)).toMatchObject({ records: [], nextOffset: 15 })
})

test('control batches and aborted transactions are not seen', () => {
  const transactional = (base: number, producerId: bigint, isControl: boolean) => {
    const batch = at(base, encode([one]))
    batch.writeInt16BE(isControl ? 0x30 : 0x10, 21)
    batch.writeBigInt64BE(producerId, 43)
    return batch
  }
  const log = Buffer.concat([
    transactional(0, 7n, false), // aborted
    transactional(1, 8n, false), // committed
    transactional(2, 7n, true), // the abort's marker
    transactional(3, 7n, false), // the same producer's next transaction, committed
  ])
  const decoded = decode(log, 0, [{ producerId: 7n, firstOffset: 0 }])
  expect(decoded.records.map(({ offset }) => offset)).toEqual([1, 3])
  expect(decoded.nextOffset).toBe(4)
})

test.each([
  ['gzip', 1, gzipSync],
  ['zstd', 4, zstdCompressSync],
] as const)('%s batches of other producers are read', (_name, codec, compress) => {
  const plain = encode([one, one])
  const packed = compress(plain.subarray(batchHeaderBytes))
  const batch = Buffer.concat([plain.subarray(0, batchHeaderBytes), packed])
  batch.writeInt32BE(batch.length - 12, 8)
  batch.writeInt16BE(codec, 21)
  expect(decode(batch).records.map(({ value }) => value?.toString())).toEqual(['v', 'v'])
})

test('bytes that can not be read are KAFKA_UNDECODABLE, not a crash of another kind', () => {
  const batch = encode([one])
  batch.writeInt16BE(5, 21)
  expect(decode(batch).undecodable).toMatchObject({ error: { code: 'KAFKA_UNDECODABLE' } })
  const oldFormat = encode([one])
  oldFormat[16] = 1
  expect(decode(oldFormat).undecodable).toMatchObject({ error: { code: 'KAFKA_UNDECODABLE' } })
})

test('what stands before a batch that can not be read is there, and nothing of the batch itself', () => {
  const good = encode([one])
  const cut = encode([one, one])
  cut.writeBigInt64BE(1n, 0)
  cut.writeInt32BE(3, 57) // a record more than there is
  const { records, nextOffset, undecodable } = decode(Buffer.concat([good, cut, good]))
  expect(records).toHaveLength(1)
  expect(nextOffset).toBe(1)
  expect(undecodable).toMatchObject({ baseOffset: 1, lastOffset: 2, bytes: cut })
})

test('a header named __proto__ is only a header', () => {
  const headers = [[Buffer.from('__proto__'), Buffer.from('x')]] as const
  const [read] = decode(encode([{ ...one, headers }])).records
  expect(Object.entries(read?.headers ?? {})).toEqual([['__proto__', 'x']])
  expect(Object.getPrototypeOf(read?.headers)).toBe(Object.prototype)
})

test('the checksum and the partitioner agree with kafkajs, which agrees with Java', () => {
  fc.assert(
    fc.property(bytes, (data) => {
      expect(crc32c(data)).toBe(kafkajsCrc32c(data) >>> 0)
      expect(murmur2(data)).toBe(kafkajsMurmur2(data))
      expect(choosePartition(data, 12)).toBe((kafkajsMurmur2(data) & 0x7fffffff) % 12)
    }),
  )
  // From Kafka's own UtilsTest.
  expect(murmur2(Buffer.from('21'))).toBe(-973932308)
  expect(murmur2(Buffer.from('a-little-bit-long-string'))).toBe(-985981536)
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283)
})
