/** How long to wait before trying the cluster again. Pure. */

/**
 * Exponential with full jitter in its upper half: 25–50 ms, 50–100, … up to 1–2 s. Short, because an outage that ends must
 * not be prolonged by us, and one request per client every second or two costs a recovering broker nothing.
 */
export function backoffMs(failures: number, random: number): number {
  const ceiling = Math.min(2_000, 25 * 2 ** Math.min(failures, 10))
  return ceiling * (0.5 + random / 2)
}

/**
 * Whether a failure that is the `failures`th in a row (from 1) deserves a warning: leaders and coordinators that move
 * answer with errors for some hundred milliseconds, and that is no news; then about one line a minute.
 */
export function isNews(failures: number): boolean {
  return failures % 32 === 5
}
