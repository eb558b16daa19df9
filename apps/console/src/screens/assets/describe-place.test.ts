import { expect, test } from 'vitest'
import { describePlace } from './describe-place.ts'

const dock = { location_id: 4, location_external_key: 'DOCK-1', location_name: 'Dock 1' }
const nowhere = { location_id: null, location_external_key: null, location_name: null }
const where = { id: 4, name: 'Dock 1', externalKey: 'DOCK-1' }

test.each([
  [null, 'Never seen', null],
  [{ ...dock, presence: 'present' as const }, 'There now', where],
  [{ ...dock, presence: 'absent' as const }, 'Last seen there', where],
  [{ ...nowhere, presence: 'absent' as const }, 'Seen, at no location', null],
])('%o is said as "%s"', (place, word, where) => {
  expect(describePlace(place)).toMatchObject({ word, where })
})
