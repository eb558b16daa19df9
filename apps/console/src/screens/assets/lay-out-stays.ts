/** The history of an asset as bars: how long it stayed, beside the longest stay. Pure. */
interface Stay {
  /** Null: it is still there, or nobody knows when it left. */
  readonly duration_seconds: number | null
}

/** A stay of a moment is seen, too. */
const shareMin = 0.01

/** `share` of the width, 0.01 to 1. */
export function layOutStays<T extends Stay>(stays: readonly T[]): readonly { stay: T; share: number }[] {
  const longest = Math.max(1, ...stays.map(({ duration_seconds: seconds }) => seconds ?? 0))
  return stays.map((stay) => ({
    stay,
    share: stay.duration_seconds === null ? 1 : Math.max(shareMin, stay.duration_seconds / longest),
  }))
}

const units = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const

/** "for 2 hours 5 minutes": the two largest units that are not zero. */
export function sayStay(seconds: number | null): string {
  if (seconds === null) return 'up to now'
  let rest = Math.max(0, Math.trunc(seconds))
  const words: string[] = []
  for (const [unit, size] of units) {
    const count = Math.floor(rest / size)
    rest -= count * size
    if (count > 0 && words.length < 2) words.push(`${count} ${unit}${count === 1 ? '' : 's'}`)
  }
  return words.length === 0 ? 'for a moment' : `for ${words.join(' ')}`
}
