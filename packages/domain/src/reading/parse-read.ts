/**
 * Reads our JSON form of a read (docs/reference/events.md):
 *
 *   {"org_id"?, "id"?, "device", "antenna_port"?, "tag": {"type"?, "value"}, "read_at"?, "rssi_dbm"?, "reads"?}
 *
 * Owns the form; refuses to know which tags and devices exist, and whether the reader's clock is right.
 *
 * Invariants
 *   F2. All problems are reported, not only the first, and unknown keys are problems.
 *   F3. What is accepted is bounded: no text over 255 characters, no number outside its range.
 */
import { type TagType, tagTypes } from '../asset.ts'
import type { OrgId } from '../ids.ts'
import type { Parsed, ScanRead } from '../read.ts'
import {
  type FieldReport,
  isJsonObject,
  type JsonObject,
  kindOf,
  readInstant,
  readInteger,
  readText,
  refuseUnknownKeys,
  report,
  requireField,
} from './parse-fields.ts'
import { parseOrg } from './parse-org.ts'

export interface ReadContext {
  /** The organization of the API key or topic; null where the read itself must say it. */
  readonly orgId: OrgId | null
  /** What field names in problems begin with, e.g. `reads[3].`. Default empty. */
  readonly fieldPrefix?: string | undefined
}

const readKeys = ['org_id', 'id', 'device', 'antenna_port', 'tag', 'read_at', 'rssi_dbm', 'reads']

// TrakRF's bound for external keys and tag values.
const textMaxLength = 255
// LLRP numbers antennas in 16 bits; some readers begin at 0.
const antennaPortMax = 65_535
// A reader that reports once in ten minutes and reads a tag 1,000 times a second.
const readsMax = 600_000

/** Never throws. `json` is what `JSON.parse` gave. */
export function parseRead(json: unknown, context: ReadContext): Parsed<ScanRead> {
  const into: FieldReport = { prefix: context.fieldPrefix ?? '', problems: [] }
  if (!isJsonObject(json)) {
    return { ok: false, problems: [notAnObject(into.prefix, json)] }
  }
  refuseUnknownKeys(json, readKeys, into)
  const orgId = parseOrg(json, context.orgId, into)
  const readId = readText(json, 'id', textMaxLength, into)
  const deviceKey = requireField(json, 'device', readText(json, 'device', textMaxLength, into), into)
  const antennaPort = readInteger(json, 'antenna_port', { min: 0, max: antennaPortMax }, into)
  const tag = parseTag(json, into)
  const readAtMs = readInstant(json, 'read_at', into)
  const rssiCdbm = parseRssi(json, into)
  const reads = readInteger(json, 'reads', { min: 1, max: readsMax }, into) ?? 1
  if (into.problems.length > 0 || orgId === null || deviceKey === null || tag === null) {
    return { ok: false, problems: into.problems }
  }
  const { tagType, tagValue } = tag
  return {
    ok: true,
    value: { orgId, readId, deviceKey, antennaPort, tagType, tagValue, readAtMs, rssiCdbm, reads },
  }
}

function notAnObject(
  prefix: string,
  json: unknown,
): { field: string; code: 'invalid_value'; message: string } {
  const field = prefix.replace(/\.$/, '')
  return { field, code: 'invalid_value', message: `must be a JSON object; received ${kindOf(json)}` }
}

function parseTag(
  json: JsonObject,
  into: FieldReport,
): { readonly tagType: TagType | null; readonly tagValue: string } | null {
  const tag = json['tag']
  if (tag === undefined || tag === null) return report(into, 'tag', 'required', 'is required')
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

// Wider than any radio; it only keeps nonsense out of the 16-bit range of centi-dBm.
const rssiMinDbm = -300
const rssiMaxDbm = 300

/**
 * Readers send the signal as a number or as text (`"-56"`), and 0 or something unreadable when they do not know it
 * (TrakRF's fixtures show all of these). Unknown is null, not a problem: a read without a signal is still a read.
 */
function parseRssi(json: JsonObject, into: FieldReport): number | null {
  const value = json['rssi_dbm']
  if (value === undefined || value === null) return null
  if (typeof value !== 'number' && typeof value !== 'string') {
    return report(
      into,
      'rssi_dbm',
      'invalid_value',
      `must be a number or its text; received ${kindOf(value)}`,
    )
  }
  const dbm = typeof value === 'string' && value.trim() === '' ? 0 : Number(value)
  if (dbm === 0 || !Number.isFinite(dbm)) return null
  if (dbm < rssiMinDbm) return report(into, 'rssi_dbm', 'too_small', `must be at least ${rssiMinDbm}`)
  if (dbm > rssiMaxDbm) return report(into, 'rssi_dbm', 'too_large', `must be at most ${rssiMaxDbm}`)
  return Math.round(dbm * 100)
}
