/** The fields that several resources share, as zod schemas. TrakRF's rules (docs/reference/api.md). */
import { printable, printableInLine, visible } from '@scanhook/catalogue/text-patterns'
import { parseInstant } from '@scanhook/domain/instant'
import { z } from 'zod'

export const idField: z.ZodType<number> = z.int().min(1).max(Number.MAX_SAFE_INTEGER)

export const externalKeyField: z.ZodType<string> = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[A-Za-z0-9-]+$/, 'must contain only letters, digits and hyphens')

/** Wider than other external keys: MAC addresses and host names of gateways are written here as upstream sends them. */
export const deviceKeyField: z.ZodType<string> = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[\x21-\x7e]+$/, 'must contain only printable ASCII without blanks')

/** A name that a person reads: something visible, no control characters. */
export const nameField: z.ZodType<string> = z
  .string()
  .min(1)
  .max(255)
  .regex(/^\P{Cc}*$/u, 'must not contain control characters')
  .refine((text) => text === '' || text.trim() !== '', 'must not be blank') // empty is too short already
  .meta({
    wire: {
      type: 'string',
      minLength: 1,
      maxLength: 255,
      pattern: `^${printableInLine}*${visible}${printableInLine}*$`,
    },
  })

/** Printable characters, tab, LF and CR. */
export const multiLinePattern: string = `^${printable}*$`

export const descriptionField: z.ZodType<string | null> = z
  .string()
  .max(1024)
  .regex(/^[^\p{Cc}]*(?:[\t\n\r][^\p{Cc}]*)*$/u, 'must not contain control characters')
  .meta({ wire: { type: 'string', maxLength: 1024, pattern: multiLinePattern } })
  .nullable()

/** Epoch ms from RFC 3339 with 0–9 fraction digits. */
export const timeField: z.ZodType<number> = z
  .string()
  .transform((text, context) => {
    const atMs = parseInstant(text)
    if (atMs === null) {
      context.addIssue({ code: 'custom', message: 'must be an RFC 3339 time, like 2026-04-28T00:33:38.021Z' })
      return z.NEVER
    }
    return atMs
  })
  .meta({ wire: { type: 'string', format: 'date-time' } })

/** A free JSON object. 16 KiB of text: notes and foreign keys, not documents. */
export const metadataField: z.ZodType<Record<string, unknown>> = z
  .record(z.string(), z.unknown())
  .refine((value) => JSON.stringify(value).length <= 16_384, 'must have at most 16384 characters as JSON')

/** A pace: from one in ten seconds, below which a day's retries would not fit, to more than all senders together do. */
export const perSecondField: z.ZodType<number> = z.number().min(0.1).max(10_000)

const readOnlyField: z.ZodType<unknown> = z
  .unknown()
  .meta({
    wire: {
      readOnly: true,
      description: 'May be sent back as it was answered',
    },
  })
  .optional()

/** Fields that are answered and not written, for a patch; what was sent is compared with what is (`refuseReadOnly`). */
export function readOnlyFields<F extends string>(names: readonly F[]): Record<F, typeof readOnlyField> {
  return Object.fromEntries(names.map((name) => [name, readOnlyField])) as Record<F, typeof readOnlyField>
}
