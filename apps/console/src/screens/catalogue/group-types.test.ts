import { expect, test } from 'vitest'
import { groupTypes } from './group-types.ts'

const type = (name: string, description = '') => ({ name, description, group: name.split('.')[0] ?? '' })
const types = [type('asset.moved'), type('location.entered'), type('asset.scanned', 'A tag was READ')]

test('groups and their types keep their order', () => {
  expect(groupTypes(types, '').map(({ group, types: all }) => [group, all.map(({ name }) => name)])).toEqual([
    ['asset', ['asset.moved', 'asset.scanned']],
    ['location', ['location.entered']],
  ])
})

test('a word finds names and descriptions, however it is written', () => {
  expect(groupTypes(types, ' read ')).toEqual([{ group: 'asset', types: [types[2]] }])
  expect(groupTypes(types, '.*')).toEqual([])
})
