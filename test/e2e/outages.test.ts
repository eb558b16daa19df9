/** Redis, PostgreSQL and the registry vanish, one at a time, while reads flow: known endpoints are served on, and on return everything catches up by itself. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RegisteredEndpoint, registerEndpoint } from '../harness/endpoint.ts'
import { auditLedger, isComplete } from '../harness/ledger.ts'
import { waitUntil } from '../harness/wait-until.ts'
import { expectedOfWalk, furnishWarehouse, startWalk, type Warehouse } from '../harness/warehouse.ts'
import { openWorld, startServices, type World } from '../harness/world.ts'

let world: World
let warehouse: Warehouse
let endpoint: RegisteredEndpoint
/** Every walk starts where the last one ended, so that its expectation is the tail of one long walk. */
let walked: number[] = []

beforeAll(async () => {
  world = await openWorld({ timeScale: 10 })
  await startServices(world)
  warehouse = await furnishWarehouse(world, 10)
  endpoint = await registerEndpoint(world, '/outage')
  // One walk before any outage: master data, schemas and the endpoint are then known to everyone.
  await walkAndAwait([0])
})

afterAll(async () => {
  await world?.close()
})

async function walkAndAwait(legs: readonly number[]): Promise<void> {
  walked = [...walked, ...legs]
  await startWalk(world, warehouse, legs, walked.length).finished
  const expected = expectedOfWalk(warehouse, walked)
  await waitUntil(`the events of ${walked.join(' > ')} arrived`, () =>
    isComplete(world.receiver.received('/outage'), expected),
  )
}

const logged = async (): Promise<number> => {
  const page = await world.api.call(
    'GET',
    `/api/v1/deliveries?webhook_id=${endpoint.id}&state=delivered&limit=1`,
  )
  return typeof page.body['total_count'] === 'number' ? page.body['total_count'] : -1
}

test.each([['redis'], ['registry'], ['postgres']] as const)(
  'without %s the events of a walk still arrive',
  async (which) => {
    world.proxies[which].cut()
    await walkAndAwait([walked.at(-1) === 1 ? 2 : 1])
    world.proxies[which].heal()
  },
)

test('after the outages the log catches up with everything that was delivered', async () => {
  const expected = expectedOfWalk(warehouse, walked)
  await waitUntil('the log is complete', async () => (await logged()) === expected.length, { everyMs: 250 })
  await Promise.all(
    Object.values(world.services).map((service) => waitUntil(`${service.name} is ready`, service.isReady)),
  )
  auditLedger(world.receiver.received('/outage'), expected, endpoint.secret)
  expect(await logged()).toBe(expected.length)
})
