/**
 * kill -9 of each service in turn while reads flow: every acknowledged read leads to its events, each event arrives,
 * and what arrives twice is the same twice.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RegisteredEndpoint, registerEndpoint } from '../harness/endpoint.ts'
import { auditLedger, isComplete } from '../harness/ledger.ts'
import { waitUntil } from '../harness/wait-until.ts'
import { expectedOfWalk, furnishWarehouse, startWalk, type Warehouse } from '../harness/warehouse.ts'
import { openWorld, type ServiceName, serviceNames, startServices, type World } from '../harness/world.ts'

const legs = [0, 1, 2, 0, 1, 2] as const
let world: World
let warehouse: Warehouse
let endpoint: RegisteredEndpoint

beforeAll(async () => {
  world = await openWorld({ timeScale: 10 })
  await startServices(world)
  warehouse = await furnishWarehouse(world, 20)
  endpoint = await registerEndpoint(world, '/ledger')
})

afterAll(async () => {
  await world?.close()
})

async function killInTurn(names: readonly ServiceName[]): Promise<void> {
  for (const name of names) {
    await world.services[name].kill()
    await world.services[name].start()
  }
}

test('every service is killed once while reads flow, and nothing is lost', async () => {
  // Every tenth message fails once, so that the retry service has work while it is killed.
  world.receiver.script('/ledger', (request, nth) => ({
    status: nth === 1 && request.headers['webhook-id']?.at(-1) === '7' ? 500 : 200,
  }))
  const walk = startWalk(world, warehouse, legs)
  await waitUntil('the first events arrive', () => world.receiver.received('/ledger').length > 0)
  await killInTurn(serviceNames)
  const readCount = await walk.finished
  expect(readCount).toBe(warehouse.assets.length * legs.length * 5)

  const expected = expectedOfWalk(warehouse, legs)
  await waitUntil('every expected event arrived', () =>
    isComplete(world.receiver.received('/ledger'), expected),
  )
  const { duplicateCount } = auditLedger(world.receiver.received('/ledger'), expected, endpoint.secret)
  process.stdout.write(
    `${readCount} reads, ${expected.length} events, ${duplicateCount} duplicate requests\n`,
  )
})
