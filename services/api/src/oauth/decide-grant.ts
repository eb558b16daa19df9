/** What a request for tokens asks for. Pure: fields in, a grant or what is wrong with them out. */
import type { FieldProblem } from '@scanhook/http/api-error'

export const grantTypes = ['client_credentials', 'refresh_token'] as const
type GrantType = (typeof grantTypes)[number]

export interface TokenRequest {
  readonly grant_type: GrantType
  readonly client_id?: string | undefined
  readonly client_secret?: string | undefined
  readonly refresh_token?: string | undefined
}

export interface Client {
  readonly id: string
  readonly secret: string
}

export type Grant =
  | { readonly kind: 'credentials'; readonly client: Client }
  /** `client` is null when it was left out: the refresh token is enough. */
  | { readonly kind: 'refresh'; readonly refreshToken: string; readonly client: Client | null }
  | { readonly kind: 'refused'; readonly problems: readonly FieldProblem[] }

/** The client of an `Authorization: Basic` header (RFC 6749, 2.3.1); null when there is none that could be one. */
export function clientOfBasic(authorization: string | undefined): Client | null {
  const [, encoded = ''] = /^Basic +([A-Za-z0-9+/=_-]{1,1024}) *$/i.exec(authorization ?? '') ?? []
  const [id, secret, ...rest] = Buffer.from(encoded, 'base64').toString().split(':')
  // Each half is form-encoded before; ours have no character that this would change.
  return id === undefined || secret === undefined || rest.length > 0 ? null : { id, secret }
}

/** Everything that is missing is named at once. `basic` is the client that the headers name, if they do. */
export function decideGrant(request: TokenRequest, basic: Client | null = null): Grant {
  if (basic === null) return decideByFields(request)
  const { client_id, client_secret, ...rest } = request
  const problems = Object.entries({ client_id, client_secret }).flatMap(([field, value]): FieldProblem[] =>
    value === undefined
      ? []
      : [{ field, code: 'ambiguous_fields', message: 'cannot be combined with Authorization: Basic' }],
  )
  if (problems.length > 0) return { kind: 'refused', problems }
  return decideByFields({ ...rest, client_id: basic.id, client_secret: basic.secret })
}

function decideByFields(request: TokenRequest): Grant {
  const { grant_type: grantType, client_id: id, client_secret: secret, refresh_token: refreshToken } = request
  const isRefresh = grantType === 'refresh_token'
  const needsClient = !isRefresh || id !== undefined || secret !== undefined
  const problems: FieldProblem[] = []
  if (needsClient && id === undefined) problems.push(missing('client_id'))
  if (needsClient && secret === undefined) problems.push(missing('client_secret'))
  if (isRefresh && refreshToken === undefined) problems.push(missing('refresh_token'))
  if (!isRefresh && refreshToken !== undefined) {
    const message = 'belongs to grant_type refresh_token'
    problems.push({ field: 'refresh_token', code: 'invalid_context', message })
  }
  if (problems.length > 0) return { kind: 'refused', problems }
  const client = id === undefined || secret === undefined ? null : { id, secret }
  if (refreshToken !== undefined) return { kind: 'refresh', refreshToken, client }
  return client === null ? { kind: 'refused', problems } : { kind: 'credentials', client }
}

function missing(field: string): FieldProblem {
  return { field, code: 'required', message: 'is required' }
}
