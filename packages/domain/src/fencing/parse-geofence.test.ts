import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseGeofence, readStoredGeofence } from './parse-geofence.ts'
import { renderGeofence } from './render-geofence.ts'

function problemsOf(json: unknown): unknown {
  const parsed = parseGeofence(json, 'geofence')
  return parsed.ok ? [] : parsed.problems.map(({ field, code, message }) => `${field} ${code}: ${message}`)
}

const circle = { type: 'circle', latitude: 52.52, longitude: 13.4, radius_m: 50 }
const square = [
  [0, 0],
  [0, 1],
  [1, 1],
  [1, 0],
]
const polygon = (points: unknown): object => ({ type: 'polygon', points })
const ring = (count: number): readonly (readonly number[])[] =>
  Array.from({ length: count }, (_, n) => [
    Math.sin((2 * Math.PI * n) / count),
    Math.cos((2 * Math.PI * n) / count),
  ])

test('both forms are read', () => {
  expect(parseGeofence(circle, 'geofence')).toEqual({
    ok: true,
    value: { type: 'circle', latitude: 52.52, longitude: 13.4, radiusM: 50 },
  })
  expect(parseGeofence(polygon(square), 'geofence')).toEqual({
    ok: true,
    value: { type: 'polygon', points: square },
  })
  expect(problemsOf(polygon(ring(100)))).toEqual([])
})

test('what was accepted is rendered as it was sent, and read back from storage', () => {
  for (const sent of [circle, polygon(square)]) {
    const parsed = parseGeofence(sent, 'geofence')
    expect(parsed.ok && renderGeofence(parsed.value)).toEqual(sent)
    expect(parsed.ok && parsed.value).toEqual(readStoredGeofence(sent))
  }
  for (const nonsense of [
    null,
    1,
    {},
    { ...circle, radius_m: null },
    polygon([[0, 0]]),
    polygon([[0], [1], [2]]),
  ])
    expect(readStoredGeofence(nonsense)).toBeNull()
})

test('Q1: all problems of a circle at once', () => {
  expect(problemsOf({ type: 'circle', latitude: 91, longitude: '13', radius_m: 4.9, radius: 5 })).toEqual([
    'geofence.radius unknown_field: is not a field of a circle; known are type, latitude, longitude, radius_m',
    'geofence.latitude too_large: must be at most 90; received 91',
    'geofence.longitude invalid_value: must be a number',
    'geofence.radius_m too_small: must be at least 5; received 4.9',
  ])
  expect(problemsOf({ type: 'circle' })).toHaveLength(3)
})

test.each([
  ['a word', 'x', 'geofence invalid_value: must be an object or null'],
  ['a list', [], 'geofence invalid_value: must be an object or null'],
  ['no type', {}, 'geofence.type required: is required: circle or polygon'],
  ['another type', { type: 'box' }, 'geofence.type invalid_value: must be one of circle, polygon'],
  ['no points', { type: 'polygon' }, 'geofence.points required: is required'],
  [
    'points that are no list',
    polygon({}),
    'geofence.points invalid_value: must be a list of [latitude, longitude]',
  ],
  ['two points', polygon(square.slice(2)), 'geofence.points too_short: must have at least 3 entries'],
  ['101 points', polygon(ring(101)), 'geofence.points too_long: must have at most 100 entries'],
  [
    'a point of three numbers',
    polygon([[0, 0, 0], ...square.slice(1)]),
    'geofence.points.0 invalid_value: must be [latitude, longitude]',
  ],
  [
    'a point beyond the maps',
    polygon([...square.slice(0, 2), [86, 1]]),
    'geofence.points.2.0 too_large: must be at most 85; received 86',
  ],
  [
    'a closing point',
    polygon([...square, square[0]]),
    'geofence.points invalid_value: must not repeat the first point at the end: a polygon closes by itself',
  ],
  [
    'points in the wrong order',
    polygon([square[0], square[2], square[1], square[3]]),
    'geofence.points invalid_value: must not cross itself: edges 1 and 3 meet',
  ],
  [
    'an edge that touches a corner',
    polygon([...square, [0.5, 1]]),
    'geofence.points invalid_value: must not cross itself: edges 2 and 4 meet',
  ],
  [
    'points on one line',
    polygon([
      [0, 0],
      [0, 1],
      [0, 0.5],
    ]),
    'geofence.points invalid_value: must enclose at least 1 square metre',
  ],
  [
    'a way round the pole',
    polygon([
      [80, 0],
      [80, 120],
      [80, -120],
    ]),
    'geofence.points invalid_value: must be less than 180 degrees wide',
  ],
])('Q2: %s is refused', (_, json, problem) => {
  expect(problemsOf(json)).toEqual([problem])
})

test('a polygon across the antimeridian is one', () => {
  expect(
    problemsOf(
      polygon([
        [-17, 179],
        [-17, -179],
        [-16, -179],
        [-16, 179],
      ]),
    ),
  ).toEqual([])
})

test('Q1: whatever is sent, nothing is thrown, and what is refused has a problem', () => {
  const json = fc.oneof(
    fc.jsonValue(),
    fc.record({ type: fc.constant('polygon'), points: fc.array(fc.array(fc.double(), { maxLength: 3 })) }),
    fc.record({
      type: fc.constant('circle'),
      latitude: fc.double(),
      longitude: fc.double(),
      radius_m: fc.double(),
    }),
  )
  fc.assert(
    fc.property(json, (sent) => {
      const parsed = parseGeofence(sent, 'geofence')
      expect(parsed.ok || parsed.problems.length > 0).toBe(true)
    }),
  )
})
