/** Whether a line says only what is so already. Pure. */
import { isDeepStrictEqual } from 'node:util'
import { type JsonObject, mergePatch } from '../merge-patch.ts'

/** True when every field of `patch`, merged into `current`, leaves it as it is. Times count as different unless written alike. */
export function isUnchanged(current: JsonObject, patch: JsonObject): boolean {
  return Object.entries(patch).every(([name, given]) => {
    const before = current[name]
    if (isDeepStrictEqual(given, before)) return true
    return isObject(given) && isObject(before) && isDeepStrictEqual(mergePatch(before, given), { ...before })
  })
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
