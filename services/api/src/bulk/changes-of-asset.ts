/** What a line says of an asset that is not so already. Pure. */
import { normaliseTag } from '@scanhook/domain/reading/normalise-tag'
import type { JsonObject } from '../merge-patch.ts'
import { changesOf } from './changes-of.ts'

/** As `changesOf`; tags that it has count as had in whatever spelling. What is no tag is left for who judges it. */
export function changesOfAsset(current: JsonObject, line: JsonObject): JsonObject {
  const { tags, ...others } = changesOf(current, line)
  if (tags === undefined) return others
  const had = new Set(listOf(current['tags']).map(keyOf))
  const isHad = Array.isArray(tags) && tags.every((tag) => had.has(keyOf(tag)))
  return isHad ? others : { ...others, tags }
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** Of a tag with no more than kind and value; a text that no such tag has for everything else. */
function keyOf(tag: unknown): string {
  if (typeof tag !== 'object' || tag === null) return JSON.stringify(tag)
  const { tag_type: type, value, id: _, is_active: isActive, ...others } = tag as JsonObject
  if (typeof value !== 'string' || Object.keys(others).length > 0) return JSON.stringify(tag)
  return JSON.stringify([type, normaliseTag(value), isActive ?? true])
}
