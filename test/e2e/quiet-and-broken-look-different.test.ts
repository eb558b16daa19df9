/**
 * What a receiver can find out by itself, with real processes: heartbeats say that there was nothing, or what there was; a
 * manifest says what a day had, and the samples that the page prints find out whether all of it came.
 */
import { exampleData } from '@scanhook/catalogue/examples'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { problemsOfBodies } from '../harness/check-events.ts'
import { type RegisteredEndpoint, registerEndpoint } from '../harness/endpoint.ts'
import { isCompleteBySample, type ReceivedEvent } from '../harness/manifest-samples.ts'
import { verifyStandard } from '../harness/verify-samples.ts'
import { waitUntil } from '../harness/wait-until.ts'
import { openWorld, startServices, type World } from '../harness/world.ts'

const languages = ['js', 'python'] as const
const hourMs = 3_600_000
const dayMs = 24 * hourMs

let world: World
let database: pg.Client

beforeAll(async () => {
  world = await openWorld()
  await startServices(world, ['api', 'producer', 'router', 'dispatcher', 'retry', 'recorder', 'reconciler'])
  database = new pg.Client({ connectionString: world.env['POSTGRES_URL'] })
  await database.connect()
})

afterAll(async () => {
  await database?.end()
  await world?.close()
})

interface Body extends ReceivedEvent {
  readonly data: Readonly<Record<string, unknown>>
}

const bodiesAt = (path: string): readonly Body[] =>
  world.receiver.received(path).map(({ body }): Body => JSON.parse(body))
const ofType = (path: string, type: string): readonly Body[] =>
  bodiesAt(path).filter((body) => body.type === type)

async function publish(type: string, atMs: number): Promise<void> {
  const response = await fetch(`${world.producerUrl}/api/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      type,
      occurred_at: new Date(atMs).toISOString(),
      data: { shipment: { id: 's-1', reference: 'R-1', status: 'x' }, document: { id: 'd-1' } },
    }),
  })
  if (response.status !== 202) throw new Error(`${response.status}: ${await response.text()}`)
}

const patch = ({ id }: RegisteredEndpoint, change: object): Promise<unknown> =>
  world.api.data('PATCH', `/api/v1/webhooks/${id}`, change)

interface Logged {
  readonly event_type: string
  readonly state: string
}

test('the page’s samples accept the page’s example, and find out what is missing', () => {
  const manifest = exampleData['endpoint.manifest']
  const got = ['0b0f6f0e-5c4d-5a59-9a0e-1f3f2d4c5b6a', '3d3d6f0e-5c4d-5a59-9a0e-1f3f2d4c5b69'].map((id) => ({
    id,
    type: 'asset.moved',
    timestamp: '2026-07-27T16:26:24.100Z',
  }))
  const others = [
    { id: 'a', type: 'endpoint.heartbeat', timestamp: '2026-07-27T16:26:24.100Z' },
    { id: 'b', type: 'asset.moved', timestamp: '2026-07-28T00:00:00.000Z' },
  ]
  for (const language of languages) {
    expect(isCompleteBySample(language, manifest, [...others, ...got.toReversed(), ...got])).toBe(true)
    expect(isCompleteBySample(language, manifest, got.slice(1))).toBe(false)
  }
})

test('a heartbeat comes at once, signed, and says that there was nothing', async () => {
  const quiet = await registerEndpoint(world, '/quiet', { eventTypes: ['check.completed'] })
  expect(await patch(quiet, { heartbeat_minutes: 1 })).toMatchObject({
    heartbeat_minutes: 1,
    daily_manifest: false,
  })
  await waitUntil('a heartbeat arrives', () => ofType('/quiet', 'endpoint.heartbeat').length > 0)
  for (const request of world.receiver.received('/quiet'))
    expect(() => verifyStandard(request, quiet.secret)).not.toThrow()
  expect(problemsOfBodies(world.receiver.received('/quiet'))).toEqual([])
  const [first] = ofType('/quiet', 'endpoint.heartbeat')
  expect(first?.data).toMatchObject({
    webhook: { id: quiet.id },
    previous_heartbeat_id: null,
    events: 0,
    last_event: null,
    locations: [],
    pending: { count: 0, oldest_created_at: null },
  })
  await waitUntil('the log has it', async () => {
    const logged = await world.api.data<readonly Logged[]>(
      'GET',
      `/api/v1/deliveries?webhook_id=${quiet.id}&event_type=endpoint.heartbeat`,
    )
    return logged.some(({ state }) => state === 'delivered')
  })
})

test('a manifest, recomputed from what was received; without one of the events it does not come out', async () => {
  const erp = await registerEndpoint(world, '/erp', { eventTypes: ['shipment.*', 'document.*'] })
  const dayAtMs = Math.floor((Date.now() - 2 * hourMs) / dayMs) * dayMs - dayMs
  // An endpoint that the router does not know yet gets nothing: it is asked with events of another day.
  await waitUntil('an event arrives', async () => {
    if (ofType('/erp', 'document.uploaded').length > 0) return true
    await publish('document.uploaded', Date.now())
    return false
  })
  await publish('shipment.created', dayAtMs)
  await publish('shipment.approved', dayAtMs + dayMs - 1)
  await publish('shipment.rejected', dayAtMs + dayMs) // the next day's
  await waitUntil('all are in the log', async () => {
    const { rows } = await database.query<{ count: string }>(
      `select count(*) from deliveries where endpoint_id = $1 and event_type like 'shipment.%'`,
      [erp.id],
    )
    return Number(rows[0]?.count) === 3
  })
  // What was recorded less than 15 s ago is left to the next manifest: this was a minute ago.
  await database.query(
    `update deliveries set recorded_at = recorded_at - interval '1 minute' where endpoint_id = $1`,
    [erp.id],
  )
  await patch(erp, { daily_manifest: true })
  await waitUntil('the manifest arrives', () => ofType('/erp', 'endpoint.manifest').length > 0)
  for (const request of world.receiver.received('/erp'))
    expect(() => verifyStandard(request, erp.secret)).not.toThrow()
  expect(problemsOfBodies(world.receiver.received('/erp'))).toEqual([])
  const [manifest] = ofType('/erp', 'endpoint.manifest')
  expect(manifest?.data).toMatchObject({
    day: new Date(dayAtMs).toISOString().slice(0, 10),
    events: 2,
    by_type: { 'shipment.approved': 1, 'shipment.created': 1 },
    delivered: 2,
    dead: 0,
    pending: 0,
  })
  for (const language of languages) {
    expect(isCompleteBySample(language, manifest?.data, bodiesAt('/erp'))).toBe(true)
    const withoutOne = bodiesAt('/erp').filter(({ type }) => type !== 'shipment.approved')
    expect(isCompleteBySample(language, manifest?.data, withoutOne)).toBe(false)
  }
})
