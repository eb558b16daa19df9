/**
 * Reads our JSON form of a read (docs/reference/events.md):
 *
 *   {"org_id"?, "id"?, "device", "antenna_port"?, "tag": {"type"?, "value"}, "read_at"?, "rssi_dbm"?, "reads"?,
 *    "position"?: {"latitude", "longitude", "accuracy_m"?}}
 *
 * A tracker is its own tag: with a position `tag` may be left out, and is then of type `gps` with the device as value.
 *
 * Owns the form; refuses to know which tags and devices exist, and whether the reader's clock is right.
 *
 * Invariants
 *   F2. All problems are reported, not only the first, and unknown keys are problems.
 *   F3. What is accepted is bounded: no text over 255 characters, no number outside its range.
 */
import { type TagType, tagTypes } from '../asset.ts'
import type { OrgId } from '../ids.ts'
import type { Parsed, Position, ScanRead } from '../read.ts'
import {
  type FieldReport,
  isJsonObject,
  type JsonObject,
  kindOf,
  readInstant,
  readInteger,
  readNumber,
  readSignal,
  readText,
  refuseUnknownKeys,
  report,
  requireField,
} from './parse-fields.ts'
import { parseOrg } from './parse-org.ts'
import { antennaPortMax, readsMax, textMaxLength } from './read-bounds.ts'

export interface ReadContext {
  /** The organization of the API key or topic; null where the read itself must say it. */
  readonly orgId: OrgId | null
  /** The device that the way in names (a header): stands in for whatever the read says. Default none. */
  readonly deviceKey?: string | null | undefined
  /** What field names in problems begin with, e.g. `reads[3].`. Default empty. */
  readonly fieldPrefix?: string | undefined
}

const readKeys = ['org_id', 'id', 'device', 'antenna_port', 'tag', 'read_at', 'rssi_dbm', 'reads', 'position']

/** Never throws. `json` is what `JSON.parse` gave. */
export function parseRead(json: unknown, context: ReadContext): Parsed<ScanRead> {
  const into: FieldReport = { prefix: context.fieldPrefix ?? '', problems: [] }
  if (!isJsonObject(json)) {
    return { ok: false, problems: [notAnObject(into.prefix, json)] }
  }
  refuseUnknownKeys(json, readKeys, into)
  const orgId = parseOrg(json, context.orgId, into)
  const readId = readText(json, 'id', textMaxLength, into)
  const deviceKey = parseDevice(json, context.deviceKey ?? null, into)
  const antennaPort = readInteger(json, 'antenna_port', { min: 0, max: antennaPortMax }, into)
  const position = parsePosition(json, into)
  const tag = parseTag(json, position === null ? null : deviceKey, into)
  const readAtMs = readInstant(json, 'read_at', into)
  const rssiCdbm = readSignal(json, 'rssi_dbm', into)
  const reads = readInteger(json, 'reads', { min: 1, max: readsMax }, into) ?? 1
  if (into.problems.length > 0 || orgId === null || deviceKey === null || tag === null) {
    return { ok: false, problems: into.problems }
  }
  const { tagType, tagValue } = tag
  return {
    ok: true,
    value: {
      orgId,
      readId,
      deviceKey,
      antennaPort,
      tagType,
      tagValue,
      readAtMs,
      rssiCdbm,
      reads,
      position,
    },
  }
}

function notAnObject(
  prefix: string,
  json: unknown,
): { field: string; code: 'invalid_value'; message: string } {
  const field = prefix.replace(/\.$/, '')
  return { field, code: 'invalid_value', message: `must be a JSON object; received ${kindOf(json)}` }
}

/** `given` stands in for what the object says; where neither does, that is a problem. */
export function parseDevice(json: JsonObject, given: string | null, into: FieldReport): string | null {
  const said = readText(json, 'device', textMaxLength, into)
  return given ?? requireField(json, 'device', said, into)
}

// A tracker that knows no better than its continent says nothing; the bound keeps what follows within numbers.
const accuracyMaxM = 1_000_000

function parsePosition(json: JsonObject, into: FieldReport): Position | null {
  const position = json['position']
  if (position === undefined || position === null) return null
  if (!isJsonObject(position))
    return report(into, 'position', 'invalid_value', `must be an object; received ${kindOf(position)}`)
  const within: FieldReport = { prefix: `${into.prefix}position.`, problems: into.problems }
  refuseUnknownKeys(position, ['latitude', 'longitude', 'accuracy_m'], within)
  const degrees = (field: string, max: number): number | null =>
    requireField(position, field, readNumber(position, field, { min: -max, max }, within), within)
  const latitude = degrees('latitude', 90)
  const longitude = degrees('longitude', 180)
  const accuracyM = readNumber(position, 'accuracy_m', { min: 0, max: accuracyMaxM }, within)
  return latitude === null || longitude === null ? null : { latitude, longitude, accuracyM }
}

/** `tracker` is the device of a read with a position: its own tag, where the read names none. */
function parseTag(
  json: JsonObject,
  tracker: string | null,
  into: FieldReport,
): { readonly tagType: TagType | null; readonly tagValue: string } | null {
  const tag = json['tag']
  if (tag === undefined || tag === null) {
    if (tracker !== null) return { tagType: 'gps', tagValue: tracker }
    // Told that the position is wrong, the sender need not be told of the tag as well.
    return isJsonObject(json['position']) ? null : report(into, 'tag', 'required', 'is required')
  }
  if (!isJsonObject(tag))
    return report(into, 'tag', 'invalid_value', `must be an object; received ${kindOf(tag)}`)
  const within: FieldReport = { prefix: `${into.prefix}tag.`, problems: into.problems }
  refuseUnknownKeys(tag, ['type', 'value'], within)
  const tagValue = requireField(tag, 'value', readText(tag, 'value', textMaxLength, within), within)
  const said = readText(tag, 'type', textMaxLength, within)
  const tagType = tagTypes.find((type) => type === said) ?? null
  if (said !== null && tagType === null) {
    report(within, 'type', 'invalid_value', `must be one of ${tagTypes.join(', ')}`)
  }
  return tagValue === null ? null : { tagType, tagValue }
}
