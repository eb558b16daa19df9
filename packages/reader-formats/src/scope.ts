/**
 * Where a format puts what it finds in one document, and the steps that formats share: which device, which entries.
 *
 * Invariants
 *   V1. An entry with a problem costs that entry; the good ones beside it are read.
 *   V2. No document gives more than `entriesMax` reads, however its lists are nested; what is beyond is a problem.
 */
import type { TagType } from '@scanhook/domain/asset'
import type { OrgId } from '@scanhook/domain/ids'
import type { FieldProblem, Heartbeat, Position, ScanRead } from '@scanhook/domain/read'
import {
  type FieldReport,
  isJsonObject,
  type JsonObject,
  kindOf,
  readText,
  report,
} from '@scanhook/domain/reading/parse-fields'
import { textMaxLength } from '@scanhook/domain/reading/read-bounds'

/** Also a `FieldReport`: problems of the document itself go straight into it. */
export interface Scope extends FieldReport {
  readonly orgId: OrgId
  readonly deviceKey: string | null
  readonly recordKey: string | null
  readonly problems: FieldProblem[]
  readonly reads: ScanRead[]
  readonly heartbeats: Heartbeat[]
}

/** One read as a format finds it; what it leaves out is unknown. */
export interface Sighting {
  readonly deviceKey: string
  readonly tagType: TagType
  readonly tagValue: string
  readonly readId?: string | null
  readonly antennaPort?: number | null
  readonly readAtMs?: number | null
  readonly rssiCdbm?: number | null
  readonly reads?: number
  readonly position?: Position | null
}

/** Reads one entry; null when it is bad (then `at` says why) or leads to nothing. */
export type ReadEntry = (entry: JsonObject, at: FieldReport) => Sighting | null

// A gateway's busiest frame held 42 entries and Impinj's default batch 8,192 at most: 10,000 is more than any reader
// means, and little enough that one record can't hold up its partition.
export const entriesMax = 10_000

/** A document of any format begins as an object. */
export function requireObject(json: unknown, scope: Scope): JsonObject | null {
  if (isJsonObject(json)) return json
  const field = scope.prefix.replace(/\.$/, '')
  scope.problems.push({
    field,
    code: 'invalid_value',
    message: `must be a JSON object; received ${kindOf(json)}`,
  })
  return null
}

/** A member that must be an object where it is there at all. */
export function findObject(object: JsonObject, field: string, into: FieldReport): JsonObject | null {
  const value = object[field]
  if (value === undefined || value === null) return null
  if (isJsonObject(value)) return value
  return report(into, field, 'invalid_value', `must be an object; received ${kindOf(value)}`)
}

/** A report for the members of `field`, with the same list of problems. */
export function within(into: FieldReport, field: string): FieldReport {
  return { prefix: `${into.prefix}${field}.`, problems: into.problems }
}

/**
 * The device of a message: what the header says, else the first of `fields` that says something, else the record's key.
 * Null, and a problem that says what to configure, when nobody names it.
 */
export function deviceOf(
  object: JsonObject,
  fields: readonly string[],
  scope: Scope,
  at: FieldReport = scope,
): string | null {
  if (scope.deviceKey !== null) return scope.deviceKey
  for (const field of fields) {
    // A reader whose name was never set sends an empty one.
    const value = object[field]
    if (value === undefined || value === null || (typeof value === 'string' && value.trim() === '')) continue
    return readText(object, field, textMaxLength, at)
  }
  if (scope.recordKey !== null) return scope.recordKey
  const rule =
    'the message does not name its reader: set the header scanhook-device, or make it the record’s key'
  return report(at, fields[0] ?? 'scanhook-device', 'required', `is required; ${rule}`)
}

/** The message says that its reader is there, and nothing more. */
export function addHeartbeat(scope: Scope, deviceKey: string | null): void {
  if (deviceKey !== null) scope.heartbeats.push({ orgId: scope.orgId, deviceKey })
}

/** V1 for a frame with a list of entries at `field` of `object`. */
export function eachEntry(
  { object, field }: { readonly object: JsonObject; readonly field: string },
  into: { readonly scope: Scope; readonly at: FieldReport },
  read: ReadEntry,
): void {
  const { scope, at } = into
  const list = object[field]
  if (!Array.isArray(list)) {
    if (list === undefined || list === null) report(at, field, 'required', 'is required')
    else report(at, field, 'invalid_value', `must be an array; received ${kindOf(list)}`)
    return
  }
  for (let index = 0; index < list.length; index += 1) {
    if (index === entriesMax) {
      report(at, field, 'too_long', `must have at most ${entriesMax} entries; has ${list.length}`)
      return
    }
    oneEntry(list[index], { scope, prefix: `${at.prefix}${field}.${index}.` }, read)
  }
}

/** V1 for a single entry. */
export function oneEntry(
  entry: unknown,
  { scope, prefix }: { readonly scope: Scope; readonly prefix: string },
  read: ReadEntry,
): void {
  const at: FieldReport = { prefix, problems: [] }
  if (!isJsonObject(entry)) {
    const field = prefix.replace(/\.$/, '')
    const message = `must be an object; received ${kindOf(entry)}`
    scope.problems.push({ field, code: 'invalid_value', message })
    return
  }
  const sighting = read(entry, at)
  for (const problem of at.problems) scope.problems.push(problem)
  if (sighting !== null && at.problems.length === 0) addSighting(scope, sighting)
}

/** V2. */
export function addSighting(scope: Scope, sighting: Sighting): void {
  if (scope.reads.length === entriesMax) {
    const message = `must give at most ${entriesMax} reads; what is beyond is not read`
    const isSaid = scope.problems.some((problem) => problem.message === message)
    const field = scope.prefix.replace(/\.$/, '')
    if (!isSaid) scope.problems.push({ field, code: 'too_long', message })
    return
  }
  const { deviceKey, tagType, tagValue } = sighting
  scope.reads.push({
    orgId: scope.orgId,
    readId: sighting.readId ?? null,
    deviceKey,
    antennaPort: sighting.antennaPort ?? null,
    tagType,
    tagValue,
    readAtMs: sighting.readAtMs ?? null,
    rssiCdbm: sighting.rssiCdbm ?? null,
    reads: sighting.reads ?? 1,
    position: sighting.position ?? null,
  })
}
