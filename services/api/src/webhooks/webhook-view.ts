/** A webhook as answers show it: no secret but the one that was just made. Pure. */
import { timeText } from '@scanhook/http/answers'
import type { StoredEndpoint, StoredSecret } from '@scanhook/postgres/endpoints'
import { batchFieldsOf, maskHeaders, type SignatureKind } from './webhook-input.ts'

export function webhookView(endpoint: StoredEndpoint): Readonly<Record<string, unknown>> {
  const [newest, ...previous] = endpoint.secrets
  return {
    id: endpoint.id,
    url: endpoint.url,
    name: endpoint.name,
    description: endpoint.description,
    profile: endpoint.profile,
    enabled: endpoint.state === 'active',
    state: endpoint.state,
    event_types: endpoint.subscriptions.map((each) => each.eventType),
    subscriptions: endpoint.subscriptions.map((each) => ({
      event_type: each.eventType,
      filter: each.filter,
      expire_after_minutes: each.expireAfterMinutes,
      latest_only: each.isLatestOnly,
    })),
    headers: maskHeaders(endpoint.headers),
    header_prefix: endpoint.headerPrefix,
    ordering: endpoint.ordering,
    batch: endpoint.batch === null ? null : batchFieldsOf(endpoint.batch),
    rate_limit_per_second: endpoint.rateLimitPerSecond,
    signature: signatureOf(endpoint),
    secret: masked(newest),
    public_key: newest?.publicKey ?? null,
    previous_secrets: previous.map((each) => ({
      secret: masked(each),
      public_key: each.publicKey,
      expires_at: timeText(each.expiresAt),
    })),
    created_at: timeText(endpoint.createdAt),
    updated_at: timeText(endpoint.updatedAt),
  }
}

/** For the answer to the request that made its newest secret. `secret`: in clear; null when nobody needs to be told. */
export function newSecretView(
  endpoint: StoredEndpoint,
  secret: string | null,
): Readonly<Record<string, unknown>> {
  return secret === null ? webhookView(endpoint) : { ...webhookView(endpoint), secret }
}

/** An endpoint keeps the kind of its first secret. */
export function signatureOf({ secrets: [newest] }: StoredEndpoint): SignatureKind {
  return (newest?.publicKey ?? null) === null ? 'hmac' : 'ed25519'
}

/** Of a pair nothing is secret but the half that nobody sees. */
function masked(secret: StoredSecret | undefined): string | null {
  return (secret?.publicKey ?? null) === null ? `whsec_…${secret?.hint ?? ''}` : null
}
