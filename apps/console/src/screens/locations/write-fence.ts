/** A geofence as somebody types it, and as the API takes it. Pure. */
import { ApiProblem } from '../../api/api.ts'
import { type Fence, readFence } from './project-fences.ts'

export interface FenceDraft {
  readonly type: 'none' | 'circle' | 'polygon'
  readonly latitude: string
  readonly longitude: string
  readonly radius: string
  /** A corner a line: latitude, longitude. */
  readonly corners: string
}

export function fenceDraft(json: unknown): FenceDraft {
  const fence = readFence(json)
  const empty = { type: 'none', latitude: '', longitude: '', radius: '', corners: '' } as const
  if (fence === null) return empty
  if (fence.type === 'polygon')
    return { ...empty, type: 'polygon', corners: fence.points.map((point) => point.join(', ')).join('\n') }
  return {
    ...{ ...empty, type: 'circle', latitude: String(fence.latitude) },
    ...{ longitude: String(fence.longitude), radius: String(fence.radius_m) },
  }
}

/** Null for none. Throws an ApiProblem that names the field where something is no number; what numbers must be, the API says. */
export function fenceOf({ type, latitude, longitude, radius, corners }: FenceDraft): Fence | null {
  if (type === 'none') return null
  if (type === 'circle')
    return {
      ...{ type, latitude: numberOf(latitude, 'latitude'), longitude: numberOf(longitude, 'longitude') },
      radius_m: numberOf(radius, 'radius_m'),
    }
  return { type, points: corners.split('\n').flatMap((line, index) => cornerOf(line, index + 1)) }
}

/** The same for a drawing, which has no fence until it is whole. */
export function fenceSoFar(draft: FenceDraft): Fence | null {
  try {
    return readFence(fenceOf(draft))
  } catch {
    return null
  }
}

function numberOf(text: string, field: string): number {
  const value = Number(text.trim().replace(',', '.'))
  if (text.trim() === '' || !Number.isFinite(value)) throw wrong(field, 'must be a number')
  return value
}

function cornerOf(line: string, number: number): readonly (readonly [number, number])[] {
  if (line.trim() === '') return []
  const parts = line.trim().split(/[\s,;]+/)
  const [latitude, longitude] = parts.map(Number)
  const isWhole = parts.length === 2 && Number.isFinite(latitude) && Number.isFinite(longitude)
  if (!isWhole || latitude === undefined || longitude === undefined)
    throw wrong('points', `line ${number} must have a latitude and a longitude, like 52.5200, 13.4050`)
  return [[latitude, longitude]]
}

function wrong(field: string, message: string): ApiProblem {
  return new ApiProblem(400, `geofence.${field} ${message}`, {
    fields: [{ field: `geofence.${field}`, code: 'invalid_value', message }],
  })
}
