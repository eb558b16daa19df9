/** What answers consist of, as schemas: for the OpenAPI document, and as the types that views must have. */
import { z } from 'zod'

export const idAnswer: z.ZodInt = z.int().min(1).max(Number.MAX_SAFE_INTEGER)

export const uuidAnswer: z.ZodUUID = z.uuid()

/** RFC 3339 in UTC with three digits of a second. */
export const timeAnswer: z.ZodString = z.string().meta({
  wire: {
    type: 'string',
    format: 'date-time',
    pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$',
  },
})

/** A JSON object of whatever members. */
export const objectAnswer: z.ZodType<Readonly<Record<string, unknown>>> = z
  .record(z.string(), z.unknown())
  .readonly()

export function arrayAnswer<S extends z.ZodType>(each: S): z.ZodReadonly<z.ZodArray<S>> {
  return z.array(each).readonly()
}

/** `{"data": …}`. */
export function singleAnswer<S extends z.ZodType>(data: S): z.ZodObject<{ data: S }> {
  return z.object({ data })
}

const limit = z.int().min(1).max(200)
const count = z.int().min(0)

/** `{"data": […], "limit", "offset", "total_count"}`. */
export function listAnswer(each: z.ZodType): z.ZodType {
  return z.object({ data: z.array(each), limit, offset: count, total_count: count })
}

/** A list that is followed by cursor. Offset and total are null where a cursor was given. */
export function cursorListAnswer(each: z.ZodType): z.ZodType {
  return z.object({
    data: z.array(each),
    limit,
    offset: count.nullable(),
    total_count: count.nullable(),
    next_cursor: z.string().nullable().describe('Where the next page begins; null at the end'),
  })
}
