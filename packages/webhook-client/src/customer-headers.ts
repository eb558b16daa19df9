/**
 * Which headers a customer may add to deliveries. Asked by the API when an endpoint is saved (friendly answer) and
 * by the dispatcher when a request is made (an older or hand-written document must not get through either).
 *
 * Invariants
 *   H1. Nothing that frames the message or chooses the connection can be set: request smuggling and host confusion
 *       begin there (RFC 9112 §11.2).
 *   H2. Nothing that a receiver relies on to trust us can be set: signature and identity headers are ours alone.
 */

/** RFC 9110 §5.6.2. */
const tokenPattern = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
/** Visible ASCII, blanks and tabs inside. RFC 9110 §5.5 would tolerate obs-text; no receiver needs it from us. */
const valuePattern = /^[\x21-\x7e]([\x20-\x7e\t]*[\x21-\x7e])?$/

const reserved: ReadonlySet<string> = new Set([
  'host',
  'content-length',
  'content-type',
  'content-encoding',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authorization',
  'upgrade',
  'te',
  'trailer',
  'expect',
  'user-agent',
  'accept-encoding',
  'traceparent',
  'tracestate',
  'http2-settings',
])
/** Ours: Standard Webhooks and the profiles' own. */
const reservedPrefixes = [
  'webhook-',
  'svix-',
  'x-trakrf-',
  'x-trackberry-',
  'x-scanhook-',
  'proxy-',
  'sec-',
] as const

/** A customer needs a handful; more would push the request towards receivers' header limits (8 KiB is usual). */
export const customerHeadersMax = 20
const nameLengthMax = 64
const valueLengthMax = 1_024

/** Why this header is refused, in words that follow its name; null when it may be sent. `prefix`: the installation's own signature header prefix, if any. */
export function headerProblem(name: string, value: string, prefix?: string | undefined): string | null {
  if (name.length > nameLengthMax || !tokenPattern.test(name)) return 'is not a valid header name'
  const lowerCased = name.toLowerCase()
  if (reserved.has(lowerCased)) return 'is set by the sender and can not be changed'
  const isOurs = reservedPrefixes.some((known) => lowerCased.startsWith(known))
  const isBranded = prefix !== undefined && prefix !== '' && lowerCased.startsWith(prefix.toLowerCase())
  if (isOurs || isBranded || lowerCased.endsWith('-signature')) return 'is reserved for the sender'
  if (value.length > valueLengthMax || !valuePattern.test(value)) {
    return `must have a value of 1 to ${valueLengthMax} printable ASCII characters`
  }
  return null
}

/** The headers that may be sent, names in lower case; what may not be is left out (H1, H2). */
export function permittedHeaders(
  headers: Readonly<Record<string, string>>,
  prefix?: string | undefined,
): Record<string, string> {
  const permitted: Record<string, string> = {}
  let count = 0
  for (const [name, value] of Object.entries(headers)) {
    if (count >= customerHeadersMax || headerProblem(name, value, prefix) !== null) continue
    permitted[name.toLowerCase()] = value
    count += 1
  }
  return permitted
}
