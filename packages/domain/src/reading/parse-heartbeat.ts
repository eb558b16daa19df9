/**
 * Reads our JSON form of a heartbeat, by which a reader that sees no tag says that it is there:
 *
 *   {"org_id"?, "device", "heartbeat": true}
 */
import type { Heartbeat, Parsed } from '../read.ts'
import { type FieldReport, isJsonObject, refuseUnknownKeys, report } from './parse-fields.ts'
import { parseOrg } from './parse-org.ts'
import { parseDevice, type ReadContext } from './parse-read.ts'

const heartbeatKeys = ['org_id', 'device', 'heartbeat']

/** Whether this wants to be a heartbeat, right or wrong, and not a read. */
export function isHeartbeat(json: unknown): json is { readonly heartbeat: unknown } {
  return isJsonObject(json) && json['heartbeat'] !== undefined && json['heartbeat'] !== null
}

/** Never throws. `json` is what `isHeartbeat` said yes to. */
export function parseHeartbeat(
  json: { readonly heartbeat: unknown },
  context: ReadContext,
): Parsed<Heartbeat> {
  const into: FieldReport = { prefix: context.fieldPrefix ?? '', problems: [] }
  const object = { ...json }
  refuseUnknownKeys(object, heartbeatKeys, into)
  const orgId = parseOrg(object, context.orgId, into)
  const deviceKey = parseDevice(object, context.deviceKey ?? null, into)
  if (json.heartbeat !== true)
    report(into, 'heartbeat', 'invalid_value', 'must be true; a read leaves it out')
  if (into.problems.length > 0 || orgId === null || deviceKey === null) {
    return { ok: false, problems: into.problems }
  }
  return { ok: true, value: { orgId, deviceKey } }
}
