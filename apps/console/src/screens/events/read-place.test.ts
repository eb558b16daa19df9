import { expect, test } from 'vitest'
import { readAsset, readPlaces } from './read-place.ts'

const bay = { id: 3, name: 'Bay 3', external_key: 'BAY-3', parent_id: null }
const dock = { id: 4, name: 'Dock', external_key: 'DOCK', parent_id: null }

test('a move has two places, everything else of an asset one', () => {
  expect(readPlaces({ from_location: dock, to_location: bay })).toEqual({
    from: { id: 4, name: 'Dock', externalKey: 'DOCK' },
    to: { id: 3, name: 'Bay 3', externalKey: 'BAY-3' },
  })
  expect(readPlaces({ from_location: null, to_location: bay }).from).toBeNull()
  expect(readPlaces({ location: dock }).to?.name).toBe('Dock')
  expect(readAsset({ asset: { id: 1, name: 'Forklift', external_key: 'FORK-1' } })?.name).toBe('Forklift')
})

test.each([null, 'text', [], {}, { location: 'here' }, { location: { id: '4', name: 'x' } }])(
  'data that is something else names none: %o',
  (data) => {
    expect(readPlaces(data)).toEqual({ from: null, to: null })
    expect(readAsset(data)).toBeNull()
  },
)
