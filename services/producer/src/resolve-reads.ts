/**
 * Reads become scans: tag → asset, device and antenna → scan point and its path, from memory where possible and with
 * two batch lookups where not. Decides nothing about duplicates and writes nothing.
 *
 * Invariant
 *   S1. A read is dropped only on knowledge. Where the store could not be asked, the answer is `unavailable`, and the
 *       caller waits.
 */
import type { DropReason } from '@scanhook/domain/poison'
import type { ScanRead } from '@scanhook/domain/read'
import { normaliseTag } from '@scanhook/domain/reading/normalise-tag'
import type { Scan } from '@scanhook/domain/scan'
import type { ReadFacts } from '@scanhook/identity/derived-ids'
import type {
  DeviceKey,
  PointKey,
  ResolvedDevice,
  ResolvedPoint,
  ResolvedTag,
  TagKey,
} from '@scanhook/postgres/scan-lookup'
import type { Arrival } from './arrival.ts'
import type { LookupCache, Recall, Wanted } from './lookup-cache.ts'

export interface ResolvePorts {
  readonly tags: LookupCache<TagKey, ResolvedTag>
  readonly points: LookupCache<PointKey, ResolvedPoint>
  /** Asked only where no scan point was found, to say why. */
  readonly devices: LookupCache<DeviceKey, ResolvedDevice>
  readonly scanIdOf: (facts: ReadFacts) => string
}

export type Resolution =
  | { readonly kind: 'scan'; readonly scan: Scan; readonly arrival: Arrival }
  | { readonly kind: 'dropped'; readonly reason: DropReason }
  | { readonly kind: 'unavailable' }

/** One resolution for each arrival, in order. Never rejects. */
export async function resolveReads(
  ports: ResolvePorts,
  arrivals: readonly Arrival[],
): Promise<readonly Resolution[]> {
  const tags = arrivals.map(({ read }) => wantedTag(read))
  const points = arrivals.map(({ read }) => wantedPoint(read))
  const [tagOf, pointOf] = await Promise.all([ports.tags.load(tags), ports.points.load(points)])
  const pointless = arrivals.filter((_, index) => pointOf(points[index]?.text ?? '') === null)
  const deviceOf = await ports.devices.load(pointless.map(({ read }) => wantedDevice(read)))
  return arrivals.map((arrival, index) => {
    const tag = tagOf(tags[index]?.text ?? '')
    const point = pointOf(points[index]?.text ?? '')
    return resolve(ports, arrival, { tag, point, deviceOf })
  })
}

interface Found {
  readonly tag: ResolvedTag | null | undefined
  readonly point: ResolvedPoint | null | undefined
  readonly deviceOf: Recall<ResolvedDevice>
}

function resolve(ports: ResolvePorts, arrival: Arrival, { tag, point, deviceOf }: Found): Resolution {
  // A stray tag needs no scan point to be dropped: most of what a portal hears belongs to nobody.
  if (tag === null) return { kind: 'dropped', reason: 'unknown_tag' }
  if (point === null) return withoutPoint(deviceOf, arrival)
  if (tag === undefined || point === undefined) return { kind: 'unavailable' }
  if (!tag.isActive) return { kind: 'dropped', reason: 'inactive_asset' }
  if (!point.isActive) return { kind: 'dropped', reason: 'unknown_scan_point' }
  return { kind: 'scan', scan: scanOf(ports, arrival, tag, point), arrival }
}

function withoutPoint(deviceOf: Recall<ResolvedDevice>, { read }: Arrival): Resolution {
  const device = deviceOf(wantedDevice(read).text)
  if (device === undefined) return { kind: 'unavailable' }
  return { kind: 'dropped', reason: device === null ? 'unknown_device' : 'unknown_scan_point' }
}

function scanOf(ports: ResolvePorts, arrival: Arrival, tag: ResolvedTag, point: ResolvedPoint): Scan {
  const { read, receivedAtMs, readAtMs, coordinate } = arrival
  const { orgId, readId, deviceKey, antennaPort, tagValue } = read
  return {
    kind: 'scan',
    orgId,
    // The reader's own time, also where it is too wrong to be believed: it still tells one read from the next.
    scanId: ports.scanIdOf({
      orgId,
      readId,
      deviceKey,
      antennaPort,
      tagValue,
      readAtMs: read.readAtMs,
      coordinate,
    }),
    asset: tag.asset,
    path: point.path,
    tag: { tagType: tag.tagType, value: tag.value },
    device: point.device,
    point: point.point,
    readAtMs,
    receivedAtMs,
    rssiCdbm: read.rssiCdbm,
    reads: read.reads,
  }
}

function wantedTag({ orgId, tagValue }: ScanRead): Wanted<TagKey> {
  const matchKey = normaliseTag(tagValue)
  return { text: tagText(orgId, matchKey), orgId, key: () => ({ orgId, matchKey }) }
}

/** The tag cache's key; what a `tag` announcement forgets. */
export function tagText(orgId: number, matchKey: string): string {
  return `${orgId}:${matchKey}`
}

function wantedPoint({ orgId, deviceKey, antennaPort }: ScanRead): Wanted<PointKey> {
  const port = antennaPort ?? 1
  return {
    text: `${orgId}:${port}:${deviceKey}`,
    orgId,
    key: () => ({ orgId, deviceKey, antennaPort: port }),
  }
}

function wantedDevice({ orgId, deviceKey }: ScanRead): Wanted<DeviceKey> {
  return { text: `${orgId}:${deviceKey}`, orgId, key: () => ({ orgId, deviceKey }) }
}
