/**
 * One JSON document in a reader's format → the reads, heartbeats and problems in it.
 *
 * Invariants
 *   D1. Nothing throws, whatever the document is.
 *   D2. Every read is bounded and whole: no text over 255 characters, no number that is none.
 */
import type { OrgId } from '@scanhook/domain/ids'
import { decodeCslCs463 } from './decode-csl-cs463.ts'
import { decodeEpcis } from './decode-epcis.ts'
import { decodeGlS10 } from './decode-gl-s10.ts'
import { decodeGps } from './decode-gps.ts'
import { decodeImpinjIot } from './decode-impinj-iot.ts'
import { decodeLlrp } from './decode-llrp.ts'
import { decodeMokoMk107 } from './decode-moko-mk107.ts'
import { decodeScanhook } from './decode-scanhook.ts'
import { decodeZebraIot } from './decode-zebra-iot.ts'
import type { FormatName } from './format-name.ts'
import type { Decoded, ReaderContext } from './message.ts'
import type { Scope } from './scope.ts'

type DecodeInto = (json: unknown, scope: Scope) => void

const foreign: Readonly<Record<Exclude<FormatName, 'scanhook'>, DecodeInto>> = {
  'csl-cs463': decodeCslCs463,
  'gl-s10': decodeGlS10,
  'moko-mk107': decodeMokoMk107,
  'impinj-iot': decodeImpinjIot,
  'zebra-iot': decodeZebraIot,
  llrp: decodeLlrp,
  gps: decodeGps,
  epcis: decodeEpcis,
}

/** `json` is what `JSON.parse` gave. */
export function decodeDocument(format: FormatName, json: unknown, context: ReaderContext): Decoded {
  if (format === 'scanhook') return decodeScanhook(json, context)
  const { orgId, deviceKey, recordKey, fieldPrefix } = context
  if (orgId === null) return withoutOrg(fieldPrefix)
  const scope = scopeOf({ orgId, deviceKey, recordKey, fieldPrefix })
  foreign[format](json, scope)
  return scope
}

function scopeOf({
  orgId,
  deviceKey,
  recordKey,
  fieldPrefix,
}: ReaderContext & { readonly orgId: OrgId }): Scope {
  return { orgId, deviceKey, recordKey, prefix: fieldPrefix, problems: [], reads: [], heartbeats: [] }
}

function withoutOrg(fieldPrefix: string): Decoded {
  const rule = 'readers do not say it: bind the topic (TOPIC=ORG_ID@FORMAT) or set the header scanhook-org'
  const problem = {
    field: `${fieldPrefix}org_id`,
    code: 'required',
    message: `is required; ${rule}`,
  } as const
  return { reads: [], heartbeats: [], problems: [problem] }
}
