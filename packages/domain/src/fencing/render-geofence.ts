/** A geofence in its public form; `parseGeofence` of it gives the same again. */
import type { Geofence } from '../geofence.ts'

export function renderGeofence(geofence: Geofence): Readonly<Record<string, unknown>> {
  if (geofence.type === 'polygon') return { type: 'polygon', points: geofence.points }
  const { latitude, longitude, radiusM } = geofence
  return { type: 'circle', latitude, longitude, radius_m: radiusM }
}
