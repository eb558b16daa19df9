/** No request leaves for an address it must not reach: refused when the endpoint is saved, and again when it is connected to. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { registerEndpoint } from '../harness/endpoint.ts'
import { freePort } from '../harness/free-port.ts'
import { serviceProcess } from '../harness/service-process.ts'
import { waitUntil } from '../harness/wait-until.ts'
import { furnishWarehouse, startWalk, type Warehouse } from '../harness/warehouse.ts'
import { openWorld, startServices, type World } from '../harness/world.ts'

let world: World
let warehouse: Warehouse

beforeAll(async () => {
  world = await openWorld({ timeScale: 1_000 })
  await startServices(world)
  warehouse = await furnishWarehouse(world, 1)
})

afterAll(async () => {
  await world?.close()
})

test.each([
  ['plain http outside the allow-list', 'http://hooks.example.com/x'],
  ['loopback', 'https://127.0.0.1/x'],
  ['loopback in another spelling', 'https://2130706433/x'],
  ['a name for loopback', 'https://localhost/x'],
  ['a private address', 'https://10.0.0.8/x'],
  ['the metadata service', 'https://169.254.169.254/latest'],
  ['IPv6 loopback', 'https://[::1]/x'],
  ['IPv4 inside IPv6', 'https://[::ffff:127.0.0.1]/x'],
  ['a user name in the address', 'https://me:secret@example.com/x'],
  ['the allowed address at another port', 'http://127.0.0.1:1/x'],
  ['no address at all', 'not a url'],
])('%s is refused when the endpoint is saved', async (_name, url) => {
  const { status, body } = await world.api.call('POST', '/api/v1/webhooks', {
    url,
    enabled: true,
    event_types: ['*'],
  })
  expect(status).toBe(400)
  const { error } = body as { error: { type: string; fields: { field: string }[] } }
  expect(error.type).toBe('validation_error')
  expect(error.fields.map(({ field }) => field)).toEqual(['url'])
  expect(JSON.stringify(body)).not.toContain('secret')
})

test('an endpoint that was saved while its address was allowed is refused before anything connects once it is not', async () => {
  const endpoint = await registerEndpoint(world, '/canary', { eventTypes: ['asset.scanned'] })
  await world.services.dispatcher.terminate()
  // The api's list has the receiver; this dispatcher's has another port.
  const narrow = await serviceProcess(
    'dispatcher',
    { ...world.env, WEBHOOK_ALLOWED_TARGETS: `127.0.0.1/32:${await freePort()}` },
    world.folder,
  )
  try {
    await narrow.start()
    await startWalk(world, warehouse, [0]).finished
    await waitUntil('the attempt is in the log as blocked', async () => {
      const page = await world.api.call('GET', `/api/v1/deliveries?webhook_id=${endpoint.id}&state=dead`)
      return Array.isArray(page.body['data']) && page.body['data'].length > 0
    })
    expect(world.receiver.received()).toEqual([])
    expect(world.receiver.connectionCount()).toBe(0)
  } finally {
    await narrow.terminate()
  }
})
