/**
 * The pool of connections, with kysely over it. The only door to `pg`. Every error that leaves it is a
 * `PostgresError`; a connection that had trouble is never handed out again.
 */
import { setTimeout } from 'node:timers/promises'
import type { Logger } from '@scanhook/observability/log'
import type { Metrics } from '@scanhook/observability/metrics'
import {
  CamelCasePlugin,
  Kysely,
  PostgresDialect,
  type PostgresPoolClient,
  sql,
  type Transaction,
} from 'kysely'
import { Client, type ClientConfig, Pool, type PoolClient, type QueryResult, types } from 'pg'
import { isPostgresError, type PostgresError, postgresErrorOf } from './errors.ts'
import { meterPool } from './pool-metrics.ts'
import type { Tables } from './tables.ts'

/** Either the whole database or a transaction in it: repositories take both. */
export type Db = Kysely<Tables> | Transaction<Tables>

export interface Postgres {
  readonly db: Kysely<Tables>
  /** Resolves when the server answered a query. Rejects with POSTGRES_UNAVAILABLE or POSTGRES_TIMEOUT. */
  ping(): Promise<void>
  /** A connection of one's own, outside the pool: for LISTEN and session locks. Emits no error events of its own. */
  openSession(options: SessionOptions): Promise<Session>
  close(): Promise<void>
}

export interface SessionOptions {
  /** Called for every NOTIFY on a channel that was listened to. */
  readonly onNotification: (channel: string, payload: string) => void
  /** The connection that was opened ended, by whatever cause. Called once; never for one that could not be opened. */
  readonly onEnd: () => void
}

export interface Session {
  query<Row extends object>(text: string, values?: readonly unknown[]): Promise<readonly Row[]>
  close(): Promise<void>
}

export interface PostgresOptions {
  readonly url: string
  readonly log: Logger
  /** Where the pool is counted; nowhere without. */
  readonly metrics?: Metrics | undefined
  /** Connections at most. Default 8. */
  readonly max?: number | undefined
  /** Server side, per statement. Default 10 s. */
  readonly statementTimeoutMs?: number | undefined
}

/** A server on the same network that takes longer to accept is as good as gone; health must show it quickly. */
const connectTimeoutMs = 2_000
/** The largest statement we send inserts 1,000 rows in well under a second; a list with a count may take some. */
const defaultStatementTimeoutMs = 10_000
/** Beyond the server's own deadline: catches a connection into a black hole, where no answer ever comes. */
const answerGraceMs = 2_000
/** Closing takes one packet and its answer. */
const closePatienceMs = 1_000
/** What eight partitions at once need, which is how many a consumer handles side by side. */
const defaultMax = 8

/** Opens nothing yet: the first query connects. Never throws. */
export function openPostgres(options: PostgresOptions): Postgres {
  const config = clientConfig(options)
  const max = options.max ?? defaultMax
  const pool = new Pool({ ...config, max, idleTimeoutMillis: 30_000 })
  const meter = options.metrics === undefined ? null : meterPool(options.metrics, pool, max)
  const failed = (error: PostgresError): PostgresError => {
    meter?.failed(error.code)
    return error
  }
  // An idle connection that the server ended is replaced by the pool; without a listener it would end the process.
  pool.on('error', (error) => options.log.warn({ error }, 'postgres.connection-lost'))
  // The pool listens to idle connections only. One that is lost while it is held, between two statements, reports it to
  // nobody and ends the process; its next statement fails anyway.
  pool.on('connect', (client) => void client.on('error', () => undefined))
  const db = new Kysely<Tables>({
    dialect: new PostgresDialect({
      pool: {
        options: {},
        connect: async () => guardClient(await acquire(pool, failed), failed),
        end: () => pool.end(),
      },
    }),
    plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
  })
  let closed: Promise<void> | undefined
  return {
    db,
    ping: async () => {
      await sql`select 1`.execute(db)
    },
    openSession: (session) => openSession(config, session),
    close: () => {
      meter?.close()
      // kysely ends the pool only when it was used; `end` twice is an error in pg.
      closed ??= db.destroy().then(() => (pool.ended || pool.ending ? undefined : pool.end()))
      return closed
    },
  }
}

export function clientConfig({
  url,
  statementTimeoutMs = defaultStatementTimeoutMs,
}: Omit<PostgresOptions, 'log'>): ClientConfig {
  return {
    connectionString: url,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs === 0 ? 0 : statementTimeoutMs + answerGraceMs,
    // A handler that died inside a transaction must not hold its locks for ever.
    idle_in_transaction_session_timeout: 30_000,
    keepAlive: true,
    application_name: 'scanhook',
    // Keepalives on the server's side, too: a host that vanished without a word must not hold the relay's lock for the
    // two hours that are the usual default. 10 s + 3 × 5 s.
    options:
      '-c timezone=UTC -c datestyle=ISO -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3',
    types: { getTypeParser },
  }
}

const int8 = 20
const timestamptz = 1184

/** int8 as a number (every one of ours is ≤ 2^53−1), timestamptz as epoch ms; else as `pg` does it. */
const getTypeParser: typeof types.getTypeParser = (oid: number, format?: unknown) => {
  if (format === undefined || format === 'text') {
    if (oid === int8) return Number
    if (oid === timestamptz) return parseInstant
  }
  return types.getTypeParser(oid, format as 'text')
}

/** `2026-11-23 14:32:22.123+00`, as a session in UTC with ISO dates writes it. */
function parseInstant(text: string): number {
  return Date.parse(`${text.slice(0, 10)}T${text.slice(11).replace(/\+00$/, 'Z')}`)
}

/** Gives the error back, having counted it. */
type Failed = (error: PostgresError) => PostgresError

async function acquire(pool: Pool, failed: Failed): Promise<PoolClient> {
  try {
    return await pool.connect()
  } catch (error) {
    throw failed(postgresErrorOf(error))
  }
}

function guardClient(client: PoolClient, failed: Failed): PostgresPoolClient {
  let isBroken = false
  async function query(text: string, values: readonly unknown[]): Promise<QueryResult> {
    try {
      return await client.query(text, [...values])
    } catch (thrown) {
      const error = failed(postgresErrorOf(thrown))
      // After trouble with the connection, or an answer that never came, its state is unknown.
      isBroken ||= error.code === 'POSTGRES_UNAVAILABLE'
      isBroken ||= isPostgresError(error, 'POSTGRES_TIMEOUT') && error.sqlState === null
      throw error
    }
  }
  return {
    // kysely's type also takes a cursor, which needs another package and which nobody here asks for.
    query: query as unknown as PostgresPoolClient['query'],
    release: (destroy) => client.release(isBroken || destroy === true),
  }
}

async function openSession(
  config: ClientConfig,
  { onNotification, onEnd }: SessionOptions,
): Promise<Session> {
  const client = new Client(config)
  client.on('notification', ({ channel, payload = '' }) => onNotification(channel, payload))
  client.on('error', () => undefined) // `end` follows
  try {
    await client.connect()
  } catch (error) {
    throw postgresErrorOf(error)
  }
  // Not before: pg ends what it could not connect as well, and whoever is told of both opens two for one.
  client.on('end', onEnd)
  return {
    query: async <Row extends object>(text: string, values: readonly unknown[] = []) => {
      try {
        return (await client.query<Row>(text, [...values])).rows
      } catch (error) {
        throw postgresErrorOf(error)
      }
    },
    // A connection into a black hole never says goodbye.
    close: () => Promise.race([client.end(), setTimeout(closePatienceMs, undefined, { ref: false })]),
  }
}
