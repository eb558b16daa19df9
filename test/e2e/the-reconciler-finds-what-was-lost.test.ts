/**
 * Deliveries are lost on purpose, in both ways that a broken client could lose them: an event that no delivery was made of,
 * and a delivery that nobody hands on. The reconciler finds exactly those, puts them back, and then finds nothing.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkLog } from '../harness/check-log.ts'
import { type RegisteredEndpoint, registerEndpoint } from '../harness/endpoint.ts'
import { skipRecords } from '../harness/skip-records.ts'
import { waitUntil } from '../harness/wait-until.ts'
import { openWorld, startServices, type World } from '../harness/world.ts'

let world: World
let all: RegisteredEndpoint
let approved: RegisteredEndpoint

beforeAll(async () => {
  // Tiers of half a second and upward: what waits for two seconds waits in Kafka.
  world = await openWorld({ timeScale: 20 })
  await startServices(world, ['api'])
  all = await registerEndpoint(world, '/all')
  approved = await registerEndpoint(world, '/approved', { eventTypes: ['shipment.approved'] })
  // After the endpoints, so that the router knows them from its first event on.
  await startServices(world, ['producer', 'router', 'dispatcher', 'retry', 'recorder'])
})

afterAll(async () => {
  await world?.close()
})

async function publish(type: string, id: string): Promise<void> {
  const answer = await fetch(`${world.producerUrl}/api/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      type,
      id,
      data: { shipment: { id, reference: `BU-${id}`, status: 'approved', pallets_count: 1 } },
    }),
  })
  if (answer.status >= 300) throw new Error(`${answer.status} ${await answer.text()}`)
}

const countAt = ({ path }: RegisteredEndpoint): number => world.receiver.received(path).length
const rowsIn = async (list: string): Promise<number> =>
  Number((await world.api.call('GET', `/api/v1/${list}`)).body['total_count'])

async function findsOverdue(): Promise<boolean> {
  const { found } = await checkLog(world)
  return found.kind === 'checked' && found.overdue === 1
}

test('nothing is found while nothing is lost', async () => {
  await publish('shipment.created', 's1')
  await publish('shipment.approved', 's2')
  await waitUntil('all arrived', () => countAt(all) === 2 && countAt(approved) === 1)
  expect(await checkLog(world)).toMatchObject({
    code: 0,
    found: { kind: 'checked', events: 2, expected: 3, delivered: 3, missing: 0, overdue: 0, requeued: 0 },
  })
})

test('an event that was never routed is found, for every endpoint that wanted it, and arrives after all', async () => {
  await world.services.router.terminate()
  await publish('shipment.created', 's3')
  await publish('shipment.approved', 's4')
  await waitUntil('the events are in the log', async () => (await rowsIn('events')) === 4)
  await skipRecords(world, 'router', 'events')
  await startServices(world, ['router'])
  const { code, found, said } = await checkLog(world, ['--repair'])
  expect({ code, ...found }).toMatchObject({
    code: 1,
    events: 4,
    expected: 6,
    missing: 3,
    overdue: 0,
    requeued: 3,
  })
  expect(said.match(/delivery\.missing/g)).toHaveLength(3)
  await waitUntil('all arrived', () => countAt(all) === 4 && countAt(approved) === 2)
  expect(await checkLog(world)).toMatchObject({ code: 0, found: { expected: 6, delivered: 6, missing: 0 } })
})

test('a delivery that waits for an attempt nobody makes is found, and goes on with its body and its next number', async () => {
  world.receiver.script('/approved', (_, nth) =>
    nth === 1 ? { status: 503, headers: { 'retry-after': '2' } } : { status: 200 },
  )
  await world.services.retry.terminate()
  await publish('shipment.approved', 's5')
  await waitUntil('it failed once', () => countAt(approved) === 3)
  await waitUntil('that is in the log', async () => (await rowsIn('deliveries?state=pending')) === 1)
  await waitUntil(
    'it waits in a tier',
    async () => (await skipRecords(world, 'retry', 'deliveries.retry.10s')) > 0,
  )
  await startServices(world, ['retry'])
  await waitUntil('it is overdue', async () => await findsOverdue(), { everyMs: 250 })
  expect(await checkLog(world, ['--repair'])).toMatchObject({
    code: 1,
    found: { missing: 0, overdue: 1, requeued: 1 },
  })
  await waitUntil('it arrived', () => countAt(approved) === 4)
  const [failed, arrived] = world.receiver.received('/approved').slice(2)
  expect(arrived?.body).toBe(failed?.body)
  expect(arrived?.headers['webhook-id']).toBe(failed?.headers['webhook-id'])
  await waitUntil('nothing is found any more', async () => (await checkLog(world)).code === 0)
  const { data } = world.api
  const [row] = await data<{ id: string }[]>('GET', `/api/v1/deliveries?webhook_id=${approved.id}&limit=1`)
  const { attempts } = await data<{ attempts: { attempt_number: number; disposition: string }[] }>(
    'GET',
    `/api/v1/deliveries/${row?.id}`,
  )
  expect(attempts.map(({ attempt_number, disposition }) => [attempt_number, disposition])).toEqual([
    [1, 'retry'],
    [2, 'delivered'],
  ])
})
