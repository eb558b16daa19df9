/** Locations as a tree with how many assets are in each. Pure. */
export interface Place {
  readonly id: number
  readonly parent_id: number | null
}

export interface Node<T> {
  readonly place: T
  /** Directly there. */
  readonly here: number
  /** There and in all below. */
  readonly within: number
  readonly children: readonly Node<T>[]
}

/** `counts` by location. Whose parent is not in the list stands at the top, and so does what would go round in circles. */
export function buildTree<T extends Place>(
  places: readonly T[],
  counts: ReadonlyMap<number, number>,
): readonly Node<T>[] {
  const ids = new Set(places.map(({ id }) => id))
  const childrenOf = Map.groupBy(places, ({ parent_id: parent }) =>
    parent !== null && ids.has(parent) ? parent : null,
  )
  const placed = new Set<number>()
  const nodeOf = (place: T): Node<T> => {
    placed.add(place.id)
    const children = (childrenOf.get(place.id) ?? []).filter(({ id }) => !placed.has(id)).map(nodeOf)
    const here = counts.get(place.id) ?? 0
    return { place, here, within: children.reduce((sum, { within }) => sum + within, here), children }
  }
  const tree = (childrenOf.get(null) ?? []).map(nodeOf)
  for (const place of places) if (!placed.has(place.id)) tree.push(nodeOf(place))
  return tree
}

/** How many are at each location. */
export function countPresent(
  rows: readonly { readonly location_id: number | null; readonly presence: string }[],
): ReadonlyMap<number, number> {
  const counts = new Map<number, number>()
  for (const { location_id: id, presence } of rows)
    if (id !== null && presence === 'present') counts.set(id, (counts.get(id) ?? 0) + 1)
  return counts
}
