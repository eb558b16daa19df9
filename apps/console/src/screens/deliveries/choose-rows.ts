/** Which rows of a list are chosen, to be sent again together. Pure. */

/** What the box over the column shows. */
export type Share = 'none' | 'some' | 'all'

/** Of the rows that are shown; what was chosen and is not among them any more does not count. */
export function shareOf(chosen: ReadonlySet<string>, shown: readonly string[]): Share {
  if (chosen.size === 0) return 'none'
  const count = shown.filter((id) => chosen.has(id)).length
  if (count === 0) return 'none'
  return count === shown.length ? 'all' : 'some'
}

/** With all that are shown, the first ones up to `max`; without any of them where all were chosen already. */
export function toggleAll(
  chosen: ReadonlySet<string>,
  shown: readonly string[],
  max: number,
): ReadonlySet<string> {
  const isShown = new Set(shown)
  const others = [...chosen].filter((id) => !isShown.has(id))
  const share = shareOf(chosen, shown)
  // Nothing more fits: the second press takes away what the first has chosen.
  if (share === 'all' || (share === 'some' && chosen.size >= max)) return new Set(others)
  const wanted = new Set([...chosen, ...shown])
  return new Set([...wanted].slice(0, max))
}
