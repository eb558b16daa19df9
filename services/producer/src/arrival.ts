/** A read on its way in: what was read, the times that were judged good, and where this copy of it came from. */
import type { ScanRead } from '@scanhook/domain/read'
import type { TraceHeaders } from '@scanhook/observability/trace'

export interface Arrival {
  readonly read: ScanRead
  /** The time that decides: ours, or that of the upstream record. */
  readonly receivedAtMs: number
  /** The reader's time; null when it sent none or one that can't be. */
  readonly readAtMs: number | null
  /** The same, also where it lies too far back to be believed as it stands: its reader's offset may explain it. */
  readonly clockAtMs: number | null
  /** `topic:partition:offset:timestamp[:index]` or `http:<request id>:<index>`; the same when the record is delivered again. */
  readonly coordinate: string
  readonly headers: TraceHeaders | undefined
}
