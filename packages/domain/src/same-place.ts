/** Whether two places say the same: of content, because a decoded one is never the same object. */
import type { LocationRef } from './asset.ts'
import type { MovementSettings } from './movement-settings.ts'

export function isSameLocation(one: LocationRef, other: LocationRef): boolean {
  return (
    one.id === other.id &&
    one.name === other.name &&
    one.externalKey === other.externalKey &&
    one.parentId === other.parentId &&
    one.parentExternalKey === other.parentExternalKey
  )
}

export function isSamePath(one: readonly LocationRef[], other: readonly LocationRef[]): boolean {
  if (one.length !== other.length) return false
  return one.every((location, index) => {
    const counterpart = other[index]
    return counterpart !== undefined && isSameLocation(location, counterpart)
  })
}

export function isSameSettings(one: MovementSettings, other: MovementSettings): boolean {
  const keys = Object.keys(one) as (keyof MovementSettings)[]
  return keys.every((key) => one[key] === other[key])
}
