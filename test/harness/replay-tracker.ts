/**
 * Derives everything twice: reads what the tracker wrote to `events`, then lets a tracker without memory (no state, no
 * committed offsets) apply every scan from offset 0 again, and reads what that one wrote.
 */
import { Kafka, logLevel } from 'kafkajs'
import { readValues } from './read-topic.ts'
import { waitUntil } from './wait-until.ts'
import { runStep, type World } from './world.ts'

const brokersOf = (world: World): string[] => [world.env['KAFKA_BROKERS'] ?? '']

interface Derived {
  readonly eventId: string
  readonly dataJson: string
}

async function readDerived(world: World): Promise<readonly Derived[]> {
  const events = await readValues(world, 'events', (codecs, value) => codecs.events.decode(value))
  return events
    .filter(({ assetId }) => assetId !== null)
    .map(({ eventId, dataJson }) => ({ eventId, dataJson }))
}

/**
 * Until the tracker has committed all that there is. Nobody may write to `scans` meanwhile: a clock record that comes as the tracker
 * ends is applied the second time only.
 */
async function awaitApplied(world: World): Promise<void> {
  const admin = new Kafka({ brokers: brokersOf(world), logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  const topic = `${world.prefix}scans`
  await waitUntil('the tracker has applied all that there is', async () => {
    const ends = await admin.fetchTopicOffsets(topic)
    const [{ partitions = [] } = {}] = await admin.fetchOffsets({
      ...{ groupId: `${world.prefix}tracker`, topics: [topic] },
    })
    const committed = new Map(partitions.map(({ partition, offset }) => [partition, Number(offset)]))
    return ends.every(
      ({ partition, low, high }) => low === high || (committed.get(partition) ?? 0) >= Number(high),
    )
  })
  await admin.disconnect()
}

/** Both lists are sorted. Producer and tracker run again when this returns. */
export async function replayTrackerFromStart(
  world: World,
): Promise<{ readonly first: readonly string[]; readonly second: readonly string[] }> {
  const lines = (events: readonly Derived[]): string[] =>
    events.map(({ eventId, dataJson }) => `${eventId} ${dataJson}`).toSorted()
  await world.services.producer.terminate()
  await awaitApplied(world)
  await world.services.tracker.terminate()
  const first = lines(await readDerived(world))

  const admin = new Kafka({ brokers: brokersOf(world), logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  await admin.deleteGroups([`${world.prefix}tracker`])
  // A compacted topic refuses to have its records deleted, so it is made anew, as `setup` makes it.
  const states = `${world.prefix}asset-state`
  await admin.deleteTopics({ topics: [states] })
  await waitUntil('the topic is gone', async () => !(await admin.listTopics()).includes(states))
  await admin.disconnect()
  await runStep('services/setup/src/main.ts', [], { ...world.env, HEALTH_PORT: '0' })

  await world.services.tracker.start()
  await waitUntil(
    'everything is derived again',
    // What was written twice the first time is derived once now.
    async () => (await readDerived(world)).length >= first.length + new Set(first).size,
    { everyMs: 500 },
  )
  const all = lines(await readDerived(world))
  const second = [...all]
  for (const line of first) second.splice(second.indexOf(line), 1)
  await world.services.producer.start()
  return { first, second }
}
