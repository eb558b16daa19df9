import { expect, test } from 'vitest'
import { projectFences, readFence, sayMeters } from './project-fences.ts'

const circle = (id: number, latitude: number, longitude: number, radius = 50) => ({
  ...{ id, name: `Place ${id}` },
  geofence: { type: 'circle', latitude, longitude, radius_m: radius },
})

test('north is up, east is right, and everything is in view', () => {
  const drawing = projectFences([circle(1, 50, 8), circle(2, 50.01, 8), circle(3, 50, 8.01)], 640, 400)
  const at = (id: number) => drawing?.shapes.find((shape) => shape.id === id) ?? { x: 0, y: 0 }
  expect(at(2).y).toBeLessThan(at(1).y)
  expect(at(3).x).toBeGreaterThan(at(1).x)
  for (const { x, y } of drawing?.shapes ?? []) {
    expect(x).toBeGreaterThan(0)
    expect(x).toBeLessThan(640)
    expect(y).toBeGreaterThan(0)
    expect(y).toBeLessThan(400)
  }
})

test('a kilometre is as long to the east as to the north', () => {
  const shrink = Math.cos((60 * Math.PI) / 180)
  const drawing = projectFences(
    [circle(1, 60, 8), circle(2, 60.01, 8), circle(3, 60, 8 + 0.01 / shrink)],
    600,
    600,
  )
  const [one, north, east] = [1, 2, 3].map((id) => drawing?.shapes.find((shape) => shape.id === id))
  const up = (one?.y ?? 0) - (north?.y ?? 0)
  expect((east?.x ?? 0) - (one?.x ?? 0)).toBeCloseTo(up, 3)
})

test('a site across the date line is one site', () => {
  const drawing = projectFences([circle(1, 0, 179.999), circle(2, 0, -179.999)], 640, 400)
  expect(drawing?.scaleM).toBeLessThan(1_000)
})

test('the largest is drawn first, and a polygon keeps its corners', () => {
  const polygon = {
    type: 'polygon',
    points: [
      [50, 8],
      [50, 8.1],
      [50.1, 8.1],
    ],
  }
  const drawing = projectFences([circle(1, 50, 8), { id: 2, name: 'Yard', geofence: polygon }], 640, 400)
  expect(drawing?.shapes.map(({ id, kind }) => [id, kind])).toEqual([
    [2, 'polygon'],
    [1, 'circle'],
  ])
})

test('nothing is drawn of what is no fence', () => {
  expect(projectFences([{ id: 1, name: 'A', geofence: null }], 640, 400)).toBeNull()
  expect([
    readFence({ type: 'circle' }),
    readFence({ type: 'polygon', points: [[1, 2]] }),
    readFence('x'),
  ]).toEqual([null, null, null])
})

test('lengths are said in round words', () => {
  expect([sayMeters(50), sayMeters(1500)]).toEqual(['50 m', '1.5 km'])
})
