/** The kinds of tags there are, and which one an unknown tag is taken for. Pure. */
import type { Model } from '../api/api.ts'

type TagType = Model<'Tag'>['tag_type']

export const tagTypes: readonly (readonly [TagType, string])[] = [
  ['rfid', 'RFID'],
  ['ble', 'Bluetooth beacon'],
  ['barcode', 'barcode'],
  ['gps', 'GPS tracker'],
]

/** What its reads said; RFID where they said nothing, or something that no tag can be. */
export function typeOf({ tag_type: said }: { readonly tag_type: string | null }): TagType {
  return tagTypes.find(([type]) => type === said)?.[0] ?? 'rfid'
}
