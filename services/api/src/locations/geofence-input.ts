/** A location's geofence as the API takes it: written whole, or merged into the one that is there. Pure. */
import {
  parseGeofence,
  pointsMax,
  pointsMin,
  radiusMaxM,
  radiusMinM,
} from '@scanhook/domain/fencing/parse-geofence'
import { renderGeofence } from '@scanhook/domain/fencing/render-geofence'
import type { Geofence } from '@scanhook/domain/geofence'
import type { Parsed } from '@scanhook/domain/read'
import type { JsonSchema } from '@scanhook/http/wire-form'
import { z } from 'zod'
import { type JsonObject, mergePatch } from '../merge-patch.ts'
import { addProblems } from '../settings/settings-input.ts'

const between = (minimum: number, maximum: number): JsonSchema => ({ type: 'number', minimum, maximum })
const circleForms = {
  type: { const: 'circle' },
  latitude: between(-90, 90),
  longitude: between(-180, 180),
  radius_m: between(radiusMinM, radiusMaxM),
}
const polygonForms = {
  type: { const: 'polygon' },
  points: {
    description: 'Latitude and longitude of each; the edges must not cross',
    type: 'array',
    minItems: pointsMin,
    maxItems: pointsMax,
    items: { type: 'array', minItems: 2, maxItems: 2, items: { type: 'number' } },
  },
}
const shape = (properties: Readonly<Record<string, JsonSchema>>): JsonSchema => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
})

export const newGeofence: z.ZodType<Geofence> = z
  .unknown()
  .transform((value, context) => {
    const parsed = parseGeofence(value, '')
    if (parsed.ok) return parsed.value
    // The path of the field itself is zod's: what is left of `.radius_m` is the member.
    const problems = parsed.problems.map((problem) => ({
      ...problem,
      field: problem.field.replace(/^\./, ''),
    }))
    addProblems(context, problems)
    return z.NEVER
  })
  .meta({ wire: { anyOf: [shape(circleForms), shape(polygonForms)] } })

/** Members of either; what is left must make a whole fence. */
export const geofencePatch: z.ZodType<JsonObject> = z.record(z.string(), z.unknown()).meta({
  wire: {
    type: 'object',
    properties: { ...circleForms, ...polygonForms, type: { enum: ['circle', 'polygon'] } },
    additionalProperties: false,
  },
})

/** A patch that changes the type begins anew: a circle's members mean nothing to a polygon. */
export function patchGeofence(current: Geofence | null, patch: JsonObject): Parsed<Geofence> {
  const type = patch['type'] ?? current?.type
  const base = current === null || current.type !== type ? {} : renderGeofence(current)
  return parseGeofence(mergePatch(base, patch), 'geofence')
}
