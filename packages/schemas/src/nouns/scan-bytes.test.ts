/** G1: the direct form and avsc, held against each other. */

import { type LocationRef, scanPointKinds, tagTypes } from '@scanhook/domain/asset'
import type { Scan } from '@scanhook/domain/scan'
import { location, place, scan } from '@scanhook/testkit/scan-builders'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { recordType } from '../codec.ts'
import { scanMapping } from './scan.ts'
import { decodeScan, encodeScan } from './scan-bytes.ts'

const { direct: _, ...throughAvsc } = scanMapping
const avsc = recordType(throughAvsc)
const decodeThroughAvsc = avsc.decoder(null)

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'grapheme' }),
  fc.string({ minLength: 60, maxLength: 90 }),
)
// Nobody's ids are as large, but the contract admits them; avsc does not take 2^53 − 1.
const id = fc.oneof(
  fc.integer({ min: 1, max: 2 ** 53 - 2 }),
  fc.constantFrom(2 ** 52 - 1, 2 ** 52, 2 ** 52 + 1, 2 ** 53 - 2),
)
const instant = fc.oneof(
  fc.integer({ min: 0, max: 4_000_000_000_000 }),
  fc.constantFrom(-(2 ** 52), 2 ** 53 - 2),
)
const some = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { nil: null })

function pathOf(levels: readonly { readonly id: number; readonly name: string }[]): LocationRef[] {
  const path: LocationRef[] = []
  for (const level of levels) path.unshift(location(level.id, level.name, path[0] ?? null))
  return path
}
const path = fc.array(fc.record({ id, name: text }), { maxLength: 4 }).map(pathOf)
const scans: fc.Arbitrary<Scan> = fc
  .record({
    path,
    kind: fc.constantFrom(...scanPointKinds),
    ids: fc.tuple(id, id, id),
    port: fc.integer({ min: 0, max: 65_535 }),
    tagType: fc.constantFrom(...tagTypes),
    texts: fc.tuple(text, text),
    times: fc.tuple(some(instant), instant, fc.nat(1_000)),
    rssiCdbm: some(fc.integer({ min: -30_000, max: 30_000 })),
    reads: fc.integer({ min: 1, max: 600_000 }),
    isOwn: fc.boolean(),
    fix: fc.option(
      fc.record({
        latitude: fc.constant(48.25),
        longitude: fc.constant(11.5),
        accuracyM: fc.constant(null),
        nearIds: fc.constant([]),
      }),
      { nil: null, freq: 1 },
    ),
  })
  .map((made) =>
    scan({
      asset: made.ids[0],
      place: place({
        path: made.path,
        kind: made.kind,
        point: made.ids[1],
        device: made.ids[2],
        antennaPort: made.port,
        ...(made.isOwn ? { settings: { confirmMs: 7, rssiFloorCdbm: -7000 } } : {}),
      }),
      scanId: made.texts[0],
      tag: { tagType: made.tagType, value: made.texts[1] },
      readAtMs: made.times[0],
      receivedAtMs: made.times[1],
      atMs: Math.max(made.times[1] - made.times[2], -(2 ** 52)),
      rssiCdbm: made.rssiCdbm,
      reads: made.reads,
      fix: made.fix,
    }),
  )

test('G1: the bytes are those that avsc writes, and are read as avsc reads them', () => {
  let direct = 0
  fc.assert(
    fc.property(scans, (value) => {
      const bytes = avsc.encode(value, 9)
      const own = encodeScan(value, 9)
      if (own !== null) {
        direct++
        expect(own.equals(bytes)).toBe(true)
      }
      const read = decodeScan(bytes)
      expect(read === null).toBe(own === null)
      if (read !== null) expect(read).toEqual(decodeThroughAvsc(bytes))
    }),
    { numRuns: 500 },
  )
  expect(direct).toBeGreaterThan(150)
})

test('G1: bytes that avsc refuses are refused, or left to it', () => {
  const bytes = avsc.encode(scan(), 9)
  const refusal = (damaged: Buffer): boolean => {
    try {
      return decodeScan(damaged) === null
    } catch {
      return true
    }
  }
  for (let length = 5; length < bytes.length; length++)
    expect(refusal(bytes.subarray(0, length)), `${length} bytes`).toBe(true)
  expect(refusal(Buffer.concat([bytes, Buffer.from([0])]))).toBe(true)
  fc.assert(
    fc.property(fc.nat(bytes.length - 6), fc.nat(255), (at, byte) => {
      const damaged = Buffer.from(bytes)
      damaged[at + 5] = byte
      let read: Scan | null = null
      try {
        read = decodeScan(damaged)
      } catch {
        return
      }
      if (read !== null) expect(read).toEqual(decodeThroughAvsc(damaged))
    }),
    { numRuns: 2_000 },
  )
})

test('G1: a scan of a place that may not fit the buffer is left to avsc, and read again', () => {
  const long = (levels: number, name: string): Scan =>
    scan({
      place: place({ path: pathOf(Array.from({ length: levels }, (_, index) => ({ id: index + 1, name }))) }),
    })
  // The largest that is written here: three bytes a character and as many as there may be.
  const { length } = 'ABCDEFGHIJKLMNOPQRSTU'
  const largest = long(128, '倉'.repeat(length))
  expect(encodeScan(largest, 9)?.equals(avsc.encode(largest, 9))).toBe(true)
  for (const large of [long(129, 'A'), long(60, '倉'.repeat(255)), long(128, '倉'.repeat(length + 11))]) {
    expect(encodeScan(large, 9)).toBeNull()
    expect(encodeScan(large, 9)).toBeNull()
    expect(decodeScan(avsc.encode(large, 9))).toEqual(large)
  }
})

test('G1: a value that is no scan is not written', () => {
  expect(() => encodeScan({ ...scan(), receivedAtMs: 0.5 }, 9)).toThrow(RangeError)
  expect(() => encodeScan({ ...scan(), reads: Number.NaN }, 9)).toThrow(RangeError)
})

test('G2: scans of one scan point share one place, and a change of it is another', () => {
  const [one, other, renamed] = [
    scan(),
    scan({ asset: 43 }),
    scan({ place: place({ path: [location(1, 'Quay')] }) }),
  ].map((value) => decodeScan(avsc.encode(value, 9)))
  expect(one?.place).toBe(other?.place)
  expect(renamed?.place.path[0]?.name).toBe('Quay')
})
