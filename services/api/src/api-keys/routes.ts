/** API keys: made with a secret that is shown once, listed without it, withdrawn. */
import { type Scope, scopes } from '@scanhook/domain/scope'
import { listed, nothing, single, timeText } from '@scanhook/http/answers'
import { fieldError } from '@scanhook/http/api-error'
import { idParam, pageParams } from '@scanhook/http/query'
import type { ApiKey, ApiKeys } from '@scanhook/postgres/api-keys'
import type { Authored } from '@scanhook/postgres/audit-log'
import { z } from 'zod'
import { arrayAnswer, idAnswer, listAnswer, singleAnswer, timeAnswer } from '../answer-schemas.ts'
import { authorOf } from '../audit-log/author-of.ts'
import { nameField } from '../fields.ts'
import { type Api, foundOf, notFound } from '../server.ts'

export type ApiKeyPorts = Authored<Pick<ApiKeys, 'create' | 'list' | 'find' | 'remove'>>

const params = z.object({ api_key_id: idParam() })

const keyFields = { id: idAnswer, name: z.string(), scopes: arrayAnswer(z.string()), created_at: timeAnswer }
const keyAnswer = z.object(keyFields).meta({ id: 'ApiKey' })
const newKeyAnswer = z
  .object({
    ...keyFields,
    key: z.string().describe('The only time that it is shown'),
    client_id: z.string(),
    client_secret: z.string(),
  })
  .meta({ id: 'NewApiKey' })
const newKey = z.object({
  name: nameField,
  scopes: z.array(z.enum(scopes)).min(1).max(scopes.length),
})

export function addApiKeyRoutes(api: Api, keys: ApiKeyPorts): void {
  api.route({
    method: 'POST',
    path: '/api/v1/api-keys',
    scope: 'keys:admin',
    describes: {
      id: 'createApiKey',
      summary: 'Make an API key',
      answers: { 201: singleAnswer(newKeyAnswer) },
    },
    body: newKey,
    handle: async (request) => {
      const { caller, body } = request
      refuseForeignScopes(body.scopes, caller.scopes)
      const { key, token, secret } = await keys.create(authorOf(request, keyView), {
        name: body.name,
        scopes: [...new Set(body.scopes)],
      })
      // The last two are for POST /oauth/token.
      return single({ ...keyView(key), key: token, client_id: String(key.id), client_secret: secret }, 201)
    },
  })
  api.route({
    method: 'GET',
    path: '/api/v1/api-keys',
    scope: 'keys:admin',
    describes: { id: 'listApiKeys', summary: 'List API keys', answers: { 200: listAnswer(keyAnswer) } },
    query: z.object(pageParams),
    handle: async ({ caller, query }) => {
      const { rows, totalCount } = await keys.list(caller.orgId, query)
      return listed({ ...query, data: rows.map(keyView), totalCount })
    },
  })
  api.route({
    method: 'GET',
    path: '/api/v1/api-keys/:api_key_id',
    scope: 'keys:admin',
    describes: { id: 'getApiKey', summary: 'Get an API key', answers: { 200: singleAnswer(keyAnswer) } },
    params,
    handle: async ({ caller, params: { api_key_id: id } }) =>
      single(keyView(foundOf(await keys.find(caller.orgId, id), 'API key'))),
  })
  api.route({
    method: 'DELETE',
    path: '/api/v1/api-keys/:api_key_id',
    scope: 'keys:admin',
    describes: {
      id: 'deleteApiKey',
      summary: 'Withdraw an API key',
      details: 'It stops working within 30 seconds.',
      answers: { 204: null },
    },
    params,
    handle: async (request) => {
      const isRemoved = await keys.remove(authorOf(request, keyView), request.params.api_key_id)
      if (!isRemoved) throw notFound('API key')
      return nothing()
    },
  })
}

/** A key gives no more than it has: else `keys:admin` alone would be every scope. */
function refuseForeignScopes(wanted: readonly Scope[], own: readonly string[]): void {
  const foreign = wanted.findIndex((scope) => !own.includes(scope))
  if (foreign !== -1)
    throw fieldError({
      field: `scopes.${foreign}`,
      code: 'invalid_value',
      message: 'must be a scope that the calling key has itself',
    })
}

function keyView({ id, name, scopes: own, createdAt }: ApiKey): z.output<typeof keyAnswer> {
  return { id, name, scopes: own, created_at: timeText(createdAt) }
}
