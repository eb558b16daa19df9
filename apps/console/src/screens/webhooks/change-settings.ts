/** Between an endpoint and the form of its settings: what the form shows, the merge patch of what was changed, and what others changed. Pure. */
import type { Model } from '../../api/api.ts'
import { type Difference, differencesBetween } from '../../parts/merge-changes.ts'

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

/**
 * What RFC 7396 wants: the changed fields, and null for what is taken away. Empty when nothing was changed. `now`: the endpoint as
 * it is by then; subscriptions are written whole, so of them what was not changed here is taken from it.
 */
export function changeOf(
  webhook: Webhook,
  form: SettingsForm,
  now: Webhook = webhook,
): Readonly<Record<string, unknown>> {
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
  const subscriptions = subscriptionsOf(webhook, form, now)
  if (subscriptions !== null) change['subscriptions'] = subscriptions
  return change
}

/** Null when neither the event types nor the filter were changed. */
function subscriptionsOf(webhook: Webhook, form: SettingsForm, now: Webhook): readonly Subscription[] | null {
  const before = formOf(webhook)
  const isOtherFilter = form.filter !== before.filter
  const areOtherTypes = sorted(form.eventTypes) !== sorted(before.eventTypes)
  if (!isOtherFilter && !areOtherTypes) return null
  const filter = isOtherFilter ? form.filter : formOf(now).filter
  const types = areOtherTypes ? form.eventTypes : now.event_types
  return types.map((type) => subscriptionOf(type, now, filter))
}

function sorted(names: readonly string[]): string {
  return names.toSorted().join(', ')
}

const labels = {
  ...{ url: 'URL', name: 'Name', description: 'Description', rate: 'Requests per second, at most' },
  ...{
    headers: 'Headers of your own',
    traceparent: 'Send traceparent',
    eventTypes: 'Events',
    filter: 'Filter',
  },
} satisfies Readonly<Record<keyof SettingsForm, string>>

/** What is different in the form, in words. An endpoint that failed or was paused meanwhile has the same form. */
export function settingsBetween(before: Webhook, now: Webhook): readonly Difference[] {
  return differencesBetween(shownOf(before), shownOf(now), labels)
}

function shownOf(webhook: Webhook): Readonly<Record<keyof SettingsForm, unknown>> {
  const form = formOf(webhook)
  return {
    ...form,
    eventTypes: sorted(form.eventTypes),
    filter: form.filter ?? 'one of its own for each event type',
  }
}

export function isSameForm(one: SettingsForm, other: SettingsForm): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

/** `after`, but for what was typed since the form was `before`. */
export function keepTyped(form: SettingsForm, before: SettingsForm, after: SettingsForm): SettingsForm {
  const typed = Object.entries(form).filter(([name, value]) => value !== before[name as keyof SettingsForm])
  return { ...after, ...Object.fromEntries(typed) }
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
