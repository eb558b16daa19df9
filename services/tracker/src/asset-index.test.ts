import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type AssetIndex, assetIndex } from './asset-index.ts'

interface Ids {
  readonly orgId: number
  readonly assetId: number
}

// Half of the ids come from a small pool, so that a script meets the same asset again. Organizations that differ by
// multiples of 2^32 have one hash: their assets stand in one run of the table and move up when one of them goes.
const ids: fc.Arbitrary<Ids> = fc.record({
  orgId: fc.oneof(
    fc.nat(20).map((high) => 7 + high * 0x1_0000_0000),
    fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  ),
  assetId: fc.oneof(
    fc.integer({ min: 1, max: 4 }),
    fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    fc.constantFrom(Number.MAX_SAFE_INTEGER, 0x1_0000_0000, 0xffff_ffff, 0x8000_0000),
  ),
})
const script = fc.array(fc.record({ ids, isRemoved: fc.boolean() }), { maxLength: 300 })

const keyOf = ({ orgId, assetId }: Ids): string => `${orgId}:${assetId}`

/** What the index must know, in a map; checks every answer about the assets of the model. */
function modelled(): { readonly index: AssetIndex; readonly act: (ids: Ids, isRemoved: boolean) => void } {
  const index = assetIndex()
  const model = new Map<string, { readonly ids: Ids; readonly ref: number }>()
  let most = 0

  function add(added: Ids): void {
    const ref = index.add(added.orgId, added.assetId)
    for (const known of model.values()) expect(known.ref).not.toBe(ref)
    model.set(keyOf(added), { ids: added, ref })
    most = Math.max(most, model.size)
  }

  function verify(): void {
    for (const { ids: known, ref } of model.values()) {
      expect(index.find(known.orgId, known.assetId)).toBe(ref)
      expect([index.orgIdOf(ref), index.assetIdOf(ref)]).toEqual([known.orgId, known.assetId])
      expect(index.isFree(ref)).toBe(false)
    }
    const isFree = Array.from({ length: index.refsEnd() }, (_, ref) => index.isFree(ref))
    expect(isFree.filter((free) => !free)).toHaveLength(model.size)
    expect(index.size()).toBe(model.size)
    // Dense: no ref is used while a freed one is there.
    expect(index.refsEnd()).toBe(most)
  }

  return {
    index,
    act(acted, isRemoved) {
      const known = model.get(keyOf(acted))
      expect(index.find(acted.orgId, acted.assetId)).toBe(known?.ref ?? -1)
      if (known === undefined) add(acted)
      else if (isRemoved) {
        index.remove(known.ref)
        model.delete(keyOf(acted))
        expect(index.find(acted.orgId, acted.assetId)).toBe(-1)
      }
      verify()
    },
  }
}

test('N1, N2: the index knows exactly what was added and not removed, under dense refs', () => {
  fc.assert(
    fc.property(script, (acts) => {
      const { act } = modelled()
      for (const { ids: acted, isRemoved } of acts) act(acted, isRemoved)
    }),
    { numRuns: 60 },
  )
})

test('N2: assets of one hash are all found, whichever of them goes first', () => {
  const colliding = Array.from({ length: 12 }, (_, high) => ({
    orgId: 1 + high * 0x1_0000_0000,
    assetId: 9_000_000_001,
  }))
  for (const gone of colliding.keys()) {
    const { act } = modelled()
    for (const each of colliding) act(each, false)
    for (const each of [...colliding.slice(gone), ...colliding.slice(0, gone)]) act(each, true)
  }
})

test('N1, N2: refs and finds stay right while the table grows and half of it is removed', () => {
  const index = assetIndex()
  const count = 20_000
  const idOf = (number: number): number => Number.MAX_SAFE_INTEGER - number * 4_099
  for (let number = 0; number < count; number++) expect(index.add(number % 3, idOf(number))).toBe(number)
  for (let number = 0; number < count; number += 2) index.remove(number)
  for (let number = 0; number < count; number++)
    expect(index.find(number % 3, idOf(number))).toBe(number % 2 === 0 ? -1 : number)
  expect(index.size()).toBe(count / 2)
  for (let number = 0; number < count / 2; number++) index.add(5, number + 1)
  expect(index.refsEnd()).toBe(count)
  // 4 bytes a place in a table at most three quarters full and doubled, 12 for the columns: the header's "about 20".
  expect(index.bytes() / count).toBeLessThan(24)
})
