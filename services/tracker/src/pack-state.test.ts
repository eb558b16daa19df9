import type { AssetState } from '@scanhook/domain/asset-state'
import { eventId, locationId } from '@scanhook/domain/ids'
import { assetStates } from '@scanhook/testkit/asset-state-arbitrary'
import { location, place, state } from '@scanhook/testkit/scan-builders'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isPackedWithCandidate, packedPathNumber, packState, unpackState } from './pack-state.ts'
import { placeBook } from './place-book.ts'

const buffer = Buffer.alloc(65_536)

function unpacked(packed: AssetState, book = placeBook()): AssetState {
  // What an earlier, longer state left in the buffer must not matter.
  buffer.fill(0xa5)
  packState(packed, book, buffer)
  return unpackState(book, { orgId: packed.orgId, assetId: packed.asset.id }, buffer, 0)
}

test('K2: every state that the rules can make is unpacked as it was packed', () => {
  fc.assert(
    fc.property(assetStates, (packed) => {
      expect(unpacked(packed)).toEqual(packed)
    }),
    { numRuns: 2_000 },
  )
})

test('K2: what is unpacked is packed into the same bytes again', () => {
  fc.assert(
    fc.property(fc.array(assetStates, { maxLength: 5 }), (states) => {
      const book = placeBook()
      for (const packed of states) {
        const first = Buffer.from(buffer.subarray(0, packState(packed, book, buffer)))
        const again = unpackState(book, { orgId: packed.orgId, assetId: packed.asset.id }, first, 0)
        expect(buffer.subarray(0, packState(again, book, buffer))).toEqual(first)
      }
    }),
    { numRuns: 300 },
  )
})

test('K2: several states of one book lie behind each other, wherever they begin', () => {
  fc.assert(
    fc.property(fc.array(assetStates, { minLength: 2, maxLength: 8 }), (states) => {
      const book = placeBook()
      const starts: number[] = []
      let end = 3
      for (const packed of states) {
        starts.push(end)
        end += packState(packed, book, buffer.subarray(end))
      }
      for (const [index, packed] of states.entries()) {
        const ids = { orgId: packed.orgId, assetId: packed.asset.id }
        const start = starts[index] ?? 0
        expect(unpackState(book, ids, buffer, start)).toEqual(packed)
        expect(book.pathAt(packedPathNumber(buffer, start))).toEqual(packed.path)
        expect(isPackedWithCandidate(buffer, start)).toBe(packed.candidate !== null)
      }
    }),
    { numRuns: 200 },
  )
})

test('K2: signals of 0, of −0.01 and above are told from none', () => {
  for (const rssiCdbm of [null, 0, -1, 1, -12_800, 127]) {
    const packed = state({
      offset: 0,
      lastScan: { ...state().lastScan, rssiCdbm },
      slots: [{ place: place(), levelCdbm: rssiCdbm, weightHundredths: 0, lastMs: 0, reads: 1 }],
      sightings: [{ locationId: null, emittedAtMs: 1, reads: 0, rssiMaxCdbm: rssiCdbm }],
    })
    expect(unpacked(packed)).toEqual(packed)
  }
})

test('K2: a candidate’s tag is its own where it differs from that of the last scan in type or value', () => {
  const { lastScan } = state()
  for (const tag of [
    lastScan.tag,
    { ...lastScan.tag, tagType: 'ble' as const },
    { ...lastScan.tag, value: 'AC233FA1' },
  ]) {
    const packed = state({ offset: 0, candidate: { sinceMs: 5, facts: { ...lastScan, tag } } })
    expect(unpacked(packed)).toEqual(packed)
  }
})

test('K2: visits that began together, apart, and in two groups', () => {
  const visit = (firstSequence: number, sinceMs: number) => ({ firstSequence, sinceMs })
  for (const visits of [
    [],
    [visit(1, 5)],
    [visit(9, 5), visit(9, 5), visit(9, 5)],
    [visit(9, 5), visit(9, 5), visit(1, 5)],
    [visit(9, 5), visit(9, 4), visit(9, 5)],
  ]) {
    const packed = state({ offset: 0, visits })
    expect(unpacked(packed)).toEqual(packed)
  }
})

test('a usual state takes about a hundred bytes', () => {
  const nowMs = 1_777_336_418_021
  const path = [location(3, 'Bay 3', location(2, 'Hall')), location(2, 'Hall', location(1, 'Site'))]
  const places = [71, 72, 73].map((point) => place({ path, point }))
  const facts = { ...state().lastScan, rssiCdbm: -6_512 }
  const usual = state({
    path,
    here: places[0] ?? null,
    isPresent: true,
    visits: path.map(() => ({ firstSequence: 17, sinceMs: nowMs - 900_000 })),
    lastTransitionMs: nowMs - 900_000,
    slots: places.map((at, index) => ({
      place: at,
      levelCdbm: -6_500 - index * 431,
      weightHundredths: 210,
      lastMs: nowMs - index * 190,
      reads: 900,
    })),
    sightings: [{ locationId: locationId(3), emittedAtMs: nowMs - 31_000, reads: 52, rssiMaxCdbm: -6_100 }],
    lastScan: facts,
    sequence: 19,
    previousEventId: eventId('9f1c2f0e-6d0a-5b1e-8a55-3b1f6f1f2a10'),
    offset: 8_123_456,
  })
  const book = placeBook()
  expect(packState(usual, book, buffer)).toBeLessThan(130)
})
