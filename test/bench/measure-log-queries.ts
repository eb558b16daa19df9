/**
 * Parts b, c and e of the log bench: a log of 30 days, made in PostgreSQL, read through the HTTP API as a customer would.
 * `queriesOf` is the table of what is asked; a query more is an entry more.
 */
import pg from 'pg'
import { deleteTopics } from '../harness/delete-topics.ts'
import { openWorld, type World } from '../harness/world.ts'
import { latenciesOf } from './latencies.ts'
import type { LogPart, LogQueryFigures, LogSizes } from './log.ts'
import { webhookQueriesOf } from './webhook-queries.ts'

const days = 30
const orgs = 5
const endpointsInAll = 200
const rareType = 'endpoint.failing'
/** Rows of one statement: it ends within the minute, and progress is seen. */
const chunk = 250_000

/** `parts`: lists and single deliveries (b), why (c), many webhooks (e); over the same rows. */
export async function measureLogQueries(
  { stored, queriesEach }: LogSizes,
  parts: ReadonlySet<LogPart>,
  say: (line: string) => void,
): Promise<LogQueryFigures> {
  const world = await openWorld({
    isDirect: true,
    env: {
      LOG_LEVEL: 'warn',
      API_RATE_LIMIT_PER_MINUTE: '100000',
      API_RATE_LIMIT_BURST: '100000',
      API_WEBHOOKS_MAX: '1000',
      WEBHOOK_ALLOWED_TARGETS: '127.0.0.1/32:*',
    },
  })
  const client = new pg.Client({ connectionString: world.env['POSTGRES_URL'] })
  await client.connect()
  try {
    const startedMs = performance.now()
    await fill(client, world.orgId, stored, say)
    const fillSeconds = (performance.now() - startedMs) / 1_000
    const { rows } = await client.query<{ megabytes: number }>(
      'select (pg_database_size(current_database()) / 1e6)::float8 as megabytes',
    )
    await world.services.api.start()
    const queries: (ReturnType<typeof latenciesOf> & { readonly name: string })[] = []
    const asked = [
      ...(parts.has('b') ? [...queriesOf(stored), ...(await followedQueriesOf(world))] : []),
      ...(parts.has('c') ? whyQueriesOf(stored, await registerSome(world)) : []),
      ...(parts.has('e') ? await webhookQueriesOf(world, client) : []),
    ]
    for (const [name, pathOf] of asked) {
      const times = await timesOf(world, pathOf, queriesEach)
      queries.push({ name, ...latenciesOf(times) })
    }
    return { attempts: stored, fillSeconds, megabytes: rows[0]?.megabytes ?? Number.NaN, queries }
  } finally {
    await client.end()
    await world.close()
    await deleteTopics(world)
  }
}

type Query = readonly [name: string, pathOf: (n: number) => string]

const uuid = (kind: string, n: number): string => `${kind}-0000-5000-8000-${n.toString(16).padStart(12, '0')}`

/** Somewhere in the log, one of the asking organization's. */
const ownRow = (stored: number, n: number): number => ((n * 7_919) % Math.floor(stored / orgs)) * orgs || orgs

/** Of these the log has no delivery: their past is asked. */
async function registerSome({ api }: World): Promise<readonly number[]> {
  const ids: number[] = []
  for (let n = 0; n < 50; n += 1) {
    const url = `http://127.0.0.1:${1_024 + n}/hook`
    const body = { url, name: `webhook ${n}`, enabled: true, event_types: ['asset.*'] }
    ids.push((await api.data<{ id: number }>('POST', '/api/v1/webhooks', body)).id)
  }
  return ids
}

function whyQueriesOf(stored: number, registered: readonly number[]): readonly Query[] {
  const why = (n: number): string => `/api/v1/events/${uuid('00000002', ownRow(stored, n))}/why`
  return [
    ['why: there is a delivery', (n) => `${why(n)}?webhook_id=${1 + (ownRow(stored, n) % endpointsInAll)}`],
    ['why: there is none', (n) => `${why(n)}?webhook_id=${registered[n % registered.length]}`],
    ['why, of 50 webhooks', (n) => why(n)],
  ]
}

/** Row n of the log has event and delivery n; every fifth is the asking organization's. */
function queriesOf(stored: number): readonly Query[] {
  const list = '/api/v1/deliveries?limit=50'
  const attempts = '/api/v1/attempts?limit=50'
  const own = (n: number): number => ownRow(stored, n)
  const dayMs = 86_400_000
  const endpoint = (n: number): number => 1 + ((n * orgs) % endpointsInAll)
  return [
    ['newest 50', () => list],
    ['by endpoint', (n) => `${list}&webhook_id=${endpoint(n)}`],
    ['by state pending', () => `${list}&state=pending`],
    ['by state dead', () => `${list}&state=dead`],
    ['by event type', (n) => `${list}&event_type=${n % 2 === 0 ? 'asset.moved' : 'location.entered'}`],
    ['by event id', (n) => `${list}&event_id=${uuid('00000002', own(n))}`],
    [
      'by an hour of time',
      (n) => {
        const fromMs = Date.now() - (1 + (n % (days - 1))) * dayMs
        return `${list}&from=${new Date(fromMs).toISOString()}&to=${new Date(fromMs + 3_600_000).toISOString()}`
      },
    ],
    ['by status class 5xx', () => `${list}&status_class=5xx`],
    ['by status class none', () => `${list}&status_class=none`],
    [
      'by an hour of last attempt',
      (n) => {
        const fromMs = Date.now() - (1 + (n % (days - 1))) * dayMs
        return `${list}&attempted_from=${new Date(fromMs).toISOString()}&attempted_to=${new Date(fromMs + 3_600_000).toISOString()}`
      },
    ],
    ['by a rare event type', () => `${list}&event_type=${rareType}`],
    ['by endpoint and state dead', (n) => `${list}&webhook_id=${endpoint(n)}&state=dead`],
    ['attempts, newest 50', () => attempts],
    ['attempts by endpoint', (n) => `${attempts}&webhook_id=${endpoint(n)}`],
    ['attempts by status class 5xx', () => `${attempts}&status_class=5xx`],
    ['attempts by error class', () => `${attempts}&error_class=timeout`],
    [
      'attempts by event type',
      (n) => `${attempts}&event_type=${n % 2 === 0 ? 'asset.moved' : 'location.entered'}`,
    ],
    ['attempts by event id', (n) => `${attempts}&event_id=${uuid('00000002', own(n))}`],
    ['one delivery with its attempts', (n) => `/api/v1/deliveries/${uuid('00000001', own(n))}`],
  ]
}

/** Lists that are followed, each from one of its first twenty pages on. */
async function followedQueriesOf(world: World): Promise<readonly Query[]> {
  const queries: Query[] = []
  for (const list of ['deliveries?', 'deliveries?state=dead', 'attempts?']) {
    const path = `/api/v1/${list}`
    const cursors = await cursorsOf(world, path)
    queries.push([
      `${list.replace('?', ' ').trim()} by cursor`,
      (n) => `${path}&limit=50&cursor=${cursors[n % cursors.length]}`,
    ])
  }
  return queries
}

/** Where `path` goes on after each of some pages, the last of them some thousand rows down. */
async function cursorsOf({ api }: World, path: string): Promise<readonly string[]> {
  const cursors: string[] = []
  let next: unknown = ''
  while (cursors.length < 20 && next !== null) {
    const { body } = await api.call('GET', `${path}&limit=200${next === '' ? '' : `&cursor=${String(next)}`}`)
    next = body['next_cursor'] ?? null
    if (next !== null) cursors.push(String(next))
  }
  return cursors
}

async function timesOf(world: World, pathOf: (n: number) => string, count: number): Promise<number[]> {
  const times: number[] = []
  for (let n = 0; n < count; n += 1) {
    const startedMs = performance.now()
    await world.api.data('GET', pathOf(n))
    times.push(performance.now() - startedMs)
  }
  return times
}

/** One attempt a delivery; one in 100 died, one in 500 waits or had no answer, one in 20,000 is of a rare type. Newest last. */
async function fill(
  client: pg.Client,
  orgId: number,
  stored: number,
  say: (line: string) => void,
): Promise<void> {
  await client.query(
    `select ensure_day_partition(parent, (now() at time zone 'UTC')::date - day)
      from generate_series(0, ${days}) day, unnest(array['deliveries', 'attempts', 'events']) parent`,
  )
  const source = `select n, ('00000001-0000-5000-8000-' || lpad(to_hex(n), 12, '0'))::uuid as delivery_id,
      ('00000002-0000-5000-8000-' || lpad(to_hex(n), 12, '0'))::uuid as event_id,
      $1::bigint + n % ${orgs} as org_id, 1 + n % ${endpointsInAll} as endpoint_id,
      case when n % 20000 = 0 then '${rareType}'
        else (array['asset.moved', 'location.entered', 'location.exited', 'asset.scanned'])[1 + (n / 7) % 4] end as event_type,
      $2::timestamptz - (($3::float8 - n) / $3) * interval '${days} days' as at,
      case when n % 100 < 2 and n % 500 >= 5 then 'dead' when n % 500 < 5 then 'pending' else 'delivered' end as state,
      case when n % 500 = 100 then null when n % 100 < 2 or n % 500 < 5 then 503 else 200 end as status
    from generate_series($4::bigint, $5::bigint) n`
  const nowIso = new Date().toISOString()
  for (let from = 1; from <= stored; from += chunk) {
    const to = Math.min(stored, from + chunk - 1)
    const values = [orgId, nowIso, stored, from, to]
    await client.query(
      `insert into deliveries (delivery_id, org_id, endpoint_id, event_id, event_type, event_occurred_at, trigger, state,
          attempts, next_attempt_at, dead_reason, created_at, first_attempt_at, last_attempt_at, last_status, last_error_class, completed_at,
          rank_attempt_number, rank_at)
        select delivery_id, org_id, endpoint_id, event_id, event_type, at, 'event', state, 1,
          case when state = 'pending' then now() + interval '1 hour' end, case when state = 'dead' then 'gone' end, at, at, at,
          status, case when status is null then 'timeout' end, case when state <> 'pending' then at end, 1, at from (${source}) s`,
      values,
    )
    await client.query(
      `insert into attempts (delivery_id, attempt_number, disposition, started_at, org_id, endpoint_id, event_id, event_type,
          trigger, url, request_headers, request_body, outcome, status, error_class, response_headers, response_body, is_body_truncated, total_ms)
        select delivery_id, 1, case state when 'pending' then 'retry' else state end, at, org_id, endpoint_id, event_id,
          event_type, 'event', 'https://receiver.example/hooks', '{"content-type":"application/json"}',
          '{"note":"' || repeat(md5(n::text), 14) || '"}', case when status is null then 'failed' else 'responded' end, status,
          case when status is null then 'timeout' end, '{"server":"nginx"}', 'ok', false, 3.5
        from (${source}) s`,
      values,
    )
    // Only the asking organization's are ever looked at.
    await client.query(
      `insert into events (event_id, org_id, type, occurred_at, received_at, subject, data)
        select event_id, org_id, event_type, at, at, 'asset:' || n, '{"asset":{"id":5}}' from (${source}) s where org_id = $1`,
      values,
    )
    if (to % 1_000_000 === 0) say(`b: ${to} rows`)
  }
  // `why` is answered for webhooks that are or were. Deleted, so that as many live ones can be made besides.
  await client.query(
    `insert into endpoints (id, org_id, url, deleted_at)
      select distinct endpoint_id, org_id, 'https://receiver.example/hooks', now() from (${source}) s where org_id = $1`,
    [orgId, nowIso, stored, 1, Math.min(stored, orgs * endpointsInAll)],
  )
  await client.query('vacuum analyze deliveries, attempts, events, endpoints')
}
