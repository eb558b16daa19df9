/** What a line says that is not so already. Pure. */
import { isDeepStrictEqual } from 'node:util'
import { type JsonObject, mergePatch } from '../merge-patch.ts'

/**
 * The fields of `patch` that, merged into `current`, would change it. Of a list of objects (tags) those count that the patch
 * gives, so that a tag need not be written with its id, and none is taken away by being left out. Times count as different unless written alike.
 */
export function changesOf(current: JsonObject, patch: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(patch).filter(([name, given]) => !isSame(current[name], given)))
}

function isSame(before: unknown, given: unknown): boolean {
  if (isDeepStrictEqual(given, before)) return true
  if (Array.isArray(given) && Array.isArray(before)) {
    return given.every((one) => before.some((each) => saysThe(each, one)))
  }
  return isObject(given) && isObject(before) && isDeepStrictEqual(mergePatch(before, given), { ...before })
}

function saysThe(before: unknown, given: unknown): boolean {
  if (!isObject(given) || !isObject(before)) return isDeepStrictEqual(given, before)
  return Object.entries(given).every(([name, value]) => isDeepStrictEqual(before[name], value))
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
