/** What came of the requests to an endpoint lately, and when the next one goes, in words. Pure. */
import type { Model } from '../../api/api.ts'
import { sayDuration } from '../../parts/say-relative.ts'
import { sayClock } from './describe-statistics.ts'

type Page = Model<'WebhookActivity'>
export type Activity = Page['webhooks'][number]

/** "Delivered", "Failed (503)", "Failed (connect timeout)". */
export function sayOutcome({
  disposition,
  response_status: status,
  error_class: error,
}: NonNullable<Activity['last_attempt']>): string {
  if (disposition === 'delivered') return 'Delivered'
  const why = status ?? error?.replaceAll('_', ' ')
  return why === undefined ? 'Failed' : `Failed (${why})`
}

/** Instead of a time: what is not known is not none. */
export function sayNoRetry(activity: Activity | undefined, isComplete: boolean): string {
  if (activity === undefined) return '–'
  return isComplete ? 'none' : 'not known'
}

/** "118 requests in the last 24 hours, 3 of them failed". */
export function sayDay(activity: Activity | undefined): string {
  const day = activity?.last_24_hours
  if (day === undefined) return 'not known yet'
  if (day === null) return 'no request in the last 24 hours'
  const count = (value: number): string => value.toLocaleString('en')
  const requests = day.delivered + day.failed
  const noun = requests === 1 ? 'request' : 'requests'
  const said = day.is_complete
    ? `${count(requests)} ${noun} in the last 24 hours`
    : `${count(requests)} ${noun} since ${sayClock(day.counted_from, Date.now())}, from when on they are counted`
  return `${said}, ${day.failed === 0 ? 'none' : count(day.failed)} of them failed`
}

/** "Since 14:00": where a part of the day was before anything was counted. */
export function sayCounted(activity: Activity | undefined): string {
  const day = activity?.last_24_hours
  return day === undefined || day === null ? '–' : `Since ${sayClock(day.counted_from, Date.now())}`
}

/** Of the requests of the last 24 hours, 0 to 1; null for none. */
export function deliveredShare(activity: Activity | undefined): number | null {
  const day = activity?.last_24_hours
  if (day === undefined || day === null || day.delivered + day.failed === 0) return null
  return day.delivered / (day.delivered + day.failed)
}

/** Requests in each of the last 24 hours, the oldest first; zeros where there were none. Null: not all were counted, and bars would tell of a silence that was none. */
export function hoursOf(activity: Activity | undefined): readonly number[] | null {
  const day = activity?.last_24_hours
  if (day?.is_complete === false) return null
  const hours = day?.hours
  if (hours === undefined) return Array.from({ length: 24 }, () => 0)
  return hours.map(({ delivered, failed }) => delivered + failed)
}

/** "≈ 84.2 ms": as the API tells it, within 19 %. */
export function sayP95(activity: Activity | undefined): string {
  const p95Ms = activity?.last_24_hours?.p95_ms ?? null
  return p95Ms === null ? '–' : `≈ ${sayDuration(p95Ms)}`
}
