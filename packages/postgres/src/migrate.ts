/**
 * Brings a database to the present schema: applies the files of `migrations/` in the order of their names, each in
 * its own transaction, and remembers name and checksum. Knows nothing of what the files say.
 *
 * Invariants
 *   B1. Running it again changes nothing; running it twice at once applies each file once (session advisory lock).
 *   B2. A file that was applied and has changed since is an error, not a surprise: nothing is applied then.
 */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { Client } from 'pg'
import { PostgresError, postgresErrorOf } from './errors.ts'
import { clientConfig } from './open.ts'

export interface Migration {
  readonly name: string
  readonly text: string
}

export interface Migrated {
  /** Names of the files applied now, in order. */
  readonly applied: readonly string[]
  /** How many there are in all. */
  readonly total: number
}

/** Two words as two int4, so that the number needs no explanation: the same for every process of this product. */
const lockQuery = `select pg_advisory_lock(hashtext('scanhook'), hashtext('migrate'))`

/**
 * Applies what is missing. `url` is a PostgreSQL address. Rejects with POSTGRES_UNAVAILABLE when the server can't be
 * reached, and POSTGRES_MIGRATION when a file changed after it was applied, or fails.
 */
export async function migrate(url: string, migrations?: readonly Migration[]): Promise<Migrated> {
  const files = migrations ?? (await readMigrations())
  // No statement timeout: building an index over a grown table takes what it takes.
  const client = new Client(clientConfig({ url, statementTimeoutMs: 0 }))
  client.on('error', () => undefined) // the running query rejects
  try {
    await client.connect()
    await client.query(lockQuery)
    return { applied: await applyMissing(client, files), total: files.length }
  } catch (error) {
    throw postgresErrorOf(error)
  } finally {
    await client.end() // and with the session its lock
  }
}

async function readMigrations(): Promise<readonly Migration[]> {
  const folder = new URL('../migrations/', import.meta.url)
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
  return Promise.all(
    names.map(async (name) => ({ name, text: await readFile(new URL(name, folder), 'utf8') })),
  )
}

async function applyMissing(client: Client, files: readonly Migration[]): Promise<readonly string[]> {
  await client.query(`create table if not exists schema_migrations (
    name text primary key, checksum text not null, applied_at timestamptz(3) not null default now())`)
  const { rows } = await client.query<{ name: string; checksum: string }>(
    'select name, checksum from schema_migrations',
  )
  const known = new Map(rows.map((row) => [row.name, row.checksum]))
  for (const file of files) {
    const checksum = known.get(file.name)
    if (checksum !== undefined && checksum !== checksumOf(file)) {
      throw new PostgresError(
        'POSTGRES_MIGRATION',
        `${file.name} has changed since it was applied; add a new file instead`,
      )
    }
  }
  const missing = files.filter((file) => !known.has(file.name))
  for (const file of missing) await apply(client, file)
  return missing.map((file) => file.name)
}

async function apply(client: Client, file: Migration): Promise<void> {
  await client.query('begin')
  try {
    await client.query(file.text)
    await client.query('insert into schema_migrations (name, checksum) values ($1, $2)', [
      file.name,
      checksumOf(file),
    ])
    await client.query('commit')
  } catch (thrown) {
    const error = postgresErrorOf(thrown)
    if (error.retriable) throw error
    await client.query('rollback')
    throw new PostgresError('POSTGRES_MIGRATION', `${file.name} failed: ${error.message}`, { cause: thrown })
  }
}

/** Line ends are evened out: a checkout on another system is the same migration. */
function checksumOf({ text }: Migration): string {
  return createHash('sha256').update(text.replaceAll('\r\n', '\n')).digest('hex')
}
