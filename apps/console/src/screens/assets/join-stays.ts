/** Scans of an asset as the stays that they tell of: at one location from its first scan there to its first scan elsewhere. Pure. */
import type { Model } from '../../api/api.ts'

type Scan = Pick<
  Model<'AssetScan'>,
  'event_observed_at' | 'location_id' | 'location_external_key' | 'location_name'
>

export interface Stay {
  readonly locationId: number | null
  /** What the location is called. */
  readonly where: string
  /** Null where there is no location. */
  readonly externalKey: string | null
  readonly fromMs: number
  /** Of the last stay: the last scan there. Whether it is still there, a scan cannot tell. */
  readonly untilMs: number
  readonly scans: number
  readonly isLast: boolean
}

/** In the order of time, whatever the order of `scans`. */
export function joinStays(scans: readonly Scan[]): readonly Stay[] {
  const inTime = scans
    .map((scan) => ({ ...scan, atMs: Date.parse(scan.event_observed_at) }))
    .sort((one, other) => one.atMs - other.atMs)
  const stays: Stay[] = []
  for (const scan of inTime) {
    const { atMs, location_id: locationId, location_external_key: externalKey } = scan
    const before = stays.at(-1)
    const isSame = before !== undefined && before.locationId === locationId
    if (before !== undefined)
      stays[stays.length - 1] = isSame
        ? { ...before, untilMs: atMs, scans: before.scans + 1 }
        : { ...before, untilMs: atMs, isLast: false }
    if (!isSame)
      stays.push({
        ...{ locationId, where: scan.location_name ?? externalKey ?? 'no location', externalKey },
        ...{ fromMs: atMs, untilMs: atMs },
        ...{ scans: 1, isLast: true },
      })
  }
  return stays
}

export interface Lane {
  readonly where: string
  readonly externalKey: string | null
  readonly stays: readonly Stay[]
  readonly totalMs: number
}

/** One lane for each location, those where it stayed longest first; at most `lanesMax`. */
export function layLanes(stays: readonly Stay[], lanesMax: number): readonly Lane[] {
  const byPlace = Map.groupBy(stays, ({ locationId }) => locationId)
  return [...byPlace.values()]
    .map((own) => ({
      where: own[0]?.where ?? '',
      externalKey: own[0]?.externalKey ?? null,
      stays: own,
      totalMs: own.reduce((sum, { fromMs, untilMs }) => sum + untilMs - fromMs, 0),
    }))
    .sort((one, other) => other.totalMs - one.totalMs)
    .slice(0, lanesMax)
}

/** 5,400,000 ms is "1 h 30 min". */
export function sayStay(ms: number): string {
  const minutes = Math.floor(ms / 60_000)
  if (minutes === 0) return `${Math.floor(ms / 1000)} s`
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24]
  if (days > 0) return hours === 0 ? `${days} d` : `${days} d ${hours} h`
  if (hours === 0) return `${minutes} min`
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`
}

export interface Bar {
  /** In the units of `room`. */
  readonly x: number
  readonly width: number
  /** In the order of time; several that would lie on each other are one bar. */
  readonly stays: readonly Stay[]
}

interface Room {
  readonly fromMs: number
  readonly untilMs: number
  readonly width: number
  /** What a short stay is at least, and two bars are apart: less is not seen as two. */
  readonly widthMin: number
}

/** The stays of one lane as bars, at most `width / (2 * widthMin)` of them, however many stays there are. */
export function layBars(stays: readonly Stay[], { fromMs, untilMs, width, widthMin }: Room): readonly Bar[] {
  const perMs = (width - widthMin) / Math.max(1, untilMs - fromMs)
  const bars: Bar[] = []
  for (const stay of stays) {
    const x = (stay.fromMs - fromMs) * perMs
    const end = x + Math.max(widthMin, (stay.untilMs - stay.fromMs) * perMs)
    const before = bars.at(-1)
    if (before !== undefined && x < before.x + before.width + widthMin)
      bars[bars.length - 1] = {
        ...{ x: before.x, width: Math.max(before.x + before.width, end) - before.x },
        stays: [...before.stays, stay],
      }
    else bars.push({ x, width: end - x, stays: [stay] })
  }
  return bars
}
