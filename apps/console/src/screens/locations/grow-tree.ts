/** Locations as a tree, flat in the order in which it is read, with how many assets are in each. Pure. */
import type { Model } from '../../api/api.ts'

type Location = Pick<Model<'Location'>, 'id' | 'parent_id' | 'name' | 'external_key'>
type Count = Pick<Model<'LocationCount'>, 'location_id' | 'present_count' | 'present_inside_count'>

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

export interface Counted {
  readonly here: number
  readonly inside: number
}

/** What the API counted, by location. */
export function countsById(places: readonly Count[]): ReadonlyMap<number, Counted> {
  return new Map(
    places.map((place) => [
      place.location_id,
      { here: place.present_count, inside: place.present_inside_count },
    ]),
  )
}

const nobody: Counted = { here: 0, inside: 0 }

interface Options {
  /** Of all locations, in the list or not: a filtered list has the same sums. */
  readonly counts: ReadonlyMap<number, Counted>
  /** Whose insides are not shown. */
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
    const { here, inside } = counts.get(location.id) ?? nobody
    const own = { location, depth, hasChildren: children.length > 0, here, inside }
    return closed.has(location.id) ? [own] : [own, ...below.flat()]
  }
  return insides(null).flatMap((location) => branch(location, 0))
}

/** Those with something inside; `isTopOpen`: but for the ones at the top. */
export function listParents(
  locations: readonly Pick<Location, 'id' | 'parent_id'>[],
  { isTopOpen }: { readonly isTopOpen: boolean },
): ReadonlySet<number> {
  const parentOf = new Map(locations.map(({ id, parent_id: parent }) => [id, parent]))
  const isAtTop = (id: number): boolean => {
    const parent = parentOf.get(id)
    return parent === null || parent === undefined || !parentOf.has(parent)
  }
  const parents = locations.map(({ parent_id: parent }) => parent).filter((parent) => parent !== null)
  return new Set(parents.filter((id) => parentOf.has(id) && !(isTopOpen && isAtTop(id))))
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
