/** An API over topics, a database and a prefix of its own, with keys of the operator's organization and of another. */
import { apiService } from '@scanhook/api/service'
import { scopes } from '@scanhook/domain/scope'
import { silentLog } from '@scanhook/observability/log'
import { apiKeys } from '@scanhook/postgres/api-keys'
import { openPostgres, type Postgres } from '@scanhook/postgres/open'
import { organizations } from '@scanhook/postgres/organizations'
import { createTestDatabase } from '@scanhook/postgres/test-database'
import { startService } from '@scanhook/runtime/start-service'
import { type OwnTopics, ownTopics } from '@scanhook/testkit/own-topics'

export interface OperatorAnswer {
  readonly status: number
  readonly text: string
  /** Of JSON its `data`. */
  readonly data: unknown
}

export interface OperatorApi {
  readonly own: OwnTopics
  readonly prefix: string
  readonly pg: Postgres
  readonly keys: { readonly operator: string; readonly other: string }
  readonly orgIds: { readonly operator: number; readonly other: number }
  readonly ask: (key: string, path: string, body?: unknown) => Promise<OperatorAnswer>
  readonly close: () => Promise<void>
}

export async function openOperatorApi(
  name: string,
  env: Readonly<Record<string, string>> = {},
): Promise<OperatorApi> {
  const own = await ownTopics(name)
  const database = await createTestDatabase(name, process.env['POSTGRES_URL'])
  const pg = openPostgres({ url: database.url, log: silentLog })
  const operator = await organizations(pg).ensure('Operator')
  const other = await organizations(pg).ensure('Other')
  const keyOf = async (orgId: number) => (await apiKeys(pg).create(orgId, { name: 'test', scopes })).token
  const keys = { operator: await keyOf(operator.id), other: await keyOf(other.id) }
  let url = ''
  const info = (fields: unknown): void => {
    if (typeof fields === 'object' && fields !== null && 'url' in fields) url = `${fields.url}`
  }
  const settings = {
    ...own.env,
    POSTGRES_URL: database.url,
    API_PORT: '0',
    SECRET_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}`,
    OPERATOR_ORG_IDS: `${operator.id}`,
    ...env,
  }
  const api = await startService(apiService, settings, { log: { ...silentLog, info } })
  return {
    ...{ own, pg, keys, prefix: own.env['TOPIC_PREFIX'] ?? '' },
    orgIds: { operator: operator.id, other: other.id },
    ask: async (key, path, body) => {
      const response = await fetch(`${url}/api/v1${path}`, {
        headers: {
          authorization: `Bearer ${key}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      })
      const text = await response.text()
      return { status: response.status, text, data: (JSON.parse(text) as { data?: unknown }).data }
    },
    close: async () => {
      await api.stop()
      await pg.close()
      await database.drop()
      await own.close()
    },
  }
}
