/** An event as filters see it: what they name by `event` and `data`. Read once per event, however many filters ask. */
import type { DomainEvent, LocationPaths } from '@scanhook/domain/event'

export interface FilterableEvent {
  /** The variables of an expression, by their names. */
  readonly variables: Readonly<Record<string, unknown>>
  /** Of `data` as JSON text, in characters. */
  readonly length: number
  /** Entries of the longest list or object anywhere in `data`. */
  readonly longestList: () => number
}

/**
 * Characters of `data` as JSON that filters read. Events of assets have about 1,000; the largest business event that is
 * accepted has 262,144, and comparing such with itself in every clause would take a filter a tenth of a second.
 */
export const dataMaxLength = 32_768

const known = new WeakMap<DomainEvent, FilterableEvent>()

/** Throws nothing: data that is no JSON, or too long, is left out, and every field of it is missing. */
export function filterableEvent(event: DomainEvent): FilterableEvent {
  const seen = known.get(event)
  if (seen !== undefined) return seen
  const made = read(event)
  known.set(event, made)
  return made
}

function read(event: DomainEvent): FilterableEvent {
  const { eventId, type, subject, occurredAtMs, receivedAtMs, dataJson } = event
  const paths = pathsOf(event)
  const data = parsed(dataJson)
  let longest: number | null = null
  return {
    variables: {
      event: {
        id: eventId,
        type,
        subject,
        occurred_at: new Date(occurredAtMs),
        received_at: new Date(receivedAtMs),
        data,
        ...(paths === null ? {} : { location_path: paths.at, from_location_path: paths.from }),
      },
      data,
    },
    length: dataJson.length,
    longestList: () => {
      longest ??= longestOf(data)
      return longest
    },
  }
}

const nowhere: LocationPaths = { at: [], from: [] }

/** Null where it is not known: an asset's event of before paths says neither that it was somewhere nor that it was not. */
function pathsOf({ locationPaths, assetId }: DomainEvent): LocationPaths | null {
  return locationPaths ?? (assetId === null ? nowhere : null)
}

function parsed(text: string): unknown {
  if (text.length > dataMaxLength) return {}
  try {
    return JSON.parse(text) as unknown
  } catch {
    return {}
  }
}

/** Data nests at most 32 levels deep where it is accepted (domain/reading); deeper than the stack it can't be parsed. */
function longestOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  const entries: readonly unknown[] = Object.values(value)
  return entries.reduce<number>((longest, entry) => Math.max(longest, longestOf(entry)), entries.length)
}
