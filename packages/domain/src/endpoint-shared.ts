/**
 * What a dispatcher learned of an endpoint and the next owner of its partition should not have to learn again. A help,
 * never the truth: whoever does not get it begins with a closed breaker and the first limit, and learns.
 */
export interface BreakerSnapshot {
  readonly state: 'open' | 'half_open'
  /** Epoch ms; from here on a probe may be sent. */
  readonly untilMs: number
  /** How often it opened in a row, ≥ 1; decides how long the next opening lasts. */
  readonly openings: number
  /** Rises with every change of state, over all processes that had the endpoint. */
  readonly epoch: number
}

export interface EndpointShared {
  /** Null when it is closed. */
  readonly breaker: BreakerSnapshot | null
  /** Since when it has not been closed, epoch ms: for people. Null when it is closed, or an older writer did not say. */
  readonly sinceMs: number | null
  /** Requests at a time; null when nothing was learned. */
  readonly limit: number | null
  readonly atMs: number
}
