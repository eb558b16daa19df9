import { expect, test } from 'vitest'
import { differencesBetween, patchBetween } from './merge-changes.ts'

test('a patch has what differs, and null for what is gone, at every depth', () => {
  const before = { name: 'A', description: null, metadata: { a: 1, b: { c: 1, d: [1] } }, geofence: null }
  const after = {
    name: 'B',
    description: null,
    metadata: { b: { c: 2, d: [1] } },
    geofence: { type: 'circle' },
  }
  expect(patchBetween(before, after)).toEqual({
    ...{ name: 'B', metadata: { a: null, b: { c: 2 } } },
    geofence: { type: 'circle' },
  })
  expect(patchBetween(before, before)).toEqual({})
})

test('what is undefined is not said', () => {
  expect(patchBetween({ name: 'A' }, { name: 'A', key: undefined })).toEqual({})
})

test('differences are in words, of the fields that have a label', () => {
  const labels = { name: 'Name', is_active: 'Active', description: 'Description' }
  const before = { name: 'A', is_active: true, description: null, updated_at: '1' }
  const now = { name: 'B', is_active: false, description: null, updated_at: '2' }
  expect(differencesBetween(before, now, labels)).toEqual([
    { label: 'Name', before: 'A', now: 'B' },
    { label: 'Active', before: 'yes', now: 'no' },
  ])
})
