/** Tables, reading to the end, and the admin's part of the contract, against a real broker. */
import kafkajs from 'kafkajs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { numbered, openRig, type Rig, textOf, uniqueName, until } from './conformance-rig.ts'

let rig: Rig
const raw = new kafkajs.Kafka({
  brokers: (process.env['KAFKA_BROKERS'] ?? '').split(','),
  logLevel: kafkajs.logLevel.NOTHING,
})
beforeAll(async () => {
  rig = await openRig(process.env['KAFKA_BROKERS'])
})
afterAll(async () => {
  await rig.close()
})

test('R1, R3: a table is complete when start resolves, tombstones included, follows every change, and ends at stop', async () => {
  const topic = await rig.topic(3, { 'cleanup.policy': 'compact' })
  await rig.producer.appendAll([
    { topic, key: 'a', value: Buffer.from('1') },
    { topic, key: 'b', value: Buffer.from('1') },
    { topic, key: 'a', value: Buffer.from('2') },
    { topic, key: 'b', value: null },
  ])
  const table = new Map<string, string>()
  const opened = rig.kafka.openTable({
    topic,
    apply: ({ key, value }) => {
      if (value === null) table.delete(String(key))
      else table.set(String(key), value.toString())
    },
    onFatal: (reason) => rig.fatal.push(reason),
  })
  await opened.start()
  expect([...table]).toEqual([['a', '2']])
  const startedAt = performance.now()
  await rig.producer.append({ topic, key: 'c', value: Buffer.from('3') })
  await until('the change', () => table.has('c'))
  expect(performance.now() - startedAt).toBeLessThan(250)
  await opened.stop()
  await rig.producer.append({ topic, key: 'd', value: Buffer.from('4') })
  expect(table.has('d')).toBe(false)
  expect(rig.fatal).toEqual([])
})

test('an empty topic is a complete table', async () => {
  const topic = await rig.topic(2)
  const opened = rig.kafka.openTable({ topic, apply: () => undefined, onFatal: () => undefined })
  await opened.start()
  await opened.stop()
})

test('R1, R2: readToEnd stops at the end as it was at the call, although records keep coming', async () => {
  const topic = await rig.topic(2)
  await rig.producer.appendAll(numbered(topic, 2_000))
  let isWriting = true
  const writing = (async () => {
    while (isWriting) await rig.producer.appendAll(numbered(topic, 50))
  })()
  const seen: [number[], number[]] = [[], []]
  await rig.kafka.readToEnd(topic, [0, 1], ({ partition, offset }) =>
    seen[partition === 0 ? 0 : 1].push(offset),
  )
  const seenInAll = seen[0].length + seen[1].length
  await until('more was written after it had stopped', async () => {
    const [one = 0, other = 0] = await rig.admin.endOffsets(topic)
    return one + other > seenInAll
  })
  isWriting = false
  await writing
  expect(seenInAll).toBeGreaterThanOrEqual(2_000)
  expect(seen[0].length + seen[1].length).toBe(seenInAll)
  for (const offsets of seen) expect(offsets).toEqual([...offsets.keys()])
})

test('P1, P2: pages go on where the one before ended, up to an end that others have passed meanwhile', async () => {
  const topic = await rig.topic(2)
  await rig.producer.appendAll(numbered(topic, 1_000, 1))
  const pages = rig.kafka.openPages(topic)
  const [, end = 0] = await rig.admin.endOffsets(topic)
  await rig.producer.appendAll(numbered(topic, 500, 1))
  const seen: number[] = []
  for (let offset = 0; offset < end; ) {
    const page = await pages.read({ partition: 1, offset, end }, 7)
    expect(page.records.length).toBeLessThanOrEqual(7)
    expect(page.nextOffset).toBeGreaterThan(offset)
    seen.push(...page.records.map((record) => record.offset))
    offset = page.nextOffset
  }
  expect(seen).toEqual(Array.from({ length: 1_000 }, (_, index) => index))
  expect(await pages.read({ partition: 0, offset: 0, end: 0 }, 7)).toEqual({ records: [], nextOffset: 0 })
  const again = await pages.read({ partition: 1, offset: 990, end }, 100)
  expect(again.records.map((record) => record.offset)).toEqual([
    990, 991, 992, 993, 994, 995, 996, 997, 998, 999,
  ])
  expect(again.nextOffset).toBe(end)
  pages.close()
})

test('P1: a page begins behind what retention has deleted', async () => {
  const topic = await rig.topic(1)
  await rig.producer.appendAll(numbered(topic, 10))
  await deleteBefore(topic, 0, '7')
  const pages = rig.kafka.openPages(topic)
  const { records, nextOffset } = await pages.read({ partition: 0, offset: 2, end: 10 }, 100)
  expect([records.map(textOf), nextOffset]).toEqual([['7', '8', '9'], 10])
  pages.close()
})

test('P3: a read under way ends when the pages are closed', async () => {
  const topic = await rig.topic(1)
  const pages = rig.kafka.openPages(topic)
  const waiting = pages.read({ partition: 0, offset: 0, end: 1 }, 1)
  pages.close()
  await expect(waiting).rejects.toMatchObject({ code: 'KAFKA_ABORTED' })
  await expect(pages.read({ partition: 0, offset: 0, end: 1 }, 1)).rejects.toMatchObject({
    code: 'KAFKA_ABORTED',
  })
})

test('readToEnd reads only the partitions it was asked for, and one whose beginning was deleted', async () => {
  const topic = await rig.topic(3)
  for (const partition of [0, 1, 2]) await rig.producer.appendAll(numbered(topic, 10, partition))
  await deleteBefore(topic, 1, '7')
  await deleteBefore(topic, 2, '-1')
  const seen: string[] = []
  await rig.kafka.readToEnd(topic, [1, 2], (record) => seen.push(`${record.partition}:${textOf(record)}`))
  expect(seen).toEqual(['1:7', '1:8', '1:9'])
})

test('offsetsFrom: the first record of a time or later; where there is none, the next to be written', async () => {
  const topic = await rig.topic(2, { 'message.timestamp.type': 'LogAppendTime' })
  await rig.producer.appendAll(numbered(topic, 3, 0))
  const stamps: number[] = []
  await rig.kafka.readToEnd(topic, [0], ({ timestampMs }) => stamps.push(timestampMs))
  const last = stamps.at(-1) ?? 0
  await until('the clock has moved on', async () => Date.now() > last + 1)
  await rig.producer.appendAll(numbered(topic, 2, 0))
  expect(await rig.admin.offsetsFrom(topic, 0)).toEqual([0, 0])
  expect(await rig.admin.offsetsFrom(topic, last + 1)).toEqual([3, 0])
  expect(await rig.admin.offsetsFrom(topic, last + 3_600_000)).toEqual([5, 0])
})

test('R1: the end is reached although the last offsets hold nothing to read', async () => {
  const topic = await rig.topic(1)
  const groupId = uniqueName('group')
  const producer = raw.producer({
    transactionalId: uniqueName('transaction'),
    maxInFlightRequests: 1,
    idempotent: true,
  })
  await producer.connect()
  const committed = await producer.transaction()
  await committed.send({ topic, messages: [{ value: 'kept' }] })
  await committed.commit()
  const aborted = await producer.transaction()
  await aborted.send({ topic, messages: [{ value: 'undone' }, { value: 'undone' }] })
  await aborted.abort()
  await producer.disconnect()
  await until('the marker is written', async () => (await rig.admin.endOffsets(topic))[0] === 5)
  const seen: string[] = []
  await rig.kafka.readToEnd(topic, [0], (record) => seen.push(textOf(record)))
  expect(seen).toEqual(['kept'])
  // And a group's commit gets past them too, so its lag is 0.
  const consumer = rig.consumer({ groupId, topics: [topic] })
  await consumer.start()
  await until('committed to the end', async () => (await rig.admin.committedOffsets(groupId, topic))[0] === 5)
  await consumer.stop()
})

test('readToEnd ends when it is told to', async () => {
  const abort = new AbortController()
  const reading = rig.kafka.readToEnd(uniqueName('missing'), [0], () => undefined, abort.signal)
  abort.abort()
  await expect(reading).rejects.toMatchObject({ code: 'KAFKA_ABORTED' })
})

test('a committed offset that retention deleted goes on at the earliest record, never at the latest', async () => {
  const topic = await rig.topic(1)
  const groupId = uniqueName('group')
  await rig.producer.appendAll(numbered(topic, 10))
  const first = rig.consumer({ groupId, topics: [topic], handle: async ({ doneThrough }) => doneThrough(1) })
  await first.start()
  await until('committed', async () => (await rig.admin.committedOffsets(groupId, topic))[0] === 2)
  await first.stop()
  await deleteBefore(topic, 0, '6')
  const seen: string[] = []
  const second = rig.consumer({
    groupId,
    topics: [topic],
    handle: async ({ records, doneThrough }) => {
      seen.push(...records.map(textOf))
      doneThrough(records.at(-1)?.offset ?? -1)
    },
  })
  await second.start()
  await until('the rest', () => seen.length === 4)
  expect(seen).toEqual(['6', '7', '8', '9'])
  await second.stop()
})

test('ensureTopics creates what is missing with its configs, leaves what is there, and refuses fewer partitions', async () => {
  const name = uniqueName('ensured')
  const spec = { name, partitions: 2, replicationFactor: 1, configs: { 'cleanup.policy': 'compact' } }
  expect(await rig.admin.ensureTopics([spec])).toEqual([{ name, wasCreated: true }])
  expect(await rig.admin.ensureTopics([spec, { ...spec, partitions: 1 }])).toEqual([
    { name, wasCreated: false },
    { name, wasCreated: false },
  ])
  expect(await rig.admin.partitionCount(name)).toBe(2)
  await expect(rig.admin.ensureTopics([{ ...spec, partitions: 3 }])).rejects.toMatchObject({
    code: 'KAFKA_TOPIC_MISMATCH',
    retriable: false,
  })
  const admin = raw.admin()
  await admin.connect()
  const configs = await admin.describeConfigs({ resources: [{ type: 2, name }], includeSynonyms: false })
  await admin.disconnect()
  expect(configs.resources[0]?.configEntries).toContainEqual(
    expect.objectContaining({ configName: 'cleanup.policy', configValue: 'compact' }),
  )
})

test('asking about a topic that does not exist says so', async () => {
  await expect(rig.admin.partitionCount(uniqueName('none'))).rejects.toMatchObject({
    code: 'KAFKA_TOPIC_UNKNOWN',
  })
})

/** What retention does. `-1` is everything. */
async function deleteBefore(topic: string, partition: number, offset: string): Promise<void> {
  const admin = raw.admin()
  await admin.connect()
  await admin.fetchTopicOffsets(topic) // kafkajs deletes only where it happens to know the leader already.
  await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset }] })
  await admin.disconnect()
}

test('topicConfigs: what is set and what is a default, for each topic', async () => {
  const compacted = await rig.topic(1, { 'cleanup.policy': 'compact' })
  const stamped = await rig.topic(1, { 'message.timestamp.type': 'LogAppendTime' })
  const configs = await rig.admin.topicConfigs(
    [compacted, stamped],
    ['cleanup.policy', 'message.timestamp.type'],
  )
  expect(Object.fromEntries(configs)).toEqual({
    [compacted]: { 'cleanup.policy': 'compact', 'message.timestamp.type': 'CreateTime' },
    [stamped]: { 'cleanup.policy': 'delete', 'message.timestamp.type': 'LogAppendTime' },
  })
})
