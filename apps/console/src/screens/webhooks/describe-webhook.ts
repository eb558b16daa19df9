/** How an endpoint is, in words that need no legend. Pure. */
import type { Model } from '../../api/api.ts'
import type { Tone } from '../../parts/pill.tsx'

type Webhook = Pick<Model<'Webhook'>, 'state' | 'failing_since' | 'disabled_at'>
type Breaker = Model<'WebhookActivity'>['webhooks'][number]['breaker']

export interface Description {
  readonly tone: Tone
  readonly word: string
  /** When it began to be so; null when that is of no interest, or not known. */
  readonly since: string | null
}

/** `breaker`: null or undefined while it is closed, or not known. */
export function describeWebhook(
  { state, failing_since: failingSince, disabled_at: disabledAt }: Webhook,
  breaker?: Breaker,
): Description {
  if (state === 'disabled') return { tone: 'bad', word: 'Disabled', since: disabledAt }
  if (state === 'paused') return { tone: 'plain', word: 'Paused', since: null }
  if (breaker !== null && breaker !== undefined)
    return { tone: 'bad', word: 'Breaker open', since: breaker.since ?? failingSince }
  if (failingSince !== null) return { tone: 'bad', word: 'Failing', since: failingSince }
  return { tone: 'good', word: 'Active', since: null }
}

/** "All events", "asset.moved", "asset.moved and 3 more". */
export function sayEventTypes(types: readonly string[]): string {
  const [first = 'None', ...others] = types
  if (types.includes('*')) return 'All events'
  return others.length === 0 ? first : `${first} and ${others.length} more`
}
