/** A location's geofence as the API takes it: written whole, or merged into the one that is there. Pure. */
import { parseGeofence } from '@scanhook/domain/fencing/parse-geofence'
import { renderGeofence } from '@scanhook/domain/fencing/render-geofence'
import type { Geofence } from '@scanhook/domain/geofence'
import type { Parsed } from '@scanhook/domain/read'
import { z } from 'zod'
import { type JsonObject, mergePatch } from '../merge-patch.ts'
import { addProblems } from '../settings/settings-input.ts'

export const newGeofence: z.ZodType<Geofence> = z.unknown().transform((value, context) => {
  const parsed = parseGeofence(value, '')
  if (parsed.ok) return parsed.value
  // The path of the field itself is zod's: what is left of `.radius_m` is the member.
  const problems = parsed.problems.map((problem) => ({ ...problem, field: problem.field.replace(/^\./, '') }))
  addProblems(context, problems)
  return z.NEVER
})

export const geofencePatch: z.ZodType<JsonObject> = z.record(z.string(), z.unknown())

/** A patch that changes the type begins anew: a circle's members mean nothing to a polygon. */
export function patchGeofence(current: Geofence | null, patch: JsonObject): Parsed<Geofence> {
  const type = patch['type'] ?? current?.type
  const base = current === null || current.type !== type ? {} : renderGeofence(current)
  return parseGeofence(mergePatch(base, patch), 'geofence')
}
