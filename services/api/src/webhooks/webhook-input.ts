/** What a webhook's fields accept, and how they become an endpoint. Pure. */
import {
  type BatchPolicy,
  type Ordering,
  orderings,
  plainSubscription,
  type Subscription,
} from '@scanhook/domain/endpoint'
import { eventTypePatterns, isEventTypePattern } from '@scanhook/domain/event-type-pattern'
import { type ProfileName, profileNames } from '@scanhook/domain/profile'
import { z } from 'zod'
import { descriptionField, nameField, perSecondField, readOnlyFields } from '../fields.ts'

/** Longer than any URL a receiver needs, and shorter than what proxies cut off. */
export const urlField: z.ZodType<string> = z
  .string()
  .min(1)
  .max(2048)
  .meta({
    wire: {
      type: 'string',
      format: 'uri',
      pattern: '^https://',
      maxLength: 2048,
    },
  })

const eventTypeForm = { type: 'string', enum: eventTypePatterns }
const eventTypeField = z
  .string()
  .max(100)
  .refine(
    isEventTypePattern,
    'must be an event type, a group such as location.*, or *; GET /api/v1/event-types lists them',
  )
  .meta({ wire: eventTypeForm })

/** Every pattern that exists fits; more would repeat themselves. */
const subscriptionsMax = 50

export const eventTypesField: z.ZodType<readonly string[]> = z
  .array(eventTypeField)
  .min(1)
  .max(subscriptionsMax)
  .refine((all) => new Set(all).size === all.length, 'must not repeat an event type')
  .meta({
    wire: {
      type: 'array',
      items: eventTypeForm,
      minItems: 1,
      maxItems: subscriptionsMax,
      uniqueItems: true,
    },
  })

/** As long as events are kept (30 days); from a minute, because a read is placed within seconds and sent at once. */
const expireAfterMinutesField = z
  .int()
  .min(1)
  .max(24 * 60 * 30)

const subscriptionsField = z
  .array(
    z.strictObject({
      event_type: eventTypeField,
      // What is in it is looked at once everything else is right (check-filters.ts).
      filter: z.string().nullable().optional(),
      expire_after_minutes: expireAfterMinutesField.nullable().optional(),
      latest_only: z.boolean().optional(),
    }),
  )
  .min(1)
  .max(subscriptionsMax)
  .refine(
    (all) => new Set(all.map((each) => each.event_type)).size === all.length,
    'must not repeat an event type',
  )

/**
 * Two at least, one is no batch; a thousand events of the usual 500 bytes already fill half of the largest body. A wait
 * of less than 10 ms gathers nothing that a busy endpoint would not find waiting; after a minute nobody calls it live.
 * 1 KiB holds an event; 1 MiB is what receivers accept by default (nginx), and 413 halves it.
 */
const batchFields = {
  max_events: z.int().min(2).max(1_000),
  max_wait_ms: z.int().min(10).max(60_000),
  max_bytes: z.int().min(1_024).max(1_048_576),
}

export const batchField: z.ZodType<BatchFields> = z.strictObject(batchFields)

/** Goes into header names: `X-<prefix>-Signature`. 32 leave room for the longest within what servers accept (64). */
const headerPrefixField = z
  .string()
  .min(1)
  .max(32)
  .regex(
    /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)?$/, // empty is too short already
    'must contain only letters, digits and hyphens, and begin and end with a letter or digit',
  )

/** How requests are signed: HMAC-SHA256 with a shared secret, or Ed25519 with a public key to verify by. */
export const signatureKinds = ['hmac', 'ed25519'] as const
export type SignatureKind = (typeof signatureKinds)[number]

/**
 * More often than every minute tells a receiver nothing that its own events do not: they take seconds. Once a day is the
 * least that a signal of life is good for.
 */
const heartbeatMinutesField = z.int().min(1).max(1_440)

const written = {
  name: nameField.nullable().optional(),
  description: descriptionField.optional(),
  profile: z.enum(profileNames).optional(),
  enabled: z.boolean().optional(),
  event_types: eventTypesField.optional(),
  subscriptions: subscriptionsField.optional(),
  ordering: z.enum(orderings).optional(),
  rate_limit_per_second: perSecondField.nullable().optional(),
  header_prefix: headerPrefixField.nullable().optional(),
  heartbeat_minutes: heartbeatMinutesField.nullable().optional(),
  daily_manifest: z.boolean().optional(),
  traceparent: z.boolean().optional(),
}

export interface BatchFields {
  readonly max_events: number
  readonly max_wait_ms: number
  readonly max_bytes: number
}

interface SubscriptionField {
  readonly event_type: string
  readonly filter?: string | null | undefined
  readonly expire_after_minutes?: number | null | undefined
  readonly latest_only?: boolean | undefined
}

export interface SubscriptionFields {
  readonly event_types?: readonly string[] | undefined
  readonly subscriptions?: readonly SubscriptionField[] | undefined
}

interface WrittenFields extends SubscriptionFields {
  readonly name?: string | null | undefined
  readonly description?: string | null | undefined
  readonly profile?: ProfileName | undefined
  readonly enabled?: boolean | undefined
  readonly ordering?: Ordering | undefined
  readonly rate_limit_per_second?: number | null | undefined
  readonly header_prefix?: string | null | undefined
  readonly heartbeat_minutes?: number | null | undefined
  readonly daily_manifest?: boolean | undefined
  readonly traceparent?: boolean | undefined
}

export interface NewWebhook extends WrittenFields {
  readonly url: string
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly batch?: BatchFields | null | undefined
  readonly signature?: SignatureKind | undefined
}

export interface WebhookPatch extends WrittenFields {
  readonly url?: string | undefined
  readonly headers?: Readonly<Record<string, string | null>> | undefined
  readonly batch?: { readonly [K in keyof BatchFields]?: number | undefined } | null | undefined
}

export const newWebhook: z.ZodType<NewWebhook> = z.object({
  ...written,
  url: urlField,
  headers: z.record(z.string(), z.string()).optional(),
  batch: batchField.nullable().optional(),
  signature: z.enum(signatureKinds).optional(),
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
  'signature',
  'secret',
  'public_key',
  'previous_secrets',
  'created_at',
  'updated_at',
] as const

export const webhookPatch: z.ZodType<WebhookPatch> = z.object({
  ...written,
  url: urlField.optional(),
  /** RFC 7396: members that are sent are set, null removes one, others stay. */
  headers: z.record(z.string(), z.string().nullable()).optional(),
  /** Merged, too; the three together are checked after that. */
  batch: z.strictObject(batchFields).partial().nullable().optional(),
  ...readOnlyFields(answeredOnly),
})

/**
 * The two spellings of the same thing, or undefined when neither was sent. `areContradicting`: they name different
 * types. Types that are only named keep what `current` says of them.
 */
export function subscriptionsOf(
  { event_types, subscriptions }: SubscriptionFields,
  current: readonly Subscription[] = [],
): { readonly subscriptions: readonly Subscription[] | undefined; readonly areContradicting: boolean } {
  const spelledOut = subscriptions?.map(subscriptionOf)
  const named = event_types?.map(
    (name) => current.find((each) => each.eventType === name) ?? plainSubscription(name),
  )
  return {
    subscriptions: spelledOut ?? named,
    areContradicting:
      event_types !== undefined &&
      spelledOut !== undefined &&
      event_types.join('\n') !== spelledOut.map((each) => each.eventType).join('\n'),
  }
}

function subscriptionOf(field: SubscriptionField): Subscription {
  return {
    eventType: field.event_type,
    filter: field.filter ?? null,
    expireAfterMinutes: field.expire_after_minutes ?? null,
    isLatestOnly: field.latest_only ?? false,
  }
}

export function batchPolicy(fields: BatchFields): BatchPolicy {
  return { maxEvents: fields.max_events, maxWaitMs: fields.max_wait_ms, maxBytes: fields.max_bytes }
}

export function batchFieldsOf({ maxEvents, maxWaitMs, maxBytes }: BatchPolicy): BatchFields {
  return { max_events: maxEvents, max_wait_ms: maxWaitMs, max_bytes: maxBytes }
}

/** The first header that the sender would set itself under `prefix`; null when there is none. */
export function headerUnderPrefix(headers: Readonly<Record<string, string>>, prefix: string): string | null {
  const beginning = brandOf(prefix).toLowerCase()
  return Object.keys(headers).find((name) => name.toLowerCase().startsWith(beginning)) ?? null
}

/** How names of the brand's own headers begin (packages/signing/sign). */
export function brandOf(prefix: string): string {
  return `X-${prefix}-`
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
