import { expect, test } from 'vitest'
import { describePlace } from './describe-place.ts'

test.each([
  [null, 'Never seen', null],
  [{ location_external_key: 'DOCK-1', presence: 'present' as const }, 'There now', 'DOCK-1'],
  [{ location_external_key: 'DOCK-1', presence: 'absent' as const }, 'Last seen there', 'DOCK-1'],
  [{ location_external_key: null, presence: 'absent' as const }, 'Seen, at no location', null],
])('%o is said as "%s"', (place, word, where) => {
  expect(describePlace(place)).toMatchObject({ word, where })
})
