/** Locations as a tree, flat in the order in which it is read, with how many assets are in each. Pure. */
import type { Model } from '../../api/api.ts'

type Location = Pick<Model<'Location'>, 'id' | 'parent_id' | 'name' | 'external_key'>
type Place = Pick<Model<'AssetLocation'>, 'location_id' | 'presence'>

export interface TreeRow<L extends Location> {
  readonly location: L
  /** From 0. */
  readonly depth: number
  readonly hasChildren: boolean
  /** Assets that are there now. */
  readonly here: number
  /** The same with all locations inside. */
  readonly inside: number
}

/** Assets that are present, by location. */
export function countPresent(places: readonly Place[]): ReadonlyMap<number, number> {
  const counts = new Map<number, number>()
  for (const { location_id: id, presence } of places)
    if (id !== null && presence === 'present') counts.set(id, (counts.get(id) ?? 0) + 1)
  return counts
}

interface Options {
  readonly counts: ReadonlyMap<number, number>
  /** Whose insides are not shown; they count all the same. */
  readonly closed: ReadonlySet<number>
}

/**
 * A location whose parent is not in the list (deleted, filtered out, on no page yet) stands at the top. The API makes no circles;
 * if one came along, its members would be left out, and nothing would turn forever.
 */
export function growTree<L extends Location>(
  locations: readonly L[],
  { counts, closed }: Options,
): readonly TreeRow<L>[] {
  const known = new Set(locations.map(({ id }) => id))
  const byParent = Map.groupBy(locations, ({ parent_id: parent }) =>
    parent !== null && known.has(parent) ? parent : null,
  )
  const insides = (id: number | null): readonly L[] =>
    (byParent.get(id) ?? []).toSorted((one, other) => one.name.localeCompare(other.name, 'en'))
  const branch = (location: L, depth: number): readonly TreeRow<L>[] => {
    const children = insides(location.id)
    const below = children.map((child) => branch(child, depth + 1))
    const here = counts.get(location.id) ?? 0
    const inside = below.reduce((sum, [first]) => sum + (first?.inside ?? 0), here)
    const own = { location, depth, hasChildren: children.length > 0, here, inside }
    return closed.has(location.id) ? [own] : [own, ...below.flat()]
  }
  return insides(null).flatMap((location) => branch(location, 0))
}

/** The way from the root down to `location`, without itself. */
export function orderAncestors<L extends Location>(
  location: Location,
  ancestors: readonly L[],
): readonly L[] {
  const byId = new Map(ancestors.map((ancestor) => [ancestor.id, ancestor]))
  const way: L[] = []
  let next = location.parent_id
  while (next !== null) {
    const found = byId.get(next)
    if (found === undefined) break
    // Each once: a circle would never end.
    byId.delete(next)
    way.unshift(found)
    next = found.parent_id
  }
  return way
}
