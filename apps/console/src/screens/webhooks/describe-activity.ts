/** What came of the requests to an endpoint lately, and when the next one goes, in words. Pure. */
import type { Model } from '../../api/api.ts'

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
    : `the newest ${count(requests)} requests of the last 24 hours`
  return `${said}, ${day.failed === 0 ? 'none' : count(day.failed)} of them failed`
}

/** "Of the newest 500", where a day has more requests than a list counts. */
export function sayCounted(activity: Activity | undefined): string {
  const day = activity?.last_24_hours
  const requests = (day?.delivered ?? 0) + (day?.failed ?? 0)
  return `Of the newest ${requests.toLocaleString('en')}`
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
