/** Which of three shades a count has. Pure. The shades lie 3:1 apart in lightness (`--shade-1` … in app.css), and more do not fit between white and black. */

export type Shade = 1 | 2 | 3

export interface ShadeRange {
  readonly shade: Shade
  /** Both inclusive. */
  readonly from: number
  readonly to: number
}

/** Where each shade ends, as a part of the most. */
const ends: readonly (readonly [Shade, number])[] = [
  [1, 1 / 3],
  [2, 2 / 3],
  [3, 1],
]

/** The ranges from 1 to `most`, without those that would hold no count. */
export function rangeShades(most: number): readonly ShadeRange[] {
  const ranges: ShadeRange[] = []
  let from = 1
  for (const [shade, part] of ends) {
    const to = Math.floor(most * part)
    if (to < from) continue
    ranges.push({ shade, from, to })
    from = to + 1
  }
  return ranges
}

/** 1 for a count of 0, too: its number says so. */
export function shadeOf(count: number, most: number): Shade {
  return rangeShades(most).find(({ to }) => count <= to)?.shade ?? (count > most ? 3 : 1)
}
