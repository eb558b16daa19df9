/**
 * Reads a `Retry-After` header (RFC 9110, section 10.2.3): whole seconds, or an HTTP date in any of its three forms.
 *
 * Invariant
 *   A1. The result is never negative: an instant that has passed means "now".
 *   A2. A date is compared with the answer's own `Date`, where there is one: both were written by the same clock, so a
 *       receiver whose clock is wrong is waited for as long as it meant.
 */
import { instantFromCivil } from '../instant.ts'

/**
 * Longer waits are cut to this. It lies beyond everything that is ever honoured (24 h, see `decideNext`), so the cut
 * never brings an attempt forward; it only keeps the number storable.
 */
export const retryAfterClampMs: number = 7 * 24 * 60 * 60 * 1_000

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const fixdate = /^[A-Z][a-z]{2}, (\d{2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT$/
const rfc850 = /^[A-Z][a-z]{5,8}, (\d{2})-([A-Z][a-z]{2})-(\d{2}) (\d{2}):(\d{2}):(\d{2}) GMT$/
const asctime = /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) ([ \d]\d) (\d{2}):(\d{2}):(\d{2}) (\d{4})$/

/**
 * Milliseconds from the answer on, 0 to `retryAfterClampMs`; null when the header is absent, empty or unreadable.
 * `answeredAt` is the answer's `Date` header; without a readable one `nowMs` stands for it.
 */
export function parseRetryAfterMs(
  header: string | null | undefined,
  nowMs: number,
  answeredAt?: string | null,
): number | null {
  const text = (header ?? '').trim()
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1_000, retryAfterClampMs)
  const atMs = parseHttpDate(text)
  if (atMs === null) return null
  const fromMs = parseHttpDate((answeredAt ?? '').trim()) ?? nowMs
  return Math.min(Math.max(0, atMs - fromMs), retryAfterClampMs)
}

function parseHttpDate(text: string): number | null {
  const fixed = fixdate.exec(text)
  if (fixed !== null) return instantOf(fixed[3], fixed[2], fixed[1], fixed.slice(4))
  const short = rfc850.exec(text)
  // Two digits name a year of this century: the form went out of use in the last one, and no server asks for a wait until then.
  if (short !== null) return instantOf(`20${short[3] ?? ''}`, short[2], short[1], short.slice(4))
  const plain = asctime.exec(text)
  if (plain !== null) return instantOf(plain[6], plain[1], plain[2], plain.slice(3, 6))
  return null
}

function instantOf(
  year: string | undefined,
  month: string | undefined,
  day: string | undefined,
  clock: readonly string[],
): number | null {
  const [hour = '', minute = '', second = ''] = clock
  return instantFromCivil({
    year: Number(year),
    month: months.indexOf(month ?? '') + 1,
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
  })
}
