/** A span of time that somebody looks at, nearer and farther, inside of all that there is. Pure. */

export interface Range {
  readonly fromMs: number
  readonly untilMs: number
}

/** Nearer than this all bars are as wide as the picture. */
const spanMinMs = 10_000

/** Twice as near, around the middle. */
export function zoomIn(range: Range, whole: Range): Range {
  return around(range, (range.untilMs - range.fromMs) / 2, whole)
}

/** Half as near; at the end it is the whole. */
export function zoomOut(range: Range, whole: Range): Range {
  return around(range, (range.untilMs - range.fromMs) * 2, whole)
}

/** By half of what is seen; `direction` -1 is earlier, 1 is later. */
export function move({ fromMs, untilMs }: Range, direction: -1 | 1, whole: Range): Range {
  const step = ((untilMs - fromMs) / 2) * direction
  return within({ fromMs: fromMs + step, untilMs: untilMs + step }, whole)
}

function around({ fromMs, untilMs }: Range, spanMs: number, whole: Range): Range {
  const middle = (fromMs + untilMs) / 2
  const span = Math.max(spanMinMs, spanMs)
  return within({ fromMs: middle - span / 2, untilMs: middle + span / 2 }, whole)
}

/** Moved into the whole, and not wider than it. */
export function within({ fromMs, untilMs }: Range, whole: Range): Range {
  const span = Math.min(untilMs - fromMs, whole.untilMs - whole.fromMs)
  const from = Math.round(Math.min(Math.max(fromMs, whole.fromMs), whole.untilMs - span))
  return { fromMs: from, untilMs: Math.round(from + span) }
}

export function isWhole(range: Range, whole: Range): boolean {
  return range.fromMs <= whole.fromMs && range.untilMs >= whole.untilMs
}

/** What of each lies in the range; those that do not are left out. */
export function clip<T extends Range>(spans: readonly T[], range: Range): readonly T[] {
  return spans
    .filter(({ fromMs, untilMs }) => untilMs >= range.fromMs && fromMs <= range.untilMs)
    .map((span) => ({
      ...span,
      fromMs: Math.max(span.fromMs, range.fromMs),
      untilMs: Math.min(span.untilMs, range.untilMs),
    }))
}

/** `count` instants at equal distances, both ends among them. */
export function ticksOf({ fromMs, untilMs }: Range, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => fromMs + ((untilMs - fromMs) * index) / (count - 1))
}

/** As an address has it: two instants; null for what is none. */
export function readRange(text: string): Range | null {
  const [from, until] = text.split('_').map(Number)
  if (from === undefined || until === undefined || !(from < until)) return null
  return { fromMs: from, untilMs: until }
}

export function writeRange({ fromMs, untilMs }: Range): string {
  return `${fromMs}_${untilMs}`
}
