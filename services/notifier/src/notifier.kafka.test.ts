/** The notifier on real Kafka, PostgreSQL and a real mail server, each of which goes away. */
import { checkEvent } from '@scanhook/catalogue/check-event'
import { plainSubscription } from '@scanhook/domain/endpoint'
import type { EndpointEvent } from '@scanhook/domain/endpoint-event'
import type { DomainEvent } from '@scanhook/domain/event'
import { deliveryId, type EndpointId, endpointId, eventId, type OrgId, orgId } from '@scanhook/domain/ids'
import { profiles } from '@scanhook/domain/profile'
import { scaledMs } from '@scanhook/domain/retry/tiers'
import { silentLog } from '@scanhook/observability/log'
import { endpoints } from '@scanhook/postgres/endpoints'
import { history } from '@scanhook/postgres/history'
import { openPostgres, type Postgres } from '@scanhook/postgres/open'
import { organizations } from '@scanhook/postgres/organizations'
import { createTestDatabase, type TestDatabase } from '@scanhook/postgres/test-database'
import { type StartedService, startService } from '@scanhook/runtime/start-service'
import { endpointKey } from '@scanhook/schemas/keys'
import { type OwnTopics, ownTopics } from '@scanhook/testkit/own-topics'
import { type ReceivedMail, type SmtpProcess, smtpProcess } from '@scanhook/testkit/smtp-process'
import { openTcpDoor, type TcpDoor } from '@scanhook/testkit/tcp-door'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { notifierService } from './service.ts'

/** Five days become 432 s, a minute between rounds becomes 250 ms. */
const scale = 1_000

let own: OwnTopics
let database: TestDatabase
let pg: Postgres
let door: TcpDoor
let smtp: SmtpProcess
let org: OrgId
let notifier: StartedService
let env: Record<string, string>

beforeAll(async () => {
  own = await ownTopics('notifier')
  database = await createTestDatabase('notifier', process.env['POSTGRES_URL'])
  pg = openPostgres({ url: database.url, log: silentLog })
  smtp = await smtpProcess()
  const behind = new URL(database.url)
  door = await openTcpDoor({ host: behind.hostname, port: Number(behind.port) || 5_432 })
  behind.hostname = '127.0.0.1'
  behind.port = String(door.port)
  org = orgId((await organizations(pg).ensure('A')).id)
  await organizations(pg).update(org, { contactEmails: ['ops@example.test'] })
  env = {
    ...own.env,
    POSTGRES_URL: behind.href,
    SMTP_URL: smtp.url,
    MAIL_FROM: 'Scanhook <hooks@example.test>',
    CONSOLE_URL: 'https://console.example.test',
    TIME_SCALE: String(scale),
  }
  notifier = await startService(notifierService, env)
})
afterAll(async () => {
  await notifier?.stop()
  await smtp?.kill()
  await door?.shut()
  await pg?.close()
  await database?.drop()
  await own?.close()
})
afterEach(() => smtp.answer('accept'))

async function made(): Promise<EndpointId> {
  const created = await endpoints(pg).create(
    org,
    {
      url: 'https://erp.example.test/hook',
      name: 'ERP',
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

const cause = { id: eventId('3d3d6f0e-5c4d-5a59-9a0e-1f3f2d4c5b69'), type: 'asset.moved' as const }
const ofDelivery = deliveryId('5b0c1e6f-63a7-5f0e-9d0b-6a3f1c2d4e5f')

function told(endpoint: EndpointId, kind: EndpointEvent['kind'], atMs: number): EndpointEvent {
  return {
    orgId: org,
    endpointId: endpoint,
    kind,
    atMs,
    deliveryId: ofDelivery,
    sinceMs: kind === 'failing' ? atMs - 10 : null,
    event: cause,
    deadReason: kind === 'delivery_dead' ? 'deadline' : null,
    reason: kind === 'recovered' ? 'delivered on attempt 6' : 'the last attempt failed with status 503',
  }
}

async function tell(...events: readonly EndpointEvent[]): Promise<void> {
  await own.producer.appendAll(
    events.map((event) => ({
      topic: own.topics.endpointEvents,
      key: endpointKey(event.endpointId),
      value: own.codecs.endpointEvents.encode(event),
    })),
  )
}

const mailsOf = (endpoint: EndpointId): readonly ReceivedMail[] =>
  smtp.mails().filter(({ text }) => text.includes(`/webhooks/${endpoint}/`))
const subjectsOf = (endpoint: EndpointId): readonly (string | undefined)[] =>
  mailsOf(endpoint).map(({ headers }) => headers['subject'])

async function eventsOf(endpoint: EndpointId): Promise<readonly DomainEvent[]> {
  const records = await own.readAll(own.topics.events)
  const all = await Promise.all(records.map((record) => own.codecs.events.decode(record.value)))
  return all.filter(({ subject }) => subject === `endpoint:${endpoint}`)
}

/** An endpoint of its own, whose notice arrives only after everything that was told before it was taken in. */
async function everythingIsTaken(): Promise<void> {
  const last = await made()
  await tell(told(last, 'failing', 1_000))
  await expect.poll(() => subjectsOf(last).length, { timeout: 30_000 }).toBe(1)
}

const stored = async (endpoint: EndpointId) => endpoints(pg).find(org, endpoint)

test('an episode is mailed and told once at its beginning and once at its end, replayed or not', async () => {
  const endpoint = await made()
  const t = Date.now()
  const episode = [told(endpoint, 'failing', t), told(endpoint, 'recovered', t + 50)]
  await tell(...episode.slice(0, 1))
  await expect.poll(() => subjectsOf(endpoint), { timeout: 30_000 }).toEqual(['Webhook failing: ERP'])
  expect(await stored(endpoint)).toMatchObject({ state: 'active', failingSince: t - 10, version: 2 })
  expect(mailsOf(endpoint)[0]).toMatchObject({
    to: ['ops@example.test'],
    text: expect.stringContaining('The last attempt failed with status 503.'),
    headers: { 'message-id': `<failing-${endpoint}-${t - 10}@example.test>` },
  })
  await tell(...episode, ...episode)
  await everythingIsTaken()
  await expect
    .poll(() => subjectsOf(endpoint), { timeout: 30_000 })
    .toEqual(['Webhook failing: ERP', 'Webhook recovered: ERP'])
  expect(await stored(endpoint)).toMatchObject({ failingSince: null, version: 3 })
  await expect
    .poll(async () => (await eventsOf(endpoint)).map(({ type }) => type), { timeout: 30_000 })
    .toEqual(['endpoint.failing', 'endpoint.recovered'])
  for (const event of await eventsOf(endpoint)) expect(checkEvent(event)).toEqual([])
})

test('410 disables at once, a person enables it, and what comes late disables nothing', async () => {
  const endpoint = await made()
  const t = Date.now()
  await tell(told(endpoint, 'disabled', t), told(endpoint, 'disabled', t + 1))
  await expect.poll(() => subjectsOf(endpoint), { timeout: 30_000 }).toEqual(['Webhook disabled: ERP'])
  expect(await stored(endpoint)).toMatchObject({ state: 'disabled', disabledReason: 'gone', disabledAt: t })
  await endpoints(pg).update(org, endpoint, { state: 'active' })
  await tell(told(endpoint, 'disabled', t), told(endpoint, 'failing', t - 5))
  await everythingIsTaken()
  expect(await stored(endpoint)).toMatchObject({ state: 'active', failingSince: null, disabledAt: null })
  expect(mailsOf(endpoint)).toHaveLength(1)
})

test('a dead delivery is told, that of an operational event is not', async () => {
  const endpoint = await made()
  const t = Date.now()
  await tell(
    told(endpoint, 'delivery_dead', t),
    { ...told(endpoint, 'delivery_dead', t), event: { ...cause, type: 'endpoint.failing' } },
    told(endpoint, 'breaker_opened', t),
  )
  await everythingIsTaken()
  const events = await eventsOf(endpoint)
  expect(events.map(({ type }) => type)).toEqual(['delivery.dead'])
  expect(events.flatMap((event) => checkEvent(event))).toEqual([])
  expect(JSON.parse(events[0]?.dataJson ?? '')).toMatchObject({
    webhook: { id: endpoint, name: 'ERP' },
    cause: 'deadline',
    delivery_id: ofDelivery,
  })
})

test('a mail server that defers, dies and comes back gets every mail in the end', async () => {
  await smtp.answer('defer')
  const first = await made()
  await tell(told(first, 'failing', Date.now()))
  const postponed = /scanhook_notices_total\{kind="failing",result="postponed"\} [1-9]/
  await expect.poll(() => notifier.metrics.text(), { timeout: 30_000 }).toMatch(postponed)
  await smtp.kill()
  const second = await made()
  await tell(told(second, 'failing', Date.now()))
  await expect
    .poll(async () => (await stored(second))?.failingSince, { timeout: 30_000 })
    .toBeTypeOf('number')
  await smtp.start()
  await expect
    .poll(() => [subjectsOf(first).length, subjectsOf(second).length], { timeout: 60_000 })
    .toEqual([1, 1])
})

test('while PostgreSQL is away nothing is skipped, and nothing is told twice', async () => {
  const [one, other] = [await made(), await made()]
  await door.shut()
  const t = Date.now()
  await tell(told(one, 'failing', t), told(one, 'delivery_dead', t), told(other, 'disabled', t))
  const failed = /scanhook_notifier_failures_total\{code="POSTGRES_UNAVAILABLE"\} [1-9]/
  await expect.poll(() => notifier.metrics.text(), { timeout: 30_000 }).toMatch(failed)
  await door.open()
  await everythingIsTaken()
  await expect
    .poll(() => [subjectsOf(one), subjectsOf(other)], { timeout: 30_000 })
    .toEqual([['Webhook failing: ERP'], ['Webhook disabled: ERP']])
  await expect
    .poll(async () => (await eventsOf(one)).map(({ type }) => type).sort(), { timeout: 30_000 })
    .toEqual(['delivery.dead', 'endpoint.failing'])
})

test('a failed attempt after the profile’s time without a success disables, silence does not', async () => {
  const [busy, silent] = [await made(), await made()]
  const longAgo = Date.now() - scaledMs(profiles.standard.disabledAfterMs, scale) - 5_000
  await tell(told(busy, 'failing', longAgo), told(silent, 'failing', longAgo))
  await everythingIsTaken()
  const atMs = Date.now()
  await history(pg).recordAttempts(
    [],
    [
      {
        deliveryId: ofDelivery,
        orgId: org,
        endpointId: busy,
        eventId: cause.id,
        eventType: cause.type,
        eventOccurredAtMs: atMs,
        trigger: 'event',
        state: 'pending',
        attempts: 1,
        nextAttemptAtMs: null,
        deadReason: null,
        heldReason: null,
        supersededBy: null,
        manualChains: null,
        createdAtMs: atMs,
        firstAttemptAtMs: atMs,
        lastAttemptAtMs: atMs,
        lastStatus: 503,
        lastErrorClass: null,
        completedAtMs: null,
        rankAttemptNumber: 1,
        rankAtMs: atMs,
      },
    ],
    atMs,
  )
  await expect
    .poll(() => subjectsOf(busy), { timeout: 30_000 })
    .toEqual(['Webhook failing: ERP', 'Webhook disabled: ERP'])
  expect(await stored(busy)).toMatchObject({ state: 'disabled', disabledReason: 'no_success' })
  expect(await stored(silent)).toMatchObject({ state: 'active' })
  expect(mailsOf(silent)).toHaveLength(1)
})

test('two notifiers, one of them new, send a mail once', async () => {
  const second = await startService(notifierService, env)
  const all = await Promise.all(Array.from({ length: 10 }, made))
  await tell(...all.map((endpoint) => told(endpoint, 'failing', Date.now())))
  await expect
    .poll(() => all.map((endpoint) => mailsOf(endpoint).length), { timeout: 60_000 })
    .toEqual(all.map(() => 1))
  await second.stop()
  await everythingIsTaken()
  expect(all.map((endpoint) => mailsOf(endpoint).length)).toEqual(all.map(() => 1))
})
