/**
 * The polling API's statements at size, on a database of their own: made by generate_series, read through the very
 * stores that the API reads through, each with the plan that PostgreSQL chose. Then what it costs to keep last sightings
 * fresh. No HTTP: what grows with the number of rows is below it.
 */
import { createHash } from 'node:crypto'
import { silentLog } from '@scanhook/observability/log'
import { assetLocations } from '@scanhook/postgres/asset-locations'
import { assetScans } from '@scanhook/postgres/asset-scans'
import { history } from '@scanhook/postgres/history'
import { openPostgres, type Postgres } from '@scanhook/postgres/open'
import { createTestDatabase } from '@scanhook/postgres/test-database'
import pg from 'pg'
import { quantile } from './quantile.ts'

export interface PollingSizes {
  readonly assets: number
  /** Rows of history in all, over a year. */
  readonly scans: number
  /** Of these, rows of one asset that is read all the time. */
  readonly busyScans: number
  readonly sightingSeconds: number
}

export const fullPolling: PollingSizes = {
  assets: 1_000_000,
  scans: 8_000_000,
  busyScans: 200_000,
  sightingSeconds: 20,
}
export const quickPolling: PollingSizes = {
  assets: 20_000,
  scans: 300_000,
  busyScans: 20_000,
  sightingSeconds: 5,
}

export interface PollingCase {
  readonly name: string
  readonly times: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
  readonly rows: number
  readonly totalCount: number
  /** The page's own statement and the count. */
  readonly plans: readonly PlanFigures[]
}

export interface PlanFigures {
  readonly statement: string
  readonly planningMs: number
  readonly ms: number
  /** Pages of 8 KiB, in memory or read. */
  readonly buffers: number
  /** Rows that sorts took in. */
  readonly sortedRows: number
  /** The part of the plan that reads: `Index Scan using …`, outermost first. */
  readonly access: readonly string[]
}

export interface PollingFigures {
  readonly sizes: PollingSizes & { readonly megabytes: Readonly<Record<string, number>> }
  readonly cases: readonly PollingCase[]
  readonly sightings: {
    readonly rowsPerRound: number
    readonly rowsPerSecond: number
    readonly p50Ms: number
    readonly p99Ms: number
    readonly walBytesPerRow: number
    readonly tableMegabytesBefore: number
    readonly tableMegabytesAfter: number
    readonly pollP50Ms: number
    readonly pollMaxMs: number
  }
}

const org = 1_000_001
const page = { limit: 50, offset: 0 } as const
const newest = [{ by: 'asset_last_seen', direction: 'desc' }] as const

export async function measurePolling(
  sizes: PollingSizes,
  say: (line: string) => void,
): Promise<PollingFigures> {
  const database = await createTestDatabase('polling_bench', process.env['POSTGRES_URL'])
  const store = openPostgres({ url: database.url, log: silentLog, statementTimeoutMs: 60_000 })
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  try {
    const started = performance.now()
    await fill(client, sizes, say)
    say(`filled in ${Math.round((performance.now() - started) / 1000)} s`)
    const cases: PollingCase[] = []
    const assetIds = { busy: await idOf(store, 1), usual: await idOf(store, 1_234) }
    for (const [name, read] of casesOf(store, sizes, assetIds)) {
      cases.push(await measureCase(client, name, read))
      say(`${name}: ${cases.at(-1)?.p50Ms.toFixed(1)} ms`)
    }
    const megabytes = await sizesOf(client)
    return {
      sizes: { ...sizes, megabytes },
      cases,
      sightings: await measureSightings(client, store, sizes, say),
    }
  } finally {
    await client.end()
    await store.close()
    await database.drop()
  }
}

/** Assets named like a fleet's, one tag each, at 200 locations of which the first holds half of all. */
async function fill(client: pg.Client, sizes: PollingSizes, say: (line: string) => void): Promise<void> {
  const run = async (what: string, text: string, values: readonly unknown[] = []): Promise<void> => {
    say(what)
    await client.query(text, [...values])
  }
  await run('organization and locations', `insert into organizations (id, name) values (${org}, 'Bench')`)
  await client.query(
    `insert into locations (id, org_id, external_key, name) select scramble_id(n), ${org}, 'LOC-' || n, 'Bay ' || n from generate_series(1, 200) n`,
  )
  await run(
    `${sizes.assets} assets`,
    `insert into assets (id, org_id, external_key, name)
      select scramble_id(1000000 + n), ${org}, 'ASSET-' || lpad(n::text, 7, '0'), (array['Forklift','Pallet','Container','Trolley','Drum'])[1 + n % 5] || ' ' || md5(n::text)
      from generate_series(1, $1::int) n`,
    [sizes.assets],
  )
  await run(
    'tags',
    `insert into tags (id, org_id, asset_id, tag_type, value, match_key)
      select scramble_id(100000000 + n), ${org}, scramble_id(1000000 + n), 'rfid', 'E28011' || upper(md5('tag' || n)), 'E28011' || upper(md5('tag' || n))
      from generate_series(1, $1::int) n`,
    [sizes.assets],
  )
  await run(
    'where they are',
    `insert into asset_locations (org_id, asset_id, last_seen_at, location_id, located_at, located_sequence, left_sequence, nowhere_sequence, resumed_sequence)
      select ${org}, scramble_id(1000000 + n), now() - random() * interval '1 hour',
        scramble_id(case when n % 2 = 0 then 1 else 1 + n % 200 end), now() - interval '2 hours', 2, 0, 0, 0
      from generate_series(1, $1::int) n`,
    [sizes.assets],
  )
  for (let month = 0; month <= 12; month += 1)
    await client.query(
      `select ensure_month_partition('asset_scans', (now() - make_interval(months => ${month}))::date)`,
    )
  await run(
    `${sizes.scans} scans over a year`,
    `insert into asset_scans (org_id, asset_id, observed_at, event_id, location_id, is_late)
      select ${org}, scramble_id(1000000 + 2 + (n % ($2::int - 1))), now() - (n::float8 / $1) * interval '365 days', md5('e' || n)::uuid, scramble_id(1 + n % 200), false
      from generate_series(1, $1::int) n`,
    [sizes.scans - sizes.busyScans, sizes.assets],
  )
  await run(
    `${sizes.busyScans} of one asset`,
    `insert into asset_scans (org_id, asset_id, observed_at, event_id, location_id, is_late)
      select ${org}, scramble_id(1000001), now() - (n::float8 / $1) * interval '365 days', md5('b' || n)::uuid, scramble_id(1 + n % 200), false
      from generate_series(1, $1::int) n`,
    [sizes.busyScans],
  )
  await run('vacuum analyze', 'vacuum analyze')
}

interface Answer {
  readonly rows: readonly unknown[]
  readonly totalCount: number
}
type Case = readonly [name: string, read: () => Promise<Answer>]

function casesOf(
  store: Postgres,
  { assets, busyScans }: PollingSizes,
  { busy, usual }: { readonly busy: number; readonly usual: number },
): readonly Case[] {
  const now = assetLocations(store)
  const past = assetScans(store)
  const where =
    (query: object): (() => Promise<Answer>) =>
    () =>
      now.list(org, { ...page, sort: newest, ...query })
  const keyOf = (n: number): string => `ASSET-${String(n).padStart(7, '0')}`
  const was =
    (asset: number, query: object = {}) =>
    async (): Promise<Answer> => {
      const found = await past.list(org, asset, {
        ...page,
        sort: [{ by: 'event_observed_at', direction: 'desc' }],
        ...query,
      })
      return found ?? { rows: [], totalCount: 0 }
    }
  const keys = (count: number): string[] => Array.from({ length: count }, (_, index) => keyOf(index * 7 + 1))
  // Of md5('tag1234'), as the filling has it.
  const tagPart = createHash('md5').update('tag1234').digest('hex').slice(4, 16)
  const hourAgo = Date.now() - 3_600_000
  return [
    ['locations: newest 50', where({})],
    ['locations: oldest 50', where({ sort: [{ by: 'asset_last_seen', direction: 'asc' }] })],
    ['locations: offset 10,000', where({ offset: 10_000 })],
    [`locations: offset ${Math.round(assets * 0.9)}`, where({ offset: Math.round(assets * 0.9) })],
    ['locations: one location with 1 in 200 of all', where({ locationExternalKeys: ['LOC-4'] })],
    ['locations: one location with half of all', where({ locationExternalKeys: ['LOC-1'] })],
    [
      'locations: 20 locations',
      where({ locationExternalKeys: Array.from({ length: 20 }, (_, index) => `LOC-${index * 2 + 4}`) }),
    ],
    ['locations: 50 assets by key', where({ assetExternalKeys: keys(50) })],
    ['locations: q finds one by key', where({ q: keyOf(Math.round(assets / 2)).slice(3) })],
    ['locations: q finds some by name', where({ q: 'drum 0a' })],
    ['locations: q finds one by tag', where({ q: tagPart })],
    ['locations: q finds a fifth', where({ q: 'forklift' })],
    ['locations: q of two characters', where({ q: 'a7' })],
    ['locations: deleted too', where({ includeDeleted: true })],
    ['locations: by asset key', where({ sort: [{ by: 'asset_external_key', direction: 'asc' }] })],
    ['locations: by location key', where({ sort: [{ by: 'location_external_key', direction: 'asc' }] })],
    ['history: busy asset, newest 50', was(busy)],
    ['history: busy asset, last hour', was(busy, { fromMs: hourAgo })],
    [
      `history: busy asset, offset ${Math.round(busyScans * 0.9)}`,
      was(busy, { offset: Math.round(busyScans * 0.9) }),
    ],
    ['history: usual asset, newest 50', was(usual)],
    [
      'history: usual asset, oldest first',
      was(usual, { sort: [{ by: 'event_observed_at', direction: 'asc' }] }),
    ],
  ]
}

async function idOf(store: Postgres, n: number): Promise<number> {
  const row = await store.db
    .selectFrom('assets')
    .select('id')
    .where('orgId', '=', org)
    .where('externalKey', '=', `ASSET-${String(n).padStart(7, '0')}`)
    .where('deletedAt', 'is', null)
    .executeTakeFirstOrThrow()
  return row.id
}

/** Enough for a p99, where they are done within four seconds. */
const readsMax = 200

interface Statement {
  readonly text: string
  readonly values: readonly unknown[]
}

/** Runs `act` and gives what it asked of PostgreSQL, whoever asked. */
async function overhear(act: () => Promise<unknown>): Promise<readonly Statement[]> {
  const statements: Statement[] = []
  const original = pg.Client.prototype.query
  pg.Client.prototype.query = function listening(this: pg.Client, ...words: unknown[]) {
    const [text, values] = words
    if (typeof text === 'string') statements.push({ text, values: Array.isArray(values) ? values : [] })
    return Reflect.apply(original, this, words)
  } as typeof original
  try {
    await act()
  } finally {
    pg.Client.prototype.query = original
  }
  return statements
}

async function measureCase(
  client: pg.Client,
  name: string,
  read: () => Promise<Answer>,
): Promise<PollingCase> {
  let answer = await read()
  const times: number[] = []
  const endAt = performance.now() + 4_000
  while (times.length < readsMax && (times.length < 3 || performance.now() < endAt)) {
    const startedAt = performance.now()
    answer = await read()
    times.push(performance.now() - startedAt)
  }
  const statements = await overhear(read)
  const plans: PlanFigures[] = []
  for (const statement of statements) {
    const { rows } = await client.query<{ 'QUERY PLAN': readonly [Explained] }>(
      `explain (analyze, buffers, format json) ${statement.text}`,
      [...statement.values],
    )
    const plan = rows[0]?.['QUERY PLAN'][0]
    if (plan !== undefined && /asset_scans|asset_locations/.test(statement.text))
      plans.push(figuresOf(statement, plan))
  }
  return {
    name,
    times: times.length,
    p50Ms: quantile(times, 0.5),
    p99Ms: quantile(times, 0.99),
    maxMs: Math.max(...times),
    rows: answer.rows.length,
    totalCount: answer.totalCount,
    plans,
  }
}

interface Explained {
  readonly Plan: PlanNode
  readonly 'Planning Time': number
}

interface PlanNode {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Index Name'?: string
  readonly 'Actual Rows': number
  readonly 'Actual Loops': number
  readonly 'Actual Total Time': number
  readonly 'Shared Hit Blocks'?: number
  readonly 'Shared Read Blocks'?: number
  readonly Plans?: readonly PlanNode[]
}

function figuresOf({ text }: Statement, { Plan: plan, 'Planning Time': planningMs }: Explained): PlanFigures {
  const nodes: PlanNode[] = []
  const walk = (node: PlanNode): void => {
    nodes.push(node)
    for (const each of node.Plans ?? []) walk(each)
  }
  walk(plan)
  const sorts = nodes.filter((node) => node['Node Type'].includes('Sort'))
  const inputOf = (node: PlanNode): number =>
    (node.Plans ?? []).reduce((sum, each) => sum + each['Actual Rows'] * each['Actual Loops'], 0)
  return {
    statement: text.includes('count(*)') ? 'count' : text.includes('limit 1') ? 'scan before' : 'page',
    planningMs,
    ms: plan['Actual Total Time'],
    buffers: (plan['Shared Hit Blocks'] ?? 0) + (plan['Shared Read Blocks'] ?? 0),
    sortedRows: sorts.reduce((sum, node) => sum + inputOf(node), 0),
    access: [
      ...new Set(
        nodes
          .filter((node) => node['Node Type'].includes('Scan') && node['Actual Loops'] > 0)
          .map((node) => {
            const on = node['Index Name'] ?? node['Relation Name'] ?? ''
            return `${node['Node Type']} ${on.replace(/_\d{6}/, '_…')}`
          }),
      ),
    ],
  }
}

async function sizesOf(client: pg.Client): Promise<Readonly<Record<string, number>>> {
  const { rows } = await client.query<{ name: string; bytes: string }>(`
    select 'asset_scans table' as name, sum(pg_table_size(c.oid))::text as bytes from pg_class c where c.relname like 'asset_scans_%' and c.relkind = 'r'
    union all select 'asset_scans index', sum(pg_indexes_size(c.oid))::text from pg_class c where c.relname like 'asset_scans_%' and c.relkind = 'r'
    union all select 'asset_locations table', pg_table_size('asset_locations')::text
    union all select 'asset_locations indexes', pg_indexes_size('asset_locations')::text
    union all select 'assets_text', pg_relation_size('assets_text')::text
    union all select 'tags_text', pg_relation_size('tags_text')::text`)
  return Object.fromEntries(rows.map(({ name, bytes }) => [name, Math.round(Number(bytes) / 1e6)]))
}

/** Rounds of sightings back to back over all assets, and meanwhile a poll a second. */
async function measureSightings(
  client: pg.Client,
  store: Postgres,
  sizes: PollingSizes,
  say: (line: string) => void,
): Promise<PollingFigures['sightings']> {
  const rowsPerRound = 2_500
  const { rows } = await client.query<{ asset_id: string }>(
    'select asset_id from asset_locations order by random()',
  )
  const all = rows.map((row) => Number(row.asset_id))
  const before = await sightingState(client)
  const rounds: number[] = []
  const polls: number[] = []
  let isDone = false
  const polling = (async () => {
    while (!isDone) {
      const startedAt = performance.now()
      await assetLocations(store).list(org, { ...page, sort: newest })
      polls.push(performance.now() - startedAt)
      await new Promise((resolve) => {
        setTimeout(resolve, 1_000)
      })
    }
  })()
  const keeper = history(store)
  const startedAt = performance.now()
  let moved = 0
  let next = 0
  while (performance.now() - startedAt < sizes.sightingSeconds * 1_000) {
    const roundAt = performance.now()
    const lastSeenMs = Date.now() + 60_000
    const assets = Array.from({ length: rowsPerRound }, () => all[next++ % all.length] ?? 0)
    moved += await keeper.recordSightings(
      [...new Set(assets)].map((assetId) => ({ orgId: org, assetId, lastSeenMs })),
    )
    rounds.push(performance.now() - roundAt)
  }
  const seconds = (performance.now() - startedAt) / 1_000
  isDone = true
  await polling
  const after = await sightingState(client)
  say(`${moved} sightings in ${Math.round(seconds)} s`)
  return {
    rowsPerRound,
    rowsPerSecond: moved / seconds,
    p50Ms: quantile(rounds, 0.5),
    p99Ms: quantile(rounds, 0.99),
    walBytesPerRow: (after.wal - before.wal) / moved,
    tableMegabytesBefore: before.bytes / 1e6,
    tableMegabytesAfter: after.bytes / 1e6,
    pollP50Ms: quantile(polls, 0.5),
    pollMaxMs: Math.max(...polls),
  }
}

async function sightingState(client: pg.Client): Promise<{ readonly wal: number; readonly bytes: number }> {
  const { rows } = await client.query<{ wal: string; bytes: string }>(
    `select (pg_current_wal_lsn() - '0/0'::pg_lsn)::text as wal, pg_total_relation_size('asset_locations')::text as bytes`,
  )
  return { wal: Number(rows[0]?.wal), bytes: Number(rows[0]?.bytes) }
}
