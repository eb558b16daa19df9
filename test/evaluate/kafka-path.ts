/**
 * Walks through the real path: separate processes, upstream topic → producer → tracker → events topic. The recorded times
 * are carried in `scanhook-received-at`, shifted to begin an hour from now: ahead of the wall clock, so that the ticks
 * which the tracker writes by that clock never move a partition's.
 *
 * What moves it is a beacon of our own that is read once a recorded second, at an antenna without a location; with it the
 * last timers of a walk fire too. All reads go into one partition of one-partition topics, so their order is that of
 * the recording, and the clock is the same for all assets, as it is in the pure path.
 */
import type { DomainEvent } from '@scanhook/domain/event'
import type { OutgoingRecord } from '@scanhook/kafka/record'
import type { BleGateway } from '@scanhook/replay/parse-ble-walk'
import { provideInfrastructure } from '@scanhook/stack/provide-infrastructure'
import { deleteTopics } from '../harness/delete-topics.ts'
import { openTestKafka } from '../harness/open-test-kafka.ts'
import { readValues } from '../harness/read-topic.ts'
import { waitUntil } from '../harness/wait-until.ts'
import { openWorld, startServices, type World } from '../harness/world.ts'
import { zoneKey } from './decisions.ts'
import { happenings, type Walk } from './walk.ts'

export interface KafkaOptions {
  readonly gateways: readonly BleGateway[]
  readonly tailMs: number
  readonly say: (line: string) => void
}

const aheadMs = 3_600_000
const clockDevice = 'evaluation-clock'
const recordsPerBatch = 1_000

/** For each walk its events by beacon, times as recorded. Infrastructure: what the environment names, else this checkout's stack. */
export async function deriveThroughKafka(
  walks: readonly Walk[],
  options: KafkaOptions,
): Promise<readonly ReadonlyMap<string, readonly DomainEvent[]>[]> {
  const infrastructure = await provideInfrastructure(process.env, options.say)
  Object.assign(process.env, infrastructure.addresses)
  try {
    const env = { PRODUCER_TRUST_RECEIVED_AT: 'true', SETUP_PARTITIONS: '1' }
    const world = await openWorld({ env })
    try {
      await startServices(world, ['api', 'producer', 'tracker'])
      return await deriveIn(world, walks, options)
    } finally {
      await world.close()
      await deleteTopics(world)
    }
  } finally {
    await infrastructure.release()
  }
}

async function deriveIn(
  world: World,
  walks: readonly Walk[],
  { gateways, tailMs, say }: KafkaOptions,
): Promise<readonly ReadonlyMap<string, readonly DomainEvent[]>[]> {
  const staged = stage(walks, tailMs)
  say(`${walks.length} walks through ${world.prefix}reads`)
  const furnished = await furnish(world, gateways, staged)
  await write(world, staged, tailMs)
  const events = await eventsUpTo(world, furnished.lastAssetId)
  return staged.map(({ startsAtMs, endsAtMs, tags }) => {
    const own = events.filter(({ receivedAtMs }) => receivedAtMs >= startsAtMs && receivedAtMs <= endsAtMs)
    return new Map(
      Array.from(tags, ([beacon, tag]) => {
        const assetId = furnished.assetIds.get(tag)
        const ofBeacon = own.filter((event) => event.assetId === assetId)
        return [beacon, ofBeacon.map((event) => asRecorded(event, startsAtMs))]
      }),
    )
  })
}

function asRecorded(event: DomainEvent, startsAtMs: number): DomainEvent {
  return {
    ...event,
    occurredAtMs: event.occurredAtMs - startsAtMs,
    receivedAtMs: event.receivedAtMs - startsAtMs,
  }
}

interface StagedWalk {
  readonly walk: Walk
  readonly startsAtMs: number
  /** What is decided later is no longer this walk's: the next one has begun. */
  readonly endsAtMs: number
  /** By beacon. One beacon in two recordings is two assets. */
  readonly tags: ReadonlyMap<string, string>
}

/** One after the other in time. */
function stage(walks: readonly Walk[], tailMs: number): readonly StagedWalk[] {
  let startsAtMs = Date.now() + aheadMs
  return walks.map((walk, walkIndex) => {
    const endsAtMs = startsAtMs + walk.endsAtMs + tailMs + 1_000
    const tags = new Map(
      Array.from(walk.truth.keys(), (beacon, index) => [beacon, tagOf(walkIndex + 1, index)]),
    )
    const staged = { walk, startsAtMs, endsAtMs, tags }
    startsAtMs = endsAtMs + 1_000
    return staged
  })
}

/** Walk 0 is our own: its first tag is the clock, its second the last read of all. */
function tagOf(walkNumber: number, index: number): string {
  return `BE${walkNumber.toString(16).padStart(5, '0')}${index.toString(16).padStart(5, '0')}`
}

const clockTag = tagOf(0, 0)
const lastTag = tagOf(0, 1)

interface Furnished {
  /** By tag. */
  readonly assetIds: ReadonlyMap<string, number>
  readonly lastAssetId: number
}

/** Master data through the HTTP API, as a customer would make it. */
async function furnish(
  world: World,
  gateways: readonly BleGateway[],
  staged: readonly StagedWalk[],
): Promise<Furnished> {
  const { data } = world.api
  const hall = await data<{ id: number }>('POST', '/api/v1/locations', { external_key: 'HALL', name: 'Hall' })
  const zones = new Map<number, number>()
  for (const { zone } of gateways) {
    if (zones.has(zone)) continue
    const body = { external_key: zoneKey(zone), name: `Zone ${zone}`, parent_id: hall.id }
    zones.set(zone, (await data<{ id: number }>('POST', '/api/v1/locations', body)).id)
  }
  const device = async (key: string, locationId: number | null): Promise<void> => {
    const body = { external_key: key, name: `Gateway ${key}`, type: 'esp32_ble_generic' }
    const { id } = await data<{ id: number }>('POST', '/api/v1/scan-devices', body)
    const point = { scan_device_id: id, antenna_port: 1, location_id: locationId, kind: 'zone' }
    await data('POST', '/api/v1/scan-points', point)
  }
  for (const { alias, zone } of gateways) await device(alias, zones.get(zone) ?? null)
  await device(clockDevice, null)
  const assetIds = new Map<string, number>()
  for (const tag of [clockTag, lastTag, ...staged.flatMap(({ tags }) => [...tags.values()])]) {
    const asset = { external_key: `BEACON-${tag}`, name: `Beacon ${tag}` }
    const { id } = await data<{ id: number }>('POST', '/api/v1/assets', asset)
    await data('POST', `/api/v1/assets/${id}/tags`, { tag_type: 'ble', value: tag })
    assetIds.set(tag, id)
  }
  return { assetIds, lastAssetId: assetIds.get(lastTag) ?? 0 }
}

async function write(world: World, staged: readonly StagedWalk[], tailMs: number): Promise<void> {
  const producer = await openTestKafka(world.env, 'evaluate').openProducer()
  try {
    let batch: OutgoingRecord[] = []
    for (const record of recordsOf(world, staged, tailMs)) {
      batch.push(record)
      if (batch.length < recordsPerBatch) continue
      await producer.appendAll(batch)
      batch = []
    }
    await producer.appendAll(batch)
  } finally {
    await producer.close()
  }
}

interface Sent {
  readonly atMs: number
  readonly tag: string
  readonly device: string
  readonly rssiDbm: number
}

function* recordsOf(world: World, staged: readonly StagedWalk[], tailMs: number): Generator<OutgoingRecord> {
  let count = 0
  for (const { atMs, tag, device, rssiDbm } of sentReads(staged, tailMs)) {
    count += 1
    const value = {
      org_id: world.orgId,
      id: `walk-${count}`,
      device,
      antenna_port: 1,
      tag: { type: 'ble', value: tag },
      rssi_dbm: rssiDbm,
    }
    yield {
      topic: `${world.prefix}reads`,
      key: null,
      partition: 0,
      value: Buffer.from(JSON.stringify(value)),
      headers: { 'scanhook-received-at': String(atMs) },
    }
  }
}

function* sentReads(staged: readonly StagedWalk[], tailMs: number): Generator<Sent> {
  const ours = { device: clockDevice, rssiDbm: -50 }
  for (const { walk, startsAtMs, tags } of staged) {
    for (const happening of happenings(walk, tailMs)) {
      const atMs = startsAtMs + happening.atMs
      if (happening.kind === 'second') yield { atMs, tag: clockTag, ...ours }
      else {
        const { beacon, device, rssiDbm } = happening.read
        yield { atMs, tag: tags.get(beacon) ?? '', device, rssiDbm }
      }
    }
  }
  yield { atMs: (staged.at(-1)?.endsAtMs ?? 0) + 1_000, tag: lastTag, ...ours }
}

/** The last read is the first of its asset, so it is an `asset.scanned` at once; what stands before it is complete. */
async function eventsUpTo(world: World, lastAssetId: number): Promise<readonly DomainEvent[]> {
  let events: readonly DomainEvent[] = []
  await waitUntil(
    'the last read is an event',
    async () => {
      events = await readValues(world, 'events', (codecs, value) => codecs.events.decode(value))
      return events.some(({ assetId }) => assetId === lastAssetId)
    },
    { everyMs: 500 },
  )
  return events
}
