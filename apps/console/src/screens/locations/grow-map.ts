/** What a map of counts shows of the tree: one place from the inside, its parts, and some of theirs; what has no room is one sum. Pure. */
import type { Model } from '../../api/api.ts'

export type Count = Model<'LocationCount'>

export interface Part {
  readonly place: Count
  /** Locations right inside of it, whether shown or not. */
  readonly insideCount: number
}

/** What had no room. */
export interface Rest {
  readonly locations: number
  readonly present: number
}

export interface CountMap {
  /** From the top down to the place that is looked into, itself last; empty at the top. */
  readonly way: readonly Count[]
  readonly parts: readonly Part[]
  readonly rest: Rest | null
}

/** The places as a map looks them up: made once for a picture of many boxes. */
export interface Indexed {
  readonly byId: ReadonlyMap<number, Count>
  /** Null: at the top. */
  readonly byParent: ReadonlyMap<number | null, readonly Count[]>
}

export function indexPlaces(places: readonly Count[]): Indexed {
  const byId = new Map(places.map((place) => [place.location_id, place]))
  const byParent = Map.groupBy(places, ({ parent_id: parent }) =>
    parent !== null && byId.has(parent) ? parent : null,
  )
  return { byId, byParent }
}

/** The parts of the place `insideId` (null: the top), fullest first, at most `partsMax`. */
export function growMap({ byId, byParent }: Indexed, insideId: number | null, partsMax: number): CountMap {
  const looked = insideId === null ? undefined : byId.get(insideId)
  const all = (byParent.get(looked?.location_id ?? null) ?? []).toSorted(compareFull)
  const shown = all.slice(0, Math.max(1, partsMax))
  const hidden = all.slice(shown.length)
  return {
    way: wayTo(looked, byId),
    parts: shown.map((place) => ({ place, insideCount: byParent.get(place.location_id)?.length ?? 0 })),
    rest:
      hidden.length === 0
        ? null
        : {
            locations: hidden.length,
            present: hidden.reduce((sum, { present_inside_count: count }) => sum + count, 0),
          },
  }
}

function compareFull(one: Count, other: Count): number {
  return (
    other.present_inside_count - one.present_inside_count ||
    one.location_name.localeCompare(other.location_name, 'en')
  )
}

function wayTo(place: Count | undefined, byId: ReadonlyMap<number, Count>): readonly Count[] {
  const way: Count[] = []
  for (let next = place; next !== undefined && !way.includes(next); next = byId.get(next.parent_id ?? 0))
    way.unshift(next)
  return way
}

export interface CountChange {
  readonly id: number
  readonly name: string
  readonly externalKey: string
  readonly before: number
  readonly now: number
}

/** Locations at which another number of assets is than before, by themselves; a location that is new had none. */
export function compareCounts(before: readonly Count[], now: readonly Count[]): readonly CountChange[] {
  const known = new Map(before.map((place) => [place.location_id, place.present_count]))
  return now
    .map(
      ({
        location_id: id,
        location_name: name,
        location_external_key: externalKey,
        present_count: count,
      }) => ({
        ...{ id, name, externalKey, before: known.get(id) ?? 0, now: count },
      }),
    )
    .filter((change) => change.before !== change.now)
}

/** "3 came, 1 left"; empty when nothing moved. */
export function sayMoves(arrived: number, left: number): string {
  return [
    arrived > 0 ? `${arrived.toLocaleString('en')} came` : '',
    left > 0 ? `${left.toLocaleString('en')} left` : '',
  ]
    .filter((each) => each !== '')
    .join(', ')
}
