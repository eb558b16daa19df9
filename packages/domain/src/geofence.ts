/** Where a location lies on the globe: degrees, WGS 84, latitude first. */

export interface Circle {
  readonly type: 'circle'
  readonly latitude: number
  readonly longitude: number
  readonly radiusM: number
}

/**
 * Closed by itself; its edges are straight in latitude and longitude, as a map draws them (RFC 7946 §3.1.1). An edge
 * goes the shorter way round, so a polygon may lie across the antimeridian.
 */
export interface Polygon {
  readonly type: 'polygon'
  readonly points: readonly LatLon[]
}

export type LatLon = readonly [latitude: number, longitude: number]
export type Geofence = Circle | Polygon
