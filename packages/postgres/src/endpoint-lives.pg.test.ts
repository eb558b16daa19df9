import { plainSubscription } from '@scanhook/domain/endpoint'
import { decideSilence } from '@scanhook/domain/endpoint-life/decide-life'
import type { EndpointLife } from '@scanhook/domain/endpoint-life/endpoint-life'
import { type EndpointId, endpointId, type OrgId, orgId } from '@scanhook/domain/ids'
import { silentLog } from '@scanhook/observability/log'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type DeliveryRow, mergeDeliveries } from './deliveries.ts'
import {
  type EndpointLives,
  endpointLives,
  type LifeDecision,
  type LivingEndpoint,
} from './endpoint-lives.ts'
import { type EndpointNotices, endpointNotices } from './endpoint-notices.ts'
import { endpoints } from './endpoints.ts'
import { openPostgres, type Postgres } from './open.ts'
import { organizations } from './organizations.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

let database: TestDatabase
let pg: Postgres
let lives: EndpointLives
let notices: EndpointNotices
let org: OrgId

beforeAll(async () => {
  database = await createTestDatabase('endpoint_lives', process.env['POSTGRES_URL'])
  pg = openPostgres({ url: database.url, log: silentLog })
  lives = endpointLives(pg)
  notices = endpointNotices(pg)
  org = orgId((await organizations(pg).ensure('A')).id)
})
afterAll(async () => {
  await pg.close()
  await database.drop()
})

async function made(): Promise<EndpointId> {
  const created = await endpoints(pg).create(
    org,
    {
      url: 'https://example.test/hook',
      state: 'active',
      profile: 'standard',
      headers: {},
      subscriptions: [plainSubscription('*')],
      secret: { sealed: 'v1.k1.a.b.c', hint: '2c7d', publicKey: null },
    },
    1_000,
  )
  if (created.kind !== 'changed') throw new Error(created.kind)
  return endpointId(created.row.id)
}

const t0 = Date.UTC(2026, 10, 20)
const facts = { reason: 'status 500', nested_key: { stay: 1 } }

function failingAt(atMs: number): (endpoint: LivingEndpoint) => LifeDecision {
  return ({ life }) => ({
    life: { ...life, failingSinceMs: atMs, failingAtMs: atMs + 5, isEpisodeTold: true },
    notice: { kind: 'failing', episodeMs: atMs, isTold: true, facts },
  })
}

const disable = ({ life }: LivingEndpoint): LifeDecision => ({
  life: { ...life, state: 'disabled', disabledAtMs: t0 + 9, disabledReason: 'gone' },
  notice: { kind: 'disabled', episodeMs: t0 + 9, isTold: false, facts },
})

async function lifeOf(id: EndpointId): Promise<EndpointLife> {
  let found: EndpointLife | undefined
  await lives.change(org, id, ({ life }) => {
    found = life
    return null
  })
  if (found === undefined) throw new Error('no such endpoint')
  return found
}

interface Announced {
  readonly state: string
  readonly failingSinceMs: number | null
  readonly version: number
}
async function announced(id: EndpointId): Promise<readonly Announced[]> {
  const { rows } = await sql<{ document: string }>`
    select document from outbox where entity_id = ${id} order by position`.execute(pg.db)
  return rows.map(({ document }) => JSON.parse(document) as Announced)
}

async function noticesOf(id: EndpointId): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) from endpoint_notices where endpoint_id = ${id}`.execute(pg.db)
  return rows[0]?.count ?? 0
}

test('F1: change, notice and announcement come together', async () => {
  const id = await made()
  expect(await lives.change(org, id, failingAt(t0))).toBe('failing')
  expect((await announced(id)).at(-1)).toMatchObject({ state: 'active', failingSinceMs: t0, version: 2 })
  expect(await lives.change(org, id, disable)).toBe('disabled')
  expect((await announced(id)).at(-1)).toMatchObject({ state: 'disabled', failingSinceMs: t0, version: 3 })
  expect(await endpoints(pg).find(org, id)).toMatchObject({
    state: 'disabled',
    failingSince: t0,
    disabledAt: t0 + 9,
    disabledReason: 'gone',
  })
  const told = (await notices.listUnpublished(100)).filter((notice) => notice.endpointId === id)
  expect(told).toMatchObject([{ orgId: org, kind: 'failing', episodeMs: t0, facts }])
})

test('F1: when the decision throws, nothing is there', async () => {
  const id = await made()
  await expect(
    lives.change(org, id, ({ life }) => ({
      life: { ...life, failingSinceMs: t0 }, // without failingAtMs, which the table refuses
      notice: { kind: 'failing', episodeMs: t0, isTold: true, facts },
    })),
  ).rejects.toThrow()
  expect([await noticesOf(id), (await announced(id)).length]).toEqual([0, 1])
})

test('F1: what nobody sees is remembered and not announced', async () => {
  const id = await made()
  const remember = ({ life }: LivingEndpoint): LifeDecision => ({
    life: { ...life, recoveredAtMs: t0 },
    notice: null,
  })
  expect(await lives.change(org, id, remember)).toBe('unnoticed')
  expect(await lifeOf(id)).toMatchObject({ recoveredAtMs: t0 })
  expect(await announced(id)).toHaveLength(1)
})

test('F2, F3: many who decide the same at once give one notice', async () => {
  const id = await made()
  const seen = await Promise.all(
    Array.from({ length: 8 }, () =>
      lives.change(org, id, (endpoint) =>
        endpoint.life.failingSinceMs === null ? failingAt(t0)(endpoint) : null,
      ),
    ),
  )
  expect(seen.filter((kind) => kind === 'failing')).toHaveLength(1)
  // Even who decides on an old view: the key holds.
  await lives.change(org, id, failingAt(t0))
  expect(await noticesOf(id)).toBe(1)
})

test('F3: who decides waits for who changes it, and decides on what that one wrote', async () => {
  const id = await made()
  let seen: number | null | undefined
  let deciding: Promise<unknown> = Promise.resolve()
  await pg.db.transaction().execute(async (db) => {
    await sql`update endpoints set recovered_at = to_timestamp(${t0 / 1_000}) where id = ${id}`.execute(db)
    deciding = lives.change(org, id, ({ life }) => {
      seen = life.recoveredAtMs
      return null
    })
    const isWaiting = async (): Promise<boolean> => {
      const { rows } = await sql<{ count: number }>`
        select count(*) from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`.execute(pg.db)
      return rows[0]?.count === 1 || seen !== undefined
    }
    await expect.poll(isWaiting, { timeout: 10_000 }).toBe(true)
  })
  await deciding
  expect(seen).toBe(t0)
})

test('a person who enables it clears the marks; one that is active keeps them', async () => {
  const id = await made()
  await lives.change(org, id, failingAt(t0))
  await endpoints(pg).update(org, id, { state: 'active', name: 'still' })
  expect(await lifeOf(id)).toMatchObject({ failingSinceMs: t0, enabledAtMs: null })
  await lives.change(org, id, disable)
  await endpoints(pg).update(org, id, { state: 'active' })
  const life = await lifeOf(id)
  expect(life).toMatchObject({
    state: 'active',
    failingSinceMs: null,
    disabledAtMs: null,
    isEpisodeTold: false,
  })
  expect(life.enabledAtMs).toBeGreaterThan(t0 + 9)
  expect((await announced(id)).at(-1)).toMatchObject({ state: 'active', failingSinceMs: null })
})

test('an unknown, foreign or deleted endpoint is not asked about', async () => {
  const id = await made()
  const other = orgId((await organizations(pg).ensure('B')).id)
  await endpoints(pg).remove(org, id)
  for (const [where, which] of [
    [other, id],
    [org, id],
    [org, endpointId(1)],
  ] as const)
    expect(await lives.change(where, which, failingAt(t0))).toBeNull()
  expect((await lives.describe([id])).get(id)).toEqual({ url: 'https://example.test/hook', name: null })
})

test('failing endpoints are listed longest first, page by page', async () => {
  const ids = [await made(), await made(), await made()]
  const longAgo = t0 - 90 * 86_400_000
  for (const [index, id] of ids.entries()) await lives.change(org, id, failingAt(longAgo + index))
  const first = await lives.listFailing(longAgo + 1, null, 1)
  expect(first.map(({ id }) => id)).toEqual(ids.slice(0, 1))
  const cursor = { failingSinceMs: longAgo, id: ids[0] ?? 0 }
  expect((await lives.listFailing(longAgo + 1, cursor, 10)).map(({ id }) => id)).toEqual(ids.slice(1, 2))
})

let deliveries = 0
function delivery(id: EndpointId, state: 'pending' | 'delivered', lastAttemptAtMs: number): DeliveryRow {
  deliveries += 1
  return {
    deliveryId: `00000000-0000-5000-8000-${String(deliveries).padStart(12, '0')}`,
    orgId: org,
    endpointId: id,
    eventId: '00000000-0000-5000-8000-0000000000ff',
    eventType: 'asset.moved',
    eventOccurredAtMs: lastAttemptAtMs,
    trigger: 'event',
    state,
    attempts: 1,
    nextAttemptAtMs: null,
    deadReason: null,
    heldReason: null,
    supersededBy: null,
    manualChains: null,
    createdAtMs: lastAttemptAtMs - 1_000,
    firstAttemptAtMs: lastAttemptAtMs,
    lastAttemptAtMs,
    lastStatus: 500,
    lastErrorClass: null,
    completedAtMs: null,
    rankAttemptNumber: 1,
    rankAtMs: lastAttemptAtMs,
  }
}

test('the log says whether it failed since, and when it had a success', async () => {
  const id = await made()
  await lives.change(org, id, failingAt(t0))
  const times = { sinceMs: t0, fromMs: t0 + 1_000 }
  const endpoint = { id, orgId: org }
  await mergeDeliveries(pg.db, [delivery(id, 'pending', t0 + 999), delivery(id, 'delivered', t0 - 1)])
  expect(await lives.findEvidence(endpoint, times)).toEqual({ hasFailedSince: false, lastSuccessAtMs: null })
  await mergeDeliveries(pg.db, [delivery(id, 'pending', t0 + 1_000)])
  const evidence = await lives.findEvidence(endpoint, times)
  expect(evidence).toEqual({ hasFailedSince: true, lastSuccessAtMs: null })
  expect(
    decideSilence(await lifeOf(id), evidence, { nowMs: t0 + 2_000, disabledAfterMs: 1_000 })?.life,
  ).toMatchObject({ state: 'disabled', disabledReason: 'no_success' })
  await mergeDeliveries(pg.db, [delivery(id, 'delivered', t0 + 700), delivery(id, 'delivered', t0 + 600)])
  expect(await lives.findEvidence(endpoint, times)).toEqual({
    hasFailedSince: true,
    lastSuccessAtMs: t0 + 700,
  })
})

test('N1, N2: a mail is claimed by one, marked by who holds it, and waits while nobody marks it', async () => {
  await sql`update endpoint_notices set mail_state = 'sent'`.execute(pg.db)
  const id = await made()
  await organizations(pg).update(org, { contactEmails: ['ops@example.test', 'it@example.test'] })
  await lives.change(org, id, failingAt(t0))
  expect(await notices.countWaiting()).toMatchObject({ mails: 1 })
  const claims = await Promise.all(Array.from({ length: 4 }, () => notices.claimMail(60_000)))
  expect(await notices.claimMail(60_000)).toBeNull()
  const [mail] = claims.filter((claim) => claim !== null)
  expect(claims.filter((claim) => claim !== null)).toHaveLength(1)
  expect(mail).toMatchObject({
    endpointId: id,
    tries: 1,
    recipients: ['ops@example.test', 'it@example.test'],
    facts,
  })
  if (mail === undefined) return
  expect(await notices.markMail(mail, { kind: 'postponed', delayMs: 0, error: 'away' })).toBe(true)
  const again = await notices.claimMail(0)
  expect(again).toMatchObject({ id: mail.id, tries: 2 })
  // The lease is over: the next one has it, and the one before marks nothing.
  const third = await notices.claimMail(60_000)
  expect(third).toMatchObject({ id: mail.id, tries: 3 })
  if (again === null || third === null) return
  expect(await notices.markMail(again, { kind: 'refused', error: '550' })).toBe(false)
  expect(await notices.markMail(third, { kind: 'sent' })).toBe(true)
  expect(await notices.claimMail(0)).toBeNull()
  expect(await notices.countWaiting()).toMatchObject({ mails: 0 })
})

test('an event is unpublished until it is marked', async () => {
  const waiting = await notices.listUnpublished(1_000)
  expect(waiting.length).toBeGreaterThan(0)
  await notices.markPublished(waiting.map(({ id }) => id))
  expect(await notices.listUnpublished(1_000)).toEqual([])
})

test('an organization has ten contacts at most', async () => {
  const many = Array.from({ length: 11 }, (_, n) => `n${n}@example.test`)
  await expect(organizations(pg).update(org, { contactEmails: many })).rejects.toMatchObject({
    code: 'POSTGRES_BAD_VALUE',
  })
  expect(await organizations(pg).update(1, { contactEmails: [] })).toBeNull()
})
