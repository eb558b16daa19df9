/**
 * Rules over several of a webhook's fields, and over what is there already: headers against the brand, the kind of
 * signature against the profile, a merged batch. Each throws a validation_error that names the field. Pure.
 */
import type { BatchPolicy, Subscription } from '@scanhook/domain/endpoint'
import type { ProfileName } from '@scanhook/domain/profile'
import { fieldError } from '@scanhook/http/api-error'
import type { StoredEndpoint } from '@scanhook/postgres/endpoints'
import { customerHeadersMax, headerProblem } from '@scanhook/webhook-client/customer-headers'
import { ambiguous } from '../server.ts'
import {
  type BatchFields,
  batchFieldsOf,
  batchPolicy,
  brandOf,
  headerUnderPrefix,
  mergeHeaders,
  type SignatureKind,
  type SubscriptionFields,
  subscriptionsOf,
  type WebhookPatch,
} from './webhook-input.ts'

/** The brands' own signatures are HMACs by definition; only the standard profile knows another kind. */
export function refuseSignature(
  field: 'signature' | 'profile',
  signature: SignatureKind,
  profile: ProfileName,
): void {
  if (signature === 'hmac' || profile === 'standard') return
  throw fieldError({
    field,
    code: 'invalid_value',
    message: 'does not fit: ed25519 signatures exist with the standard profile only',
  })
}

/** Merged (RFC 7396) and checked under the prefix that will hold; a new prefix may meet a header that is there already. */
export function patchedHeaders(
  current: Pick<StoredEndpoint, 'headers' | 'headerPrefix'>,
  { headers, header_prefix: prefix = current.headerPrefix }: WebhookPatch,
): Readonly<Record<string, string>> | undefined {
  if (headers !== undefined) return checkedHeaders(mergeHeaders(current.headers, headers), prefix)
  const met = prefix === null ? null : headerUnderPrefix(current.headers, prefix)
  if (met !== null)
    throw fieldError({
      field: 'header_prefix',
      code: 'invalid_value',
      message: `collides with the header ${met}`,
    })
  return undefined
}

export function patchedBatch(
  current: Pick<StoredEndpoint, 'batch'>,
  { batch }: WebhookPatch,
): BatchPolicy | null | undefined {
  if (batch === undefined || batch === null) return batch
  const merged = { ...(current.batch === null ? {} : batchFieldsOf(current.batch)), ...batch }
  const { max_events, max_wait_ms, max_bytes } = merged
  for (const [name, value] of Object.entries({ max_events, max_wait_ms, max_bytes })) {
    if (value === undefined)
      throw fieldError({ field: `batch.${name}`, code: 'required', message: 'is required' })
  }
  return batchPolicy(merged as BatchFields)
}

export function checkedHeaders(
  headers: Readonly<Record<string, string>>,
  prefix: string | null,
): Readonly<Record<string, string>> {
  const names = Object.keys(headers)
  if (names.length > customerHeadersMax)
    throw fieldError({
      field: 'headers',
      code: 'too_long',
      message: `must have at most ${customerHeadersMax} entries`,
    })
  const lowerCased = new Set<string>()
  for (const [name, value] of Object.entries(headers)) {
    const isRepeated = lowerCased.has(name.toLowerCase())
    lowerCased.add(name.toLowerCase())
    const problem = isRepeated
      ? 'is given twice, in different spellings'
      : headerProblem(name, value, prefix === null ? undefined : brandOf(prefix))
    if (problem !== null)
      throw fieldError({ field: `headers.${name}`, code: 'invalid_value', message: problem })
  }
  return headers
}

export function subscriptionsFrom(
  body: SubscriptionFields,
  current: readonly Subscription[] = [],
): readonly Subscription[] | undefined {
  const { subscriptions, areContradicting } = subscriptionsOf(body, current)
  if (areContradicting) throw ambiguous('subscriptions', 'a different event_types')
  return subscriptions
}
