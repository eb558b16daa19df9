/**
 * The last requests that came in, for people and tests to look at.
 *
 * Invariants
 *   I1. At most 1,000 requests and 32 MiB of bodies and headers are kept; the oldest make room.
 *   I2. Ids rise by one per request, so that a gap tells a reader what was missed.
 */
export interface ReceivedRequest {
  readonly id: number
  readonly bin: string
  readonly receivedAtMs: number
  readonly method: string
  /** With its query. */
  readonly path: string
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  /** What it was answered. */
  readonly status: number
  /** Null: the bin's secret is not known. */
  readonly isVerified: boolean | null
  readonly verifiedBy: readonly string[]
  readonly problem: string | null
}

export interface RequestLog {
  append(request: Omit<ReceivedRequest, 'id'>): ReceivedRequest
  /** Newest first. */
  list(wanted: {
    readonly limit: number
    readonly bin?: string | undefined
    /** Only requests with a larger id. */
    readonly after?: number | undefined
  }): readonly ReceivedRequest[]
  clear(): void
}

/** As many as a person scrolls through and a test asks for. */
const requestsMax = 1000
/** A tenth of what a small machine gives a process; 1,000 ordinary requests have about 1.5 MB. */
const bytesMax = 32 * 1024 * 1024

export function openRequestLog(): RequestLog {
  /** Oldest first. */
  const kept: ReceivedRequest[] = []
  let bytes = 0
  let nextId = 1

  function dropOldest(): void {
    const oldest = kept.shift() // Moving 1,000 pointers costs less than a microsecond.
    if (oldest !== undefined) bytes -= sizeOf(oldest)
  }

  return {
    append: (given) => {
      const request = { ...given, id: nextId }
      nextId += 1
      kept.push(request)
      bytes += sizeOf(request)
      while (kept.length > requestsMax || (bytes > bytesMax && kept.length > 1)) dropOldest()
      return request
    },
    list: ({ limit, bin, after = 0 }) => {
      const found: ReceivedRequest[] = []
      for (let index = kept.length - 1; index >= 0 && found.length < limit; index -= 1) {
        const request = kept[index]
        if (request === undefined || request.id <= after) break
        if (bin === undefined || request.bin === bin) found.push(request)
      }
      return found
    },
    clear: () => {
      kept.length = 0
      bytes = 0
    },
  }
}

function sizeOf(request: ReceivedRequest): number {
  let size = request.body.length + request.path.length
  for (const [name, value] of Object.entries(request.headers)) size += name.length + value.length
  return size
}
