/** Boxes that fill an area, each as large as its weight (squarified: as near to squares as a row allows). Pure. Lengths in px. */

export interface Area {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface Box<T> extends Area {
  readonly item: T
}

interface Weighed<T> {
  readonly item: T
  /** Above 0. */
  readonly weight: number
}

/** In the order of weight, heaviest first. Bruls, Huizing, van Wijk: Squarified Treemaps (2000). */
export function layTreemap<T>(items: readonly Weighed<T>[], area: Area): readonly Box<T>[] {
  const total = items.reduce((sum, { weight }) => sum + weight, 0)
  if (total <= 0 || area.width <= 0 || area.height <= 0) return []
  const scale = (area.width * area.height) / total
  const sizes = items
    .map(({ item, weight }) => ({ item, size: weight * scale }))
    .sort((one, other) => other.size - one.size)
  const boxes: Box<T>[] = []
  let left = area
  let index = 0
  while (index < sizes.length) {
    const side = Math.min(left.width, left.height)
    let end = index + 1
    while (
      end < sizes.length &&
      worst(sizes.slice(index, end + 1), side) <= worst(sizes.slice(index, end), side)
    )
      end += 1
    left = placeRow(sizes.slice(index, end), left, boxes)
    index = end
  }
  return boxes
}

interface Sized<T> {
  readonly item: T
  readonly size: number
}

/** How long the longest box of the row is for its breadth; 1 is a square. */
function worst(row: readonly Sized<unknown>[], side: number): number {
  const sum = row.reduce((all, { size }) => all + size, 0)
  const thickness = sum / side
  return Math.max(
    ...row.map(({ size }) => {
      const length = size / thickness
      return Math.max(length / thickness, thickness / length)
    }),
  )
}

/** Along the shorter side; gives what of the area is left. */
function placeRow<T>(row: readonly Sized<T>[], area: Area, into: Box<T>[]): Area {
  const sum = row.reduce((all, { size }) => all + size, 0)
  const isColumn = area.width >= area.height
  const thickness = isColumn ? sum / area.height : sum / area.width
  let at = isColumn ? area.y : area.x
  for (const { item, size } of row) {
    const length = size / thickness
    into.push(
      isColumn
        ? { item, x: area.x, y: at, width: thickness, height: length }
        : { item, x: at, y: area.y, width: length, height: thickness },
    )
    at += length
  }
  return isColumn
    ? { ...area, x: area.x + thickness, width: Math.max(0, area.width - thickness) }
    : { ...area, y: area.y + thickness, height: Math.max(0, area.height - thickness) }
}
