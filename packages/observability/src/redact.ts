/**
 * What never reaches a log line: by the name of the field, and by the look of the value. Owns the two lists and
 * knows nothing of loggers.
 *
 * Invariants
 *   L1. A field whose name says that it is a secret is written as `[redacted]`, at any depth that is written at all.
 *   L2. A webhook secret, an API key, a bearer token, an access, refresh or portal token or a password inside an address is
 *       hidden wherever it stands in a line.
 */
const secretName =
  /secret|passw(or)?d|^pass$|authorization|cookie|credential|^token$|(access|refresh|id|bearer|auth)[-_]?token|api[-_]?key$|private[-_]?key|^key[-_]?ring$/i

/** Fields that match the list above and are none: ids and counts that an operator needs. */
const harmlessName = /(id|ids|count|name|version)$/i

/** Enough for a request with headers inside an object; deeper is a dump, not a log line. */
const depthMax = 6
/** A log line says what happened; long lists belong to a table. */
const entriesMax = 100

const hidden = '[redacted]'

export function isSecretName(name: string): boolean {
  return secretName.test(name) && !harmlessName.test(name)
}

/** A copy of `fields` without secrets. Errors are left to their serializer, buffers become their length. */
export function redactFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return redactObject(fields, 0)
}

function redactObject(fields: object, depth: number): Record<string, unknown> {
  const clean: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(fields).slice(0, entriesMax)) {
    clean[name] =
      isSecretName(name) && value !== null && value !== undefined ? hidden : redactValue(value, depth + 1)
  }
  return clean
}

function redactValue(value: unknown, depth: number): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (value === null || typeof value !== 'object' || value instanceof Error || value instanceof Date)
    return value
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`
  if (depth >= depthMax) return '[deeper]'
  if (Array.isArray(value))
    return value.slice(0, entriesMax).map((entry: unknown) => redactValue(entry, depth + 1))
  return redactObject(value, depth)
}

/** Shared secrets, and private signing keys; `whpk_` is public (packages/signing). */
const webhookSecret = /(whsec|whsk)_[A-Za-z0-9+/=_-]{6,}/g
const bearerToken = /\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{6,}/g
/** `sk_<key id>_<secret>` (packages/postgres/api-keys). */
const apiKey = /\bsk_\d+_[A-Za-z0-9_-]{6,}/g
/** A JWT (packages/http/access-token): two parts of JSON, base64url, and what signs them. */
const accessToken = /\beyJ[A-Za-z0-9_-]+\.eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*/g
/** `rt_<chain>_<token>` (packages/postgres/token-chains). */
const refreshToken = /\brt_[A-Za-z0-9_-]{6,}/g
/** `pl_…`, `ps_…` (packages/postgres/portal-links): 43 characters; shorter ones are words of somebody else. */
const portalToken = /\bp[ls]_[A-Za-z0-9_-]{43}/g
const addressPassword = /(\b[a-z][a-z0-9+.-]*:\/\/)[^/\s:@"\\]*:[^/\s@"\\]+@/gi

/** Hides secrets by their look. Leaves JSON valid: no pattern takes a quote or a backslash with it. */
export function redactText(line: string): string {
  return line
    .replace(webhookSecret, `$1_${hidden}`)
    .replace(bearerToken, `$1 ${hidden}`)
    .replace(apiKey, hidden)
    .replace(accessToken, hidden)
    .replace(refreshToken, hidden)
    .replace(portalToken, hidden)
    .replace(addressPassword, `$1${hidden}@`)
}
