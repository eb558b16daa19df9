/** How a webhook is doing, in words for whoever looks at it. Pure. */
import type { EndpointState } from '@scanhook/domain/endpoint'
import type { DisabledReason } from '@scanhook/domain/endpoint-life/endpoint-life'
import { formatInstantToSecond } from '@scanhook/domain/instant'

interface Status {
  readonly state: EndpointState
  readonly failingSince: number | null
  readonly disabledAt: number | null
  readonly disabledReason: DisabledReason | null
}

export function describeStatus({ state, failingSince, disabledAt, disabledReason }: Status): string {
  const noSuccess = failingSince === null ? null : `no success since ${formatInstantToSecond(failingSince)}`
  if (state === 'disabled') {
    const when = disabledAt === null ? '' : ` on ${formatInstantToSecond(disabledAt)}`
    const why = disabledReason === 'gone' ? 'it answered 410 Gone' : (noSuccess ?? 'it had no success')
    return `Disabled${when}: ${why}. Nothing is sent until you enable it.`
  }
  if (state === 'paused') return 'Paused: deliveries wait until you enable it.'
  return noSuccess === null
    ? 'Active: deliveries are sent.'
    : `Failing: ${noSuccess}. Deliveries are still tried.`
}
