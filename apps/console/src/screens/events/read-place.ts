/** The records that an event of an asset names in its `data`: as they were called when it happened. Pure. */

export interface Named {
  readonly id: number
  readonly name: string
  readonly externalKey: string
}

/** `from` is what an `asset.moved` left; null elsewhere, and on the first move. */
export interface EventPlaces {
  readonly from: Named | null
  readonly to: Named | null
}

/** Null where it names none. */
export function readAsset(data: unknown): Named | null {
  return readNamed(data, 'asset')
}

export function readPlaces(data: unknown): EventPlaces {
  return {
    from: readNamed(data, 'from_location'),
    to: readNamed(data, 'to_location') ?? readNamed(data, 'location'),
  }
}

/** What a body has is what somebody wrote: business events may have other things under these names. */
function readNamed(data: unknown, field: string): Named | null {
  if (!isObject(data)) return null
  const value = data[field]
  if (!isObject(value)) return null
  const { id, name, external_key: externalKey } = value
  if (typeof id !== 'number' || typeof name !== 'string' || typeof externalKey !== 'string') return null
  return { id, name, externalKey }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
