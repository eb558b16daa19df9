/** What the audit log tells of a change: who made it, what it was, and of what. The words are a closed list: people filter by them. */

/** By the kind of what was changed. */
const verbs = {
  organization: ['created', 'updated', 'settings_updated', 'subject_erased', 'exported'],
  api_key: ['created', 'deleted'],
  token_chain: ['issued', 'revoked'],
  portal_link: ['created', 'used', 'revoked'],
  asset: ['created', 'updated', 'renamed', 'deleted', 'imported'],
  tag: ['created', 'updated', 'deleted'],
  location: ['created', 'updated', 'renamed', 'deleted', 'imported'],
  scan_device: ['created', 'updated', 'deleted', 'imported'],
  scan_point: ['created', 'updated', 'deleted', 'imported'],
  webhook: [
    'created',
    'updated',
    'paused',
    'resumed',
    'disabled',
    'deleted',
    'secret_rotated',
    'secrets_ended',
    'tested',
    'checked',
  ],
  delivery: ['resent', 'signed'],
  job: ['created', 'updated', 'paused', 'resumed', 'cancelled'],
  event_cursor: ['set', 'deleted'],
  poison_record: ['replayed'],
} as const

export type AuditedKind = keyof typeof verbs
export const auditedKinds = Object.keys(verbs) as readonly AuditedKind[] as readonly [
  AuditedKind,
  ...AuditedKind[],
]

/** `webhook.updated`. */
export type AuditOperation = { [K in AuditedKind]: `${K}.${(typeof verbs)[K][number]}` }[AuditedKind]
export const auditOperations = auditedKinds.flatMap((kind) =>
  verbs[kind].map((verb) => `${kind}.${verb}` as AuditOperation),
) as unknown as readonly [AuditOperation, ...AuditOperation[]]

export function kindOfOperation(operation: AuditOperation): AuditedKind {
  return operation.slice(0, operation.indexOf('.')) as AuditedKind
}

/**
 * `api_key`: the key itself was sent. `oauth_client`: an access token for it; its client id is the key's id. `portal_link`: the
 * session that a link was exchanged for. `system`: we ourselves.
 */
export const actorKinds = ['api_key', 'oauth_client', 'portal_link', 'system'] as const
export type ActorKind = (typeof actorKinds)[number]

export type AuditActor =
  | { readonly kind: Exclude<ActorKind, 'system'>; readonly id: number }
  | { readonly kind: 'system'; readonly id: null }

export const systemActor: AuditActor = { kind: 'system', id: null }
