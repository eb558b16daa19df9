/** Who asks, as the audit log names them. Pure. */
import type { AuditActor } from '@scanhook/domain/auditing/audit-entry'
import type { View } from '@scanhook/domain/auditing/diff-views'
import type { Caller } from '@scanhook/http/authentication'
import type { Author, Authorship, ImportedLines } from '@scanhook/postgres/audit-log'

/** What of a request is told. `imported` is set where it is one line of an import (bulk/import-lines). */
export interface AuthorRequest {
  readonly caller: Caller
  readonly requestId: string
  readonly imported?: ImportedLines | undefined
}

export function actorOf({ apiKeyId, through }: Caller): AuditActor {
  switch (through?.kind) {
    case 'portal_link':
      return { kind: 'portal_link', id: through.id }
    case 'access_token':
      // OAuth's client is the key.
      return { kind: 'oauth_client', id: apiKeyId }
    case undefined:
      return { kind: 'api_key', id: apiKeyId }
  }
}

export function authorshipOf({ caller, requestId }: AuthorRequest): Authorship {
  return { orgId: caller.orgId, actor: actorOf(caller), requestId }
}

/** `view`: as the API answers; `hidden`: what it masks, by its fields, for comparison alone. */
export function authorOf<T>(
  request: AuthorRequest,
  view: (row: T) => View,
  hidden?: (row: T) => View,
): Author<T> {
  return { ...authorshipOf(request), view, hidden, imported: request.imported }
}
