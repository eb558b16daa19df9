/**
 * Query parameters in the API's conventions: each is text, given once, unless it is repeatable; lists have `limit`,
 * `offset` and `sort`. Pure; every function gives a zod schema.
 */
import { z } from 'zod'
import { jsonSchemaOf } from './wire-form.ts'

/** Text that was given once. `?a=1&a=2` is an array and refused. */
function once(): z.ZodString {
  return z.string({ error: (issue) => (Array.isArray(issue.input) ? 'must be given once' : undefined) })
}

/** Without NUL, which PostgreSQL's texts cannot have. */
export function textParam(lengthMax: number): z.ZodType<string> {
  return once()
    .min(1)
    .max(lengthMax)
    .refine((text) => !text.includes('\u0000'), 'must not contain NUL')
    .meta({ wire: { type: 'string', minLength: 1, maxLength: lengthMax, pattern: '^[^\\u0000]*$' } })
}

const integerForm = (minimum: number, maximum: number) => ({ type: 'integer', minimum, maximum })

/** A whole number within bounds. */
export function integerParam(min: number, max: number): z.ZodType<number> {
  return once()
    .regex(/^-?\d{1,16}$/, 'must be an integer')
    .transform(Number)
    .pipe(z.number().min(min).max(max))
    .meta({ wire: integerForm(min, max) })
}

/** One of our ids: 1 to 2^53−1. */
export function idParam(): z.ZodType<number> {
  return integerParam(1, Number.MAX_SAFE_INTEGER)
}

export function booleanParam(): z.ZodType<boolean> {
  return once()
    .refine((raw) => raw === 'true' || raw === 'false', 'must be true or false')
    .transform((raw) => raw === 'true')
    .meta({ wire: { type: 'boolean' } })
}

/** RFC 3339 with zone, 0–9 fraction digits; gives epoch milliseconds (further digits are cut off). */
export function timeParam(): z.ZodType<number> {
  return once()
    .regex(
      /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/,
      'must be an RFC 3339 time, like 2026-04-28T00:33:38.021Z',
    )
    .transform((raw) => Date.parse(raw.toUpperCase()))
    .refine((atMs) => !Number.isNaN(atMs), 'must be a time that exists')
    .meta({ wire: { type: 'string', format: 'date-time' } })
}

/** A UTC day, `2026-04-28`; gives the epoch milliseconds of its midnight. */
export function dayParam(): z.ZodType<number> {
  return once()
    .regex(/^\d{4}-\d{2}-\d{2}$/, 'must be a day, like 2026-04-28')
    .refine(isDay, 'must be a day that exists')
    .transform((raw) => Date.parse(`${raw}T00:00:00Z`))
    .meta({ wire: { type: 'string', format: 'date' } })
}

/** `Date.parse` takes 31 April for 1 May, and knows a year 0. */
function isDay(raw: string): boolean {
  const atMs = Date.parse(`${raw}T00:00:00Z`)
  return !raw.startsWith('0000') && !Number.isNaN(atMs) && new Date(atMs).toISOString().startsWith(raw)
}

const repeatedMax = 200

/** A filter that may be repeated (`?asset_id=1&asset_id=2`), never a comma list. Absent gives an empty list. */
export function repeatedParam<T>(each: z.ZodType<T>): z.ZodType<readonly T[]> {
  return z
    .preprocess(
      (given) => (given === undefined ? [] : Array.isArray(given) ? given : [given]),
      // As many as fit into a URL that proxies still accept (8 KiB).
      z.array(each).max(repeatedMax),
    )
    .meta({ wire: { type: 'array', items: jsonSchemaOf(each, 'input'), maxItems: repeatedMax } })
}

export interface SortTerm<F extends string = string> {
  readonly field: F
  readonly isDescending: boolean
}

/** `sort=-a,b` over a closed list of fields. */
export function sortParam<const F extends readonly [string, ...string[]]>(
  fields: F,
  defaultSort: string,
): z.ZodType<readonly SortTerm<F[number]>[]> {
  const known = new Set<string>(fields)
  const term = `-?(${fields.join('|')})`
  return once()
    .default(defaultSort)
    .transform((raw, context) => {
      const terms = raw
        .split(',')
        .map((each) => ({ field: each.replace(/^-/, ''), isDescending: each.startsWith('-') }))
      for (const { field } of terms) {
        if (!known.has(field))
          context.addIssue({ code: 'custom', message: `unknown sort field: ${field.slice(0, 64)}` })
      }
      return terms as readonly SortTerm<F[number]>[]
    })
    .meta({
      wire: {
        type: 'string',
        pattern: `^${term}(,${term})*$`,
        default: defaultSort,
        description: 'Fields in order, separated by commas; `-` before one sorts it descending',
      },
    })
}

// PostgreSQL counts what it skips; nobody pages through more than this, a filter is meant.
const offsetMax = 10_000_000
const offsetParam = integerParam(0, offsetMax)

/** `limit` and `offset` of every list; spread them into the route's query schema. */
export const pageParams: { readonly limit: z.ZodType<number>; readonly offset: z.ZodType<number> } = {
  limit: integerParam(1, 200)
    .default(50)
    .meta({ wire: { ...integerForm(1, 200), default: 50 } }),
  offset: offsetParam.default(0).meta({ wire: { ...integerForm(0, offsetMax), default: 0 } }),
}

/**
 * The same for a list that also goes on from a cursor; `offset` is undefined when it was not given, because a cursor
 * excludes it. Three sort fields, a tie-breaker and a fingerprint are some 200 characters.
 */
export const cursorPageParams: {
  readonly limit: z.ZodType<number>
  readonly offset: z.ZodType<number | undefined>
  readonly cursor: z.ZodType<string | undefined>
} = {
  limit: pageParams.limit,
  offset: offsetParam.optional(),
  cursor: textParam(1_024).optional(),
}
