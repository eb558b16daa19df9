import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type PackReader, type PackWriter, packReader, packWriter } from './packed-bytes.ts'

const buffer = Buffer.alloc(65_536)

/** Writes a value behind others and reads it back; returns its size too. Whoever reads must end where the writer did. */
function through<T>(
  write: (to: PackWriter) => void,
  read: (from: PackReader) => T,
): { readonly value: T; readonly bytes: number } {
  const to = packWriter(buffer)
  to.byte(0xa5)
  const start = to.length()
  write(to)
  const bytes = to.length() - start
  to.byte(0x5a)
  const from = packReader(buffer, 0)
  expect(from.byte()).toBe(0xa5)
  const value = read(from)
  expect(from.byte()).toBe(0x5a)
  return { value, bytes }
}

const edges = [0, 1, 127, 128, 16_383, 16_384, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 32 + 1, 2 ** 52]

test('whole numbers up to 2^53 − 1 come back, in seven bits a byte', () => {
  const numbers = fc.oneof(
    fc.constantFrom(...edges, Number.MAX_SAFE_INTEGER),
    fc.nat(70_000),
    fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
  )
  fc.assert(
    fc.property(numbers, (number) => {
      const { value, bytes } = through(
        (to) => to.number(number),
        (from) => from.number(),
      )
      expect(value).toBe(number)
      expect(bytes).toBe(Math.max(1, Math.ceil(number.toString(2).length / 7)))
    }),
    { numRuns: 1_000 },
  )
})

test('signed numbers from −2^52 to 2^52 − 1 come back, small ones in one byte', () => {
  const numbers = fc.oneof(
    fc.constantFrom(-(2 ** 52), 2 ** 52 - 1, ...edges.slice(0, -1), ...edges.slice(1).map((edge) => -edge)),
    fc.integer({ min: -70_000, max: 70_000 }),
    fc.integer({ min: -(2 ** 52), max: 2 ** 52 - 1 }),
  )
  fc.assert(
    fc.property(numbers, (number) => {
      const { value, bytes } = through(
        (to) => to.signed(number),
        (from) => from.signed(),
      )
      expect(value).toBe(number)
      if (number >= -64 && number < 64) expect(bytes).toBe(1)
    }),
    { numRuns: 1_000 },
  )
})

const latin = fc.string({ unit: fc.integer({ min: 0, max: 0xff }).map((code) => String.fromCharCode(code)) })
const texts = fc.oneof(
  fc.string(),
  latin,
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('', 'Tür 3', 'ÿ', 'Ā', '倉庫', '📦', '🏳️‍🌈 Bay', 'x'.repeat(300), '倉'.repeat(300)),
)

test('text comes back, Latin-1 in a byte a character', () => {
  fc.assert(
    fc.property(texts, (text) => {
      const { value, bytes } = through(
        (to) => to.text(text),
        (from) => from.text(),
      )
      expect(value).toBe(text)
      if (/^[\0-\xff]*$/.test(text)) expect(bytes).toBeLessThanOrEqual(text.length + 2)
    }),
    { numRuns: 1_000 },
  )
})

test('a UUID in lower case takes 17 bytes, and what only looks like one comes back, too', () => {
  const almost = fc.oneof(
    fc.uuid().map((uuid) => uuid.toUpperCase()),
    fc.uuid().map((uuid) => uuid.replaceAll('-', '0')),
    fc.uuid().map((uuid) => uuid.slice(1)),
    fc.uuid().map((uuid) => `${uuid.slice(0, -1)}g`),
    fc.uuid().map((uuid) => `${uuid.slice(0, -2)}-a`),
    fc.uuid().map((uuid) => `${uuid.slice(0, -1)}š`),
    texts,
  )
  fc.assert(
    fc.property(fc.oneof(fc.uuid(), almost), (uuid) => {
      const { value, bytes } = through(
        (to) => to.uuid(uuid),
        (from) => from.uuid(),
      )
      expect(value).toBe(uuid)
      if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(uuid)) expect(bytes).toBe(17)
    }),
    { numRuns: 1_000 },
  )
})

test('a tag value comes back as it was: upper-case hex in half a byte a digit, and anything else', () => {
  const digits = fc.string({ unit: fc.constantFrom(...'0123456789ABCDEF'), maxLength: 64 })
  const values = fc.oneof(
    digits,
    digits.map((value) => value.toLowerCase()),
    digits.map((value) => `${value}A`),
    fc.constantFrom('', 'A', 'AB', 'ab', 'aB', 'E2801190A503006543E21224', 'E280\n', '5901234123457', 'Ü1'),
    texts,
  )
  fc.assert(
    fc.property(values, (tag) => {
      const { value, bytes } = through(
        (to) => to.tagValue(tag),
        (from) => from.tagValue(),
      )
      expect(value).toBe(tag)
      if (/^([0-9A-F]{2})+$/.test(tag) && !tag.includes('\n')) expect(bytes).toBe(1 + tag.length / 2)
    }),
    { numRuns: 1_000 },
  )
})
