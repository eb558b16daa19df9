import { beforeAll, expect, test, vi } from 'vitest'

let fences: typeof import('./write-fence.ts')
beforeAll(async () => {
  // The module of the API asks the window where it is.
  vi.stubGlobal('window', { location: { origin: 'http://localhost' } })
  fences = await import('./write-fence.ts')
})

const none = { type: 'none', latitude: '', longitude: '', radius: '', corners: '' } as const
const circle = { type: 'circle', latitude: 52.52, longitude: 13.405, radius_m: 60 }
const polygon = {
  type: 'polygon',
  points: [
    [52.52, 13.4],
    [52.53, 13.4],
    [52.53, 13.41],
  ],
}

test('what the API wrote comes back as it was', () => {
  for (const fence of [circle, polygon, null]) expect(fences.fenceOf(fences.fenceDraft(fence))).toEqual(fence)
})

test('corners are read with commas, blanks and semicolons between', () => {
  const corners = '52.52, 13.4\n\n52.53 13.4\n52.53;13.41\n'
  expect(fences.fenceOf({ ...none, type: 'polygon', corners })).toEqual(polygon)
})

test('what is no number is said of its field', () => {
  const fieldOf = (draft: Parameters<typeof fences.fenceOf>[0]): string | undefined => {
    try {
      fences.fenceOf(draft)
    } catch (error) {
      return (error as { fields: { field: string }[] }).fields[0]?.field
    }
    return undefined
  }
  expect(fieldOf({ ...none, type: 'circle', latitude: 'x' })).toBe('geofence.latitude')
  expect(fieldOf({ ...none, type: 'circle', latitude: '1', longitude: '2' })).toBe('geofence.radius_m')
  expect(fieldOf({ ...none, type: 'polygon', corners: '1, 2\n3' })).toBe('geofence.points')
})

test('half a fence is drawn as none', () => {
  expect(fences.fenceSoFar({ ...none, type: 'circle', latitude: '1' })).toBeNull()
  expect(fences.fenceSoFar(fences.fenceDraft(circle))).toEqual(circle)
})
