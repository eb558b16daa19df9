/** Import and export over HTTP, on a real PostgreSQL. */
import { openHttp } from '@scanhook/http/app'
import type { Caller } from '@scanhook/http/authentication'
import { silentLog } from '@scanhook/observability/log'
import { openMetrics } from '@scanhook/observability/metrics'
import { assets } from '@scanhook/postgres/assets'
import { locations } from '@scanhook/postgres/locations'
import { openPostgres, type Postgres } from '@scanhook/postgres/open'
import { organizations } from '@scanhook/postgres/organizations'
import { rehearse } from '@scanhook/postgres/rehearse'
import { scanDevices } from '@scanhook/postgres/scan-devices'
import { scanPoints } from '@scanhook/postgres/scan-points'
import { createTestDatabase, type TestDatabase } from '@scanhook/postgres/test-database'
import { systemClock } from '@scanhook/runtime/clock'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Api } from '../server.ts'
import { type ImportedKind, importLines } from './import-lines.ts'
import { linesMax } from './read-lines.ts'
import type { Asking } from './recorded-routes.ts'
import { addBulkRoutes, type BulkStores } from './routes.ts'

interface Line {
  readonly line: number
  readonly status: string
  readonly id: number
  readonly external_key: string | null
  readonly error: {
    readonly type: string
    readonly fields: readonly { readonly field: string; readonly code: string }[]
  } | null
  readonly summary: Readonly<Record<string, number>>
}

let database: TestDatabase
let pg: Postgres
let api: Api
let url = ''
const callers: Record<string, Caller> = {}

beforeAll(async () => {
  database = await createTestDatabase('bulk', process.env['POSTGRES_URL'])
  pg = openPostgres({ url: database.url, log: silentLog })
  const scopes = ['assets', 'locations', 'scan-devices'].flatMap((name) => [`${name}:read`, `${name}:write`])
  for (const [index, name] of ['a', 'b', 'walk'].entries()) {
    const { id } = await organizations(pg).ensure(name)
    callers[name] = { orgId: id, apiKeyId: index + 1, scopes }
    callers[`${name}-reads`] = { orgId: id, apiKeyId: index + 11, scopes: ['assets:read'] }
  }
  api = openHttp({
    host: '127.0.0.1',
    port: 0,
    authenticate: async (token) => callers[token] ?? null,
    log: silentLog,
    metrics: openMetrics(),
    clock: systemClock,
    random: Math.random,
    rateLimit: { perMinute: 100_000, burst: 100_000 },
  })
  addBulkRoutes(api, {
    ...storesOf(pg),
    rehearse: (play) => rehearse(pg, (rehearsed) => play(storesOf(rehearsed))),
  })
  url = await api.listen()
})
afterAll(async () => {
  await api?.close()
  await pg?.close()
  await database?.drop()
})

function storesOf(over: Postgres): BulkStores {
  return {
    assets: assets(over),
    locations: locations(over),
    scanDevices: scanDevices(over),
    scanPoints: scanPoints(over),
  }
}

function send(token: string, path: string, text: string): Promise<Response> {
  return fetch(`${url}/api/v1/${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson' },
    body: text,
  })
}

async function importText(token: string, path: string, text: string): Promise<Line[]> {
  const response = await send(token, path, text)
  expect(response.status).toBe(200)
  const answered = (await response.text()).trimEnd().split('\n')
  return answered.map((line) => JSON.parse(line) as Line)
}

function importRows(token: string, path: string, rows: readonly object[]): Promise<Line[]> {
  return importText(token, path, rows.map((row) => JSON.stringify(row)).join('\n'))
}

async function exported(token: string, path: string): Promise<string> {
  const response = await fetch(`${url}/api/v1/${path}`, { headers: { authorization: `Bearer ${token}` } })
  expect([response.status, response.headers.get('content-type')]).toEqual([
    200,
    'application/x-ndjson; charset=utf-8',
  ])
  return response.text()
}

async function announcements(token: string): Promise<readonly string[]> {
  const rows = await pg.db
    .selectFrom('outbox')
    .select(['kind', 'entityId'])
    .where('orgId', '=', callers[token]?.orgId ?? 0)
    .orderBy('position')
    .execute()
  return rows.map(({ kind, entityId }) => `${kind} ${entityId}`)
}

const statuses = (lines: readonly Line[]) => lines.slice(0, -1).map(({ status }) => status)
const summaryOf = (lines: readonly Line[]) => lines.at(-1)?.summary

test('what was exported is imported again with every line unchanged, and nothing is announced', async () => {
  const files = {
    locations: [
      { external_key: 'HALL', name: 'Hall', geofence: null },
      { external_key: 'DOCK', name: 'Dock', parent_external_key: 'HALL', description: 'Tor 1 ✓' },
    ],
    'scan-devices': [{ external_key: 'aa:bb', name: 'Reader', type: 'csl_cs463' }],
    'scan-points': [
      { scan_device_external_key: 'aa:bb', antenna_port: 1, location_external_key: 'DOCK' },
      { scan_device_external_key: 'aa:bb', antenna_port: 2, name: 'second' },
    ],
    assets: [
      {
        external_key: 'P-1',
        name: 'Pallet',
        metadata: { a: { b: 1 } },
        tags: [{ tag_type: 'rfid', value: 'E1' }],
      },
      { external_key: 'P-2', name: 'Pallet', valid_to: '2030-01-01T00:00:00Z' },
    ],
  }
  const atFirst = (await announcements('a')).length
  for (const [name, rows] of Object.entries(files)) {
    expect(summaryOf(await importRows('a', `${name}/import`, rows)), name).toEqual({
      created: rows.length,
      updated: 0,
      unchanged: 0,
      failed: 0,
    })
  }
  const before = await announcements('a')
  expect(before.length - atFirst).toBe(8)
  for (const [name, rows] of Object.entries(files)) {
    const again = await importText('a', `${name}/import`, await exported('a', `${name}/export`))
    expect([name, summaryOf(again)]).toEqual([
      name,
      { created: 0, updated: 0, unchanged: rows.length, failed: 0 },
    ])
  }
  expect(await announcements('a')).toEqual(before)
})

test('B1: a line that fails says why as the single request would, changes nothing, and stops no other', async () => {
  const before = (await announcements('a')).length
  const lines = await importText(
    'a',
    'assets/import',
    [
      '{"external_key":"B-1","name":"one","tags":[{"tag_type":"rfid","value":"B1"}]}',
      '{"external_key":"B-2","name":7}',
      '',
      '{"external_key":"B-3"',
      '{"external_key":"B-4","name":"four","colour":"red"}',
      '{"external_key":"B 5","name":"five"}',
      '{"external_key":"B-6","name":"six","tags":[{"tag_type":"rfid","value":"B1"}]}',
      '{"external_key":"B-7"}',
      `{"external_key":"B-8","name":"${'x'.repeat(70_000)}"}`,
      '{"external_key":"B-9","name":"nine"}',
    ].join('\r\n'),
  )
  expect(
    lines.slice(0, -1).map(({ line, status, error }) => [line, status, error?.type, error?.fields[0]?.code]),
  ).toEqual([
    [1, 'created', undefined, undefined],
    [2, 'failed', 'validation_error', 'invalid_value'],
    [4, 'failed', 'bad_request', undefined],
    [5, 'failed', 'validation_error', 'unknown_field'],
    [6, 'failed', 'validation_error', 'invalid_value'],
    [7, 'failed', 'conflict', 'invalid_value'],
    [8, 'failed', 'validation_error', 'required'],
    [9, 'failed', 'validation_error', 'too_long'],
    [10, 'created', undefined, undefined],
  ])
  expect(summaryOf(lines)).toEqual({ created: 2, updated: 0, unchanged: 0, failed: 7 })
  expect((await announcements('a')).length - before).toBe(3) // two assets and a tag
  expect(await exported('a', 'assets/export')).not.toContain('B-6')
})

test('B2: a line that takes back what an earlier one changed changes it again', async () => {
  const row = (name: string) => ({ external_key: 'T-0', name })
  await importRows('a', 'assets/import', [row('one')])
  const lines = await importRows('a', 'assets/import', [row('one'), row('two'), row('one'), row('one')])
  expect(statuses(lines)).toEqual(['unchanged', 'updated', 'updated', 'unchanged'])
  expect(await exported('a', 'assets/export')).toContain('"external_key":"T-0","name":"one"')
})

test('B2: of two lines with one key the later wins, and the announcements keep that order', async () => {
  const before = (await announcements('a')).length
  const lines = await importRows('a', 'assets/import', [
    { external_key: 'T-1', name: 'first' },
    { external_key: 'T-2', name: 'other' },
    { external_key: 'T-1', name: 'second' },
  ])
  expect(statuses(lines)).toEqual(['created', 'created', 'updated'])
  const [one, other] = lines
  expect((await announcements('a')).slice(before)).toEqual([
    `asset ${one?.id}`,
    `asset ${other?.id}`,
    `asset ${one?.id}`,
  ])
  expect(await exported('a', 'assets/export')).toContain('"external_key":"T-1","name":"second"')
})

test('B4: what is made many at a time is what would have been made one at a time, line by line', async () => {
  // Of 600 some are there already, some come twice, some have a tag of another, some are not right at all.
  const rows = (prefix: string) =>
    Array.from({ length: 600 }, (_, n) => ({
      external_key: `${prefix}-${n % 97 === 0 ? 7 : n}`,
      name: n % 211 === 0 ? '' : `asset ${n}`,
      tags: [{ tag_type: 'rfid', value: `${prefix}${n % 301 === 5 ? 3 : n}`.replace(/[^0-9A-F]/g, '0') }],
    }))
  const standing = (prefix: string) => ({ external_key: `${prefix}-500`, name: 'was there' })
  await importRows('a', 'assets/import', [standing('A1')])
  await importRows('b', 'assets/import', [standing('A1')])
  const many = await importRows('a', 'assets/import', rows('A1'))
  // One line a request is the single way.
  const single: Line[] = []
  for (const row of rows('A1')) {
    const [line] = await importRows('b', 'assets/import', [row])
    if (line !== undefined) single.push({ ...line, line: single.length + 1 })
  }
  const told = (lines: readonly Line[]) =>
    lines.map(({ line, status, error }) => [line, status, error?.type, error?.fields.map(({ code }) => code)])
  expect(told(many.slice(0, -1))).toEqual(told(single))
  expect(summaryOf(many)?.['created']).toBeGreaterThan(500)
  const keysOf = async (token: string): Promise<readonly string[]> =>
    [...(await exported(token, 'assets/export')).matchAll(/"external_key":"(A1-\d+)"/g)]
      .map(([, key]) => key ?? '')
      .sort()
  expect(await keysOf('a')).toEqual(await keysOf('b'))
}, 120_000)

test('B3: a client that went away stops the work after the line under way', async () => {
  const gone = new AbortController()
  const made: unknown[] = []
  const kind: ImportedKind = {
    keyOf: () => null,
    find: async () => null,
    create: async (_asking, line) => {
      made.push(line['n'])
      if (made.length === 2) gone.abort()
      return { id: made.length }
    },
    patch: async () => ({ id: 0 }),
    refusalOf: () => null,
    judgeJson: () => null,
  }
  const asking = { text: '{"n":1}\n{"n":2}\n{"n":3}\n', signal: gone.signal } as Asking
  await importLines(kind, asking, 'upsert')
  expect(made).toEqual([1, 2])
})

test('B5: whatever is applied comes with its lines: one alone, or the first and the last of many', async () => {
  const told: unknown[] = []
  const tell = (asking: Asking, what: string): number => told.push([what, asking.imported])
  const kind: ImportedKind = {
    keyOf: ({ key }) => (typeof key === 'string' ? key : null),
    find: async (_asking, { key }) => (key === 'there' ? { id: 1, key, n: 0 } : null),
    create: async (asking) => ({ id: tell(asking, 'create') }),
    patch: async (asking) => ({ id: tell(asking, 'patch') }),
    many: {
      findMany: async () => new Map([['there', { id: 1, key: 'there', n: 0 }]]),
      createMany: async (asking, lines) => lines.map(() => tell(asking, 'many')),
    },
    refusalOf: () => null,
    judgeJson: () => null,
  }
  const text = '{"key":"a"}\n\n{"n":1}\n{"key":"b"}\n{"key":"there","n":2}\n'
  await importLines(kind, { text, signal: new AbortController().signal } as Asking, 'upsert')
  expect(told).toEqual([
    ['many', { first: 1, last: 4 }],
    ['many', { first: 1, last: 4 }],
    ['create', { first: 3, last: 3 }],
    ['patch', { first: 5, last: 5 }],
  ])
})

test('parents come first: one that comes later is not found, and a circle is refused', async () => {
  const lines = await importRows('a', 'locations/import', [
    { external_key: 'C-2', name: 'child', parent_external_key: 'C-1' },
    { external_key: 'C-1', name: 'parent' },
    { external_key: 'C-2', name: 'child', parent_external_key: 'C-1' },
    { external_key: 'C-1', parent_external_key: 'C-2' },
  ])
  expect(statuses(lines)).toEqual(['failed', 'created', 'created', 'failed'])
  expect([lines[0]?.error?.fields[0]?.code, lines[3]?.error?.type]).toEqual(['fk_not_found', 'conflict'])
})

test('a file that was imported says nothing new, and a change of a name needs no ids of tags', async () => {
  const row = { external_key: 'R-1', name: 'one', tags: [{ tag_type: 'rfid', value: '00A1B2' }] }
  const lines = [await importRows('a', 'assets/import', [row]), await importRows('a', 'assets/import', [row])]
  expect(lines.flatMap(statuses)).toEqual(['created', 'unchanged'])
  expect(statuses(await importRows('a', 'assets/import', [{ ...row, name: 'two' }]))).toEqual(['updated'])
})

const rfid = (...values: readonly string[]) => values.map((value) => ({ tag_type: 'rfid', value }))
const tagsIn = async (key: string): Promise<readonly string[]> => {
  const lines = (await exported('a', 'assets/export')).trimEnd().split('\n')
  const row = lines
    .map((line) => JSON.parse(line) as { external_key: string; tags: { value: string }[] })
    .find(({ external_key }) => external_key === key)
  return row?.tags.map(({ value }) => value) ?? []
}

test('a line for an asset that is there adds the tags that it does not have, and takes none away', async () => {
  await importRows('a', 'assets/import', [{ external_key: 'G-1', name: 'one', tags: rfid('6A01') }])
  const before = (await announcements('a')).length
  const row = { external_key: 'G-1', name: 'one' }
  const lines = await importRows('a', 'assets/import', [
    { ...row, tags: rfid('6A01', '6A02') },
    { ...row, tags: rfid('6a02') },
    { ...row, tags: rfid('00 6A 01') },
    { ...row, tags: [] },
    { ...row, name: 'two', tags: rfid('6A03', '6A03') },
  ])
  expect(statuses(lines)).toEqual(['updated', 'unchanged', 'unchanged', 'unchanged', 'updated'])
  expect(await tagsIn('G-1')).toEqual(['6A01', '6A02', '6A03'])
  // Twice the asset and a tag.
  expect((await announcements('a')).slice(before).map((each) => each.split(' ')[0])).toEqual([
    ...['asset', 'tag', 'asset', 'tag'],
  ])
  expect(
    summaryOf(await importText('a', 'assets/import', await exported('a', 'assets/export'))),
  ).toMatchObject({
    ...{ updated: 0, failed: 0 },
  })
})

test('B1: a tag of another asset is a conflict that names it, and nothing of the line is done; dry run says the same', async () => {
  await importRows('a', 'assets/import', [
    { external_key: 'H-1', name: 'one', tags: rfid('6B01') },
    { external_key: 'H-2', name: 'two' },
  ])
  const rows = [
    { external_key: 'H-2', name: 'renamed', tags: rfid('6B09', '006b01') },
    { external_key: 'H-1', name: 'one', tags: [{ tag_type: 'ble', value: '6B01' }] },
    { external_key: 'H-1', tags: [{ id: 7, tag_type: 'rfid', value: '6B08' }] },
    { external_key: 'H-1', tags: ['6B08'] },
    { external_key: 'H-2', tags: rfid('6B02') },
    { external_key: 'H-1', tags: rfid('6B01') },
    { external_key: 'H-3', name: 'three', tags: rfid('6B03') },
  ]
  for (const query of ['?dry_run=true', '']) {
    const lines = await importRows('a', `assets/import${query}`, rows)
    expect(
      lines.slice(0, -1).map(({ status, error }) => [status, error?.type, error?.fields[0]]),
    ).toMatchObject([
      ['failed', 'conflict', { field: 'tags.1.value' }],
      ['failed', 'validation_error', { field: 'tags.0.tag_type', code: 'read_only' }],
      ['failed', 'validation_error', { field: 'tags.0.id', code: 'read_only' }],
      ['failed', 'validation_error', { field: 'tags.0', code: 'invalid_value' }],
      ['updated', undefined, undefined],
      ['unchanged', undefined, undefined],
      ['created', undefined, undefined],
    ])
    expect(lines[0]?.error).toMatchObject({
      detail: 'a tag that reads the same, 6B01, belongs to the asset H-1 already',
    })
    if (query !== '') expect(await tagsIn('H-2')).toEqual([])
  }
  expect(await tagsIn('H-2')).toEqual(['6B02'])
  expect(await exported('a', 'assets/export')).not.toContain('renamed')
})

test('of two who add one tag to two assets at once one has it, and the other is told', async () => {
  const keys = ['K-1', 'K-2', 'K-3', 'K-4']
  await importRows(
    'a',
    'assets/import',
    keys.map((key) => ({ external_key: key, name: key })),
  )
  const told = await Promise.all(
    keys.map((key) => importRows('a', 'assets/import', [{ external_key: key, tags: rfid('6C01') }])),
  )
  expect(told.flatMap(statuses).toSorted()).toEqual(['failed', 'failed', 'failed', 'updated'])
  const owners = await Promise.all(keys.map(tagsIn))
  expect(owners.flat()).toEqual(['6C01'])
})

test('mode=create refuses a key that lives', async () => {
  const row = { external_key: 'M-1', name: 'one' }
  expect(statuses(await importRows('a', 'assets/import?mode=create', [row, row]))).toEqual([
    'created',
    'failed',
  ])
})

test("another organization's keys are its own: they are neither changed nor in the way", async () => {
  const row = { external_key: 'O-1', name: 'of a', tags: [{ tag_type: 'rfid', value: '0A' }] }
  await importRows('a', 'assets/import', [row])
  const before = await announcements('a')
  expect(statuses(await importRows('b', 'assets/import', [{ ...row, name: 'of b' }]))).toEqual(['created'])
  expect(await announcements('a')).toEqual(before)
  expect(await exported('a', 'assets/export')).not.toContain('of b')
  expect(await exported('b', 'assets/export')).not.toContain('of a')
})

test('imports of the same keys at once all end without a failure, and leave each key once', async () => {
  const rows = (name: string) => Array.from({ length: 40 }, (_, n) => ({ external_key: `W-${n}`, name }))
  const all = await Promise.all([
    importRows('b', 'assets/import', rows('one')),
    importRows('b', 'assets/import', rows('two')),
    importRows('b', 'assets/import', rows('three').toReversed()),
  ])
  expect(all.map((lines) => summaryOf(lines)?.['failed'])).toEqual([0, 0, 0])
  expect((await exported('b', 'assets/export')).match(/"W-\d+"/g)).toHaveLength(40)
})

test('an export walks all pages once, and gives the deleted only when asked', async () => {
  const orgId = callers['walk']?.orgId ?? 0
  await pg.db
    .insertInto('assets')
    .values(Array.from({ length: 1_000 }, (_, n) => ({ orgId, externalKey: `X-${n}`, name: 'x' })))
    .execute()
  const [first] = (await assets(pg).list(orgId, { limit: 1, offset: 0, sort: [] })).rows
  await assets(pg).remove(orgId, first?.id ?? 0)
  const ids = async (path: string) =>
    (await exported('walk', path))
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { id: number }).id)
  const living = await ids('assets/export')
  expect([living.length, new Set(living).size]).toEqual([999, 999])
  expect(await ids('assets/export?include_deleted=true')).toHaveLength(1_000)
})

test('a file with more lines than one import takes is refused as a whole', async () => {
  const before = await announcements('a')
  const text = '{"external_key":"Z-1","name":"z"}\n'.repeat(linesMax + 1)
  expect((await send('a', 'assets/import', text)).status).toBe(400)
  expect(await announcements('a')).toEqual(before)
})

test('whoever may only read may not import; an unknown parameter is refused', async () => {
  expect((await send('a-reads', 'assets/import', '{}')).status).toBe(403)
  expect((await send('a', 'assets/import?dryrun=true', '{}')).status).toBe(400)
})

test('W1, W2: a dry run says what an import would say, line by line, and leaves nothing behind', async () => {
  const text = [
    { external_key: 'DRY-1', name: 'One', tags: [{ tag_type: 'rfid', value: 'DRY0001' }] },
    { external_key: 'DRY-2', name: 'Two', tags: [{ tag_type: 'rfid', value: 'DRY0001' }] },
    { external_key: 'DRY-3', name: '' },
    { external_key: 'DRY-1', name: 'One, renamed' },
    { external_key: 'DRY-4', name: 'Four' },
  ]
    .map((line) => JSON.stringify(line))
    .join('\n')
  const told = await importText('a', 'assets/import?dry_run=true', text)
  const made = { limit: 10, offset: 0, sort: [], q: 'DRY-', includeDeleted: true }
  expect((await assets(pg).list(callers['a']?.orgId ?? 0, made)).rows).toEqual([])
  const done = await importText('a', 'assets/import', text)
  const withoutIds = (lines: readonly Line[]) => lines.map((line) => ({ ...line, id: null }))
  expect(withoutIds(told)).toEqual(withoutIds(done))
  expect(done.at(-1)?.summary).toEqual({ created: 2, updated: 1, unchanged: 0, failed: 2 })
})

test('of locations, a dry run knows those that its earlier lines would make', async () => {
  const text = [
    { external_key: 'DRY-SITE', name: 'Site' },
    { external_key: 'DRY-DOCK', name: 'Dock', parent_external_key: 'DRY-SITE' },
    { external_key: 'DRY-LOST', name: 'Lost', parent_external_key: 'DRY-NOWHERE' },
  ]
    .map((line) => JSON.stringify(line))
    .join('\n')
  const told = await importText('a', 'locations/import?dry_run=true', text)
  expect(told.slice(0, 3).map(({ status }) => status)).toEqual(['created', 'created', 'failed'])
  expect(told[2]?.error?.fields[0]?.code).toBe('fk_not_found')
})

test('a dry run of more lines than may be locked at once is refused', async () => {
  const response = await send('a', 'assets/import?dry_run=true', '{"name":"N"}\n'.repeat(1_001))
  expect(response.status).toBe(400)
  expect(await response.text()).toContain('a dry run must have at most 1000 lines')
})
