/** Export and erasure of what an organization owns, over every table that there is. */
import { randomUUID } from 'node:crypto'
import { systemActor } from '@scanhook/domain/auditing/audit-entry'
import { isErased } from '@scanhook/domain/erased'
import { silentLog } from '@scanhook/observability/log'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { apiKeys } from './api-keys.ts'
import { assets } from './assets.ts'
import { attempts } from './attempts.ts'
import { auditLog } from './audit-log.ts'
import { eraseSubject, type Subject } from './erase-subject.ts'
import { events } from './events.ts'
import { exportOrganization } from './export-organization.ts'
import { jobPages } from './job-pages.ts'
import { openPostgres, type Postgres } from './open.ts'
import { type ExportedTable, organizationTables } from './organization-tables.ts'
import { organizations } from './organizations.ts'
import { tags } from './tags.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

let database: TestDatabase
let pg: Postgres
let orgId = 0
let otherId = 0

beforeAll(async () => {
  database = await createTestDatabase('organization_data', process.env['POSTGRES_URL'])
  pg = openPostgres({ url: database.url, log: silentLog, max: 4 })
  orgId = (await organizations(pg).ensure('A')).id
  otherId = (await organizations(pg).ensure('B')).id
})
afterAll(async () => {
  await pg?.close()
  await database?.drop()
})

const tables: ReadonlyMap<string, ExportedTable> = new Map(Object.entries(organizationTables))

interface Column {
  readonly table: string
  readonly column: string
}

async function columns(): Promise<readonly Column[]> {
  const { rows } = await sql<Column>`
    select c.table_name as table, c.column_name as column from information_schema.columns c
    join pg_class on relname = c.table_name and relnamespace = current_schema()::regnamespace
    where c.table_schema = current_schema() and not relispartition order by 1, c.ordinal_position`.execute(
    pg.db,
  )
  return rows
}

const eraser = { actor: systemActor, requestId: null }
const at = '2026-11-20T12:00:00.000Z'

interface Sent {
  readonly data: unknown
  readonly assetId?: number
  readonly batchId?: string
  readonly state?: 'pending' | 'delivered'
  readonly org?: number
}

/** An event, its delivery, and one attempt that carried its data there and got it back. */
async function sent({ data, assetId, batchId, state = 'delivered', org = orgId }: Sent) {
  const [eventId, deliveryId] = [randomUUID(), randomUUID()]
  const json = JSON.stringify(data)
  await sql`insert into events (event_id, org_id, type, occurred_at, received_at, subject, asset_id, data)
    values (${eventId}, ${org}, 'shipment.approved', ${at}, ${at}, 's', ${assetId ?? null}, ${json})`.execute(
    pg.db,
  )
  await sql`insert into deliveries (delivery_id, org_id, endpoint_id, event_id, event_type, event_occurred_at, trigger, state,
      attempts, created_at, rank_attempt_number, rank_at)
    values (${deliveryId}, ${org}, 1, ${eventId}, 'shipment.approved', ${at}, 'event', ${state}, 1, ${at}, 1, ${at})`.execute(
    pg.db,
  )
  await sql`insert into attempts (delivery_id, attempt_number, disposition, started_at, org_id, endpoint_id, event_id, event_type,
      trigger, url, request_headers, request_body, outcome, status, response_headers, response_body, batch_id, batch_size)
    values (${deliveryId}, 1, 'delivered', ${at}, ${org}, 1, ${eventId}, 'shipment.approved', 'event', 'https://x.test',
      '{"authorization":"Bearer of-the-receiver"}', ${json}, 'responded', 200, '{"x-echo":"1"}', ${`got ${json}`}, ${batchId ?? null}, 2)`.execute(
    pg.db,
  )
  return { eventId, deliveryId }
}

async function erase(subject: Subject) {
  const erased = await eraseSubject(pg, { ...eraser, orgId }, subject)
  if (erased.kind !== 'erased') throw new Error(erased.kind)
  return erased.found
}

/** Everything that the database holds, as text. */
async function everything(org: number): Promise<string> {
  const lines: string[] = []
  for await (const page of exportOrganization(pg, org)) lines.push(...page.lines)
  return lines.join('')
}

test('every table of an organization is exported, or it is said why not', async () => {
  const owned = (await columns()).filter(({ column }) => column === 'org_id').map(({ table }) => table)
  expect([...tables.keys()].toSorted()).toEqual(['organizations', ...owned].toSorted())
})

test('X1: of what is exported, nothing is named like a secret', async () => {
  const all = await columns()
  const suspicious = all.filter(({ table, column }) => {
    const how = tables.get(table)
    if (how === undefined || 'notExported' in how) return false
    return /secret|hash|sealed|token|password|headers/.test(column) && how.leftOut?.includes(column) !== true
  })
  // What a receiver answered with is part of the log.
  expect(suspicious).toEqual([{ table: 'attempts', column: 'response_headers' }])
  const leftOut = [...tables].flatMap(([table, how]) =>
    'notExported' in how ? [] : (how.leftOut ?? []).map((column) => ({ table, column })),
  )
  for (const each of leftOut) expect(all).toContainEqual(each)
})

test('X1, X2: an export has what is theirs, in pages, without secrets and without anybody else’s', async () => {
  const author = { ...eraser, orgId, view: () => ({}) }
  const { token } = await apiKeys(pg).create(author, { name: 'k', scopes: ['tracking:read'] })
  await sql`insert into unknown_tags (org_id, match_key, value, reads, first_seen_at, last_seen_at, last_device_key, last_antenna_port)
    select ${orgId}, 'U' || n, 'U' || n, 1, now(), now(), 'gw', 1 from generate_series(1, 600) n`.execute(
    pg.db,
  )
  await sent({ data: { mine: true } })
  await sent({ data: { theirs: true }, org: otherId })
  const sizes: number[] = []
  for await (const { table, lines } of exportOrganization(pg, orgId))
    if (table === 'unknown_tags') sizes.push(lines.length)
  expect(sizes).toEqual([250, 250, 100])
  const text = await everything(orgId)
  for (const line of text.trimEnd().split('\n'))
    expect(Object.keys(JSON.parse(line))).toEqual(['table', 'row'])
  expect(text).toContain('"mine":true')
  expect(text).not.toContain('"theirs":true')
  expect(text).not.toMatch(/scrypt|Bearer of-the-receiver/)
  expect(text).not.toContain(token.slice(token.lastIndexOf('_') + 1))
})

test('E1, E2: a person is erased by a value: events, bodies of attempts, also of batches, and audit log', async () => {
  const person = { shipment: { contact: { email: 'ann@customer.test' } } }
  const alone = await sent({ data: person })
  await sent({ data: person, batchId: 'b1' })
  const companion = await sent({
    data: { shipment: { contact: { email: 'bob@customer.test' } } },
    batchId: 'b1',
  })
  await sql`update attempts set request_body = '[ann@customer.test, bob@customer.test]' where batch_id = 'b1'`.execute(
    pg.db,
  )
  await sent({ data: { note: 'a\u0000b', mail: 'ann@customer.test' } })
  const made = await assets(pg).create(
    { ...eraser, orgId, view: ({ name }) => ({ name }) },
    { name: 'ann@customer.test' },
  )
  if (made.kind !== 'changed') throw new Error(made.kind)
  await assets(pg).update({ ...eraser, orgId, view: ({ name }) => ({ name }) }, made.row.id, {
    name: 'anonymous',
  })

  const subject: Subject = {
    kind: 'value',
    path: ['shipment', 'contact', 'email'],
    value: 'ann@customer.test',
  }
  expect(await erase(subject)).toMatchObject({ events: 3, attempts: 4, auditEntries: 2, waiting: 0 })
  expect(await everything(orgId)).not.toContain('ann@customer.test')
  // What is left says that there was something, and how it ended.
  const row = await events(pg).findRow(orgId, alone.eventId)
  expect(isErased(row?.dataJson ?? '')).toBe(true)
  expect(await attempts(pg).list(orgId, alone.deliveryId)).toMatchObject([
    {
      requestBody: '{"erased":true}',
      responseBody: '{"erased":true}',
      status: 200,
      disposition: 'delivered',
    },
  ])
  // The other one in the same request is still there itself.
  expect((await events(pg).findRow(orgId, companion.eventId))?.dataJson).toContain('bob@customer.test')
  expect(await erase(subject)).toMatchObject({ events: 0, attempts: 0, auditEntries: 0 })
})

test('E1: an asset is erased, but only once it is deleted', async () => {
  const author = { ...eraser, orgId, view: ({ name }: { name: string }) => ({ name }) }
  const made = await assets(pg).create(author, { name: 'the wheelchair of Mr X', metadata: { room: 'R17' } })
  if (made.kind !== 'changed') throw new Error(made.kind)
  const { id, externalKey } = made.row
  await tags(pg).create(orgId, id, {
    tagType: 'rfid',
    value: 'E280AAAA0000000000000001',
    matchKey: 'E280AAAA0000000000000001',
  })
  const { eventId } = await sent({
    data: { asset: { id, name: 'the wheelchair of Mr X' } },
    assetId: id,
  })
  await sql`update events set location_paths = '{"at":["ROOM-OF-MR-X"],"from":[]}' where event_id = ${eventId}`.execute(
    pg.db,
  )
  await sql`insert into asset_scans (org_id, asset_id, observed_at, event_id, is_late) values (${orgId}, ${id}, ${at}, ${randomUUID()}, false)`.execute(
    pg.db,
  )
  const subject: Subject = { kind: 'asset', assetId: id }
  expect(await eraseSubject(pg, { ...eraser, orgId }, subject)).toEqual({ kind: 'not_deleted' })
  expect(await eraseSubject(pg, { ...eraser, orgId: otherId }, subject)).toEqual({ kind: 'not_found' })
  await assets(pg).remove(author, id)
  expect(await erase(subject)).toMatchObject({ events: 1, attempts: 1 })
  const left = await everything(orgId)
  for (const said of [
    'the wheelchair of Mr X',
    'R17',
    'ROOM-OF-MR-X',
    externalKey,
    'E280AAAA0000000000000001',
  ])
    expect(left).not.toContain(said)
})

test('what is erased is not found by whoever would send it again', async () => {
  const { eventId } = await sent({ data: { who: { name: 'Carla Example' } } })
  await erase({ kind: 'value', path: ['who', 'name'], value: 'Carla Example' })
  expect(await jobPages(pg).findRows(orgId, [eventId])).toEqual([])
  const span = { sinceMs: Date.parse(at), untilMs: Date.parse(at), after: null, limit: 1_000 }
  expect((await events(pg).listReceived(orgId, span)).map((row) => row.eventId)).not.toContain(eventId)
})

test('E4, E5: the audit log says that, not whom; what still waits is counted', async () => {
  await sent({ data: { who: { name: 'Dora Example' } }, state: 'pending' })
  const found = await erase({ kind: 'value', path: ['who', 'name'], value: 'Dora Example' })
  expect(found.waiting).toBe(1)
  const { rows } = await auditLog(pg).list(orgId, { limit: 1 })
  expect(rows[0]).toMatchObject({
    operation: 'organization.subject_erased',
    after: { path: 'who.name', events: 1, attempts: 1 },
  })
  expect(JSON.stringify(rows)).not.toContain('Dora')
})
