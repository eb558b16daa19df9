/** Listeners over HTTP, on a real PostgreSQL. What becomes of requests to them, relay.pg.test.ts shows. */
import { endpoints } from '@scanhook/postgres/endpoints'
import { listeners } from '@scanhook/postgres/listeners'
import { systemClock } from '@scanhook/runtime/clock'
import { newSecret } from '@scanhook/signing/secret'
import { newSigningKey } from '@scanhook/signing/signing-key'
import type { ApiCall } from '@scanhook/testkit/api-caller'
import { type ApiOverPostgres, openApiOverPostgres } from '@scanhook/testkit/api-over-postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addListenerRoutes } from './routes.ts'

let it: ApiOverPostgres
let a: ApiCall<{ readonly data: { readonly id: number } }>
let token = 'first'

beforeAll(async () => {
  it = await openApiOverPostgres({
    name: 'listeners_api',
    postgresUrl: process.env['POSTGRES_URL'],
    scopes: ['webhooks:read', 'webhooks:write'],
    weakScopes: ['tracking:read'],
  })
  const store = listeners(it.pg, { staleMs: 60_000, graceMs: 60_000 })
  addListenerRoutes(it.api, {
    clock: systemClock,
    relay: {
      relay: {
        ...store,
        hasRoom: async () => true,
        follow: async function* () {},
        isStopped: () => false,
      },
      newUrl: () => ({ url: `https://relay.example/${token}`, token }),
    },
    webhooks: {
      endpoints: endpoints(it.pg),
      checkTarget: async (url) => ({ ok: true, url }),
      newSecret,
      newSigningKey,
      seal: () => 'v1.k1.a.b.c',
      endpointMax: 50,
    },
  })
  a = (await it.listen()).caller('a')
})
afterAll(() => it?.close())

/** Of the organization: webhooks, listeners, announcements and entries of the audit log. */
async function counts(): Promise<unknown> {
  const session = await it.pg.openSession({ onNotification: () => undefined, onEnd: () => undefined })
  const [found] = await session.query(
    `select (select count(*) from endpoints where org_id = $1)::integer as webhooks,
      (select count(*) from listeners where org_id = $1)::integer as listeners,
      (select count(*) from outbox where org_id = $1 and kind = 'endpoint')::integer as announced,
      (select count(*) from audit_log where org_id = $1 and operation = 'webhook.created')::integer as entries`,
    [it.orgA],
  )
  await session.close()
  return found
}

test('a listener is there wholly, announced and written down, or not at all', async () => {
  const made = await a('POST', '/listeners', { name: 'mine' })
  expect(made.status).toBe(201)
  const whole = { webhooks: 1, listeners: 1, announced: 1, entries: 1 }
  expect(await counts()).toEqual(whole)
  // The same place again: the listener can not be written down, so there is no webhook that nobody could ever follow.
  expect((await a('POST', '/listeners', { name: 'again' })).status).toBeGreaterThanOrEqual(400)
  expect(await counts()).toEqual(whole)
  token = 'second'
  expect((await a('POST', '/listeners', { name: 'other' })).status).toBe(201)
  expect(await counts()).toEqual({ webhooks: 2, listeners: 2, announced: 2, entries: 2 })
})
