/**
 * kill -9 of each service in turn while reads flow: every acknowledged read leads to its events, each event is
 * accepted by its receiver and stands in the log, and what arrives twice is the same twice.
 *
 * The kill comes at the worst moment, not at a lucky one: the service's writes to one kind of topic are held on their
 * way to the broker, its commits are not. Whatever it lets go of before its successor is acknowledged is lost then.
 */
import { retryTiers } from '@scanhook/domain/retry/tiers'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RegisteredEndpoint, registerEndpoint } from '../harness/endpoint.ts'
import { auditLedger, isComplete, isGapless } from '../harness/ledger.ts'
import { openTestKafka } from '../harness/open-test-kafka.ts'
import { readPoison } from '../harness/read-poison.ts'
import { readScanIds } from '../harness/read-scans.ts'
import { waitUntil } from '../harness/wait-until.ts'
import {
  describeEvent,
  expectedOfWalk,
  furnishWarehouse,
  startWalk,
  type Walk,
  type Warehouse,
} from '../harness/warehouse.ts'
import { openWorld, type ServiceName, startServices, type World } from '../harness/world.ts'

let world: World
let warehouse: Warehouse
let endpoint: RegisteredEndpoint
const walked: number[] = []
/** Which messages are refused at first, by the last digit of their ids. */
const some = /[37bf]$/
const every = /$/
let refused = some
const bad = Buffer.from('{"org_id": 1,')

beforeAll(async () => {
  world = await openWorld({ timeScale: 10, isGated: true })
  await startServices(world)
  warehouse = await furnishWarehouse(world, 20)
  endpoint = await registerEndpoint(world, '/ledger', { eventTypes: ['asset.*', 'location.*'] })
  // Refused messages are refused twice: the first retry waits in the dispatcher, only the second one in a tier. With 404,
  // which is retried like a 500 and opens no breaker: this is about processes that die, not about pauses.
  world.receiver.script('/ledger', (request, nth) => ({
    status: nth <= 2 && refused.test(String(request.headers['webhook-id'])) ? 404 : 200,
  }))
})

afterAll(async () => {
  await world?.close()
})

const received = () => world.receiver.received('/ledger')
/**
 * Not asset.scanned: how often an asset is sighted depends on how long the walk takes, and a killed service takes long.
 * That none of them is lost is seen by the sequence numbers.
 */
const expected = (): readonly string[] =>
  expectedOfWalk(warehouse, walked).filter((event) => !event.includes('asset.scanned'))

function gateOf(name: ServiceName) {
  const gate = world.gates.get(name)
  if (gate === undefined) throw new Error(`${name} has no gate`)
  return gate
}

/** A heartbeat comes every 0.6 s and a commit every 0.5 s: after three, whatever may be committed is. */
async function untilCommitted(name: ServiceName): Promise<void> {
  const from = gateOf(name).heartbeatCount()
  await waitUntil(`${name} has committed what it lets go of`, () => gateOf(name).heartbeatCount() >= from + 3)
}

/** Holds the service's writes, waits until some are held, kills it, and starts it again. */
async function killWithHeldWrites(name: ServiceName, topics: readonly string[]): Promise<void> {
  const gate = gateOf(name)
  gate.hold(topics.map((topic) => `${world.prefix}${topic}`))
  if (world.services[name].pid() === null) await world.services[name].start({ isReadinessAwaited: false })
  await waitUntil(`${name} writes to ${topics[0]}`, () => gate.heldCount() > 0)
  await untilCommitted(name)
  await world.services[name].kill()
  gate.release()
  await world.services[name].start()
}

function startNextWalk(legCount: number): Walk {
  const legs = Array.from({ length: legCount }, (_, leg) => (leg + walked.length) % 3)
  walked.push(...legs)
  return startWalk(world, warehouse, legs, walked.length)
}

async function walkDuring(act: () => Promise<void>): Promise<void> {
  const walk = startNextWalk(2)
  await act()
  await untilNothingIsMissing(await walk.finished)
}

async function untilNothingIsMissing(readIds: readonly string[]): Promise<void> {
  await waitUntil('every expected event was accepted', () => isComplete(received(), expected()))
  await waitUntil('no asset misses an event', () => isGapless(received()))
  const scanIds = await readScanIds(world)
  expect(readIds.filter((id) => !scanIds.has(id))).toEqual([])
}

const nextSteps = ['deliveries', ...retryTiers.map(({ name }) => `deliveries.retry.${name}`)]

test.each<[ServiceName, string, readonly string[]]>([
  ['producer', 'scans', ['scans']],
  ['router', 'deliveries', ['deliveries']],
  ['dispatcher', 'attempts', ['attempts']],
  ['dispatcher', 'next steps', nextSteps],
  ['retry', 'due deliveries', nextSteps],
])('%s is killed while %s are on their way, and nothing is lost', async (name, _what, topics) => {
  // Every next step then stands for itself: no neighbour that was delivered at once keeps the offset back.
  refused = topics === nextSteps ? every : some
  await walkDuring(() => killWithHeldWrites(name, topics))
  refused = some
})

/**
 * While reads flow, the next read of an asset tells most of what a lost one told. So the tracker meets a whole walk at
 * once, in one batch of each partition, and no read comes after it.
 */
test.each(['events', 'asset-state'])(
  'tracker is killed while %s of a whole walk are on their way, and nothing is lost',
  async (topic) => {
    await world.services.tracker.terminate()
    const readIds = await startNextWalk(1).finished
    await killWithHeldWrites('tracker', [topic])
    await untilNothingIsMissing(readIds)
  },
)

test('recorder is killed in the middle of its transactions, and nothing is lost', async () => {
  const client = new pg.Client({ connectionString: world.env['POSTGRES_URL'] })
  await client.connect()
  const waiting = `FROM pg_locks WHERE NOT granted AND relation IN ('events'::regclass, 'attempts'::regclass)`
  try {
    await walkDuring(async () => {
      await client.query('BEGIN; LOCK TABLE events, attempts IN SHARE ROW EXCLUSIVE MODE')
      await waitUntil('transactions with events and with attempts wait', async () => {
        const { rows } = await client.query(`SELECT DISTINCT relation ${waiting}`)
        return rows.length === 2
      })
      await untilCommitted('recorder')
      await world.services.recorder.kill()
      // Else they would still do their work when the lock is gone, although nobody listens any more.
      await client.query(`SELECT pg_terminate_backend(pid) ${waiting}`)
      await client.query('ROLLBACK')
      await world.services.recorder.start()
    })
  } finally {
    await client.end()
  }
})

test('api is killed while reads flow, and nothing is lost', async () => {
  await walkDuring(async () => {
    await world.services.api.kill()
    await world.services.api.start()
  })
})

test('the ledger of webhooks and the log agree', async () => {
  const placed = received().filter(({ body }) => !describeEvent(body).includes('asset.scanned'))
  const { duplicateCount } = auditLedger(placed, expected(), endpoint.secret)
  const eventCount = (): number => new Set(received().map(({ headers }) => headers['webhook-id'])).size
  const total = async (path: string): Promise<unknown> =>
    (await world.api.call('GET', `${path}limit=1`)).body['total_count']
  const deliveries = `/api/v1/deliveries?webhook_id=${endpoint.id}&`
  await waitUntil(
    'each delivery ends in the log as delivered',
    async () => (await total(`${deliveries}state=delivered&`)) === eventCount(),
  )
  expect(await total(deliveries)).toBe(eventCount())
  await waitUntil('each event is in the log', async () => (await total('/api/v1/events?')) === eventCount())
  process.stdout.write(
    `${warehouse.assets.length * walked.length * 5} reads, ${eventCount()} events, ${duplicateCount} duplicate requests after 9 kills\n`,
  )
})

/** By itself, so that nothing else of its batch keeps the producer from letting go of it. */
async function appendBad(): Promise<void> {
  const producer = await openTestKafka(world.env, 'bad').openProducer()
  await producer.append({ topic: `${world.prefix}reads`, key: 'bad', value: bad })
  await producer.close()
}

async function claimCount(): Promise<number> {
  const text = await (await fetch(`${world.services.producer.healthUrl}/metrics`)).text()
  return Number(/^scanhook_claims_total\{[^}]*"won"[^}]*\} (\d+)/m.exec(text)?.[1] ?? 0)
}

test('producer is killed while a bad record and a posted read are on their way: one is set aside, the other accepted again', async () => {
  await registerEndpoint(world, '/posted', { eventTypes: ['asset.scanned'] })
  const asset = await world.api.data<{ id: number }>('POST', '/api/v1/assets', {
    external_key: 'POSTED-1',
    name: 'Posted',
  })
  await world.api.data('POST', `/api/v1/assets/${asset.id}/tags`, { tag_type: 'ble', value: 'C0FFEE000001' })
  const post = async (): Promise<number | null> => {
    const request = fetch(`${world.producerUrl}/api/v1/scans`, {
      method: 'POST',
      headers: { authorization: `Bearer ${world.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        id: 'posted-1',
        device: warehouse.places[0]?.device,
        antenna_port: 1,
        tag: { type: 'ble', value: 'C0FFEE000001' },
      }),
    })
    return request.then(({ status }) => status).catch(() => null)
  }
  const posted = Promise.withResolvers<number | null>()
  const claimedBefore = await claimCount()
  gateOf('producer').hold([`${world.prefix}poison`, `${world.prefix}scans`])
  await appendBad()
  await waitUntil('the bad record is on its way', () => gateOf('producer').heldCount() > 0)
  void post().then(posted.resolve)
  await waitUntil('the read is claimed', async () => (await claimCount()) > claimedBefore)
  await untilCommitted('producer')
  await world.services.producer.kill()
  gateOf('producer').release()
  await world.services.producer.start()
  const isSetAside = async () => (await readPoison(world)).some(({ value }) => value?.equals(bad) === true)
  await waitUntil('the bad record is set aside', isSetAside)
  // A 2xx is a promise; without one the client comes again with the same id.
  if ((await posted.promise) === null) expect(await post()).toBe(202)
  await waitUntil('its scan arrived', () =>
    world.receiver.received('/posted').some(({ body }) => describeEvent(body).startsWith('POSTED-1 ')),
  )
})
