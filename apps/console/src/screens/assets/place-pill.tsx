/** Where an asset is. */
import type { Model } from '../../api/api.ts'
import { Pill } from '../../parts/pill.tsx'
import { RecordPlace } from '../../parts/record-place.tsx'
import { describePlace } from './describe-place.ts'

export function PlacePill({ place }: { readonly place: Model<'AssetLocation'> | null }) {
  const { tone, word, where } = describePlace(place)
  return (
    <span className="inline-flex max-w-full items-center gap-2">
      {where !== null && <RecordPlace {...where} />}
      <Pill tone={tone}>{word}</Pill>
    </span>
  )
}
