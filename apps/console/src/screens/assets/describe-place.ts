/** Where an asset is, in words that need no legend. Pure. */
import type { Model } from '../../api/api.ts'
import type { Tone } from '../../parts/pill.tsx'

type Place = Pick<Model<'AssetLocation'>, 'location_external_key' | 'presence'>

export interface PlaceWords {
  readonly tone: Tone
  readonly word: string
  /** The location's key; null where there is none to name. */
  readonly where: string | null
}

export function describePlace(place: Place | null): PlaceWords {
  if (place === null) return { tone: 'plain', word: 'Never seen', where: null }
  const { location_external_key: where, presence } = place
  // A location that was deleted, or none yet: it was seen by a reader that watches no location.
  if (where === null) return { tone: 'warn', word: 'Seen, at no location', where: null }
  return presence === 'present'
    ? { tone: 'good', word: 'There now', where }
    : { tone: 'plain', word: 'Last seen there', where }
}
