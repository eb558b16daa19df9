/** Against the real compressors in compression.kafka.test.ts; here what damaged and hostile bytes do. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decompress } from './decompress.ts'
import { readSnappy } from './decompress-snappy.ts'

const lz4Literal = (text: string): Buffer => {
  const bytes = Buffer.from(text)
  const block = Buffer.concat([Buffer.from([bytes.length << 4]), bytes])
  const size = Buffer.alloc(4)
  size.writeUInt32LE(block.length)
  return Buffer.concat([
    Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82]),
    size,
    block,
    Buffer.alloc(4),
  ])
}

test('snappy: literals, copies and runs, bare and in frames', () => {
  // "abcdabcdabcd": a literal of 4, then a copy of 8 from 4 back (overlapping).
  const block = Buffer.from([12, 3 << 2, ...Buffer.from('abcd'), ((8 - 4) << 2) | 1, 4])
  expect(decompress(2, block).toString()).toBe('abcdabcdabcd')
  const length = Buffer.alloc(4)
  length.writeInt32BE(block.length)
  const header = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1])
  const framed = Buffer.concat([header, length, block, length, block])
  expect(decompress(2, framed).toString()).toBe('abcdabcdabcdabcdabcdabcd')
})

test('lz4: a frame of one literal block', () => {
  expect(decompress(3, lz4Literal('hello')).toString()).toBe('hello')
})

test('what announces more than the bound is refused before it is unpacked', () => {
  const bomb = Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0])
  expect(() => readSnappy(bomb, 1_000_000)).toThrow(RangeError)
  expect(() => decompress(2, bomb)).toThrow(expect.objectContaining({ code: 'KAFKA_UNDECODABLE' }))
})

test('any bytes give bytes or KAFKA_UNDECODABLE: no other error, no read beyond the end', () => {
  const hostile = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    fc.tuple(fc.nat({ max: 20 }), fc.nat({ max: 255 })).map(([at, byte]) => {
      const bytes = lz4Literal('hello world')
      bytes[at] = byte
      return bytes
    }),
  )
  fc.assert(
    fc.property(fc.constantFrom(1, 2, 3, 4, 5), hostile, (codec, bytes) => {
      try {
        expect(Buffer.isBuffer(decompress(codec, bytes))).toBe(true)
      } catch (error) {
        expect(error).toMatchObject({ code: 'KAFKA_UNDECODABLE' })
      }
    }),
    { numRuns: 2_000 },
  )
})
