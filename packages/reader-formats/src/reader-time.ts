/**
 * A reader's time in whatever form it came. The reader's clock only informs, so a form that nobody can read is no
 * problem: the read goes on without a time. Nothing is guessed either: without a zone there is no time.
 */
import { instantFromCivil } from '@scanhook/domain/instant'
import { instantOf } from '@scanhook/domain/reading/parse-fields'

/**
 * Epoch ms, or null. Understood are epoch seconds, ms, µs and ns, told apart by size, as a number or its digits; RFC 3339
 * with up to nine digits of fraction; and what readers make of it: `2026-6-8&21:43:48+00`, `2026-06-08T21:43:48.120+0000`.
 * 0 is a clock that was never set: taken as a time, it would make all reads of a tag copies of the first.
 */
export function readerTime(value: unknown): number | null {
  const atMs = instantOf(value) ?? (typeof value === 'string' ? looseTime(value) : null)
  return atMs === 0 ? null : atMs
}

/** The first of the fields that holds a time. */
export function firstTime(
  object: Readonly<Record<string, unknown>>,
  fields: readonly string[],
): number | null {
  for (const field of fields) {
    const atMs = readerTime(object[field])
    if (atMs !== null) return atMs
  }
  return null
}

const loose =
  /^(\d{4})-(\d{1,2})-(\d{1,2})[&Tt ](\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d{1,9}))?\s?(?:[Zz]|([+-])(\d{1,2})(?::?(\d{2}))?)$/

const minuteMs = 60_000

function looseTime(text: string): number | null {
  const found = loose.exec(text.trim())
  if (found === null) return null
  const part = (index: number): number => Number(found[index] ?? '0')
  const civilMs = instantFromCivil({
    year: part(1),
    month: part(2),
    day: part(3),
    hour: part(4),
    minute: part(5),
    second: part(6),
  })
  if (civilMs === null || part(9) > 23 || part(10) > 59) return null
  const fractionMs = Number((found[7] ?? '').slice(0, 3).padEnd(3, '0'))
  const offsetMs = (part(9) * 60 + part(10)) * minuteMs
  return civilMs + fractionMs - (found[8] === '-' ? -offsetMs : offsetMs)
}
