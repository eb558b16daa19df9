/** Between the form of a new endpoint and what the API is asked for. Pure. */
import { readHeaders } from './change-settings.ts'
import type { Profile } from './example-body.ts'

export interface NewForm {
  readonly url: string
  readonly name: string
  readonly description: string
  readonly eventTypes: readonly string[]
  /** For all of them; empty: no filter. */
  readonly filter: string
  /** `Name: value` in each line. */
  readonly headers: string
  /** Requests per second; empty: no limit of its own. */
  readonly rate: string
  readonly profile: Profile
  readonly signature: 'hmac' | 'ed25519'
}

/** What each part of the form works with. */
export interface FormPart {
  readonly form: NewForm
  readonly set: (change: Partial<NewForm>) => void
}

export const emptyForm: NewForm = {
  ...{ url: '', name: '', description: '', filter: '', headers: '', rate: '' },
  eventTypes: ['*'],
  profile: 'standard',
  signature: 'hmac',
}

type Fields = Readonly<Record<string, unknown>>

/** What was filled in beyond the URL, the events and the kind of signature. */
function extrasOf({ name, description, headers, rate, filter, eventTypes }: NewForm): Fields {
  const given = readHeaders(headers)
  return {
    ...(name.trim() === '' ? {} : { name: name.trim() }),
    ...(description.trim() === '' ? {} : { description: description.trim() }),
    ...(Object.keys(given).length === 0 ? {} : { headers: given }),
    ...(rate.trim() === '' ? {} : { rate_limit_per_second: Number(rate) }),
    ...(filter.trim() === ''
      ? {}
      : { subscriptions: eventTypes.map((type) => ({ event_type: type, filter: filter.trim() })) }),
  }
}

/** Of `POST /webhooks`. */
export function newWebhookOf(form: NewForm): Fields {
  const { url, eventTypes, profile, signature } = form
  const own = extrasOf(form)
  return {
    ...{ url: url.trim(), enabled: true, profile, signature: profile === 'standard' ? signature : 'hmac' },
    ...('subscriptions' in own ? {} : { event_types: eventTypes }),
    ...own,
  }
}

/** Of `POST /listeners`, and of the change that follows; null where there is nothing to change. */
export function newListenerOf(form: NewForm): { readonly body: Fields; readonly change: Fields | null } {
  const { name, ...change } = extrasOf(form)
  return {
    body: { name: name ?? 'Inspector', event_types: form.eventTypes, profile: form.profile },
    change: Object.keys(change).length === 0 ? null : change,
  }
}
