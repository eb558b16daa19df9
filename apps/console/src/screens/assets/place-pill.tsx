/** Where an asset is. */
import { Link } from '@tanstack/react-router'
import type { Model } from '../../api/api.ts'
import { Pill } from '../../parts/pill.tsx'
import { describePlace } from './describe-place.ts'

export function PlacePill({ place }: { readonly place: Model<'AssetLocation'> | null }) {
  const { tone, word, where } = describePlace(place)
  return (
    <span className="inline-flex max-w-full items-center gap-2">
      {where !== null && place !== null && (
        <Link
          to="/locations/$locationId"
          params={{ locationId: String(place.location_id) }}
          className="truncate text-accent underline"
          title={where}
        >
          {where}
        </Link>
      )}
      <Pill tone={tone}>{word}</Pill>
    </span>
  )
}
