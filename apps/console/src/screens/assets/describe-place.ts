/** Where an asset is, in words that need no legend. Pure. */
import type { Model } from '../../api/api.ts'
import type { Tone } from '../../parts/pill.tsx'

type Place = Pick<
  Model<'AssetLocation'>,
  'location_id' | 'location_external_key' | 'location_name' | 'presence'
>

export interface PlaceWords {
  readonly tone: Tone
  readonly word: string
  /** Null where there is none to name. */
  readonly where: { readonly id: number; readonly name: string; readonly externalKey: string } | null
}

export function describePlace(place: Place | null): PlaceWords {
  if (place === null) return { tone: 'plain', word: 'Never seen', where: null }
  const { location_id: id, location_external_key: externalKey, location_name: name, presence } = place
  // A location that was deleted, or none yet: it was seen by a reader that watches no location.
  if (id === null || externalKey === null) return { tone: 'warn', word: 'Seen, at no location', where: null }
  const where = { id, name: name ?? externalKey, externalKey }
  return presence === 'present'
    ? { tone: 'good', word: 'There now', where }
    : { tone: 'plain', word: 'Last seen there', where }
}
