/**
 * What every operator does every week, under load: a rolling restart of every service, one after the other, and consumers
 * scaled from one process to three and back. Nothing is lost, and no more than one delivery in a hundred comes twice.
 *
 * `COME_AND_GO_ROUNDS=10` does all of it ten times.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { areAccepted, type Tally, tallyDeliveries } from '../harness/audit-deliveries.ts'
import { auditEvents, distinctEvents } from '../harness/audit-events.ts'
import { checkLog } from '../harness/check-log.ts'
import { type RegisteredEndpoint, registerEndpoint } from '../harness/endpoint.ts'
import { freePort } from '../harness/free-port.ts'
import { readPoison } from '../harness/read-poison.ts'
import { readScanIds } from '../harness/read-scans.ts'
import { replayTrackerFromStart } from '../harness/replay-tracker.ts'
import { type ServiceProcess, serviceProcess } from '../harness/service-process.ts'
import { startSteadyLoad } from '../harness/steady-load.ts'
import { waitUntil } from '../harness/wait-until.ts'
import { furnishWarehouse, startWalk, type Warehouse } from '../harness/warehouse.ts'
import { openWorld, type ServiceName, serviceNames, startServices, type World } from '../harness/world.ts'

const rounds = Number(process.env['COME_AND_GO_ROUNDS'] ?? 1)
/** Two cores also run the services; at this pace a restart meets some dozens of records under way in each of them. */
const eventsPerSecond = 100
const duplicatesMax = 0.01
const scaled: readonly ServiceName[] = ['producer', 'tracker', 'router', 'dispatcher', 'retry', 'recorder']

const extras = new Map<ServiceName, readonly ServiceProcess[]>()
const shipped: string[] = []
const readIds: string[] = []
let legCount = 0
let world: World
let warehouse: Warehouse
let shipments: RegisteredEndpoint
let movements: RegisteredEndpoint

beforeAll(async () => {
  world = await openWorld({ isDirect: true, timeScale: 10 })
  await startServices(world)
  warehouse = await furnishWarehouse(world, 12)
  shipments = await registerEndpoint(world, '/shipments', { eventTypes: ['shipment.*'] })
  movements = await registerEndpoint(world, '/movements', { eventTypes: ['asset.*', 'location.*'] })
  // One in sixteen is refused twice, so that the tiers carry something whenever their service comes or goes. With 404, which
  // opens no breaker.
  world.receiver.script('/shipments', (request, nth) => ({
    status: nth <= 2 && String(request.headers['webhook-id']).endsWith('7') ? 404 : 200,
  }))
  for (const name of scaled) extras.set(name, await Promise.all([another(name), another(name)]))
})

afterAll(async () => {
  await Promise.all([...extras.values()].flat().map((service) => service.kill()))
  await world?.close()
})

async function another(name: ServiceName): Promise<ServiceProcess> {
  return serviceProcess(name, { ...world.env, PRODUCER_PORT: String(await freePort()) }, world.folder)
}

const received = ({ path }: RegisteredEndpoint) => world.receiver.received(path)

/** Runs `act` under load, waits until all that follows from it has arrived, and counts what came twice. */
async function underLoad(act: () => Promise<void>): Promise<Tally> {
  const load = await startSteadyLoad(world, { name: `load-${legCount}`, perSecond: eventsPerSecond })
  let isOver = false
  const walking = walkUntil(() => isOver)
  try {
    await act()
  } finally {
    isOver = true
    await walking
    shipped.push(...(await load.stop()))
  }
  await waitUntil('every shipment was accepted', () => areAccepted(received(shipments), shipped))
  await waitUntil('every read became a scan', async () => {
    const scanIds = await readScanIds(world)
    return readIds.every((id) => scanIds.has(id))
  })
  let moved: readonly string[] = []
  await waitUntil('every event of an asset was accepted', async () => {
    moved = (await distinctEvents(world)).map(({ eventId }) => eventId)
    return areAccepted(received(movements), moved)
  })
  const [ofShipments, ofMovements] = [
    tallyDeliveries(received(shipments), shipped, shipments.secret),
    tallyDeliveries(received(movements), moved, movements.secret),
  ]
  return {
    eventCount: ofShipments.eventCount + ofMovements.eventCount,
    duplicateCount: ofShipments.duplicateCount + ofMovements.duplicateCount,
  }
}

/**
 * What an asset does depends on how long the reads of a leg are held up, and here they are for as long as a service takes to
 * start. So nothing is expected of the walk but that each read becomes a scan, and of events what must be true of any.
 */
async function walkUntil(isOver: () => boolean): Promise<void> {
  do {
    legCount += 1
    readIds.push(...(await startWalk(world, warehouse, [legCount % 3], legCount).finished))
  } while (!isOver())
}

let before: Tally = { eventCount: 0, duplicateCount: 0 }

/** The share of deliveries since the last call that came twice is small. */
function expectFewDuplicates(now: Tally): void {
  const events = now.eventCount - before.eventCount
  const duplicates = now.duplicateCount - before.duplicateCount
  before = now
  expect(duplicates / events, `${duplicates} of ${events} came twice`).toBeLessThanOrEqual(duplicatesMax)
}

const assignedTo = async ({ healthUrl }: ServiceProcess): Promise<number> => {
  const text = await (await fetch(`${healthUrl}/metrics`)).text()
  return Number(/^scanhook_assigned_partitions\{[^}]*\} (\d+)/m.exec(text)?.[1] ?? 0)
}

test.each(Array.from({ length: rounds }, (_, index) => index + 1))(
  'every service is restarted, one after the other, under load: nothing is lost, few come twice (round %i)',
  async () => {
    const tally = await underLoad(async () => {
      for (const name of serviceNames) {
        expect((await world.services[name].terminate()).code, `exit code of ${name}`).toBe(0)
        await world.services[name].start()
      }
    })
    expectFewDuplicates(tally)
  },
)

test.each(Array.from({ length: rounds }, (_, index) => index + 1))(
  'every consumer goes from one process to three and back, under load: nothing is lost, few come twice (round %i)',
  async () => {
    const tally = await underLoad(async () => {
      for (const name of scaled) {
        const others = extras.get(name) ?? []
        await Promise.all(others.map((other) => other.start()))
        const all = [world.services[name], ...others]
        await waitUntil(`each ${name} has partitions`, async () =>
          (await Promise.all(all.map(assignedTo))).every((count) => count > 0),
        )
        for (const other of others) expect((await other.terminate()).code, `exit code of ${name}`).toBe(0)
        await waitUntil(`one ${name} has them all`, async () => (await assignedTo(world.services[name])) > 0)
      }
    })
    expectFewDuplicates(tally)
  },
)

test('events tell each life once and follow from the scans, nothing was set aside, and the log has it all', async () => {
  const { first, second } = await replayTrackerFromStart(world)
  expect([...new Set(second)]).toEqual([...new Set(first)])
  await auditEvents(world)
  expect(await readPoison(world)).toEqual([])
  await waitUntil('the log has it all', async () => (await checkLog(world)).code === 0)
})
