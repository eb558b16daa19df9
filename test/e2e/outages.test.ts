/** Redis, PostgreSQL and the registry vanish, one at a time, while reads flow: known endpoints are served on, and on return everything catches up by itself. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RegisteredEndpoint, registerEndpoint } from '../harness/endpoint.ts'
import { auditLedger, isComplete } from '../harness/ledger.ts'
import { openTestKafka } from '../harness/open-test-kafka.ts'
import { readPoison } from '../harness/read-poison.ts'
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

/** Writes to the upstream topic, one after the other in one partition. */
async function appendReads(values: readonly Buffer[]): Promise<void> {
  const producer = await openTestKafka(world.env, 'outage').openProducer()
  await producer.appendAll(
    values.map((value) => ({ topic: `${world.prefix}reads`, partition: 0, key: 'k', value })),
  )
  await producer.close()
}

const readOf = (tag: string, id: string): Buffer =>
  Buffer.from(
    JSON.stringify({
      org_id: world.orgId,
      id,
      device: warehouse.places[0]?.device,
      antenna_port: 1,
      tag: { type: 'ble', value: tag },
    }),
  )

async function newAsset(key: string, tag: string): Promise<void> {
  const asset = await world.api.data<{ id: number }>('POST', '/api/v1/assets', {
    external_key: key,
    name: key,
  })
  await world.api.data('POST', `/api/v1/assets/${asset.id}/tags`, { tag_type: 'ble', value: tag })
}

const isScanned = (key: string): boolean =>
  world.receiver.received('/outage').some(({ body }) => body.includes(key))

test('a tag that nobody asked for yet waits for PostgreSQL: it is not called unknown', async () => {
  await newAsset('LATE-1', 'C0FFEE000001')
  const failedBefore = world.services.producer.output().split('lookup.failed').length
  world.proxies.postgres.cut()
  await appendReads([readOf('C0FFEE000001', 'late-1')])
  await waitUntil(
    'the producer asked in vain',
    () => world.services.producer.output().split('lookup.failed').length > failedBefore,
  )
  world.proxies.postgres.heal()
  await waitUntil('its scan arrived', () => isScanned('LATE-1'))
})

test('a schema that nobody knows waits for the registry, and is called bad only by it', async () => {
  await newAsset('LATE-2', 'C0FFEE000002')
  const bad = Buffer.concat([Buffer.from([0, 0x7f, 0xff, 0xff, 0xf0]), Buffer.from([1, 2, 3])])
  const isPoisoned = async (): Promise<boolean> =>
    (await readPoison(world)).some(
      ({ reason, value }) => reason === 'unknown_schema' && value?.equals(bad) === true,
    )
  world.proxies.registry.cut()
  const refusedBefore = world.proxies.registry.refusedCount()
  await appendReads([bad, readOf('C0FFEE000002', 'late-2')])
  // Asked again, so the first answer was not taken for a verdict.
  await waitUntil(
    'the registry was asked in vain, twice',
    () => world.proxies.registry.refusedCount() >= refusedBefore + 2,
  )
  expect((await readPoison(world)).filter(({ value }) => value?.equals(bad))).toEqual([])
  world.proxies.registry.heal()
  await waitUntil('it is set aside', isPoisoned)
  await waitUntil('the scan after it arrived', () => isScanned('LATE-2'))
})
