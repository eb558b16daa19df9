/**
 * W3C Trace Context, level 1: one trace from the upstream record to the receiver's request. Owns the format of
 * `traceparent`; knows no tracer and no exporter.
 *
 * Invariants
 *   T1. A header that breaks the format in any way is treated as absent: a new trace begins, nothing fails.
 *   T2. The trace id is kept over every hop; each hop has a span id of its own.
 */
import { randomFillSync } from 'node:crypto'

export interface Trace {
  /** 32 hexadecimal digits, not all zero. */
  readonly traceId: string
  /** The span that led here, 16 hexadecimal digits; null where the trace begins. */
  readonly parentId: string | null
  /** The caller records this trace. Passed on, decided by nobody here. */
  readonly isSampled: boolean
}

/** Gives `size` random bytes. */
export type RandomBytes = (size: number) => Uint8Array

const traceparentFormat = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/

/** Null when `text` is not a traceparent. Higher versions are read by the rules of version 00, as the standard asks. */
export function parseTraceparent(text: string): Trace | null {
  const [, versionHex, traceId, parentId, flags, rest] = traceparentFormat.exec(text) ?? []
  if (versionHex === undefined || traceId === undefined || parentId === undefined || flags === undefined)
    return null
  if (versionHex === 'ff' || (versionHex === '00' && rest !== undefined)) return null
  if (/^0+$/.test(traceId) || /^0+$/.test(parentId)) return null
  return { traceId, parentId, isSampled: (Number.parseInt(flags, 16) & 1) === 1 }
}

/** The trace that the headers of a record or a request carry, or a new one. */
export function traceOf(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  randomBytes: RandomBytes = pooledBytes,
): Trace {
  const { traceparent } = headers
  const found = typeof traceparent === 'string' ? parseTraceparent(traceparent) : null
  return found ?? newTrace(randomBytes)
}

export function newTrace(randomBytes: RandomBytes = pooledBytes): Trace {
  return { traceId: hexOf(randomBytes, 16), parentId: null, isSampled: true }
}

/** Headers for the next hop: the same trace, a new span. */
export function childHeaders(
  trace: Trace,
  randomBytes: RandomBytes = pooledBytes,
): { readonly traceparent: string } {
  return { traceparent: `00-${trace.traceId}-${hexOf(randomBytes, 8)}-${trace.isSampled ? '01' : '00'}` }
}

function hexOf(randomBytes: RandomBytes, size: number): string {
  const hex = Buffer.from(randomBytes(size)).toString('hex')
  return /^0+$/.test(hex) ? `${hex.slice(0, -1)}1` : hex
}

/** One call into the kernel for 512 spans: a span per record must not cost a system call. */
const pool = new Uint8Array(4096)
let used = pool.length

function pooledBytes(size: number): Uint8Array {
  if (used + size > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  used += size
  return pool.subarray(used - size, used)
}
