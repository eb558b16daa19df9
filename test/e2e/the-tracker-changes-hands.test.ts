/**
 * Trackers come, go, die and come back from the dead while reads flow. Whatever happens to them, the `events` topic must
 * tell each asset's life once: nothing lost, nothing invented, nothing under another id or with another body.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { auditEvents, distinctEvents, transitionsOf } from '../harness/audit-events.ts'
import { type KafkaGate, startKafkaGate } from '../harness/kafka-gate.ts'
import { openTestKafka } from '../harness/open-test-kafka.ts'
import { replayTrackerFromStart } from '../harness/replay-tracker.ts'
import { type ServiceProcess, serviceProcess } from '../harness/service-process.ts'
import { waitUntil } from '../harness/wait-until.ts'
import { expectedOfWalk, furnishWarehouse, startWalk, type Warehouse } from '../harness/warehouse.ts'
import { openWorld, startServices, type World } from '../harness/world.ts'

let world: World
let warehouse: Warehouse
const walked: number[] = []

interface Replica {
  readonly process: ServiceProcess
  readonly gate: KafkaGate
}

const opened: Replica[] = []

/** One more tracker beside the world's own, with its own way to the broker. */
async function replica(): Promise<Replica> {
  const gate = await startKafkaGate(world.env['KAFKA_BROKERS'] ?? '')
  const process = await serviceProcess('tracker', { ...world.env, KAFKA_BROKERS: gate.address }, world.folder)
  opened.push({ process, gate })
  return { process, gate }
}

beforeAll(async () => {
  world = await openWorld({
    isGated: true,
    env: { PRODUCER_LIVENESS_MS: '1000', TRACKER_FLUSH_MS: '2000' },
  })
  await startServices(world, ['api', 'producer', 'tracker'])
  warehouse = await furnishWarehouse(world, 24)
})

afterAll(async () => {
  await Promise.all(opened.map(({ process }) => process.kill()))
  await Promise.all(opened.map(({ gate }) => gate.close()))
  await world?.close()
})

/** Two places further, again and again, until `isOver`; at least once. Returns when all that follows from it is there. */
async function walkUntil(isOver: () => boolean): Promise<void> {
  do {
    const legs = [0, 1].map((leg) => (leg + walked.length) % 3)
    walked.push(...legs)
    await startWalk(world, warehouse, legs, walked.length).finished
  } while (!isOver())
  const expected = expectedOfWalk(warehouse, walked).filter((event) => !event.includes('asset.scanned'))
  await waitUntil(
    'every expected event is on the topic',
    async () => transitionsOf(await distinctEvents(world)).length >= expected.length,
    { everyMs: 500 },
  )
  expect(transitionsOf(await auditEvents(world)).toSorted()).toEqual(expected.toSorted())
}

async function walkDuring(act: () => Promise<void>): Promise<void> {
  let isOver = false
  const acting = act().finally(() => {
    isOver = true
  })
  await walkUntil(() => isOver)
  await acting
}

const topicsOf = (...names: string[]): string[] => names.map((name) => `${world.prefix}${name}`)

/** What the world's own tracker writes goes through this gate. */
function ownGate(): KafkaGate {
  const gate = world.gates.get('tracker')
  if (gate === undefined) throw new Error('the tracker has no gate')
  return gate
}

describe('killed between two durable steps', () => {
  test.each([
    ['nothing of a batch is durable', ['events'], false],
    ['its events are durable, its states are not', ['asset-state'], false],
    ['its events and states are durable, its commits are not', [], true],
  ] as const)('%s', async (_, topics, isCommitHeld) => {
    const gate = ownGate()
    const { tracker } = world.services
    await walkDuring(async () => {
      if (topics.length > 0) gate.hold(topicsOf(...topics))
      if (isCommitHeld) gate.holdCommits()
      await waitUntil('something is held', () => gate.heldCount() > 0)
      await tracker.kill()
      gate.release()
      await tracker.start()
    })
  })
})

test('rebalance storm: trackers are started, ended and killed by turns, ten times in all', async () => {
  const { tracker: a } = world.services
  const [{ process: b }, { process: c }] = [await replica(), await replica()]
  await walkDuring(async () => {
    await b.start()
    await c.start()
    await a.terminate()
    await a.start()
    await b.kill()
    await b.start()
    await c.terminate()
    await a.kill()
    await a.start()
    await b.terminate()
  })
})

describe.each(['asset-state', 'events'])('a zombie whose %s arrive after its successor’s', (held) => {
  test('changes nothing, nor does whoever restores after it', async () => {
    const { tracker: zombie } = world.services
    const gate = ownGate()
    const successor = await replica()
    await walkDuring(async () => {
      gate.hold(topicsOf(held))
      await waitUntil(`${held} are held`, () => gate.heldCount() > 0)
      process.kill(zombie.pid() ?? 0, 'SIGSTOP')
      await successor.process.start()
    })
    const before = await endOf(held)
    gate.deliver()
    await waitUntil('what the zombie had in flight is in the log', async () => (await endOf(held)) > before)
    process.kill(zombie.pid() ?? 0, 'SIGCONT')
    // It finds out that it lost its partitions and joins again; then it has to take over from what the log holds.
    await walkDuring(async () => {
      await successor.process.kill()
      // It may have ended itself instead, having stood still for too long: then it is started as an operator's platform would.
      if (await zombie.isReady()) return
      await zombie.kill()
      await zombie.start()
    })
  })
})

/** Records that were ever written to a topic. */
async function endOf(topic: string): Promise<number> {
  const admin = await openTestKafka(world.env, 'ends').openAdmin()
  const ends = await admin.endOffsets(`${world.prefix}${topic}`)
  await admin.close()
  return ends.reduce<number>((sum, end) => sum + (end ?? 0), 0)
}

test('after all that, a tracker without memory derives the same from offset 0, byte for byte', async () => {
  const { first, second } = await replayTrackerFromStart(world)
  expect([...new Set(second)]).toEqual([...new Set(first)])
  await auditEvents(world)
})

describe('silence, over a handover', () => {
  const leftBySilence = async (): Promise<readonly string[]> =>
    (await auditEvents(world))
      .filter(({ type, dataJson }) => type === 'location.exited' && dataJson.includes('"reason":"absence"'))
      .map(({ dataJson }) => {
        const { asset, location } = JSON.parse(dataJson)
        return `${asset.external_key} ${location.external_key}`
      })
  let keeper: { readonly stop: () => Promise<void> } | null = null
  let places: readonly string[] = []
  let finalWalks = 0

  /** One asset goes on being read at every gateway, so that all of them are heard; the others are silent. */
  function keepHeard(): { readonly stop: () => Promise<void> } {
    let isOver = false
    const keeping = (async () => {
      const producer = await openTestKafka(world.env, 'keeper').openProducer()
      const tag = warehouse.assets[0]?.tag
      while (!isOver) {
        await producer.appendAll(
          warehouse.places.map(({ device }) => ({
            topic: `${world.prefix}reads`,
            key: device,
            value: Buffer.from(
              JSON.stringify({ org_id: world.orgId, device, tag: { value: tag }, rssi_dbm: -80 }),
            ),
          })),
        )
        await new Promise<void>((resolve) => {
          setTimeout(resolve, 500)
        })
      }
      await producer.close()
    })()
    return {
      stop: async () => {
        isOver = true
        await keeping
      },
    }
  }

  beforeAll(async () => {
    await world.api.data('PATCH', '/api/v1/orgs/me/settings', {
      exit_timeout_seconds: 10,
      device_offline_seconds: 10,
      switch_margin_db: 0,
    })
    keeper = keepHeard()
    places = [warehouse.places[walked.length % 3]?.external_key ?? '', 'SITE']
    await walkFinalLeg()
  })

  afterAll(async () => {
    await keeper?.stop()
  })

  /** All but the keeper go to one place, under the short timeout, and are not read after that. */
  async function walkFinalLeg(): Promise<void> {
    const others = { ...warehouse, assets: warehouse.assets.slice(1) }
    const leg = warehouse.places.findIndex(({ external_key }) => external_key === places[0])
    finalWalks += 1
    await startWalk(world, others, [leg], walked.length + 1_000 + finalWalks).finished
  }

  const othersLeft = async (times: number): Promise<boolean> =>
    (await leftBySilence()).filter((line) => !line.startsWith('FORK-0 ')).length >=
    times * 2 * (warehouse.assets.length - 1)

  const heldExits = async (process: ServiceProcess): Promise<number> => {
    const text = await (await fetch(`${process.healthUrl}/metrics`)).text()
    return Number(/^scanhook_exits_held (\d+)/m.exec(text)?.[1] ?? 0)
  }

  test('while the gateway is heard, whoever is silent leaves once, though the tracker dies in between', async () => {
    const { tracker } = world.services
    await tracker.kill()
    await tracker.start()
    await waitUntil('all of the others have left', () => othersLeft(1), { everyMs: 500 })
    const left = (await leftBySilence()).filter((line) => !line.startsWith('FORK-0 '))
    const once = warehouse.assets
      .slice(1)
      .flatMap(({ external_key }) => places.map((place) => `${external_key} ${place}`))
    expect(left.toSorted()).toEqual(once.toSorted())
  })

  test('while the gateway is silent, too, nobody leaves; when it is back, they do after one more timeout', async () => {
    const { tracker } = world.services
    await walkFinalLeg()
    await keeper?.stop()
    const before = (await leftBySilence()).length
    // All of them have been silent for their timeout, and wait for a word of their gateway.
    await waitUntil(
      'all exits are held',
      async () => (await heldExits(tracker)) >= warehouse.assets.length - 1,
      { everyMs: 500 },
    )
    await tracker.kill()
    await tracker.start()
    await waitUntil(
      'and are held again after a restart',
      async () => (await heldExits(tracker)) >= warehouse.assets.length - 1,
      { everyMs: 500 },
    )
    expect((await leftBySilence()).length).toBe(before)
    const backAtMs = Date.now()
    keeper = keepHeard()
    await waitUntil('all of the others have left', () => othersLeft(2), { everyMs: 500 })
    const late = (await auditEvents(world)).filter(
      ({ type, dataJson, receivedAtMs }) =>
        type === 'location.exited' && dataJson.includes('"absence"') && receivedAtMs > backAtMs,
    )
    expect(late.length).toBeGreaterThanOrEqual(2 * (warehouse.assets.length - 1))
    expect(Math.min(...late.map(({ receivedAtMs }) => receivedAtMs))).toBeGreaterThanOrEqual(
      backAtMs + 10_000,
    )
  })
})
