import type { AssetState } from '@scanhook/domain/asset-state'
import { locationId } from '@scanhook/domain/ids'
import { assetStates } from '@scanhook/testkit/asset-state-arbitrary'
import { location, place, state } from '@scanhook/testkit/scan-builders'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type AssetTable, assetTable } from './asset-table.ts'

type Act = 'add' | 'set' | 'get' | 'remove' | 'visit'

const script = fc.array(
  fc.record({
    state: assetStates,
    act: fc.constantFrom<Act[]>('add', 'add', 'set', 'get', 'remove', 'visit'),
  }),
  { maxLength: 60 },
)
const keyOf = ({ orgId, asset }: AssetState): string => `${orgId}:${asset.id}`

/** Whose state it is can't change; everything else can. */
function otherStateOf(known: AssetState, from: AssetState): AssetState {
  return { ...from, orgId: known.orgId, asset: { ...from.asset, id: known.asset.id } }
}

function contentOf(table: AssetTable): Map<string, AssetState> {
  const content = new Map<string, AssetState>()
  table.forEach((ref, each) => {
    expect(table.find(each.orgId, each.asset.id)).toBe(ref)
    content.set(keyOf(each), each)
  })
  return content
}

/** The table beside a map; `first` is the asset that came first of those that are there. */
function modelled() {
  const table = assetTable()
  const model = new Map<string, AssetState>()
  const first = (): AssetState | undefined => model.values().next().value
  const refOf = ({ orgId, asset }: AssetState): number => table.find(orgId, asset.id)
  const acts: Readonly<Record<Act, (given: AssetState) => void>> = {
    add(given) {
      expect(refOf(given) === -1).toBe(!model.has(keyOf(given)))
      expect(table.get(table.add(given))).toBe(given)
      model.set(keyOf(given), given)
    },
    set(given) {
      const known = first()
      if (known === undefined) return
      const other = otherStateOf(known, given)
      table.set(refOf(known), other)
      model.set(keyOf(known), other)
    },
    get() {
      const known = first()
      if (known !== undefined) expect(table.get(refOf(known))).toEqual(known)
    },
    remove() {
      const known = first()
      if (known === undefined) return
      table.remove(refOf(known))
      model.delete(keyOf(known))
      expect(refOf(known)).toBe(-1)
    },
    visit: () => expect(contentOf(table)).toEqual(model),
  }
  return {
    acts,
    verify: () => expect(table.size()).toBe(model.size),
  }
}

test('Q1: the table gives what it was given last, packed or not', () => {
  fc.assert(
    fc.property(script, (steps) => {
      const { acts, verify } = modelled()
      for (const { state: given, act } of steps) {
        acts[act](given)
        verify()
      }
      acts.visit(state())
    }),
    { numRuns: 100 },
  )
})

const dock = location(2, 'Dock', location(1, 'Site'))
const count = 7_000

/** Asset 1 … 7,000, of which every third is at the dock and every hundredth is bound for it. */
function numbered(asset: number, sequence: number): AssetState {
  const there = place({ path: [dock, location(1, 'Site')], point: 5 })
  return state({
    asset,
    offset: asset,
    sequence,
    path: asset % 3 === 0 ? there.path : [],
    candidate: asset % 100 === 1 ? { sinceMs: asset, facts: { ...state().lastScan, place: there } } : null,
  })
}

test('Q1, Q2: many more states than are kept as objects, changed in several rounds', () => {
  const table = assetTable()
  for (let asset = 1; asset <= count; asset++) expect(table.add(numbered(asset, 0))).toBe(asset - 1)
  for (let asset = 1; asset <= count; asset += 2) table.set(asset - 1, numbered(asset, 1))
  // Read only: these push others out and must not be written over what was set.
  for (let asset = 2; asset <= count; asset += 2) expect(table.get(asset - 1).sequence).toBe(0)
  for (let asset = count; asset > 0; asset--) expect(table.get(asset - 1)).toEqual(numbered(asset, asset % 2))
  for (let asset = 1; asset <= count; asset += 5) table.remove(asset - 1)
  const left = Array.from({ length: count }, (_, index) => index + 1).filter((asset) => asset % 5 !== 1)
  expect(table.size()).toBe(left.length)
  const content = contentOf(table)
  expect(content.size).toBe(left.length)
  for (const asset of left) expect(content.get(`7:${asset}`)).toEqual(numbered(asset, asset % 2))
  // What a removed asset leaves behind is nobody's: its ref goes to the next one.
  const ref = table.add(numbered(9_999, 4))
  expect(ref).toBeLessThan(count)
  expect(table.get(ref)).toEqual(numbered(9_999, 4))
})

test('Q2: packed states cost their bytes', () => {
  const table = assetTable()
  const objects = Array.from({ length: 2_049 }, (_, index) => table.add(numbered(index + 1, 0)))
  const first = table.get(0)
  // As an object it would be the very same one each time.
  for (const ref of objects) table.get(ref)
  expect(table.get(0)).not.toBe(first)
  expect(table.get(0)).toEqual(first)
  expect(table.bytes()).toBeGreaterThan(2_049 * 60)
  expect(table.bytes()).toBeLessThan(1_000_000)
})

test('near: all who are at a location or below it, and whoever has a candidate', () => {
  const table = assetTable()
  for (let asset = 1; asset <= count; asset++) table.add(numbered(asset, 0))
  const idsNear = (id: number): number[] => table.near(id).map((ref) => table.get(ref).asset.id)
  const isBound = (asset: number): boolean => asset % 100 === 1
  const all = Array.from({ length: count }, (_, index) => index + 1)
  const there = all.filter((asset) => asset % 3 === 0 || isBound(asset))
  expect(idsNear(2)).toEqual(there)
  expect(idsNear(1)).toEqual(there)
  expect(idsNear(77)).toEqual(all.filter(isBound))
  // Moved since, and not packed since.
  table.set(table.find(7, 3), { ...numbered(3, 1), path: [location(77, 'Yard')] })
  table.remove(table.find(7, 6))
  expect(idsNear(2)).toEqual(there.filter((asset) => asset !== 3 && asset !== 6))
  expect(idsNear(locationId(77))).toEqual(all.filter((asset) => isBound(asset) || asset === 3))
})

test('an asset that is not there can not be removed', () => {
  const table = assetTable()
  expect(() => table.remove(0)).toThrow('only an asset that is there')
})
