/**
 * Scans to bytes and back without the objects in between. Most of a scan is its place, and places are few: their bytes
 * are made once for each place, and told apart by their bytes when they come back, so that all scans of a scan point
 * share one place. Only our own version of the schema is read here; another one goes through avsc.
 *
 * Invariants
 *   G1. The bytes are those that avsc writes, and what is read is what avsc reads, for every scan.
 *   G2. Places are remembered up to `placesMax`; then memory begins anew.
 */
import { type ScanPointKind, scanPointKinds, tagTypes } from '@scanhook/domain/asset'
import { assetId, orgId, scanDeviceId, scanPointId } from '@scanhook/domain/ids'
import { defaultMovementSettings, type MovementSettings } from '@scanhook/domain/movement-settings'
import type { Place, Scan } from '@scanhook/domain/scan'
import { type AvroReader, avroReader, avroWriter } from '../avro-bytes.ts'
import { oneOfSet } from '../record-mapping.ts'
import { type RawMovementSettings, settingsFromRaw, settingsToRaw } from './movement-settings.ts'
import { pathFromRaw, type RawLocationRef } from './refs.ts'

const headerBytes = 5
// Readers and antennas of the largest installations: some ten thousand, half a KB each.
const placesMax = 50_000
// Texts beyond this are no scan of anybody's; avsc takes whatever comes.
const textMax = 4_096
// A path of 30 long names fits. At three bytes a character all texts of a scan are 48 KB, and its numbers some KB more: they
// fit the writer's buffer of 64 KiB.
const placeTextMax = 12_000
const pathLengthMax = 128

interface PlaceBytes {
  readonly path: Buffer
  /** From the device's id to the scan point's kind. */
  readonly device: Buffer
  /** With the branch of the union before them. */
  readonly settings: Buffer
}

/** Null for a place that may be too large for the writer. */
const bytesOfPlace = new WeakMap<Place, PlaceBytes | null>()

/** Null for a scan that only avsc can write: with a fix, or with enormous texts or paths. */
export function encodeScan(scan: Scan, id: number): Buffer | null {
  const { place, asset, tag, fix } = scan
  const textLength = scan.scanId.length + asset.externalKey.length + asset.name.length + tag.value.length
  if (fix !== null || textLength > textMax) return null
  const remembered = bytesOfPlace.get(place)
  const known = remembered === undefined ? placeBytes(place) : remembered
  if (known === null) return null
  const to = avroWriter(headerBytes)
  to.long(scan.orgId)
  to.text(scan.scanId)
  to.long(asset.id)
  to.text(asset.externalKey)
  to.text(asset.name)
  to.bytes(known.path)
  to.text(tag.tagType)
  to.text(tag.value)
  to.bytes(known.device)
  to.longOrNull(scan.readAtMs)
  to.long(scan.receivedAtMs)
  to.longOrNull(scan.rssiCdbm)
  to.long(scan.reads)
  to.longOrNull(scan.atMs === scan.receivedAtMs ? null : scan.atMs)
  to.bytes(known.settings)
  to.longOrNull(null)
  const bytes = to.end()
  bytes[0] = 0
  bytes.writeInt32BE(id, 1)
  return bytes
}

function placeBytes(place: Place): PlaceBytes | null {
  const made = isLarge(place) ? null : bytesOf(place)
  bytesOfPlace.set(place, made)
  return made
}

function isLarge({ path, device }: Place): boolean {
  const ownLength = device.externalKey.length + device.name.length + device.type.length
  const textLength = path.reduce(
    (sum, { externalKey, name, parentExternalKey }) =>
      sum + externalKey.length + name.length + (parentExternalKey?.length ?? 0),
    ownLength,
  )
  return path.length > pathLengthMax || textLength > placeTextMax
}

function bytesOf(place: Place): PlaceBytes {
  const path = avroWriter(0)
  if (place.path.length > 0) path.long(place.path.length)
  for (const location of place.path) {
    path.long(location.id)
    path.text(location.externalKey)
    path.text(location.name)
    path.longOrNull(location.parentId)
    if (location.parentExternalKey === null) path.longOrNull(null)
    else {
      path.long(1)
      path.text(location.parentExternalKey)
    }
  }
  path.long(0)
  const pathBytes = path.end()
  const device = avroWriter(0)
  device.long(place.device.id)
  device.text(place.device.externalKey)
  device.text(place.device.name)
  device.text(place.device.type)
  device.long(place.point.id)
  device.long(place.point.antennaPort)
  device.text(place.point.kind)
  const deviceBytes = device.end()
  return { path: pathBytes, device: deviceBytes, settings: settingsBytes(place) }
}

function settingsBytes({ settings, point }: Place): Buffer {
  const to = avroWriter(0)
  if (settings === defaultMovementSettings[point.kind]) {
    to.longOrNull(null)
    return to.end()
  }
  to.long(1)
  const raw = settingsToRaw(settings)
  for (const field of settingsFields) {
    const value = raw[field]
    if (typeof value === 'string') to.text(value)
    else if (nullableSettings.has(field)) to.longOrNull(value)
    else to.long(value ?? 0)
  }
  return to.end()
}

/** In the order of the schema. */
const settingsFields: readonly (keyof RawMovementSettings)[] = [
  'scan_suppress_ms',
  'smoothing_ms',
  'slot_fresh_ms',
  'switch_margin_cdbm',
  'confirm_ms',
  'confirm_reads',
  'first_confirm_ms',
  'quiet_confirm_ms',
  'rssi_floor_cdbm',
  'exit_timeout_ms',
  'device_offline_ms',
  'manual_hold_ms',
  'max_clock_skew_ms',
  'reorder_ms',
  'late_limit_ms',
  'hierarchy_events',
]
const nullableSettings = new Set<keyof RawMovementSettings>([
  'rssi_floor_cdbm',
  'exit_timeout_ms',
  'device_offline_ms',
])

const tagType = oneOfSet('tag_type', tagTypes)
const pointKind = oneOfSet('point_kind', scanPointKinds)

const places = new Map<string, Place>()

/** `bytes` are of our version of the schema. Null for a scan that only avsc can read; throws on bytes that are no scan. */
export function decodeScan(bytes: Buffer): Scan | null {
  const from = avroReader(bytes, headerBytes)
  const org = from.long()
  const scanId = from.text()
  const asset = { id: assetId(from.long()), externalKey: from.text(), name: from.text() }
  const pathStart = from.position()
  skipPath(from)
  const pathEnd = from.position()
  const tag = { tagType: tagType(from.text()), value: from.text() }
  const deviceStart = from.position()
  skipDevice(from)
  const deviceEnd = from.position()
  const readAtMs = from.longOrNull()
  const receivedAtMs = from.long()
  const rssiCdbm = from.longOrNull()
  const reads = from.long()
  const atMs = from.longOrNull() ?? receivedAtMs
  const settingsStart = from.position()
  const hasSettings = from.hasValue()
  if (hasSettings) skipSettings(from)
  const end = from.position()
  // A fix: rare, and avsc's.
  if (bytes[end] !== 0) return null
  if (end + 1 !== bytes.length) throw new RangeError(end + 1 > bytes.length ? 'truncated' : 'trailing bytes')
  let key = bytes.toString('latin1', pathStart, pathEnd) + bytes.toString('latin1', deviceStart, deviceEnd)
  if (hasSettings) key += bytes.toString('latin1', settingsStart, end)
  const settingsAt = hasSettings ? settingsStart : null
  const place = places.get(key) ?? learn(key, bytes, { pathStart, deviceStart, settingsAt })
  return {
    kind: 'scan',
    orgId: orgId(org),
    scanId,
    asset,
    place,
    tag,
    fix: null,
    readAtMs,
    receivedAtMs,
    atMs,
    rssiCdbm,
    reads,
  }
}

function skipSettings(from: AvroReader): void {
  for (const field of settingsFields) {
    if (field === 'hierarchy_events') from.skipText()
    else if (nullableSettings.has(field)) from.longOrNull()
    else from.long()
  }
}

function readSettings(from: AvroReader): MovementSettings {
  from.hasValue()
  const raw: Record<string, number | string | null> = {}
  for (const field of settingsFields) {
    if (field === 'hierarchy_events') raw[field] = from.text()
    else raw[field] = nullableSettings.has(field) ? from.longOrNull() : from.long()
  }
  return settingsFromRaw(raw as unknown as RawMovementSettings)
}

interface PlaceParts {
  readonly pathStart: number
  readonly deviceStart: number
  /** Null for the defaults. */
  readonly settingsAt: number | null
}

/** Our own writer puts an array into one block. */
function skipPath(from: AvroReader): void {
  for (let left = from.long(); left !== 0; left = left === 1 ? from.long() : left - 1) {
    if (left < 0) throw new RangeError('an array in blocks with sizes')
    from.long()
    from.skipText()
    from.skipText()
    from.longOrNull()
    if (from.hasValue()) from.skipText()
  }
}

function skipDevice(from: AvroReader): void {
  from.long()
  from.skipText()
  from.skipText()
  from.skipText()
  from.long()
  from.long()
  from.skipText()
}

function learn(key: string, bytes: Buffer, { pathStart, deviceStart, settingsAt }: PlaceParts): Place {
  const path = pathFromRaw(readPath(avroReader(bytes, pathStart)))
  const from = avroReader(bytes, deviceStart)
  const device = {
    id: scanDeviceId(from.long()),
    externalKey: from.text(),
    name: from.text(),
    type: from.text(),
  }
  const point = { id: scanPointId(from.long()), antennaPort: from.long() }
  const kind: ScanPointKind = pointKind(from.text())
  const settings =
    settingsAt === null ? defaultMovementSettings[kind] : readSettings(avroReader(bytes, settingsAt))
  const place = { path, device, point: { ...point, kind }, settings }
  if (places.size >= placesMax) places.clear()
  places.set(key, place)
  return place
}

function readPath(from: AvroReader): RawLocationRef[] {
  const path: RawLocationRef[] = []
  for (let left = from.long(); left !== 0; left = left === 1 ? from.long() : left - 1) {
    path.push({
      id: from.long(),
      external_key: from.text(),
      name: from.text(),
      parent_id: from.longOrNull(),
      parent_external_key: from.hasValue() ? from.text() : null,
    })
  }
  return path
}
