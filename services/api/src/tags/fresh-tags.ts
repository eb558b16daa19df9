/** Of the tags that a line of an import gives to an asset that is there, those that it does not have yet. Pure. */
import { normaliseTag } from '@scanhook/domain/reading/normalise-tag'
import type { FieldProblem } from '@scanhook/http/api-error'
import type { GivenTag, TagBody, TagView } from './tag-input.ts'

export interface FreshTag {
  /** In the list that was given. */
  readonly index: number
  readonly tag: TagBody
}

export type FreshTags =
  | { readonly ok: true; readonly fresh: readonly FreshTag[] }
  | { readonly ok: false; readonly problems: readonly FieldProblem[] }

/**
 * What reads the same is the same tag, in whatever spelling; given twice, it counts once. A tag that is there stays as it is: a
 * line that says otherwise of its kind or state is refused, as is an id that none of them has.
 */
export function freshTags(current: readonly TagView[], given: readonly GivenTag[]): FreshTags {
  const known = new Map(current.map((tag) => [normaliseTag(tag.value), tag]))
  const problems: FieldProblem[] = []
  const fresh = new Map<string, FreshTag>()
  for (const [index, tag] of given.entries()) {
    const key = normaliseTag(tag.value)
    const there = known.get(key)
    const problem = there === undefined ? problemOfNew(tag) : problemOfKnown(there, tag)
    if (problem !== null) problems.push({ ...problem, field: `tags.${index}.${problem.field}` })
    else if (there === undefined && !fresh.has(key)) fresh.set(key, { index, tag })
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, fresh: [...fresh.values()] }
}

function problemOfNew({ id }: GivenTag): FieldProblem | null {
  if (id === undefined) return null
  return {
    field: 'id',
    code: 'read_only',
    message: 'is of no tag of this asset; without it the tag is added',
  }
}

function problemOfKnown(there: TagView, given: GivenTag): FieldProblem | null {
  for (const field of ['id', 'tag_type', 'is_active'] as const)
    if (given[field] !== undefined && given[field] !== there[field])
      return {
        ...{ field, code: 'read_only' },
        message: `is ${there[field]} of the tag ${there.value}, which an import leaves as it is`,
      }
  return null
}
