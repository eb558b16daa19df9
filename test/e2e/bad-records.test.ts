/** A bad record goes to `poison` with its coordinates, or is counted as a drop with its reason; the next good one is not delayed. */

import type { KafkaProducer } from '@scanhook/kafka/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { registerEndpoint } from '../harness/endpoint.ts'
import { openTestKafka } from '../harness/open-test-kafka.ts'
import { readPoison } from '../harness/read-poison.ts'
import { waitUntil } from '../harness/wait-until.ts'
import { describeEvent, furnishWarehouse, type Warehouse } from '../harness/warehouse.ts'
import { openWorld, startServices, type World } from '../harness/world.ts'

let world: World
let warehouse: Warehouse
let producer: KafkaProducer
/** Everything goes to one partition: a bad record stands right before a good one. */
const partition = 0

beforeAll(async () => {
  world = await openWorld()
  await startServices(world)
  warehouse = await furnishWarehouse(world, 40)
  await registerEndpoint(world, '/good', { eventTypes: ['asset.scanned'] })
  producer = await openTestKafka(world.env, 'bad-records').openProducer()
})

afterAll(async () => {
  await producer?.close()
  await world?.close()
})

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))
const good = (index: number): Record<string, unknown> => ({
  org_id: world.orgId,
  id: `good-${index}`,
  device: 'gw-DOCK',
  antenna_port: 1,
  tag: { type: 'rfid', value: warehouse.assets[index]?.tag },
})

const poisonous: readonly (readonly [name: string, value: () => Buffer | null, reason: string])[] = [
  ['a null value', () => null, 'null_value'],
  ['a bad magic byte', () => Buffer.from([7, 1, 2, 3, 4, 5]), 'bad_magic'],
  [
    'an unknown schema id',
    () => Buffer.concat([Buffer.from([0, 0x7f, 0xff, 0xff, 0xf0]), Buffer.from([1, 2, 3])]),
    'unknown_schema',
  ],
  ['truncated Avro', () => Buffer.from([0, 0, 0]), 'undecodable'],
  ['invalid JSON', () => Buffer.from('{"org_id": 1,'), 'invalid_json'],
  ['wrong types', () => json({ ...good(0), antenna_port: 'one', tag: 7 }), 'invalid_field'],
  ['an unknown field', () => json({ ...good(0), colour: 'red' }), 'invalid_field'],
  ['1 MB of JSON', () => json({ ...good(0), id: 'x'.repeat(1_000_000) }), 'invalid_field'],
]

const dropped: readonly (readonly [name: string, value: () => Buffer, reason: string])[] = [
  [
    'an unknown tag',
    () => json({ ...good(0), id: 'u1', tag: { type: 'rfid', value: 'AAAA0000BBBB' } }),
    'unknown_tag',
  ],
  ['an unknown device', () => json({ ...good(0), id: 'u2', device: 'gw-nowhere' }), 'unknown_device'],
]

const hasScanned = (index: number): boolean =>
  world.receiver
    .received('/good')
    .some(({ body }) => describeEvent(body).startsWith(`FORK-${index} asset.scanned`))

const droppedCount = async (reason: string): Promise<number> => {
  const text = await (await fetch(`${world.services.producer.healthUrl}/metrics`)).text()
  const line = text
    .split('\n')
    .find((each) => each.startsWith('scanhook_reads_dropped_total') && each.includes(`reason="${reason}"`))
  return Number(line?.split(' ').at(1) ?? 0)
}

test.each(poisonous.map((each, index) => [...each, index] as const))(
  '%s is set aside, and the next read arrives',
  async (_name, value, reason, index) => {
    const topic = `${world.prefix}reads`
    const bad = value()
    await producer.appendAll([
      { topic, partition, key: 'k', value: bad },
      { topic, partition, key: 'k', value: json(good(index)) },
    ])
    await waitUntil('the good read after it arrived', () => hasScanned(index))
    const found = (await readPoison(world)).filter((each) => each.reason === reason)
    expect(found.length).toBeGreaterThan(0)
    expect(
      found.some((each) => (bad === null ? each.value === null : each.value?.equals(bad) === true)),
    ).toBe(true)
    expect(found.every((each) => each.topic === topic && /^\d+$/.test(each.offset))).toBe(true)
  },
)

test.each(dropped.map((each, index) => [...each, index + 20] as const))(
  '%s is dropped and counted, and the next read arrives',
  async (_name, value, reason, index) => {
    const topic = `${world.prefix}reads`
    const before = await droppedCount(reason)
    await producer.appendAll([
      { topic, partition, key: 'k', value: value() },
      { topic, partition, key: 'k', value: json(good(index)) },
    ])
    await waitUntil('the good read after it arrived', () => hasScanned(index))
    await waitUntil('the drop is counted', async () => (await droppedCount(reason)) === before + 1)
  },
)

test.each([
  ['ancient', '1970-01-02T00:00:00Z', 30],
  ['far in the future', '2199-01-01T00:00:00Z', 31],
] as const)('a reader clock that is %s does not decide anything', async (_name, readAt, index) => {
  await producer.append({
    topic: `${world.prefix}reads`,
    partition,
    key: 'k',
    value: json({ ...good(index), read_at: readAt }),
  })
  await waitUntil('its scan arrived', () => hasScanned(index))
})
