/**
 * A PostgreSQL database of a test's own: made, migrated, and dropped when the test ends. For tests only; it stands
 * here and not in testkit, because testkit needs this package and a circle of packages has no build order.
 */

import { strict as assert } from 'node:assert'
import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { silentLog } from '@scanhook/observability/log'
import { horizonOf, nextTransaction } from './event-feed.ts'
import { migrate } from './migrate.ts'
import { openPostgres, type Postgres } from './open.ts'

export interface TestDatabase {
  /** Address of the new database. */
  readonly url: string
  /** Ends what is still connected and drops it. */
  drop(): Promise<void>
}

/** Made and migrated, on the server at `serverUrl` (POSTGRES_URL), whose user must be allowed to create databases. */
export async function createTestDatabase(name: string, serverUrl: string | undefined): Promise<TestDatabase> {
  const database = await createEmptyDatabase(name, serverUrl)
  await migrate(database.url)
  return database
}

/** Made, and nothing in it. */
export async function createEmptyDatabase(
  name: string,
  serverUrl: string | undefined,
): Promise<TestDatabase> {
  assert(serverUrl, 'POSTGRES_URL must name a running PostgreSQL: eval "$(bin/stack env)"')
  const database = `scanhook_test_${name.replaceAll(/[^a-z0-9]/g, '_')}_${randomBytes(4).toString('hex')}`
  await onServer(serverUrl, `create database ${database}`)
  const url = new URL(serverUrl)
  url.pathname = `/${database}`
  return {
    url: url.href,
    drop: () => onServer(serverUrl, `drop database if exists ${database} with (force)`),
  }
}

async function onServer(url: string, statement: string): Promise<void> {
  const pg = openPostgres({ url, log: silentLog, max: 1, statementTimeoutMs: 60_000 })
  const session = await pg.openSession({ onNotification: () => undefined, onEnd: () => undefined })
  try {
    await session.query(statement)
  } finally {
    await session.close()
    await pg.close()
  }
}

/** Resolves when all that was recorded until now is told: a transaction that runs may hold it back for a moment (event-feed N1). */
export async function othersAreDone(pg: Postgres): Promise<void> {
  const mark = BigInt(await nextTransaction(pg))
  while (BigInt(await horizonOf(pg)) < mark) await wait(20)
}
