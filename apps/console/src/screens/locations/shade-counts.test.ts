import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { rangeShades, shadeOf } from './shade-counts.ts'

test.each([
  [0, []],
  [1, [[3, 1, 1]]],
  [
    2,
    [
      [2, 1, 1],
      [3, 2, 2],
    ],
  ],
  [
    900,
    [
      [1, 1, 300],
      [2, 301, 600],
      [3, 601, 900],
    ],
  ],
])('up to %i the ranges have no gap and no overlap', (most, ranges) => {
  expect(rangeShades(most).map(({ shade, from, to }) => [shade, from, to])).toEqual(ranges)
})

test('a count has the shade of its range', () => {
  expect([0, 1, 300, 301, 600, 601, 900, 1_000].map((count) => shadeOf(count, 900))).toEqual([
    ...[1, 1, 1, 2, 2, 3, 3, 3],
  ])
  expect(shadeOf(0, 0)).toBe(1)
})

/** WCAG 2.2, "relative luminance". */
function luminanceOf(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(color.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrastOf(one = '', other = ''): number {
  const [dark = 0, light = 0] = [luminanceOf(one), luminanceOf(other)].sort((a, b) => a - b)
  return (light + 0.05) / (dark + 0.05)
}

test('neighbours differ by 3:1 in lightness, and text on each by 4.5:1, in light and in dark', () => {
  const css = readFileSync(new URL('../../app.css', import.meta.url), 'utf8')
  const colorsOf = (name: string): readonly string[] =>
    new RegExp(`--${name}: light-dark\\((#\\w{6}), (#\\w{6})\\);`).exec(css)?.slice(1) ?? []
  for (const theme of [0, 1]) {
    const grounds = [1, 2, 3].map((shade) => colorsOf(`shade-${shade}`)[theme])
    expect(contrastOf(grounds[0], grounds[1])).toBeGreaterThanOrEqual(3)
    expect(contrastOf(grounds[1], grounds[2])).toBeGreaterThanOrEqual(3)
    for (const [index, ground] of grounds.entries())
      expect(contrastOf(ground, colorsOf(`on-shade-${index + 1}`)[theme])).toBeGreaterThanOrEqual(4.5)
  }
})
