/** From an asset's events to where it was believed to be, and when. Pure. */
import type { DomainEvent } from '@scanhook/domain/event'
import type { Decision } from './score.ts'

interface Place {
  readonly external_key: string
}

interface EventData {
  readonly location?: Place | null
  readonly from_location?: Place | null
  readonly to_location?: Place | null
}

/** `events` of one asset, in order. Places that are no zone (the hall around them) say nothing. */
export function decisionsOf(events: readonly DomainEvent[]): readonly Decision[] {
  return events.flatMap((event): Decision[] => {
    const data = JSON.parse(event.dataJson) as EventData
    // The partition's clock when it was derived.
    const atMs = event.receivedAtMs
    switch (event.type) {
      case 'asset.moved':
        return [{ atMs, zone: zoneOf(data.to_location), isMove: data.from_location != null }]
      case 'location.entered':
        return isZone(data.location) ? [{ atMs, zone: zoneOf(data.location), isMove: false }] : []
      case 'location.exited':
        return isZone(data.location) ? [{ atMs, zone: null, isMove: false }] : []
      default:
        return []
    }
  })
}

export function zoneKey(zone: number): string {
  return `ZONE-${zone}`
}

function isZone(place: Place | null | undefined): boolean {
  return zoneOf(place) !== null
}

function zoneOf(place: Place | null | undefined): number | null {
  const digits = /^ZONE-(\d+)$/.exec(place?.external_key ?? '')?.[1]
  return digits === undefined ? null : Number(digits)
}

/** What is compared between two ways of deriving: type and place, in order. Ids and clocks differ by construction. */
export function describeDerived({ type, dataJson }: DomainEvent): string {
  const data = JSON.parse(dataJson) as EventData
  const key = (place: Place | null | undefined): string => place?.external_key ?? 'nowhere'
  if (type === 'asset.moved') return `${type} ${key(data.from_location)} > ${key(data.to_location)}`
  return `${type} ${key(data.location)}`
}
