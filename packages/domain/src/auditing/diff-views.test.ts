import fc from 'fast-check'
import { expect, test } from 'vitest'
import { boundView, diffViews, type View } from './diff-views.ts'

const names = ['name', 'url', 'headers', 'updated_at', 'secret']
const value = fc.oneof(
  fc.integer({ min: 0, max: 2 }),
  fc.constantFrom('a', 'b', null),
  fc.array(fc.integer({ min: 0, max: 1 }), { maxLength: 2 }),
  fc.dictionary(fc.constantFrom('x', 'y'), fc.integer({ min: 0, max: 1 })),
)
const view = fc.dictionary(fc.constantFrom(...names), value)

/** As JSON has it: an independent notion of sameness. */
const plain = (one: View): unknown => JSON.parse(JSON.stringify(one))
const without = (one: View, gone: readonly string[]): View =>
  Object.fromEntries(Object.entries(one).filter(([name]) => !gone.includes(name)))

test('U1: what is told turns before into after, and has no field that is the same in both', () => {
  fc.assert(
    fc.property(view, view, (before, after) => {
      const told = diffViews({ view: before }, { view: after })
      if (told === null) return
      const { before: was, after: is } = told
      if (was === null || is === null) throw new Error('both were there')
      const turned = { ...without(before, Object.keys(was)), ...is }
      expect(plain(without(turned, ['updated_at']))).toEqual(plain(without(after, ['updated_at'])))
      for (const name of Object.keys(was)) {
        expect(was[name]).toEqual(before[name])
        if (name in is) expect(is[name]).not.toEqual(was[name])
      }
    }),
  )
})

test('U2: nothing is told where nothing but the time of writing differs, and something where anything else does', () => {
  fc.assert(
    fc.property(view, view, (before, after) => {
      const told = diffViews({ view: before }, { view: after })
      let isSame = true
      try {
        expect(plain(without(before, ['updated_at']))).toEqual(plain(without(after, ['updated_at'])))
      } catch {
        isSame = false
      }
      expect(told === null).toBe(isSame)
    }),
  )
  expect(diffViews({ view: { a: { x: 1, y: 2 } } }, { view: { a: { y: 2, x: 1 } } })).toBeNull()
  expect(diffViews({ view: { name: 'x', updated_at: 1 } }, { view: { name: 'x', updated_at: 2 } })).toBeNull()
  expect(diffViews(null, null)).toBeNull()
})

test('U2: what was made or is gone is told whole', () => {
  expect(diffViews(null, { view: { a: 1, updated_at: 2 } })).toEqual({
    before: null,
    after: { a: 1, updated_at: 2 },
  })
  expect(diffViews({ view: { a: 1 } }, null)).toEqual({ before: { a: 1 }, after: null })
})

test('U3: what stands behind a mask is compared, and never told', () => {
  fc.assert(
    fc.property(fc.uuid(), fc.uuid(), (one, other) => {
      const seen = (hidden: string) => ({ view: { headers: { 'X-Key': '…' } }, hidden: { headers: hidden } })
      const told = diffViews(seen(one), seen(other))
      expect(told === null).toBe(one === other)
      expect(JSON.stringify(told)).not.toContain(other)
      if (told !== null)
        expect(told).toEqual({
          before: { headers: { 'X-Key': '…' } },
          after: { headers: { 'X-Key': '…' } },
        })
    }),
  )
})

test('U4: a view has at most its characters; whole fields go, the longest first, and are named', () => {
  const long = fc.dictionary(fc.string({ minLength: 1, maxLength: 5 }), fc.string({ maxLength: 200 }))
  fc.assert(
    fc.property(long, fc.integer({ min: 2, max: 400 }), (given, charsMax) => {
      const { view: kept, cut } = boundView(given, charsMax)
      expect(JSON.stringify(kept).length).toBeLessThanOrEqual(charsMax)
      expect([...Object.keys(kept), ...cut].sort()).toEqual(Object.keys(given).sort())
      for (const name of Object.keys(kept)) expect(kept[name]).toBe(given[name])
      const chars = (name: string) => JSON.stringify({ [name]: given[name] }).length
      for (const gone of cut)
        for (const name of Object.keys(kept)) expect(chars(gone)).toBeGreaterThanOrEqual(chars(name))
      if (JSON.stringify(given).length <= charsMax) expect(cut).toEqual([])
    }),
  )
})
