import type { MovementSettings } from '@scanhook/domain/movement-settings'
import type { Place } from '@scanhook/domain/scan'
import { location, place } from '@scanhook/testkit/scan-builders'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { placeBook } from './place-book.ts'

const site = location(1, 'Site')
const dock = location(2, 'Dock', site)
const base = place({ path: [dock, site], point: 78, device: 7 })
const { path, device, point, settings } = base

/** Each differs from the first in one thing only. */
const variants: readonly Place[] = [
  base,
  { ...base, path: [] },
  { ...base, path: [dock] },
  { ...base, path: [site, dock] },
  { ...base, path: [{ ...dock, name: 'Dock 2' }, site] },
  { ...base, path: [dock, { ...site, name: 'Renamed' }] },
  { ...base, path: [dock, { ...site, externalKey: 'S' }] },
  { ...base, path: [{ ...dock, parentId: null }, site] },
  { ...base, path: [{ ...dock, parentExternalKey: null }, site] },
  { ...base, path: [location(3, 'Dock', site), site] },
  ...[place({ device: 8 }).device.id].map((id) => ({ ...base, device: { ...device, id } })),
  { ...base, device: { ...device, name: 'Renamed' } },
  { ...base, device: { ...device, externalKey: 'renamed' } },
  { ...base, device: { ...device, type: 'csl_cs463' } },
  { ...base, point: place({ point: 79 }).point },
  { ...base, point: { ...point, antennaPort: 2 } },
  { ...base, point: { ...point, kind: 'portal' } },
  ...(Object.keys(settings) as (keyof MovementSettings)[]).map((key) => ({
    ...base,
    settings: { ...settings, [key]: key === 'hierarchyEvents' ? 'leaf' : 4_711 },
  })),
]

/** Equal in content and the same in nothing. */
const copyOf = (each: Place): Place => structuredClone(each)

test('K1: equal content has one number and one object, and any difference another', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(variants.length - 1), { maxLength: 120 }), (mentions) => {
      const book = placeBook()
      const numbers = new Map<number, number>()
      for (const index of mentions) {
        const variant = variants[index] ?? base
        const canonical = book.canonical(copyOf(variant))
        expect(canonical).toEqual(variant)
        expect(book.canonical(canonical)).toBe(canonical)
        expect(book.canonical(copyOf(variant))).toBe(canonical)
        const number = book.numberOf(copyOf(variant))
        expect(book.numberOf(canonical)).toBe(number)
        expect(numbers.get(index) ?? number).toBe(number)
        numbers.set(index, number)
        for (const [known, of] of numbers) expect(book.placeAt(of)).toEqual(variants[known])
      }
      expect(new Set(numbers.values()).size).toBe(numbers.size)
      expect(book.size()).toBe(numbers.size)
    }),
    { numRuns: 100 },
  )
})

test('K1: places share the objects of their paths and settings', () => {
  const book = placeBook()
  const first = book.canonical(copyOf(base))
  const second = book.canonical(copyOf({ ...base, point: place({ point: 79 }).point }))
  expect(second).not.toBe(first)
  expect(second.path).toBe(first.path)
  expect(second.settings).toBe(first.settings)
})

test('K1: a path has one number, be it a place’s or known from elsewhere; the empty one, too', () => {
  const book = placeBook()
  const own = book.canonical(copyOf(base))
  const number = book.pathNumberOf(own.path)
  expect(book.pathNumberOf(structuredClone(path))).toBe(number)
  expect(book.pathAt(number)).toBe(own.path)
  const empty = book.pathNumberOf([])
  expect(empty).not.toBe(number)
  expect(book.pathNumberOf([])).toBe(empty)
  expect(book.pathAt(empty)).toEqual([])
})

test('K1: a location has one number from 1, and is found on every path that leads over it', () => {
  const book = placeBook()
  const ids = [dock.id, site.id, Number.MAX_SAFE_INTEGER, 0x1_0000_0002]
  expect(ids.map(book.locationNumberOf)).toEqual([1, 2, 3, 4])
  expect(ids.map(book.locationNumberOf)).toEqual([1, 2, 3, 4])
  expect([1, 2, 3, 4].map(book.locationIdAt)).toEqual(ids)
  const [whole, leaf, renamed] = [
    book.pathNumberOf(path),
    book.pathNumberOf([site]),
    book.pathNumberOf([{ ...dock, name: 'Renamed' }]),
  ]
  expect(book.pathsWith(site.id)).toEqual(new Set([whole, leaf]))
  expect(book.pathsWith(dock.id)).toEqual(new Set([whole, renamed]))
  expect(book.pathsWith(99)).toEqual(new Set())
})

test('a number that the book never gave is a mistake of ours', () => {
  const book = placeBook()
  expect(() => book.placeAt(0)).toThrow('given by this book')
  expect(() => book.pathAt(0)).toThrow('given by this book')
  expect(() => book.locationIdAt(1)).toThrow('given by this book')
})
