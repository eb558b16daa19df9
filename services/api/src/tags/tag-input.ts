/** A tag as the API takes and gives it. Pure. */
import { type TagType, tagTypes } from '@scanhook/domain/asset'
import { normaliseTag } from '@scanhook/domain/reading/normalise-tag'
import { z } from 'zod'
import { idAnswer } from '../answer-schemas.ts'
import { idField, multiLinePattern } from '../fields.ts'

/** 1–255 characters, any printable plus tab, LF and CR (barcodes hold them), and something to match by. */
const tagValueField = z
  .string()
  .min(1)
  .max(255)
  .regex(
    /^[^\p{Cc}]*(?:[\t\n\r][^\p{Cc}]*)*$/u,
    'must not contain control characters other than tab, LF and CR',
  )
  .refine((value) => value === '' || normaliseTag(value) !== '', 'must not be blank')
  .meta({
    wire: {
      // empty is too short already
      type: 'string',
      minLength: 1,
      maxLength: 255,
      pattern: multiLinePattern,
    },
  })

export interface TagBody {
  readonly tag_type: TagType
  readonly value: string
  readonly is_active?: boolean | undefined
}

const fields = {
  tag_type: z.enum(tagTypes),
  value: tagValueField,
  is_active: z.boolean().optional(),
}
export const tagBody: z.ZodType<TagBody> = z.strictObject(fields)

/** A tag as a line of an import says it: an export writes its id. */
export interface GivenTag extends TagBody {
  readonly id?: number | undefined
}

export const givenTag: z.ZodType<GivenTag> = z.strictObject({ ...fields, id: idField.optional() })

export interface TagToStore {
  readonly tagType: TagType
  readonly value: string
  readonly matchKey: string
  readonly isActive: boolean | undefined
}

export function tagToStore({ tag_type, value, is_active }: TagBody): TagToStore {
  return { tagType: tag_type, value, matchKey: normaliseTag(value), isActive: is_active }
}

export interface TagView {
  readonly id: number
  readonly tag_type: TagType
  readonly value: string
  readonly is_active: boolean
}

export const tagAnswer: z.ZodType<TagView> = z
  .object({ id: idAnswer, tag_type: z.enum(tagTypes), value: z.string(), is_active: z.boolean() })
  .meta({ id: 'Tag' })

export function tagView(tag: {
  readonly id: number
  readonly tagType: TagType
  readonly value: string
  readonly isActive: boolean
}): TagView {
  return { id: tag.id, tag_type: tag.tagType, value: tag.value, is_active: tag.isActive }
}
