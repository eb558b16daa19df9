import { expect, test } from 'vitest'
import { layTreemap } from './lay-treemap.ts'

const area = { x: 10, y: 20, width: 600, height: 400 }
const weighed = (...weights: readonly number[]) =>
  weights.map((weight, index) => ({ item: `${index}`, weight }))

test('boxes fill the area, are as large as their weights, and stay inside', () => {
  const boxes = layTreemap(weighed(6, 6, 4, 3, 2, 2, 1), area)
  const sizes = new Map(boxes.map(({ item, width, height }) => [item, width * height]))
  expect(sizes.get('0')).toBeCloseTo((6 / 24) * 240_000)
  expect(sizes.get('6')).toBeCloseTo((1 / 24) * 240_000)
  expect([...sizes.values()].reduce((sum, size) => sum + size, 0)).toBeCloseTo(240_000)
  for (const { x, y, width, height } of boxes) {
    expect(x).toBeGreaterThanOrEqual(10)
    expect(y).toBeGreaterThanOrEqual(20)
    expect(x + width).toBeLessThanOrEqual(610.001)
    expect(y + height).toBeLessThanOrEqual(420.001)
  }
})

test('no two boxes overlap', () => {
  const boxes = layTreemap(weighed(9, 5, 5, 3, 3, 2, 1, 1, 1), area)
  for (const one of boxes)
    for (const other of boxes) {
      if (one === other) continue
      const isApart =
        one.x + one.width <= other.x + 0.001 ||
        other.x + other.width <= one.x + 0.001 ||
        one.y + one.height <= other.y + 0.001 ||
        other.y + other.height <= one.y + 0.001
      expect(isApart, `${one.item} and ${other.item}`).toBe(true)
    }
})

test('equal weights come out nearly square; nothing has no boxes', () => {
  for (const { width, height } of layTreemap(weighed(1, 1, 1, 1, 1, 1), area))
    expect(Math.max(width / height, height / width)).toBeLessThan(2)
  expect(layTreemap([], area)).toEqual([])
  expect(layTreemap(weighed(1), { ...area, width: 0 })).toEqual([])
})
