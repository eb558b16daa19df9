/**
 * How long things take until the log shows them, and when the log is held against what should be in it. The reconciler goes by
 * it, and whoever explains the log promises no more than this.
 */
export interface LogHorizon {
  /** Within this of a change of an endpoint nobody can tell which of its versions counted. */
  readonly marginMs: number
  /** From an event's receipt to the first row of its deliveries, when all is well. */
  readonly usualMs: number
  /** After its end an hour of events is quiet. */
  readonly settleMs: number
  /** Between two looks at the log. */
  readonly roundMs: number
  /** An attempt that the log has not so long after its time is nobody's any more. */
  readonly overdueMs: number
}

export const logHorizon: LogHorizon = {
  /**
   * A change of an endpoint is everywhere within a second (the outbox), and clocks of two machines that keep time differ by
   * less than the five seconds for which domain/matching allows; a minute covers a database that restarts.
   */
  marginMs: 60_000,
  /** Routing and a batch of the recorder take a second or two, and a dispatcher holds a delivery for 20 s at most; doubled, and some. */
  usualMs: 60_000,
  /** Events of an hour are stamped by many clocks and recorded within seconds; ten minutes after its end it is quiet. */
  settleMs: 10 * 60_000,
  /** A loss is found within 20 minutes after its hour, and what waits too long within ten. */
  roundMs: 10 * 60_000,
  /**
   * A retry is handed on within a second of its time, and its attempt is in the log some seconds later. What may delay them is
   * real, so it is not scaled.
   */
  overdueMs: 15 * 60_000,
}

/**
 * Whether the attempt that was planned for then is nobody's any more: whoever holds a delivery writes a new record, with a new
 * instant, well before. What waits and was planned for no instant is nobody's, too.
 */
export function isPastDue(
  nextAttemptAtMs: number | null,
  { nowMs, overdueMs }: { readonly nowMs: number; readonly overdueMs: number },
): boolean {
  return (nextAttemptAtMs ?? Number.NEGATIVE_INFINITY) + overdueMs < nowMs
}
