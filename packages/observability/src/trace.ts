/**
 * W3C Trace Context, level 1, as it travels in the headers of records and requests. Owns the format of `traceparent` and what
 * of a header may go on; knows no span and no exporter (tracing.ts).
 *
 * Invariants
 *   T1. A header that breaks the format in any way is treated as absent: nothing fails, and it does not travel on.
 *   T2. What is not recorded here goes on as it came: whoever continues the trace behind us finds the one who led to us.
 */

/** `traceparent`, and `tracestate` where there is one. */
export type TraceHeaders = Readonly<Record<string, string>>

/** Headers of a record, or of a request. */
export type Carrier = Readonly<Record<string, string | readonly string[] | undefined>>

export interface TraceParent {
  /** 32 hexadecimal digits, not all zero. */
  readonly traceId: string
  /** The span that led here, 16 hexadecimal digits, not all zero. */
  readonly spanId: string
  /** Whoever led here records this trace. */
  readonly isSampled: boolean
}

const traceparentFormat = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/

/** Null when `text` is not a traceparent. Higher versions are read by the rules of version 00, as the standard asks. */
export function parseTraceparent(text: string): TraceParent | null {
  const [, versionHex, traceId, spanId, flags, rest] = traceparentFormat.exec(text) ?? []
  if (versionHex === undefined || traceId === undefined || spanId === undefined || flags === undefined)
    return null
  if (versionHex === 'ff' || (versionHex === '00' && rest !== undefined)) return null
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return null
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & 1) === 1 }
}

/** Who led here, as the headers say; null when they do not. */
export function traceParentOf({ traceparent }: Carrier): TraceParent | null {
  return typeof traceparent === 'string' ? parseTraceparent(traceparent) : null
}

/** The standard asks to pass on at least 512 characters; more than that nobody has to carry through seven topics. */
const tracestateMax = 512
/** Members are printable ASCII; a list that breaks its own grammar is the business of whoever reads it. */
const tracestateFormat = /^[\x20-\x7e]+$/

/** A `tracestate` that may go on; undefined when there is none. */
export function tracestateOf({ tracestate }: Carrier): string | undefined {
  const isGood =
    typeof tracestate === 'string' && tracestate.length <= tracestateMax && tracestateFormat.test(tracestate)
  return isGood ? tracestate : undefined
}

/** The part of the headers that goes on to the next hop (T2); undefined when they carry no trace. */
export function traceHeaders(headers: Carrier): TraceHeaders | undefined {
  const { traceparent } = headers
  if (typeof traceparent !== 'string' || parseTraceparent(traceparent) === null) return undefined
  const tracestate = tracestateOf(headers)
  return tracestate === undefined ? { traceparent } : { traceparent, tracestate }
}
