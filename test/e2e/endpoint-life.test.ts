/**
 * An endpoint's life with real processes: one that fails is told of by mail and recovers, one that says it is gone is
 * disabled, gets nothing more, and is enabled again by the customer. Time is scaled instead of waited for.
 */
import { type SmtpProcess, smtpProcess } from '@scanhook/testkit/smtp-process'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RegisteredEndpoint, registerEndpoint } from '../harness/endpoint.ts'
import { verifyStandard } from '../harness/verify-samples.ts'
import { waitUntil } from '../harness/wait-until.ts'
import { openWorld, startServices, type World } from '../harness/world.ts'

/** The fifth attempt of a delivery comes 200 s after its first: 2 s. */
const timeScale = 100
const contact = 'ops@example.test'

let world: World
let smtp: SmtpProcess
let watching: RegisteredEndpoint

beforeAll(async () => {
  smtp = await smtpProcess()
  world = await openWorld({
    timeScale,
    env: { SMTP_URL: smtp.url, MAIL_FROM: 'Scanhook <hooks@example.test>' },
  })
  await startServices(world, ['api', 'producer', 'router', 'dispatcher', 'retry', 'recorder', 'notifier'])
  await world.api.data('PATCH', '/api/v1/orgs/me', { contact_emails: [contact] })
  // Wants to hear of webhooks, and of nothing else.
  watching = await registerEndpoint(world, '/watching', { eventTypes: ['endpoint.*'] })
})

afterAll(async () => {
  await world?.close()
  await smtp?.kill()
})

async function publish(type: string): Promise<void> {
  const response = await fetch(`${world.producerUrl}/api/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ type, data: { shipment: { id: 's-1', reference: 'R-1', status: 'x' } } }),
  })
  if (response.status !== 202) throw new Error(`${response.status}: ${await response.text()}`)
}

/** An event is for the endpoints that the router knows; a new one is known within a second. */
async function publishUntilReceived(path: string, type: string): Promise<void> {
  await waitUntil(`${path} receives ${type}`, async () => {
    if (world.receiver.received(path).length > 0) return true
    await publish(type)
    return false
  })
}

/** What the killed notifier had claimed is another's two minutes later, what was postponed is due then: it is later now. */
async function endWaits(): Promise<void> {
  const client = new pg.Client({ connectionString: world.env['POSTGRES_URL'] })
  await client.connect()
  await client.query(`update endpoint_notices set mail_due_at = now() where mail_state = 'waiting'`)
  await client.end()
}

interface Webhook {
  readonly state: string
  readonly status: string
  readonly failing_since: string | null
  readonly disabled_at: string | null
  readonly disabled_reason: string | null
}
const webhook = ({ id }: RegisteredEndpoint): Promise<Webhook> =>
  world.api.data<Webhook>('GET', `/api/v1/webhooks/${id}`)

const mailsAbout = (path: string) =>
  smtp.mails().filter(({ headers }) => headers['subject']?.endsWith(`: ${path}`) === true)

interface Told {
  readonly type: string
  readonly data: { readonly webhook: { readonly id: number }; readonly cause?: string }
}
/** What the watching endpoint was told about another one. */
const toldAbout = ({ id }: RegisteredEndpoint): readonly Told[] =>
  world.receiver
    .received(watching.path)
    .map(({ body }): Told => JSON.parse(body))
    .filter(({ data }) => data.webhook.id === id)

test('a failing receiver: one mail, one event; it recovers: one mail, one event', async () => {
  let isDown = true
  world.receiver.script('/erp', () => ({ status: isDown ? 503 : 200 }))
  const erp = await registerEndpoint(world, '/erp', { eventTypes: ['shipment.created'] })
  await publishUntilReceived('/erp', 'shipment.created')
  await waitUntil('a mail says that it is failing', () => mailsAbout('/erp').length > 0)
  const [mail] = mailsAbout('/erp')
  expect(mail).toMatchObject({ to: [contact], from: 'hooks@example.test' })
  expect(mail?.headers['subject']).toBe('Webhook failing: /erp')
  expect(mail?.text).toContain(world.receiver.url('/erp'))
  expect(mail?.text).toContain('503')
  expect(mail?.text).toContain(`POST /api/v1/webhooks/${erp.id}/recover`)
  expect(await webhook(erp)).toMatchObject({
    state: 'active',
    status: expect.stringContaining('Failing'),
    failing_since: expect.any(String),
  })

  isDown = false
  await waitUntil('a mail says that it recovered', () => mailsAbout('/erp').length > 1)
  await waitUntil('both were told', () => toldAbout(erp).length > 1)
  expect(mailsAbout('/erp').map(({ headers }) => headers['subject'])).toEqual([
    'Webhook failing: /erp',
    'Webhook recovered: /erp',
  ])
  expect(toldAbout(erp).map(({ type }) => type)).toEqual(['endpoint.failing', 'endpoint.recovered'])
  for (const request of world.receiver.received(watching.path))
    expect(() => verifyStandard(request, watching.secret)).not.toThrow()
  expect(await webhook(erp)).toMatchObject({ state: 'active', failing_since: null })
})

/** How many announcements of endpoints the router has taken in. */
async function routerKnows(): Promise<number> {
  const text = await (await fetch(`${world.services.router.healthUrl}/metrics`)).text()
  return Number(/^scanhook_endpoint_announcements_applied_total\{[^}]*\} (\d+)/m.exec(text)?.[1] ?? 0)
}

test('one that answers 410 is disabled and gets nothing, until the customer enables it', async () => {
  let isGone = false
  world.receiver.script('/gone', () => ({ status: isGone ? 410 : 200 }))
  const gone = await registerEndpoint(world, '/gone', { eventTypes: ['shipment.approved'] })
  const healthy = await registerEndpoint(world, '/healthy', { eventTypes: ['shipment.approved'] })
  for (const path of ['/gone', '/healthy']) await publishUntilReceived(path, 'shipment.approved')
  const known = await routerKnows()

  isGone = true
  await publish('shipment.approved')
  await waitUntil('a mail says that it was disabled', () => mailsAbout('/gone').length > 0)
  expect(mailsAbout('/gone')[0]?.headers['subject']).toBe('Webhook disabled: /gone')
  expect(await webhook(gone)).toMatchObject({
    state: 'disabled',
    disabled_reason: 'gone',
    disabled_at: expect.any(String),
    status: expect.stringContaining('it answered 410 Gone'),
  })
  await waitUntil('it was told', () => toldAbout(gone).length > 0)
  expect(toldAbout(gone)).toMatchObject([{ type: 'endpoint.disabled', data: { cause: 'gone' } }])

  await waitUntil('the router has heard of it', async () => (await routerKnows()) > known)
  const requests = (): number => world.receiver.received('/gone').length
  const before = requests()
  const had = world.receiver.received(healthy.path).length
  for (let n = 0; n < 3; n += 1) await publish('shipment.approved')
  await waitUntil('the other one has them', () => world.receiver.received(healthy.path).length >= had + 3)
  expect(requests()).toBe(before)
  expect(mailsAbout('/gone')).toHaveLength(1)

  isGone = false
  expect(await world.api.data('PATCH', `/api/v1/webhooks/${gone.id}`, { enabled: true })).toMatchObject({
    state: 'active',
    disabled_at: null,
    disabled_reason: null,
  })
  await waitUntil('it gets what happens from now on', async () => {
    await publish('shipment.approved')
    return requests() > before
  })
  expect(mailsAbout('/gone')).toHaveLength(1)
})

test('the mail server is down while an endpoint fails: the mail comes when it is back', async () => {
  await smtp.kill()
  world.receiver.script('/late', () => ({ status: 410 }))
  const late = await registerEndpoint(world, '/late', { eventTypes: ['shipment.rejected'] })
  await publishUntilReceived('/late', 'shipment.rejected')
  await waitUntil('it is disabled', async () => (await webhook(late)).state === 'disabled')
  // Killed between noticing and mailing: what is unsent is in PostgreSQL.
  await world.services.notifier.kill()
  await smtp.start()
  await endWaits()
  await world.services.notifier.start()
  await waitUntil('the mail has come', () => mailsAbout('/late').length > 0)
  expect(mailsAbout('/late').map(({ headers }) => headers['subject'])).toEqual(['Webhook disabled: /late'])
})
