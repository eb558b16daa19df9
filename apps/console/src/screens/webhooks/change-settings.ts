/** Between an endpoint and the form of its settings: what the form shows, and the merge patch of what was changed. Pure. */
import type { Model } from '../../api/api.ts'

type Webhook = Model<'Webhook'>
type Subscription = Webhook['subscriptions'][number]

export interface SettingsForm {
  readonly url: string
  readonly name: string
  readonly description: string
  readonly eventTypes: readonly string[]
  /** For all subscriptions; null: they have filters of their own, which the form leaves alone. */
  readonly filter: string | null
  /** `Name: value` in each line. */
  readonly headers: string
  /** Requests per second; empty: no limit of its own. */
  readonly rate: string
  readonly traceparent: boolean
}

export function formOf(webhook: Webhook): SettingsForm {
  const filters = new Set(webhook.subscriptions.map(({ filter }) => filter ?? ''))
  const [filter = ''] = filters
  return {
    url: webhook.url,
    name: webhook.name ?? '',
    description: webhook.description ?? '',
    eventTypes: webhook.event_types,
    filter: filters.size > 1 ? null : filter,
    headers: Object.entries(webhook.headers)
      .map(([name, value]) => `${name}: ${value}`)
      .join('\n'),
    rate: webhook.rate_limit_per_second === null ? '' : String(webhook.rate_limit_per_second),
    traceparent: webhook.traceparent,
  }
}

/** What RFC 7396 wants: the changed fields, and null for what is taken away. Empty when nothing was changed. */
export function changeOf(webhook: Webhook, form: SettingsForm): Readonly<Record<string, unknown>> {
  const before = formOf(webhook)
  const change: Record<string, unknown> = {}
  if (form.url.trim() !== before.url) change['url'] = form.url.trim()
  if (form.name.trim() !== before.name) change['name'] = form.name.trim() || null
  if (form.description.trim() !== before.description) change['description'] = form.description.trim() || null
  if (form.rate.trim() !== before.rate)
    change['rate_limit_per_second'] = form.rate.trim() === '' ? null : Number(form.rate)
  if (form.traceparent !== before.traceparent) change['traceparent'] = form.traceparent
  if (form.headers !== before.headers) {
    const given = readHeaders(form.headers)
    const gone = Object.keys(webhook.headers).filter((name) => !(name in given))
    const set = Object.entries(given).filter(([name, value]) => webhook.headers[name] !== value)
    if (gone.length + set.length > 0)
      change['headers'] = Object.fromEntries([...gone.map((name) => [name, null] as const), ...set])
  }
  const sorted = (names: readonly string[]): string => names.toSorted().join(' ')
  if (form.filter !== before.filter || sorted(form.eventTypes) !== sorted(before.eventTypes))
    change['subscriptions'] = form.eventTypes.map((type) => subscriptionOf(type, webhook, form.filter))
  return change
}

/** What an event type had stays; only what the form shows is set. */
function subscriptionOf(type: string, { subscriptions }: Webhook, filter: string | null): Subscription {
  const had = subscriptions.find(({ event_type: each }) => each === type)
  const kept = had ?? { event_type: type, filter: null, expire_after_minutes: null, latest_only: false }
  return filter === null ? kept : { ...kept, filter: filter.trim() || null }
}

/** `Name: value` in each line; a line without a colon is a name without a value, which the API refuses in words. */
export function readHeaders(text: string): Readonly<Record<string, string>> {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':')
      return colon === -1 ? [line.trim(), ''] : [line.slice(0, colon).trim(), line.slice(colon + 1).trim()]
    }),
  )
}
