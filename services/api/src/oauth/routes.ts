/**
 * Access tokens for an API key, TrakRF's way: its credentials, or a refresh token, against a bearer token of 15 minutes and
 * the next refresh token.
 *
 * The route is public, so it is limited by address (packages/http, admit): who guesses gets 60 tries a minute.
 *
 * Invariants
 *   O1. Every refusal of credentials is the same 401: nothing tells a wrong secret from an unknown client, or a used
 *       refresh token from an invented one.
 *   O2. No cache on the way keeps an answer, and no log line holds a token or a secret.
 */
import { type AccessTokens, accessTokenLifeS } from '@scanhook/http/access-token'
import { unauthorized } from '@scanhook/http/api-error'
import { validationError } from '@scanhook/http/field-problems'
import type { HttpAnswer } from '@scanhook/http/route'
import type { Logger } from '@scanhook/observability/log'
import type { ApiKeys } from '@scanhook/postgres/api-keys'
import type { LiveChain, TokenChains } from '@scanhook/postgres/token-chains'
import type { Clock } from '@scanhook/runtime/clock'
import { z } from 'zod'
import type { Api } from '../server.ts'
import { type Client, clientOfBasic, decideGrant, type Grant, grantTypes } from './decide-grant.ts'

export interface TokenPorts {
  readonly keys: Pick<ApiKeys, 'authenticateClient'>
  readonly chains: Pick<TokenChains, 'begin' | 'rotate'>
  readonly tokens: Pick<AccessTokens, 'sign'>
  readonly clock: Pick<Clock, 'nowMs'>
  readonly log: Pick<Logger, 'warn'>
}

/** Ours have at most 90 characters; what is longer is nobody's, and is not worth hashing. */
const credential = z.string().min(1).max(512)

const tokenRequest = z.object({
  grant_type: z.enum(grantTypes),
  client_id: credential.optional(),
  client_secret: credential.optional(),
  refresh_token: credential.optional(),
})

const tokenAnswer = z
  .object({
    access_token: z.string(),
    refresh_token: z.string().describe('Good for one use within 30 days'),
    token_type: z.literal('Bearer'),
    expires_in: z.int().describe('Seconds'),
  })
  .meta({ id: 'AccessToken' })

export function addTokenRoute(api: Api, ports: TokenPorts): void {
  api.publicRoute({
    method: 'POST',
    path: '/api/v1/oauth/token',
    describes: {
      id: 'createToken',
      summary: 'Get an access token for an API key, or for a refresh token',
      details:
        '`client_credentials` needs `client_id` and `client_secret` (in the body, or as Basic); `refresh_token` needs `refresh_token`.',
      answers: { 200: tokenAnswer },
      errors: ['unauthorized'],
    },
    body: tokenRequest,
    // TrakRF's clients send JSON, OAuth's libraries a form (RFC 6749, 4.4.2).
    bodyKind: ['json', 'form'],
    handle: async ({ body, headers, requestId }) => {
      const { authorization } = headers
      const basic = clientOfBasic(typeof authorization === 'string' ? authorization : undefined)
      const grant = decideGrant(body, basic)
      switch (grant.kind) {
        case 'refused':
          throw validationError(grant.problems)
        case 'credentials':
          return answerWith(ports, await beginChain(ports, grant.client, requestId))
        case 'refresh':
          return answerWith(ports, await goOn(ports, grant, requestId))
      }
    },
  })
}

async function apiKeyIdOf({ keys }: TokenPorts, { id, secret }: Client): Promise<number> {
  const caller = await keys.authenticateClient(id, secret)
  if (caller === null) throw refused()
  return caller.apiKeyId
}

async function beginChain(ports: TokenPorts, client: Client, requestId: string): Promise<LiveChain> {
  const begun = await ports.chains.begin(await apiKeyIdOf(ports, client), requestId)
  if (begun === null) throw refused()
  return begun
}

async function goOn(
  ports: TokenPorts,
  { refreshToken, client }: Extract<Grant, { kind: 'refresh' }>,
  requestId: string,
): Promise<LiveChain> {
  const apiKeyId = client === null ? undefined : await apiKeyIdOf(ports, client)
  const rotated = await ports.chains.rotate(refreshToken, apiKeyId, requestId)
  if (rotated.kind === 'rotated') return rotated
  if (rotated.kind === 'replayed') {
    // A thief, or a client that lost an answer: from here they look alike.
    ports.log.warn({ apiKeyId: rotated.apiKeyId, chainId: rotated.chainId }, 'token.replayed')
  }
  throw refused()
}

async function answerWith(
  { tokens, clock }: TokenPorts,
  { chainId, caller, refreshToken }: LiveChain,
): Promise<HttpAnswer> {
  const { orgId, apiKeyId, scopes } = caller
  return {
    status: 200,
    body: {
      access_token: await tokens.sign({ orgId, apiKeyId, chainId, scopes }, clock.nowMs()),
      refresh_token: refreshToken,
      token_type: 'Bearer',
      expires_in: accessTokenLifeS,
    },
    headers: { 'cache-control': 'no-store' }, // RFC 6749, 5.1
  }
}

/** O1. */
function refused(): Error {
  return unauthorized('the credentials are not valid')
}
