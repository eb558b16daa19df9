/** An HTTP app over a database of its own, with two organizations: `a` and `b` are their keys, `weak` is one of `a` that may less. */
import { type HttpApp, openHttp } from '@scanhook/http/app'
import type { Caller } from '@scanhook/http/authentication'
import { silentLog } from '@scanhook/observability/log'
import { openMetrics } from '@scanhook/observability/metrics'
import { openPostgres, type Postgres } from '@scanhook/postgres/open'
import { organizations } from '@scanhook/postgres/organizations'
import { createTestDatabase } from '@scanhook/postgres/test-database'
import { systemClock } from '@scanhook/runtime/clock'
import { type ApiCall, apiCaller } from './api-caller.ts'

export interface ApiOverPostgres {
  readonly pg: Postgres
  /** Takes routes until `listen`. */
  readonly api: HttpApp<Caller>
  readonly orgA: number
  readonly orgB: number
  /** The address, and callers by their keys. */
  readonly listen: () => Promise<{
    readonly url: string
    readonly caller: <Body>(key: 'a' | 'b' | 'weak') => ApiCall<Body>
  }>
  readonly close: () => Promise<void>
}

export interface ApiOverPostgresOptions {
  /** Part of the database's name. */
  readonly name: string
  readonly postgresUrl: string | undefined
  readonly scopes: readonly string[]
  /** Of `weak`. Default none. */
  readonly weakScopes?: readonly string[]
}

export async function openApiOverPostgres(options: ApiOverPostgresOptions): Promise<ApiOverPostgres> {
  const database = await createTestDatabase(options.name, options.postgresUrl)
  const pg = openPostgres({ url: database.url, log: silentLog })
  const orgA = (await organizations(pg).ensure('A')).id
  const orgB = (await organizations(pg).ensure('B')).id
  const orgOf = new Map([
    ['a', orgA],
    ['b', orgB],
    ['weak', orgA],
  ])
  const api = openHttp({
    host: '127.0.0.1',
    port: 0,
    authenticate: async (token) => {
      const orgId = orgOf.get(token)
      const scopes = token === 'weak' ? (options.weakScopes ?? []) : options.scopes
      return orgId === undefined ? null : { orgId, apiKeyId: orgId, scopes }
    },
    // A test asks as fast as it can.
    rateLimit: { perMinute: 10_000, burst: 10_000 },
    log: silentLog,
    metrics: openMetrics(),
    clock: systemClock,
    random: Math.random,
  })
  return {
    pg,
    api,
    orgA,
    orgB,
    listen: async () => {
      const url = await api.listen()
      return { url, caller: (key) => apiCaller(Number(new URL(url).port), key) }
    },
    close: async () => {
      await api.close()
      await pg.close()
      await database.drop()
    },
  }
}
