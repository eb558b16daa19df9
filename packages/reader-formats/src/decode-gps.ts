/**
 * Positions of GPS trackers, in the names that most of them use:
 *
 *   {"device": "tracker-12", "latitude": 53.4084, "longitude": -2.9916, "accuracy_m": 8, "time": "2026-07-27T16:26:24Z"}
 *
 * The first name that is there counts: `device`, `id`, `imei`; `latitude`, `lat`; `longitude`, `lon`, `lng`; `accuracy_m`,
 * `accuracy`, `hdop`; `time`, `timestamp`, `fixTime`. Numbers may come as text. The tracker is its own tag.
 */
import { type FieldReport, type JsonObject, kindOf, report } from '@scanhook/domain/reading/parse-fields'
import { firstTime } from './reader-time.ts'
import { addHeartbeat, deviceOf, oneEntry, requireObject, type Scope } from './scope.ts'

export function decodeGps(json: unknown, scope: Scope): void {
  const message = requireObject(json, scope)
  if (message === null) return
  const deviceKey = deviceOf(withTextIds(message), ['device', 'id', 'imei'], scope)
  if (deviceKey === null) return
  oneEntry(message, { scope, prefix: scope.prefix }, (entry, at) => {
    const latitude = degrees(entry, { fields: ['latitude', 'lat'], max: 90 }, at)
    const longitude = degrees(entry, { fields: ['longitude', 'lon', 'lng'], max: 180 }, at)
    if (latitude === null || longitude === null) return null
    if (entry['valid'] === false || (latitude === 0 && longitude === 0)) {
      // A tracker that sees no satellites says so, or sends the zeros that its memory began with.
      addHeartbeat(scope, deviceKey)
      return null
    }
    const position = { latitude, longitude, accuracyM: accuracyOf(entry) }
    const readAtMs = firstTime(entry, ['time', 'timestamp', 'fixTime'])
    return { deviceKey, tagType: 'gps', tagValue: deviceKey, readAtMs, position }
  })
}

/** Ids and IMEIs come as numbers too. */
function withTextIds(message: JsonObject): JsonObject {
  const text = (value: unknown): unknown =>
    typeof value === 'number' && Number.isSafeInteger(value) ? `${value}` : value
  return { device: text(message['device']), id: text(message['id']), imei: text(message['imei']) }
}

function degrees(
  entry: JsonObject,
  { fields, max }: { readonly fields: readonly [string, ...string[]]; readonly max: number },
  at: FieldReport,
): number | null {
  const field = fields.find((each) => (entry[each] ?? null) !== null)
  if (field === undefined) return report(at, fields[0], 'required', 'is required')
  const value = numberOf(entry[field])
  if (value === null) {
    return report(
      at,
      field,
      'invalid_value',
      `must be degrees as a number or its text; received ${kindOf(entry[field])}`,
    )
  }
  if (value < -max) return report(at, field, 'too_small', `must be at least ${-max}`)
  if (value > max) return report(at, field, 'too_large', `must be at most ${max}`)
  return value
}

// The usual rule of thumb: a ranging error of 5 m, diluted by the satellites' geometry.
const metresPerHdop = 5
const accuracyMaxM = 1_000_000

/** An error circle that is negative, unreadable or larger than the earth's face is unknown; the position still counts. */
function accuracyOf(entry: JsonObject): number | null {
  const metres = numberOf(entry['accuracy_m'] ?? entry['accuracy'])
  const hdop = numberOf(entry['hdop'])
  const accuracyM = metres ?? (hdop === null ? null : hdop * metresPerHdop)
  return accuracyM !== null && accuracyM >= 0 && accuracyM <= accuracyMaxM ? accuracyM : null
}

function numberOf(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  return typeof value === 'string' && /^\s*[+-]?\d{1,9}(\.\d{1,15})?\s*$/.test(value) ? Number(value) : null
}
