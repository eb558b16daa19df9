/** One session of a cell's own, from behind the proxy; ended whatever comes. */
import pg from 'pg'

export async function inPostgres<T>(
  env: Readonly<Record<string, string>>,
  act: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString: env['POSTGRES_URL'] })
  await client.connect()
  try {
    return await act(client)
  } finally {
    await client.end()
  }
}
