/**
 * An instant is a number: milliseconds since 1970-01-01T00:00:00Z. This file owns its written forms, so that nothing
 * in the domain needs `Date`, which reads the machine's clock and zone.
 *
 * Invariants
 *   T1. What `formatInstant` writes, `parseInstant` reads back to the same number.
 *   T2. An impossible calendar date is refused, never rolled over into the next month.
 */

const dayMs = 86_400_000
const minuteMs = 60_000

/** Largest instant with a four-digit year: 9999-12-31T23:59:59.999Z. */
export const instantMaxMs = 253_402_300_799_999
/** 0000-01-01T00:00:00.000Z, the smallest that RFC 3339 can write. */
export const instantMinMs: number = -62_167_219_200_000

export interface CivilDay {
  readonly year: number
  /** 1–12. */
  readonly month: number
  /** 1–31. */
  readonly day: number
}

export interface CivilTime extends CivilDay {
  readonly hour: number
  readonly minute: number
  readonly second: number
}

// Both directions count in years that begin on 1 March, so that the leap day is the last day of its year, and in
// eras of 400 years (146,097 days), after which the Gregorian calendar repeats. 719,468 is 1970-01-01 in that count.
const eraDays = 146_097
const epochDay = 719_468

function daysFromCivil({ year, month, day }: CivilDay): number {
  const shiftedYear = month <= 2 ? year - 1 : year
  const era = Math.floor(shiftedYear / 400)
  const yearOfEra = shiftedYear - era * 400
  const shiftedMonth = month > 2 ? month - 3 : month + 9
  const dayOfYear = Math.floor((153 * shiftedMonth + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * eraDays + dayOfEra - epochDay
}

function civilFromDays(days: number): CivilDay {
  const shifted = days + epochDay
  const era = Math.floor(shifted / eraDays)
  const dayOfEra = shifted - era * eraDays
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  return { year, month, day }
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
}

const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const

function daysInMonth(year: number, month: number): number {
  return month === 2 && isLeapYear(year) ? 29 : (monthDays[month - 1] ?? 0)
}

/** Epoch ms of a UTC calendar time, or null when there is no such time. Second 60 (a leap second) is the next minute's 0. */
export function instantFromCivil(time: CivilTime): number | null {
  const { year, month, day, hour, minute, second } = time
  const isDay = month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month)
  const isTime = hour <= 23 && minute <= 59 && second <= 60
  if (!isDay || !isTime) return null
  return daysFromCivil(time) * dayMs + ((hour * 60 + minute) * 60 + second) * 1000
}

function digits(value: number, width: number): string {
  return String(value).padStart(width, '0')
}

/** `2026-04-28T00:33:38` of an instant within years 0–9999; fractions of a millisecond are cut off. */
function formatToSecond(wholeMs: number): string {
  const days = Math.floor(wholeMs / dayMs)
  const { year, month, day } = civilFromDays(days)
  const seconds = Math.floor((wholeMs - days * dayMs) / 1000)
  const clock = `${digits(Math.floor(seconds / 3600), 2)}:${digits(Math.floor(seconds / 60) % 60, 2)}:${digits(seconds % 60, 2)}`
  return `${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}T${clock}`
}

function bounded(instantMs: number): number {
  return Math.min(instantMaxMs, Math.max(instantMinMs, Math.floor(instantMs)))
}

/** RFC 3339 in UTC, always three fraction digits: `2026-04-28T00:33:38.021Z`. Years outside 0–9999 are held at their bound. */
export function formatInstant(instantMs: number): string {
  const wholeMs = bounded(instantMs)
  const fraction = wholeMs - Math.floor(wholeMs / 1000) * 1000
  return `${formatToSecond(wholeMs)}.${digits(fraction, 3)}Z`
}

/** RFC 3339 in UTC to the second, as Trackberry writes it: `2026-02-11T09:15:00Z`. The fraction is cut off. */
export function formatInstantToSecond(instantMs: number): string {
  return `${formatToSecond(bounded(instantMs))}Z`
}

const rfc3339 =
  /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/

/**
 * Reads RFC 3339: 0–9 fraction digits (cut off after the millisecond), `Z` or an offset. Null when it is anything
 * else, also when the day does not exist.
 */
export function parseInstant(text: string): number | null {
  const found = rfc3339.exec(text)
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
  const offsetHour = part(9)
  const offsetMinute = part(10)
  if (civilMs === null || offsetHour > 23 || offsetMinute > 59) return null
  const fractionMs = Number((found[7] ?? '').slice(0, 3).padEnd(3, '0'))
  const offsetMs = (offsetHour * 60 + offsetMinute) * minuteMs
  return civilMs + fractionMs - (found[8] === '-' ? -offsetMs : offsetMs)
}
