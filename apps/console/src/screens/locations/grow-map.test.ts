import { expect, test } from 'vitest'
import { type Count, compareCounts, growMap, indexPlaces, sayMoves } from './grow-map.ts'

function count(id: number, parentId: number | null, own: number, inside = own): Count {
  return {
    ...{
      location_id: id,
      location_external_key: `L-${id}`,
      location_name: `Place ${id}`,
      parent_id: parentId,
    },
    ...{ present_count: own, present_inside_count: inside, arrived_count: 0, arrived_inside_count: 0 },
    ...{ left_count: 0, left_inside_count: 0 },
  }
}

const places = [
  count(1, null, 0, 9),
  count(2, 1, 5),
  count(3, 1, 1, 4),
  count(4, 3, 3),
  count(5, null, 0),
  count(6, 99, 2),
]
const idsOf = (map: ReturnType<typeof growMap>) => map.parts.map(({ place }) => place.location_id)

test('the top has the locations that lie in no other that is known, the fullest first', () => {
  const map = growMap(indexPlaces(places), null, 10)
  expect(idsOf(map)).toEqual([1, 6, 5])
  expect(map.way).toEqual([])
  expect(map.parts[0]?.insideCount).toBe(2)
})

test('inside of a location are its own, and the way to it', () => {
  const map = growMap(indexPlaces(places), 3, 10)
  expect(idsOf(map)).toEqual([4])
  expect(map.way.map(({ location_id: id }) => id)).toEqual([1, 3])
})

test('what has no room is one sum', () => {
  expect(growMap(indexPlaces(places), null, 1)).toMatchObject({ rest: { locations: 2, present: 2 } })
  expect(growMap(indexPlaces(places), null, 3).rest).toBeNull()
})

test('a location that is gone is the top', () => {
  expect(idsOf(growMap(indexPlaces(places), 77, 10))).toEqual([1, 6, 5])
})

test('a circle, which the API does not make, ends', () => {
  const round = [count(1, 2, 0), count(2, 1, 0)]
  expect(growMap(indexPlaces(round), 1, 5).way).toHaveLength(2)
})

test('changes are those of a location by itself', () => {
  expect(compareCounts(places, [count(2, 1, 6), count(3, 1, 1, 9), count(7, null, 1)])).toEqual([
    { id: 2, name: 'Place 2', externalKey: 'L-2', before: 5, now: 6 },
    { id: 7, name: 'Place 7', externalKey: 'L-7', before: 0, now: 1 },
  ])
})

test('moves are said where there are some', () => {
  expect([sayMoves(3, 1), sayMoves(0, 2), sayMoves(0, 0)]).toEqual(['3 came, 1 left', '2 left', ''])
})
