/** What came of the last request to an endpoint, and when the next one goes, in words. Pure. */
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
