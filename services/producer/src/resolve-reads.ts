/**
 * Reads become scans: tag → asset, device and antenna → scan point and its path, from memory where possible and with
 * some batch lookups where not. Decides nothing about duplicates and writes nothing.
 *
 * Invariant
 *   S1. A read is dropped only on knowledge. Where the store could not be asked, the answer is `unavailable`, and the
 *       caller waits.
 */

import { type ScanDeviceId, scanDeviceId } from '@scanhook/domain/ids'
import type { DropReason } from '@scanhook/domain/poison'
import type { ScanRead } from '@scanhook/domain/read'
import type { ClockedRead, ClockJudgement } from '@scanhook/domain/reading/judge-clock'
import { normaliseTag } from '@scanhook/domain/reading/normalise-tag'
import type { Scan } from '@scanhook/domain/scan'
import type { ReadFacts } from '@scanhook/identity/derived-ids'
import type { OrgKey } from '@scanhook/postgres/fence-lookup'
import type { DeviceKey, PointKey, ResolvedDevice, ResolvedTag, TagKey } from '@scanhook/postgres/scan-lookup'
import type { Arrival } from './arrival.ts'
import type { KnownFences, KnownPoint } from './known-point.ts'
import type { LookupCache, Recall, Wanted } from './lookup-cache.ts'
import { bringsFix, type Placed, placeRead } from './place-read.ts'
import type { ReaderClocks } from './reader-clocks.ts'

export interface ResolvePorts {
  readonly tags: LookupCache<TagKey, ResolvedTag>
  readonly points: LookupCache<PointKey, KnownPoint>
  /** Asked only where no scan point was found, to say why. */
  readonly devices: LookupCache<DeviceKey, ResolvedDevice>
  readonly clocks: Pick<ReaderClocks, 'isKnown' | 'prepare' | 'judge'>
  /** Of an organization; asked only for a tracker's fix. */
  readonly fences: LookupCache<OrgKey, KnownFences>
  readonly scanIdOf: (facts: ReadFacts) => string
}

/** The reader of a read, whatever becomes of the read. */
export interface KnownReader {
  readonly deviceId: ScanDeviceId
  /** As its scan point has it; null where that does not ask, or is not known. */
  readonly offlineMs: number | null
}

export type Resolution =
  | { readonly kind: 'scan'; readonly scan: Scan; readonly arrival: Arrival; readonly reader: KnownReader }
  | {
      readonly kind: 'dropped'
      readonly reason: DropReason
      readonly arrival: Arrival
      readonly reader: KnownReader | null
    }
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
  const fixes = arrivals.filter(({ read }, index) => bringsFix(read, pointOf(points[index]?.text ?? '')))
  const [deviceOf, fencesOf] = await Promise.all([
    ports.devices.load(pointless.map(({ read }) => wantedDevice(read))),
    ports.fences.load(fixes.map(({ read }) => wantedFences(read))),
    prepareClocks(ports, arrivals, (index) => pointOf(points[index]?.text ?? '')),
  ])
  return arrivals.map((arrival, index) => {
    const tag = tagOf(tags[index]?.text ?? '')
    const point = pointOf(points[index]?.text ?? '')
    const clock = point ? judgeClockOf(ports, arrival, point) : null
    return resolve(ports, arrival, { tag, point, deviceOf, fencesOf, clock })
  })
}

interface Found {
  readonly tag: ResolvedTag | null | undefined
  readonly point: KnownPoint | null | undefined
  readonly deviceOf: Recall<ResolvedDevice>
  readonly fencesOf: Recall<KnownFences>
  /** Null without a scan point: whose clock it is, is not known. */
  readonly clock: ClockJudgement | null
}

function resolve(ports: ResolvePorts, arrival: Arrival, found: Found): Resolution {
  const { tag, point, deviceOf, fencesOf, clock } = found
  const reader = point ? readerOf(point) : deviceReader(deviceOf, arrival)
  const dropped = (reason: DropReason): Resolution => ({ kind: 'dropped', reason, arrival, reader })
  // A stray tag needs no scan point to be dropped: most of what a portal hears belongs to nobody.
  if (tag === null) return dropped('unknown_tag')
  if (point === null) {
    const device = deviceOf(wantedDevice(arrival.read).text)
    if (device === undefined) return { kind: 'unavailable' }
    return dropped(device === null ? 'unknown_device' : 'unknown_scan_point')
  }
  if (tag === undefined || point === undefined || clock === null) return { kind: 'unavailable' }
  if (!tag.isActive) return dropped('inactive_asset')
  if (!point.isActive) return dropped('unknown_scan_point')
  if (clock.kind === 'too_old') return dropped('too_old')
  const { read } = arrival
  const fences = bringsFix(read, point) ? fencesOf(wantedFences(read).text) : null
  if (fences === undefined) return { kind: 'unavailable' }
  const scan = scanOf(ports, arrival, { tag, placed: placeRead(read, point, fences), clock })
  return { kind: 'scan', scan, arrival, reader: readerOf(point) }
}

function readerOf(point: KnownPoint): KnownReader {
  return { deviceId: point.place.device.id, offlineMs: point.place.settings.deviceOfflineMs }
}

function deviceReader(deviceOf: Recall<ResolvedDevice>, { read }: Arrival): KnownReader | null {
  const device = deviceOf(wantedDevice(read).text)
  return device ? { deviceId: scanDeviceId(device.id), offlineMs: null } : null
}

/** Every read teaches its reader's clock, also that of a stray tag. */
function judgeClockOf(ports: ResolvePorts, arrival: Arrival, point: KnownPoint): ClockJudgement {
  return ports.clocks.judge(point.place.device.id, clockedRead(arrival), point.place.settings)
}

async function prepareClocks(
  { clocks }: ResolvePorts,
  arrivals: readonly Arrival[],
  pointAt: (index: number) => KnownPoint | null | undefined,
): Promise<void> {
  const first = new Map<ScanDeviceId, ClockedRead>()
  for (const [index, arrival] of arrivals.entries()) {
    const deviceId = arrival.clockAtMs === null ? undefined : pointAt(index)?.place.device.id
    if (deviceId !== undefined && !clocks.isKnown(deviceId) && !first.has(deviceId))
      first.set(deviceId, clockedRead(arrival))
  }
  if (first.size > 0) await clocks.prepare(first)
}

function clockedRead({ receivedAtMs, clockAtMs }: Arrival): ClockedRead {
  return { receivedAtMs, readAtMs: clockAtMs }
}

interface Resolved {
  readonly tag: ResolvedTag
  readonly placed: Placed
  readonly clock: Extract<ClockJudgement, { kind: 'timed' }>
}

function scanOf(ports: ResolvePorts, arrival: Arrival, { tag, placed, clock }: Resolved): Scan {
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
    place: placed.place,
    tag: { tagType: tag.tagType, value: tag.value },
    fix: placed.fix,
    readAtMs,
    receivedAtMs,
    atMs: clock.atMs,
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

function wantedFences({ orgId }: ScanRead): Wanted<OrgKey> {
  return { text: `${orgId}`, orgId, key: () => ({ orgId }) }
}
