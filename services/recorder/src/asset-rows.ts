/**
 * What events of assets say about where they were and are, as rows. Pure; the same rules as the statement that merges
 * into the table (packages/postgres/asset-locations, J1 and J2), because both are applied.
 *
 * Invariant
 *   F2. Folding the events of an asset at once or in parts, some of them again, gives the same row.
 */
import type { DomainEvent } from '@scanhook/domain/event'
import type { AssetLocationRow } from '@scanhook/postgres/asset-locations'
import type { AssetScanRow } from '@scanhook/postgres/asset-scans'
import type { AssetRows } from '@scanhook/postgres/history'

/** What is read of the data that the tracker rendered (docs/reference/events.md). */
interface AssetData {
  readonly location?: { readonly id: number } | null
  readonly to_location?: { readonly id: number } | null
  readonly reason?: string | null
  /** True on a read that came too late to decide anything. */
  readonly late?: boolean
  readonly scan?: { readonly received_at: string }
}

interface AssetEvent {
  readonly event: DomainEvent
  readonly assetId: number
  readonly sequence: number
  readonly data: AssetData
}

/** In any order, other events among them. */
export function assetRows(events: readonly DomainEvent[]): AssetRows {
  const ofAssets = events.flatMap(assetEventOf).sort((one, other) => one.sequence - other.sequence)
  const byAsset = new Map<number, AssetLocationRow>()
  for (const each of ofAssets) {
    // Decides nothing: the row stays as later reads have made it.
    if (each.data.late === true) continue
    const before = byAsset.get(each.assetId) ?? emptyRow(each)
    byAsset.set(each.assetId, advance(before, each))
  }
  return {
    scans: ofAssets.flatMap((each) => (each.event.type === 'asset.scanned' ? [scanRow(each)] : [])),
    locations: [...byAsset.values()],
  }
}

function assetEventOf(event: DomainEvent): AssetEvent[] {
  const { assetId, sequence } = event
  if (assetId === null || sequence === null) return []
  return [{ event, assetId, sequence, data: parseData(event.dataJson) }]
}

/** Text that is no JSON is refused by the table of events, and the record set aside for that; here it says nothing. */
function parseData(json: string): AssetData {
  try {
    const data: unknown = JSON.parse(json)
    return typeof data === 'object' && data !== null ? data : {}
  } catch {
    return {}
  }
}

function scanRow({ event, assetId, data }: AssetEvent): AssetScanRow {
  return {
    orgId: event.orgId,
    assetId,
    observedAtMs: event.occurredAtMs,
    eventId: event.eventId,
    locationId: data.location?.id ?? null,
    isLate: data.late === true,
  }
}

function emptyRow({ event, assetId }: AssetEvent): AssetLocationRow {
  return {
    orgId: event.orgId,
    assetId,
    lastSeenMs: Number.NEGATIVE_INFINITY,
    locationId: null,
    locatedAtMs: null,
    locatedSequence: 0,
    leftAtMs: null,
    leftSequence: 0,
    nowhereSequence: 0,
    resumedAtMs: null,
    resumedSequence: 0,
  }
}

/** The row after an event of a higher sequence than any in it. */
function advance(before: AssetLocationRow, each: AssetEvent): AssetLocationRow {
  const { event, sequence, data } = each
  const row = { ...before, lastSeenMs: Math.max(before.lastSeenMs, seenMs(each)) }
  switch (event.type) {
    case 'asset.scanned':
      return scanned(row, each)
    case 'location.entered':
    case 'asset.moved': {
      // Levels are entered from above and the move comes last, so the highest sequence is the place itself.
      const location = event.type === 'asset.moved' ? data.to_location : data.location
      return {
        ...row,
        locationId: location?.id ?? null,
        locatedAtMs: event.occurredAtMs,
        locatedSequence: sequence,
      }
    }
    case 'location.exited':
      return { ...row, leftAtMs: event.occurredAtMs, leftSequence: sequence }
    default:
      return row
  }
}

function scanned(row: AssetLocationRow, { event, sequence, data }: AssetEvent): AssetLocationRow {
  if ((data.location ?? null) === null)
    return { ...row, nowhereSequence: sequence, resumedAtMs: null, resumedSequence: 0 }
  if (row.resumedSequence > 0) return row
  return { ...row, resumedAtMs: event.occurredAtMs, resumedSequence: sequence }
}

/** An exit by absence occurred when the asset was seen last; one for another reason may have occurred long after. */
function seenMs({ event, data }: AssetEvent): number {
  if (event.type !== 'location.exited' || data.reason === 'absence') return event.occurredAtMs
  const receivedMs = Date.parse(data.scan?.received_at ?? '')
  return Number.isNaN(receivedMs) ? event.occurredAtMs : Math.min(receivedMs, event.occurredAtMs)
}
