/** What the list of webhooks and an overview ask, of an organization that has many of them: part e of the log bench. */
import type pg from 'pg'
import type { World } from '../harness/world.ts'

const webhookCount = 300
/** As many as the console asks at once. */
const pageRows = 100
const days = 30

/** Makes the webhooks, and 30 days of hours for each of them, in which two types were sent. */
export async function webhookQueriesOf(
  world: World,
  client: pg.Client,
): Promise<readonly (readonly [name: string, pathOf: (n: number) => string])[]> {
  const ids: number[] = []
  for (let n = 0; n < webhookCount; n += 1) {
    const body = { url: `http://127.0.0.1:${1_024 + n}/line`, name: `Line ${n}`, event_types: ['asset.*'] }
    ids.push((await world.api.data<{ id: number }>('POST', '/api/v1/webhooks', body)).id)
  }
  await client.query(
    `insert into usage_hours (org_id, endpoint_id, hour, event_type, kinds, latencies)
     select $1, id, date_trunc('hour', now(), 'UTC') - n * interval '1 hour', type,
       array[90, 0, 0, 0, 9, 0, 0, 0, 0, 1, 0, 0, 0, 0], array_fill(0, array[10]) || array[60, 30, 10] || array_fill(0, array[17])
     from unnest($2::bigint[]) id, generate_series(0, ${days * 24 - 1}) n, unnest(array['asset.moved', 'asset.scanned']) type`,
    [world.orgId, ids],
  )
  await client.query('vacuum analyze usage_hours, endpoints')
  const list = `/api/v1/webhooks?limit=${pageRows}`
  const page = (n: number): readonly number[] => ids.slice((n % 3) * pageRows, ((n % 3) + 1) * pageRows)
  const one = (n: number): string => `/api/v1/webhooks/${ids[(n * 7) % webhookCount]}`
  return [
    [`webhooks: ${pageRows} of ${webhookCount}`, (n) => `${list}&offset=${(n % 3) * pageRows}`],
    ['webhooks by a text', (n) => `${list}&q=line%20${n % webhookCount}`],
    ['webhooks that fail', () => `${list}&status=failing`],
    [
      `activity of ${pageRows}`,
      (n) =>
        `/api/v1/webhooks/activity?${page(n)
          .map((id) => `webhook_id=${id}`)
          .join('&')}`,
    ],
    ['statistics of 24 hours', (n) => `${one(n)}/statistics?range=24h`],
    ['statistics of 30 days', (n) => `${one(n)}/statistics?range=30d`],
    ['statistics of an hour, out of the log', (n) => `${one(n)}/statistics?range=1h`],
  ]
}
