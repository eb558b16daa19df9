/** The marks of an attempt as the phases between them. Pure. */
export interface TimingMarks {
  /** All in ms from the start of the attempt; null where the phase did not happen. */
  readonly dns_ms: number | null
  readonly connect_ms: number | null
  readonly tls_ms: number | null
  readonly first_byte_ms: number | null
  readonly total_ms: number | null
}

export interface Phase {
  readonly name: 'DNS' | 'Connect' | 'TLS' | 'Waiting' | 'Reading' | 'Until it failed'
  readonly startMs: number
  readonly lastsMs: number
}

/** In order, without gaps, as far as the attempt came. A kept-alive connection begins with the waiting. */
export function splitTimings(marks: TimingMarks): readonly Phase[] {
  const ends = [
    ['DNS', marks.dns_ms],
    ['Connect', marks.connect_ms],
    ['TLS', marks.tls_ms],
    ['Waiting', marks.first_byte_ms],
    [marks.first_byte_ms === null ? 'Until it failed' : 'Reading', marks.total_ms],
  ] as const
  const phases: Phase[] = []
  let startMs = 0
  for (const [name, endMs] of ends) {
    if (endMs === null) continue
    phases.push({ name, startMs, lastsMs: Math.max(0, endMs - startMs) })
    startMs = Math.max(startMs, endMs)
  }
  return phases
}
