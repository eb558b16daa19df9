/**
 * kill -9 of each service in turn while reads flow: every acknowledged read leads to its events, each event arrives,
 * and what arrives twice is the same twice.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RegisteredEndpoint, registerEndpoint } from '../harness/endpoint.ts'
import { auditLedger, isComplete } from '../harness/ledger.ts'
import { waitUntil } from '../harness/wait-until.ts'
import { expectedOfWalk, furnishWarehouse, startWalk, type Warehouse } from '../harness/warehouse.ts'
import { openWorld, serviceNames, startServices, type World } from '../harness/world.ts'

let world: World
let warehouse: Warehouse
let endpoint: RegisteredEndpoint
const walked: number[] = []

beforeAll(async () => {
  world = await openWorld({ timeScale: 10 })
  await startServices(world)
  warehouse = await furnishWarehouse(world, 20)
  // Not asset.scanned: how often an asset is sighted depends on how long the walk takes, and a killed service takes long.
  endpoint = await registerEndpoint(world, '/ledger', { eventTypes: ['asset.moved', 'location.*'] })
  // Every sixteenth message fails once, so that the retry service has work while it is killed.
  world.receiver.script('/ledger', (request, nth) => ({
    status: nth === 1 && String(request.headers['webhook-id']).endsWith('7') ? 500 : 200,
  }))
})

afterAll(async () => {
  await world?.close()
})

const received = () => world.receiver.received('/ledger')
const expected = (): readonly string[] =>
  expectedOfWalk(warehouse, walked).filter((event) => !event.includes('asset.scanned'))

test.each(serviceNames)('%s is killed while reads flow, and nothing is lost', async (name) => {
  const arrivedBefore = received().length
  const legs = [0, 1, 2].map((leg) => (leg + walked.length) % 3)
  walked.push(...legs)
  const walk = startWalk(world, warehouse, legs, walked.length)
  await waitUntil('events of this walk arrive', () => received().length > arrivedBefore)
  await world.services[name].kill()
  await world.services[name].start()
  const readCount = await walk.finished
  expect(readCount).toBe(warehouse.assets.length * legs.length * 5)
  await waitUntil('every expected event arrived', () => isComplete(received(), expected()))
})

test('the ledger of reads and the ledger of webhooks agree', () => {
  const { duplicateCount } = auditLedger(received(), expected(), endpoint.secret)
  process.stdout.write(
    `${warehouse.assets.length * walked.length * 5} reads, ${expected().length} events, ${duplicateCount} duplicate requests after ${serviceNames.length} kills\n`,
  )
})
