/** Requests that are signed to be sent by hand, on a real PostgreSQL, verified as receivers of every format do it. */
import { randomBytes } from 'node:crypto'
import { batchId } from '@scanhook/identity/derived-ids'
import { newUuid } from '@scanhook/identity/new-ids'
import { attempts } from '@scanhook/postgres/attempts'
import { auditLog } from '@scanhook/postgres/audit-log'
import { deliveries } from '@scanhook/postgres/deliveries'
import { endpoints } from '@scanhook/postgres/endpoints'
import { events } from '@scanhook/postgres/events'
import type { Session } from '@scanhook/postgres/open'
import { openKeyRing } from '@scanhook/signing/seal'
import { newSecret } from '@scanhook/signing/secret'
import { signHeaders } from '@scanhook/signing/sign'
import { newSigningKey } from '@scanhook/signing/signing-key'
import { verify } from '@scanhook/signing/verify'
import type { ApiCall } from '@scanhook/testkit/api-caller'
import { type ApiOverPostgres, openApiOverPostgres } from '@scanhook/testkit/api-over-postgres'
import { permittedHeaders } from '@scanhook/webhook-client/customer-headers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addRotateRoute, type RotatePorts } from '../rotation/routes.ts'
import { addWebhookRoutes, type WebhookPorts } from '../webhooks/routes.ts'
import { addSignRoute } from './routes.ts'

interface Data {
  readonly id: number
  readonly secret: string | null
  readonly public_key: string | null
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly masked_headers: readonly string[]
  readonly signed_at: string
  readonly accepted_until: string
}
interface Answer {
  readonly data: Data
  readonly error: { readonly type: string; readonly detail: string }
}

let it: ApiOverPostgres
let session: Session
let a: ApiCall<Answer>
let b: ApiCall<Answer>
let weak: ApiCall<Answer>
const nowMs = Date.parse('2026-11-27T13:26:57.449Z')
const ring = openKeyRing(`k1:${randomBytes(32).toString('base64')}`)
const reference = `O'Neill "quoted" \\ \n 🔑`

beforeAll(async () => {
  it = await openApiOverPostgres({
    name: 'sign',
    postgresUrl: process.env['POSTGRES_URL'],
    scopes: ['webhooks:read', 'webhooks:write'],
    weakScopes: ['webhooks:read'],
  })
  const { api, pg } = it
  session = await pg.openSession({ onNotification: () => undefined, onEnd: () => undefined })
  const webhooks = {
    endpoints: endpoints(pg),
    checkTarget: async (url: string) => ({ ok: true, url }),
    ...{ newSecret, newSigningKey, endpointMax: 50 },
    seal: (secret: string) => ring.seal(secret),
  } as unknown as WebhookPorts & RotatePorts
  addWebhookRoutes(api, webhooks)
  addRotateRoute(api, webhooks)
  addSignRoute(api, {
    deliveries: deliveries(pg),
    attempts: attempts(pg),
    events: events(pg),
    endpoints: endpoints(pg),
    auditLog: auditLog(pg),
    openSecret: (sealed) => ring.open(sealed),
    sign: signHeaders,
    batchIdFor: batchId,
    permittedHeaders,
    nowMs: () => nowMs,
  })
  const { caller } = await it.listen()
  a = caller('a')
  b = caller('b')
  weak = caller('weak')
})
afterAll(async () => {
  await session?.close()
  await it?.close()
})

async function newWebhook(given: object): Promise<Data> {
  const { status, body } = await a('POST', '/webhooks', { url: 'https://example.test/hook', ...given })
  expect(status, JSON.stringify(body)).toBe(201)
  return body.data
}

interface Made {
  readonly eventId: string
  readonly deliveryId: string
}

/** A delivery that has died, of an event in the log. */
async function newDelivery(webhookId: number): Promise<Made> {
  const made = { eventId: newUuid(), deliveryId: newUuid() }
  await session.query(
    `with recorded as (insert into events (event_id, org_id, type, occurred_at, received_at, subject, data)
      values ($1, $2, 'shipment.approved', now(), now(), 'shipment:5', $5::json))
     insert into deliveries (delivery_id, org_id, endpoint_id, event_id, event_type, event_occurred_at, trigger, state,
       attempts, dead_reason, created_at, completed_at, rank_attempt_number, rank_at)
     values ($3, $2, $4, $1, 'shipment.approved', now(), 'event', 'dead', 9, 'exhausted', now(), now(), 9, now())`,
    [made.eventId, it.orgA, made.deliveryId, webhookId, JSON.stringify({ shipment: { reference } })],
  )
  return made
}

async function signed({ deliveryId }: Made): Promise<Data> {
  const { status, body } = await a('POST', `/deliveries/${deliveryId}/sign`)
  expect(status, JSON.stringify(body)).toBe(200)
  return body.data
}

const nowS = (): number => Math.floor(nowMs / 1_000)

test.each([
  ['standard', undefined],
  ['trakrf', undefined],
  ['trakrf', 'Acme'],
  ['trackberry', undefined],
  ['trackberry', 'Acme'],
] as const)(
  'S1: what is answered verifies by its own format and by the standard one, now and not later: %s under %s',
  async (profile, prefix) => {
    const hook = await newWebhook({ profile, ...(prefix === undefined ? {} : { header_prefix: prefix }) })
    const made = await newDelivery(hook.id)
    const { headers, body, url, signed_at: at, accepted_until: until } = await signed(made)
    expect([url, headers['content-type'], headers['user-agent']]).toEqual([
      ...['https://example.test/hook', 'application/json', 'Scanhook/1'],
    ])
    expect(headers['webhook-id']).toBe(made.eventId)
    expect(JSON.parse(body)).toMatchObject({ data: { shipment: { reference } } })
    expect([at, until]).toEqual(['2026-11-27T13:26:57.000Z', '2026-11-27T13:31:57.000Z'])
    const received = { headers, body, secrets: [hook.secret ?? ''], toleranceS: 300, headerPrefix: prefix }
    for (const format of new Set(['standard', profile] as const)) {
      expect(verify({ ...received, profile: format, nowS: nowS() })).toMatchObject({ ok: true })
      const later = { ...received, profile: format, nowS: nowS() + 301 }
      // Trackberry's own signature has no time; the standard one beside it has.
      expect(verify(later).ok).toBe(format === 'trackberry')
      expect(verify({ ...received, profile: format, nowS: nowS(), secrets: [newSecret()] }).ok).toBe(false)
    }
  },
)

test('S1: with a public key it verifies by that', async () => {
  const hook = await newWebhook({ signature: 'ed25519' })
  const { headers, body } = await signed(await newDelivery(hook.id))
  const received = { profile: 'standard', headers, body, nowS: nowS(), toleranceS: 300 } as const
  expect(verify({ ...received, secrets: [hook.public_key ?? ''] })).toMatchObject({ ok: true })
})

test('S1: during an overlap both secrets sign, afterwards the new one alone', async () => {
  const hook = await newWebhook({})
  const made = await newDelivery(hook.id)
  const { data } = (await a('POST', `/webhooks/${hook.id}/rotate-secret`, { overlap_hours: 1 })).body
  const isRight = async (secret: string | null): Promise<boolean> => {
    const { headers, body } = await signed(made)
    const received = { profile: 'standard', headers, body, nowS: nowS(), toleranceS: 300 } as const
    return verify({ ...received, secrets: [secret ?? ''] }).ok
  }
  expect([await isRight(hook.secret), await isRight(data.secret)]).toEqual([true, true])
  const last = (await a('POST', `/webhooks/${hook.id}/rotate-secret`, { overlap_hours: 0 })).body.data
  expect([await isRight(hook.secret), await isRight(data.secret), await isRight(last.secret)]).toEqual([
    ...[false, false, true],
  ])
})

test('S1: the body that was sent before is signed as it was, and that of a batch is a batch of it alone', async () => {
  const hook = await newWebhook({ profile: 'trakrf' })
  const made = await newDelivery(hook.id)
  const sent = `{"event": "shipment.approved",\n "reference": "O'Neill 🔑"}\n`
  await session.query(
    `insert into attempts (delivery_id, attempt_number, disposition, started_at, org_id, endpoint_id, event_id, event_type,
       trigger, url, request_headers, request_body, outcome, status)
     values ($1, 1, 'dead', now(), $2, $3, $4, 'shipment.approved', 'event', 'https://example.test/old',
       '{"webhook-signature":"v1,x"}', $5, 'responded', 500)`,
    [made.deliveryId, it.orgA, hook.id, made.eventId, sent],
  )
  const alone = await signed(made)
  // With the profile of then, as a resend has it.
  expect(alone.body).toBe(sent)
  expect(Object.keys(alone.headers).some((name) => /trakrf/i.test(name))).toBe(false)
  const received = {
    profile: 'standard',
    nowS: nowS(),
    toleranceS: 300,
    secrets: [hook.secret ?? ''],
  } as const
  expect(verify({ ...received, ...alone }).ok).toBe(true)

  await a('PATCH', `/webhooks/${hook.id}`, {
    batch: { max_events: 10, max_wait_ms: 1_000, max_bytes: 100_000 },
  })
  const batch = await signed(made)
  expect(batch.body).toContain(`"payload":${sent}}]}`)
  expect(batch.headers['webhook-id']).toBe(JSON.parse(batch.body).id)
  expect(verify({ ...received, ...batch }).ok).toBe(true)
})

test('S2: neither a secret nor the value of a header that was set is in the answer', async () => {
  const hook = await newWebhook({ headers: { Authorization: 'Bearer very-secret-value' } })
  const data = await signed(await newDelivery(hook.id))
  expect(data.headers['authorization']).toBe('***')
  expect(data.masked_headers).toEqual(['authorization'])
  expect(JSON.stringify(data)).not.toContain('very-secret-value')
  expect(JSON.stringify(data)).not.toContain((hook.secret ?? '').slice(6))
})

test('S3: each has its entry, and whoever may not make secrets gets none', async () => {
  const hook = await newWebhook({})
  const made = await newDelivery(hook.id)
  const path = `/deliveries/${made.deliveryId}/sign`
  expect((await weak('POST', path)).status).toBe(403)
  expect((await b('POST', path)).status).toBe(404)
  await signed(made)
  const entries = await session.query(
    `select operation, after->>'webhook_id' as webhook from audit_log where resource_id = $1`,
    [made.deliveryId],
  )
  expect(entries).toEqual([{ operation: 'delivery.signed', webhook: `${hook.id}` }])
})

test('what can not be signed is refused in words', async () => {
  const hook = await newWebhook({})
  const made = await newDelivery(hook.id)
  await session.query('delete from events where event_id = $1', [made.eventId])
  const gone = await a('POST', `/deliveries/${made.deliveryId}/sign`)
  expect([gone.status, gone.body.error.detail]).toEqual([
    ...[409, 'neither the event nor a request of it is kept any more'],
  ])
  const other = await newDelivery(hook.id)
  await a('DELETE', `/webhooks/${hook.id}`)
  const deleted = await a('POST', `/deliveries/${other.deliveryId}/sign`)
  expect([deleted.status, deleted.body.error.detail]).toEqual([
    ...[409, 'the webhook was deleted: there is no secret to sign with'],
  ])
})
