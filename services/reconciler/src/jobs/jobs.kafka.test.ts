/** Jobs on real Kafka and PostgreSQL: what died, what never was, and what the log has lost is sent again. */

import type { Delivery } from '@scanhook/domain/delivery'
import { plainSubscription } from '@scanhook/domain/endpoint'
import { endpointId, orgId as orgIdOf } from '@scanhook/domain/ids'
import { openFilterJudge } from '@scanhook/filters/filter-judge'
import { deliveryIdFor } from '@scanhook/identity/derived-ids'
import { silentLog } from '@scanhook/observability/log'
import { noTracing } from '@scanhook/observability/tracing'
import { attempts } from '@scanhook/postgres/attempts'
import { deliveries } from '@scanhook/postgres/deliveries'
import { endpointDocument, endpoints } from '@scanhook/postgres/endpoints'
import { jobPages } from '@scanhook/postgres/job-pages'
import { type JobState, jobs, type NewJob, type StoredJob } from '@scanhook/postgres/jobs'
import { openPostgres, type Postgres, type Session } from '@scanhook/postgres/open'
import { organizations } from '@scanhook/postgres/organizations'
import { createTestDatabase, type TestDatabase } from '@scanhook/postgres/test-database'
import { systemClock } from '@scanhook/runtime/clock'
import { type StartedService, startService } from '@scanhook/runtime/start-service'
import { endpointKey } from '@scanhook/schemas/keys'
import { deliveryTo } from '@scanhook/testkit/delivery-world'
import { type OwnTopics, ownTopics } from '@scanhook/testkit/own-topics'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sender } from '../send.ts'
import { reconcilerService } from '../service.ts'
import { type JobRunner, jobRunner } from './job-runner.ts'
import { chosenReader } from './read-chosen.ts'
import { logReader } from './read-log.ts'

let own: OwnTopics
let database: TestDatabase
let pg: Postgres
let sql: Session
let orgId = 0
const beganMs = Date.now() - 3_600_000
const sinceMs = beganMs - 1

beforeAll(async () => {
  own = await ownTopics('jobs')
  database = await createTestDatabase('jobs', process.env['POSTGRES_URL'])
  pg = openPostgres({ url: database.url, log: silentLog })
  sql = await pg.openSession({ onNotification: () => undefined, onEnd: () => undefined })
  orgId = (await organizations(pg).ensure('A')).id
})
afterAll(async () => {
  await sql?.close()
  await pg?.close()
  await database?.drop()
  await own?.close()
})

async function newEndpoint(org: number = orgId): Promise<number> {
  const created = await endpoints(pg).create(
    org,
    {
      url: 'https://example.test/hook',
      state: 'active',
      profile: 'standard',
      headers: {},
      subscriptions: [plainSubscription('asset.*')],
      secret: { sealed: 'v1.k1.a.b.c', hint: '2c7d', publicKey: null },
    },
    1_000,
  )
  if (created.kind !== 'changed') throw new Error(created.kind)
  await sql.query("update endpoints set created_at = now() - interval '1 day' where id = $1", [
    created.row.id,
  ])
  return created.row.id
}

/** So many events, four a millisecond, of which every state's are the deliveries given; without a state there is none. */
async function record(endpoint: number, count: number, stateOf: string): Promise<void> {
  await sql.query(
    `with made as (
       select n, gen_random_uuid() as event_id, gen_random_uuid() as delivery_id, ${stateOf} as state,
         to_timestamp($3::double precision / 1000) + make_interval(secs => n / 4 / 1000.0) as at
       from generate_series(0, $4::integer - 1) as n),
     recorded as (
       insert into events (event_id, org_id, type, occurred_at, received_at, subject, data)
       select event_id, $1, 'asset.moved', at, at, 'asset:5', '{}' from made)
     insert into deliveries (delivery_id, org_id, endpoint_id, event_id, event_type, event_occurred_at, trigger, state,
       attempts, created_at, completed_at, rank_attempt_number, rank_at)
     select delivery_id, $1, $2, event_id, 'asset.moved', at, 'event', state, 1, at, at, 1, at
     from made where state is not null`,
    [orgId, endpoint, beganMs, count],
  )
}

async function idsOf(endpoint: number, state: string): Promise<readonly string[]> {
  const rows = await sql.query<{ delivery_id: string }>(
    'select delivery_id from deliveries where endpoint_id = $1 and state = $2',
    [endpoint, state],
  )
  return rows.map((row) => row.delivery_id).toSorted()
}

async function sentTo(endpoint: number): Promise<readonly Delivery[]> {
  const records = await own.readAll(own.topics.deliveries)
  const all = await Promise.all(records.map(({ value }) => own.codecs.deliveries.decode(value)))
  return all.filter((delivery) => delivery.endpointId === endpoint)
}

async function makeJob(change: Partial<NewJob>): Promise<number> {
  const created = await jobs(pg).create(
    orgId,
    {
      kind: 'recover',
      endpointId: null,
      sinceMs,
      untilMs: Date.now() + 5_000,
      eventTypes: null,
      perSecond: 10_000,
      createdBy: 1,
      ...change,
    },
    1_000,
  )
  if (created.kind !== 'created') throw new Error(created.kind)
  return created.row.id
}

async function jobOf(id: number): Promise<StoredJob> {
  const job = await jobs(pg).find(orgId, id)
  if (job === null) throw new Error('no such job')
  return job
}

const patience = { timeout: 30_000, interval: 20 }
const untilState = (id: number, state: JobState) =>
  expect.poll(async () => (await jobOf(id)).state, patience).toBe(state)

const start = (): Promise<StartedService> =>
  startService(reconcilerService, { ...own.env, POSTGRES_URL: database.url })

/** A runner whose process can die: nothing of it reaches PostgreSQL or Kafka after that. */
function mortalRunner(lease: number): { readonly runner: JobRunner; readonly kill: () => void } {
  let isDead = false
  const store = jobs(pg)
  const never = new Promise<never>(() => undefined)
  const alive = async <T>(act: () => Promise<T>): Promise<T> => (isDead ? never : act())
  const ports = {
    pages: jobPages(pg),
    deliveries: deliveries(pg),
    attempts: attempts(pg),
    findEndpoint: async (org: number, id: number) => {
      const row = await endpoints(pg).find(org, id)
      return row === null ? null : endpointDocument(row)
    },
    judgeFilter: openFilterJudge(),
    deliveryIdFor,
    nowMs: Date.now,
  }
  const send = sender({ ...own, tracing: noTracing })
  const runner = jobRunner(
    {
      claim: (leaseMs) => alive(() => store.claim(leaseMs)),
      advance: (...all) => alive(() => store.advance(...all)),
      release: (...all) => alive(() => store.release(...all)),
      send: (all) => alive(() => send(all)),
      open: (job) => {
        if (job.kind === 'dead_topic') throw new Error('not here')
        if (job.kind === 'resend') return chosenReader(ports, job)
        return logReader(ports, { ...job, kind: job.kind })
      },
      clock: systemClock,
      onBegin: () => undefined,
      onPage: () => undefined,
      onEnd: () => undefined,
      onFailure: () => undefined,
    },
    { slotsMax: 1, leaseMs: lease, turnMs: 60_000 },
  )
  return {
    runner,
    kill: () => {
      isDead = true
    },
  }
}

test('G1, G3, R1: 3,000 dead ones over a pause and a death of the runner: each is sent, nothing else is, progress ends at all', async () => {
  const endpoint = await newEndpoint()
  await record(endpoint, 4_500, "(array['dead', 'dead', 'pending', 'dead', 'dead', 'delivered'])[n % 6 + 1]")
  const dead = await idsOf(endpoint, 'dead')
  expect(dead).toHaveLength(3_000)
  const id = await makeJob({ endpointId: endpoint, perSecond: 1_500 })
  const first = mortalRunner(1_000)
  await first.runner.wake()
  await expect.poll(async () => (await jobOf(id)).enqueued, patience).toBeGreaterThan(200)
  await jobs(pg).change(orgId, id, { isPaused: true })
  const holds = async () =>
    (
      await sql.query<{ held: boolean }>('select lease_until is not null as held from jobs where id = $1', [
        id,
      ])
    )[0]?.held
  await expect.poll(holds, patience).toBe(false)
  const paused = await jobOf(id)
  expect(paused.state).toBe('paused')
  expect((await sentTo(endpoint)).length).toBe(paused.enqueued)

  await jobs(pg).change(orgId, id, { isPaused: false })
  await first.runner.wake()
  await expect.poll(async () => (await jobOf(id)).enqueued, patience).toBeGreaterThan(paused.enqueued + 400)
  first.kill()
  const second = mortalRunner(30_000)
  await expect
    .poll(async () => {
      await second.runner.wake()
      return (await jobOf(id)).state
    }, patience)
    .toBe('done')
  const done = await jobOf(id)
  const sent = await sentTo(endpoint)
  expect([...new Set(sent.map((each) => each.deliveryId))].toSorted()).toEqual(dead)
  // One page at most was repeated; a page holds 200.
  expect(sent.length).toBeLessThanOrEqual(3_200)
  expect(sent.every(({ trigger }) => trigger === 'manual')).toBe(true)
  expect(done).toMatchObject({ scanned: 3_000, total: 3_000, isTotalEstimated: false })
  await second.runner.stop()
})

test('H1, H2, H3, G1: what a filter means is sent again over two endpoints, whatever became of it, once but for a death; nobody else’s', async () => {
  const [one, other, off] = [await newEndpoint(), await newEndpoint(), await newEndpoint()]
  for (const endpoint of [one, other, off])
    await record(endpoint, 900, "(array['dead', 'delivered', 'pending'])[n % 3 + 1]")
  await sql.query(`update endpoints set state = 'disabled' where id = $1`, [off])
  const before = await Promise.all([one, other].map(async (endpoint) => (await sentTo(endpoint)).length))
  const filter = { endpointIds: [one, other, off], states: ['dead', 'delivered'] as const }
  const id = await makeJob({ kind: 'resend', filter, sinceMs: 0, perSecond: 3_000 })
  const first = mortalRunner(1_000)
  await first.runner.wake()
  await expect.poll(async () => (await jobOf(id)).enqueued, patience).toBeGreaterThan(200)
  first.kill()
  const second = mortalRunner(30_000)
  await expect
    .poll(async () => {
      await second.runner.wake()
      return (await jobOf(id)).state
    }, patience)
    .toBe('done')
  await second.runner.stop()
  const done = await jobOf(id)
  expect(done).toMatchObject({
    ...{ scanned: 1_800, total: 1_800, enqueued: 1_200, skipped: { webhook_inactive: 600 } },
    filter: { endpointIds: [one, other, off], states: ['dead', 'delivered'] },
  })
  expect(before).toEqual([0, 0])
  const sent = [...(await sentTo(one)), ...(await sentTo(other))]
  const meant = [one, other].flatMap((endpoint) =>
    ['dead', 'delivered'].map((state) => idsOf(endpoint, state)),
  )
  expect([...new Set(sent.map((each) => each.deliveryId))].toSorted()).toEqual(
    (await Promise.all(meant)).flat().toSorted(),
  )
  // One page at most was repeated.
  expect(sent.length).toBeLessThanOrEqual(1_400)
  expect(sent.every(({ trigger }) => trigger === 'manual')).toBe(true)
  expect(await sentTo(off)).toEqual([])
  const strangers = (await organizations(pg).ensure('B')).id
  expect(
    await jobPages(pg).countChosen({ orgId: strangers, filter, sinceMs: 0, untilMs: Date.now() }),
  ).toEqual({
    ...{ count: 0, isEstimated: false },
  })
})

test('O1: all is what died and what never became a delivery, over the service itself; the rest is left alone', async () => {
  const endpoint = await newEndpoint()
  const before = Number((await sql.query<{ n: number }>('select count(*) as n from events'))[0]?.n)
  await record(endpoint, 600, "(array['dead', null, 'pending', 'delivered', null])[n % 5 + 1]")
  const service = await start()
  const id = await makeJob({ endpointId: endpoint, kind: 'all' })
  await untilState(id, 'done')
  await service.stop()
  const sent = await sentTo(endpoint)
  const dead = new Set(await idsOf(endpoint, 'dead'))
  // The other endpoint's events were never this one's, and it wants them: they are missing, too.
  expect([sent.length, new Set(sent.map((each) => each.deliveryId)).size]).toEqual([
    before + 360,
    before + 360,
  ])
  for (const { deliveryId, event } of sent)
    expect(dead.has(deliveryId) || deliveryId === deliveryIdFor(event.eventId, endpointId(endpoint))).toBe(
      true,
    )
  expect(sent.filter(({ deliveryId }) => dead.has(deliveryId))).toHaveLength(120)
  expect(await jobOf(id)).toMatchObject({ enqueued: before + 360, skipped: { settled: 360 } })
})

test('T1, T2, T3: out of the topic goes what the log has lost, as it was, and what it calls settled stays', async () => {
  const [endpoint, off] = [await newEndpoint(), await newEndpoint()]
  const stranger = (await organizations(pg).ensure('B')).id
  const strangers = await newEndpoint(stranger)
  const died = (to: number, org: number = orgId): Delivery => {
    const made = deliveryTo(to)
    const event = { ...made.event, orgId: orgIdOf(org) }
    const rendered = { profile: 'standard', body: `{"of": "${made.deliveryId}"}` } as const
    return { ...made, orgId: orgIdOf(org), event, attemptNumber: 9, rendered }
  }
  const lost = Array.from({ length: 700 }, () => died(endpoint))
  const settled = died(endpoint)
  await sql.query(
    `insert into deliveries (delivery_id, org_id, endpoint_id, event_id, event_type, event_occurred_at, trigger, state,
       attempts, created_at, rank_attempt_number, rank_at)
     select $1, $2, $3, $4, 'shipment.approved', at, 'event', 'delivered', 1, at, 1, at
     from to_timestamp($5::double precision / 1000) as at`,
    [settled.deliveryId, orgId, endpoint, settled.event.eventId, settled.event.occurredAtMs],
  )
  await endpoints(pg).update(orgId, off, { state: 'disabled' })
  const records = [...lost, settled, died(off), died(strangers, stranger)].map((delivery) => ({
    topic: own.topics.dead,
    key: endpointKey(delivery.endpointId),
    value: own.codecs.deliveries.encode(delivery),
  }))
  await own.producer.appendAll([
    { topic: own.topics.dead, key: 'x', value: Buffer.from('none of ours') },
    ...records,
  ])
  const id = await makeJob({ kind: 'dead_topic' })
  const service = await start()
  await untilState(id, 'done')
  await service.stop()
  const sent = await sentTo(endpoint)
  const bodies = (all: readonly Delivery[]) => all.map(({ rendered, event }) => [rendered, event])
  const byId = (one: Delivery, other: Delivery) => (one.deliveryId < other.deliveryId ? -1 : 1)
  expect(bodies(sent.toSorted(byId))).toEqual(bodies(lost.toSorted(byId)))
  expect(sent[0]).toMatchObject({ trigger: 'manual', attemptNumber: 1 })
  expect([...(await sentTo(off)), ...(await sentTo(strangers))]).toEqual([])
  expect(await jobOf(id)).toMatchObject({
    scanned: 704,
    total: 704,
    enqueued: 700,
    skipped: { settled: 1, webhook_inactive: 1 },
  })
})
