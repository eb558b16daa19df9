/** What a webhook's fields accept, and how they become an endpoint. Pure. */
import { plainSubscription, type Subscription } from '@scanhook/domain/endpoint'
import { isEventTypePattern } from '@scanhook/domain/event-type-pattern'
import { type ProfileName, profileNames } from '@scanhook/domain/profile'
import { z } from 'zod'
import { descriptionField, nameField, readOnlyFields } from '../fields.ts'

/** Longer than any URL a receiver needs, and shorter than what proxies cut off. */
const urlField = z.string().min(1).max(2048)

const eventTypeField = z
  .string()
  .max(100)
  .refine(
    isEventTypePattern,
    'must be an event type, a group such as location.*, or *; GET /api/v1/event-types lists them',
  )

/** Every pattern that exists fits; more would repeat themselves. */
const subscriptionsMax = 50

const eventTypesField = z
  .array(eventTypeField)
  .min(1)
  .max(subscriptionsMax)
  .refine((all) => new Set(all).size === all.length, 'must not repeat an event type')

const subscriptionsField = z
  .array(
    z.strictObject({
      event_type: eventTypeField,
      // Filters come later; until then the field says so instead of being ignored.
      filter: z.null('must be null; filters are not available yet').optional(),
    }),
  )
  .min(1)
  .max(subscriptionsMax)
  .refine(
    (all) => new Set(all.map((each) => each.event_type)).size === all.length,
    'must not repeat an event type',
  )

const written = {
  name: nameField.nullable().optional(),
  description: descriptionField.optional(),
  profile: z.enum(profileNames).optional(),
  enabled: z.boolean().optional(),
  event_types: eventTypesField.optional(),
  subscriptions: subscriptionsField.optional(),
}

export interface SubscriptionFields {
  readonly event_types?: readonly string[] | undefined
  readonly subscriptions?:
    | readonly { readonly event_type: string; readonly filter?: null | undefined }[]
    | undefined
}

interface WrittenFields extends SubscriptionFields {
  readonly name?: string | null | undefined
  readonly description?: string | null | undefined
  readonly profile?: ProfileName | undefined
  readonly enabled?: boolean | undefined
}

export interface NewWebhook extends WrittenFields {
  readonly url: string
  readonly headers?: Readonly<Record<string, string>> | undefined
}

export interface WebhookPatch extends WrittenFields {
  readonly url?: string | undefined
  readonly headers?: Readonly<Record<string, string | null>> | undefined
}

export const newWebhook: z.ZodType<NewWebhook> = z.object({
  ...written,
  url: urlField,
  headers: z.record(z.string(), z.string()).optional(),
})

/** What a webhook's life is told by; enabling it changes them. */
export const lifeFields: readonly string[] = [
  'state',
  'status',
  'failing_since',
  'disabled_at',
  'disabled_reason',
]

export const answeredOnly = [
  'id',
  'state',
  'status',
  'failing_since',
  'disabled_at',
  'disabled_reason',
  'secret',
  'created_at',
  'updated_at',
] as const

export const webhookPatch: z.ZodType<WebhookPatch> = z.object({
  ...written,
  url: urlField.optional(),
  /** RFC 7396: members that are sent are set, null removes one, others stay. */
  headers: z.record(z.string(), z.string().nullable()).optional(),
  ...readOnlyFields(answeredOnly),
})

/** The two spellings of the same thing, or undefined when neither was sent. `areBoth`: they contradict each other. */
export function subscriptionsOf({ event_types, subscriptions }: SubscriptionFields): {
  readonly subscriptions: readonly Subscription[] | undefined
  readonly areContradicting: boolean
} {
  const spelledOut = subscriptions?.map((each) => each.event_type)
  const names = event_types ?? spelledOut
  return {
    subscriptions: names?.map(plainSubscription),
    areContradicting:
      event_types !== undefined &&
      spelledOut !== undefined &&
      event_types.join('\n') !== spelledOut.join('\n'),
  }
}

/** A header's value may be a credential: answers show its end only, and so little of a short one that nothing is given away. */
export function maskHeader(value: string): string {
  return value.length < 16 ? '…' : `…${value.slice(-4)}`
}

export function maskHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, maskHeader(value)]))
}

/** `patch` merged into `current`. A value that is the mask of what is there leaves it: that is a GET sent back. */
export function mergeHeaders(
  current: Readonly<Record<string, string>>,
  patch: Readonly<Record<string, string | null>>,
): Record<string, string> {
  const merged = new Map(Object.entries(current))
  for (const [name, value] of Object.entries(patch)) {
    const before = merged.get(name)
    if (value === null) merged.delete(name)
    else if (before === undefined || value !== maskHeader(before)) merged.set(name, value)
  }
  return Object.fromEntries(merged)
}
