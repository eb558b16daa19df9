import { randomUUID } from 'node:crypto'
import { plainSubscription } from '@scanhook/domain/endpoint'
import { silentLog } from '@scanhook/observability/log'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { endpoints } from './endpoints.ts'
import { jobPages } from './job-pages.ts'
import { type ClaimedJob, type JobProgress, type JobState, jobs, type Keyset, type NewJob } from './jobs.ts'
import { openPostgres, type Postgres, type Session } from './open.ts'
import { organizations } from './organizations.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

let database: TestDatabase
let pg: Postgres
let session: Session
const orgs: number[] = []
const endpointOf = new Map<number, number>()

beforeAll(async () => {
  database = await createTestDatabase('jobs', process.env['POSTGRES_URL'])
  pg = openPostgres({ url: database.url, log: silentLog })
  session = await pg.openSession({ onNotification: () => undefined, onEnd: () => undefined })
  for (const name of ['one', 'two', 'three']) {
    const { id } = await organizations(pg).ensure(name)
    const created = await endpoints(pg).create(
      id,
      {
        url: 'https://example.test/hook',
        state: 'active',
        profile: 'standard',
        headers: {},
        subscriptions: [plainSubscription('*')],
        secret: { sealed: 'v1.k1.a.b.c', hint: '2c7d', publicKey: null },
      },
      9,
    )
    if (created.kind !== 'changed') throw new Error(created.kind)
    orgs.push(id)
    endpointOf.set(id, created.row.id)
  }
})
afterAll(async () => {
  await session?.close()
  await pg?.close()
  await database?.drop()
})
beforeEach(async () => {
  await session.query('delete from jobs')
})

const [leaseMs, plenty] = [60_000, 1_000]

function newJob(orgId: number, change: Partial<NewJob> = {}): NewJob {
  return {
    kind: 'recover',
    endpointId: endpointOf.get(orgId) ?? null,
    sinceMs: 1_000,
    untilMs: 2_000,
    eventTypes: null,
    perSecond: 10,
    createdBy: 5,
    ...change,
  }
}

async function make(orgIndex: number, change: Partial<NewJob> = {}): Promise<number> {
  const orgId = orgs[orgIndex] ?? 0
  const created = await jobs(pg).create(orgId, newJob(orgId, change), plenty)
  if (created.kind !== 'created') throw new Error(created.kind)
  return created.row.id
}

const at = (scanned: number): JobProgress => ({
  position: { pass: 'dead', after: { atMs: scanned, id: randomUUID() } },
  scanned,
  enqueued: scanned - 1,
  skipped: { settled: 1 },
  total: 100,
  isTotalEstimated: false,
})

/** The claimed job; fails without one. */
async function claimed(lease: number = leaseMs): Promise<ClaimedJob> {
  const job = await jobs(pg).claim(lease)
  if (job === null) throw new Error('nothing to claim')
  return job
}

async function endLease(id: number): Promise<void> {
  await session.query("update jobs set lease_until = now() - interval '1 second' where id = $1", [id])
}

test('what was asked is stored, found and listed, each organization’s by itself', async () => {
  const [org = 0, other = 0] = orgs
  const id = await make(0, {
    kind: 'dead_topic',
    endpointId: null,
    eventTypes: ['asset.moved'],
    perSecond: 0.1,
  })
  const second = await make(0)
  expect(await jobs(pg).find(org, id)).toMatchObject({
    ...newJob(org, { kind: 'dead_topic', endpointId: null, eventTypes: ['asset.moved'], perSecond: 0.1 }),
    state: 'waiting',
    position: null,
    total: null,
    skipped: {},
  })
  expect(await jobs(pg).find(other, id)).toBeNull()
  const idsOf = async (query: object) =>
    (await jobs(pg).list(org, { limit: 9, offset: 0, ...query })).rows.map((row) => row.id).toSorted()
  expect(await idsOf({})).toEqual([id, second].toSorted())
  expect(await idsOf({ endpointIds: [endpointOf.get(org) ?? 0] })).toEqual([second])
  expect(await idsOf({ states: ['done', 'paused'] })).toEqual([])
  expect((await jobs(pg).list(other, { limit: 9, offset: 0 })).totalCount).toBe(0)
})

test('R1: many who ask at once get a job each, and nobody gets one of them twice', async () => {
  for (let n = 0; n < 6; n += 1) await make(n % 3)
  const all = await Promise.all(Array.from({ length: 10 }, () => jobs(pg).claim(leaseMs)))
  const ids = all.flatMap((job) => job?.id ?? [])
  expect(new Set(ids).size).toBe(ids.length)
  for (let more = await jobs(pg).claim(leaseMs); more !== null; more = await jobs(pg).claim(leaseMs))
    ids.push(more.id)
  expect([ids.length, new Set(ids).size]).toEqual([6, 6])
})

test('R1, R2: who has outlived his lease stores nothing once another has the job, who goes on from what was stored', async () => {
  const id = await make(0)
  const first = await claimed()
  expect(await jobs(pg).advance(first, at(10), leaseMs)).toEqual({ state: 'running', perSecond: 10 })
  const stored = await jobs(pg).find(orgs[0] ?? 0, id)
  await endLease(id)
  const second = await claimed()
  expect(second).toMatchObject({ id, leaseNumber: 2, position: stored?.position, scanned: 10, enqueued: 9 })
  expect(await jobs(pg).advance(first, at(20), leaseMs)).toBeNull()
  expect(await jobs(pg).release(first, { kind: 'done' })).toBe(false)
  expect(await jobs(pg).find(orgs[0] ?? 0, id)).toMatchObject({ state: 'running', scanned: 10 })
  expect(await jobs(pg).release(second, { kind: 'done' })).toBe(true)
  expect(await jobs(pg).claim(leaseMs)).toBeNull()
})

test.each(['paused', 'cancelled'] as const)(
  'R3: %s under way: the page under way is stored, the state stays whatever the runner says',
  async (state) => {
    const id = await make(0)
    const job = await claimed()
    const [org = 0] = orgs
    if (state === 'paused') await jobs(pg).change(org, id, { isPaused: true, perSecond: 3 })
    else await jobs(pg).cancel(org, id)
    const perSecond = state === 'paused' ? 3 : 10
    expect(await jobs(pg).advance(job, at(10), leaseMs)).toEqual({ state, perSecond })
    await jobs(pg).release(job, { kind: 'done' })
    expect(await jobs(pg).find(org, id)).toMatchObject({ state, scanned: 10 })
    expect(await jobs(pg).claim(leaseMs)).toBeNull()
    const resumed = await jobs(pg).change(org, id, { isPaused: false })
    expect(resumed.kind).toBe(state === 'paused' ? 'changed' : 'finished')
    expect((await jobs(pg).claim(leaseMs))?.scanned).toBe(state === 'paused' ? 10 : undefined)
  },
)

test('R3: resumed before its runner has noticed the pause, it goes on', async () => {
  const id = await make(0)
  const job = await claimed()
  await jobs(pg).change(orgs[0] ?? 0, id, { isPaused: true })
  await jobs(pg).change(orgs[0] ?? 0, id, { isPaused: false })
  expect(await jobs(pg).advance(job, at(10), leaseMs)).toEqual({ state: 'running', perSecond: 10 })
})

test('R3: a failure is told; nobody else’s word reaches another organization’s job', async () => {
  const id = await make(0)
  const [org = 0, other = 0] = orgs
  expect((await jobs(pg).cancel(other, id)).kind).toBe('not_found')
  expect((await jobs(pg).change(other, id, { isPaused: true })).kind).toBe('not_found')
  await jobs(pg).release(await claimed(), { kind: 'paused', error: 'it is disabled' })
  expect(await jobs(pg).find(org, id)).toMatchObject({ state: 'paused', error: 'it is disabled' })
  await jobs(pg).change(org, id, { isPaused: false })
  await jobs(pg).release(await claimed(), { kind: 'failed', error: 'it is gone' })
  const failed = await jobs(pg).find(org, id)
  expect(failed).toMatchObject({ state: 'failed', error: 'it is gone' })
  expect(failed?.finishedAtMs).not.toBeNull()
})

test('R4: an organization with many jobs takes turns with one that has one, and its own take turns, too', async () => {
  const many = [await make(0), await make(0), await make(0)]
  const one = await make(1)
  const first = await claimed()
  const second = await claimed()
  expect([first.id, second.id]).toEqual([many[0], one])
  await jobs(pg).release(first, { kind: 'turn' })
  const third = await claimed()
  expect(third.id).toBe(many[1])
  await jobs(pg).release(second, { kind: 'turn' })
  expect((await claimed()).id).toBe(one)
  await jobs(pg).release(third, { kind: 'turn' })
  expect((await claimed()).id).toBe(many[2])
})

test('R5: at most so many unfinished, also when two are made at once', async () => {
  const [org = 0] = orgs
  const make3 = () => jobs(pg).create(org, newJob(org), 3)
  const kinds = (await Promise.all([make3(), make3(), make3(), make3(), make3()])).map((each) => each.kind)
  expect(kinds.filter((kind) => kind === 'created')).toHaveLength(3)
  await jobs(pg).cancel(org, (await claimed()).id)
  expect((await make3()).kind).toBe('created')
})

const acts = ['claim', 'advance', 'turn', 'done', 'expire', 'pause', 'resume', 'cancel'] as const

/** One act of people or of the newest lease's holder, as far as it can be done. */
async function act(what: (typeof acts)[number], id: number, leases: ClaimedJob[]): Promise<void> {
  const [store, org, holder] = [jobs(pg), orgs[0] ?? 0, leases.at(-1)]
  if (what === 'claim') {
    const job = await store.claim(leaseMs)
    if (job !== null) leases.push(job)
    return
  }
  if (what === 'expire') return endLease(id)
  if (what === 'cancel') return void (await store.cancel(org, id))
  if (what === 'pause' || what === 'resume')
    return void (await store.change(org, id, { isPaused: what === 'pause' }))
  if (holder === undefined) return
  if (what === 'advance') await store.advance(holder, at(2), leaseMs)
  else await store.release(holder, { kind: what })
}

async function expectLateRefused(leases: readonly ClaimedJob[]): Promise<void> {
  for (const late of leases.slice(0, -1)) {
    expect(await jobs(pg).advance(late, at(1), leaseMs)).toBeNull()
    expect(await jobs(pg).release(late, { kind: 'done' })).toBe(false)
  }
}

test('R1, R3: whatever people and runners do, one has it, and what has ended stays so', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...acts), { maxLength: 25 }), async (plan) => {
      await session.query('delete from jobs')
      const id = await make(0)
      const leases: ClaimedJob[] = []
      let ended: JobState | null = null
      for (const what of plan) {
        await expectLateRefused(leases)
        await act(what, id, leases)
        const state: JobState = (await jobs(pg).find(orgs[0] ?? 0, id))?.state ?? 'failed'
        expect(state).toBe(ended ?? state)
        if (state === 'done' || state === 'cancelled') ended = state
      }
    }),
    { numRuns: 30 },
  )
})

test('K1: pages give everything of the span once, in order, whatever their size, and counts agree', async () => {
  const [orgId = 0, other = 0] = orgs
  const endpointId = endpointOf.get(orgId) ?? 0
  const base = Date.UTC(2026, 10, 20)
  await session.query(
    `insert into deliveries (delivery_id, org_id, endpoint_id, event_id, event_type, event_occurred_at, trigger, state,
       attempts, created_at, completed_at, rank_attempt_number, rank_at, manual_chains)
     select gen_random_uuid(), case when n % 7 = 0 then $2 else $1 end::bigint, $3, gen_random_uuid(),
       case when n % 2 = 0 then 'asset.moved' else 'asset.scanned' end, at, 'event',
       case when n % 5 = 0 then 'delivered' else 'dead' end, 1, at, case when n % 11 = 0 then null else at end, 1, at,
       case when n % 13 = 0 then '{"1": {"state": "pending"}}'::jsonb end
     from (select n, to_timestamp($4::double precision / 1000) + make_interval(secs => n / 4 / 1000.0) as at
       from generate_series(0, 399) as n) instants`,
    [orgId, other, endpointId, base],
  )
  const scope = { orgId, endpointId, sinceMs: base + 10, untilMs: base + 80, eventTypes: null }
  const read = async (limit: number, eventTypes: readonly string[] | null = null) => {
    const found: string[] = []
    let after: Keyset | null = null
    for (;;) {
      const rows = await jobPages(pg).listDead({ ...scope, eventTypes }, after, limit)
      found.push(
        ...rows.map((row) => `${row.diedAtMs} ${row.state} ${row.manualChainCount} ${row.deliveryId}`),
      )
      const last = rows.at(-1)
      if (last === undefined || rows.length < limit) return found
      after = { atMs: last.diedAtMs, id: last.deliveryId }
    }
  }
  const all = await read(1_000)
  const numbers = Array.from({ length: 400 }, (_, n) => n)
  const expected = numbers.filter((n) => n % 7 !== 0 && n % 5 !== 0 && n >= 40 && n < 324)
  expect([all.length, new Set(all).size]).toEqual([expected.length, expected.length])
  expect(all.filter((row) => row.includes('pending 1')).length).toBe(
    expected.filter((n) => n % 13 === 0).length,
  )
  for (const limit of [1, 3, 50]) expect(await read(limit)).toEqual(all)
  expect((await read(3, ['asset.moved'])).length).toBe(expected.filter((n) => n % 2 === 0).length)
  expect(await jobPages(pg).countDead(scope)).toEqual({ count: expected.length, isEstimated: false })
})
