/** The contract's invariants, against a real broker. A second adapter would have to pass the same. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { numbered, openRig, type Rig, textOf, uniqueName, until } from './conformance-rig.ts'
import type { RecordBatch } from './contract.ts'

let rig: Rig
beforeAll(async () => {
  rig = await openRig(process.env['KAFKA_BROKERS'])
})
afterAll(async () => {
  await rig.close()
})

test('K1: out of order or never: the commit stays at the lowest incomplete record', async () => {
  const topic = await rig.topic(1)
  const groupId = uniqueName('group')
  await rig.producer.appendAll(numbered(topic, 10))
  const batches: RecordBatch[] = []
  const first = rig.consumer({ groupId, topics: [topic], handle: async (batch) => void batches.push(batch) })
  await first.start()
  await until('all handed out', () => batches.flatMap(({ records }) => records).length === 10)
  for (const offset of [9, 3, 0, 1, 7])
    batches.find(({ records }) => records.some((r) => r.offset === offset))?.done(offset)
  await until('a commit', async () => (await rig.admin.committedOffsets(groupId, topic))[0] === 2)
  await first.stop()
  expect(await rig.admin.committedOffsets(groupId, topic)).toEqual([2])

  const again: string[] = []
  const second = rig.consumer({
    groupId,
    topics: [topic],
    handle: async ({ records, doneThrough }) => {
      again.push(...records.map(textOf))
      doneThrough(records.at(-1)?.offset ?? -1)
    },
  })
  await second.start()
  await until('the rest again', () => again.length === 8)
  expect(again).toEqual(['2', '3', '4', '5', '6', '7', '8', '9'])
  await second.stop()
  expect(await rig.admin.committedOffsets(groupId, topic)).toEqual([10])
})

test('K1: stop commits what is complete, and leaves at once', async () => {
  const topic = await rig.topic(2)
  const groupId = uniqueName('group')
  await rig.producer.appendAll(numbered(topic, 100))
  let seen = 0
  const consumer = rig.consumer({
    groupId,
    topics: [topic],
    handle: async ({ records, doneThrough }) => {
      seen += records.length
      doneThrough(records.at(-1)?.offset ?? -1)
    },
  })
  await consumer.start()
  await until('all seen', () => seen === 100)
  const startedAt = performance.now()
  await consumer.stop()
  expect(performance.now() - startedAt).toBeLessThan(1_000)
  expect(await rig.admin.committedOffsets(groupId, topic)).toEqual(await rig.admin.endOffsets(topic))
  // It left: a successor has everything at once instead of after the session timeout.
  let assigned = 0
  const successor = rig.consumer({
    groupId,
    topics: [topic],
    onAssigned: async (assignments) => {
      assigned = assignments.length
    },
  })
  const rejoinedAt = performance.now()
  await successor.start()
  await until('everything assigned', () => assigned === 2)
  expect(performance.now() - rejoinedAt).toBeLessThan(3_000)
  await successor.stop()
})

test('K2, G1: a rebalance loses nothing, and a handler of the old assignment commits nothing', async () => {
  const topic = await rig.topic(4)
  const groupId = uniqueName('group')
  const count = 400
  await rig.producer.appendAll(numbered(topic, count))
  const held: RecordBatch[] = []
  const revoked: number[] = []
  const first = rig.consumer({
    groupId,
    topics: [topic],
    // Takes everything and completes nothing: work in flight at the rebalance.
    handle: async (batch) => void held.push(batch),
    onRevoked: (partitions) => revoked.push(...partitions.map(({ partition }) => partition)),
  })
  await first.start()
  await until('all held', () => held.flatMap(({ records }) => records).length === count)
  // Only these: what the first is handed after the rebalance it may well complete.
  const ofOldAssignment = [...held]

  const seen = new Set<string>()
  const second = rig.consumer({
    groupId,
    topics: [topic],
    handle: async ({ records, doneThrough }) => {
      for (const record of records) seen.add(textOf(record))
      doneThrough(records.at(-1)?.offset ?? -1)
    },
  })
  await second.start()
  await until('the first gave everything up', () => revoked.length === 4)
  expect(ofOldAssignment.every(({ signal }) => signal.aborted)).toBe(true)
  const before = await rig.admin.committedOffsets(groupId, topic)
  // The zombie completes everything now. Were that committed, what nobody finished would be lost.
  for (const { records, doneThrough } of ofOldAssignment) doneThrough(records.at(-1)?.offset ?? -1)
  const ofSecond = new Set(second.status().map(({ partition }) => partition))
  await until('the second has its half', () => second.status().length === 2)
  for (const { partition } of second.status()) ofSecond.add(partition)
  await until('its half is read', async () => {
    const [committed, ends] = await Promise.all([
      rig.admin.committedOffsets(groupId, topic),
      rig.admin.endOffsets(topic),
    ])
    return [...ofSecond].every((partition) => committed[partition] === ends[partition])
  })
  const after = await rig.admin.committedOffsets(groupId, topic)
  for (let p = 0; p < 4; p += 1) if (!ofSecond.has(p)) expect(after[p]).toBe(before[p])
  await first.stop()
  await until('everything is seen by the one that is left', () => seen.size === count)
  await second.stop()
  expect(await rig.admin.committedOffsets(groupId, topic)).toEqual(await rig.admin.endOffsets(topic))
})

const goesBack = (
  last: ReadonlyMap<number, number>,
  { partition, offset }: { readonly partition: number; readonly offset: number },
): boolean => offset <= (last.get(partition) ?? -1)

/** A moment, longer for some. */
const workOn = ({ offset }: { readonly offset: number }): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, offset % 3 === 0 ? 1 : 0))

test('K3: one batch of a partition at a time and in order, also while members come and go', async () => {
  const topic = await rig.topic(3)
  const groupId = uniqueName('group')
  const count = 3_000
  const running = new Map<string, number>()
  const problems: string[] = []
  const seen = new Set<string>()
  const member = (name: string) => {
    const last = new Map<number, number>()
    return rig.consumer({
      groupId,
      topics: [topic],
      fetchMaxBytes: 2_000,
      onAssigned: async () => last.clear(),
      handle: async ({ partition, records, signal, done }) => {
        const key = `${name}/${partition}`
        if ((running.get(key) ?? 0) > 0) problems.push(`two at once: ${key}`)
        running.set(key, 1)
        for (const record of records) {
          // What it sees after that counts for nothing, and `last` is the next assignment's.
          if (signal.aborted) break
          if (goesBack(last, record)) problems.push(`back to ${record.offset} in ${key}`)
          last.set(partition, record.offset)
          await workOn(record)
          seen.add(textOf(record))
          done(record.offset)
        }
        running.set(key, 0)
      },
    })
  }
  const first = member('first')
  await first.start()
  // Many small batches: a batch of the broker is never split, and each may be one call of the handler.
  const producer = await rig.kafka.openProducer({ batchMaxBytes: 2_000 })
  const appended = producer.appendAll(numbered(topic, count))
  const second = member('second')
  await second.start()
  await until('some work', () => seen.size > 200)
  await second.stop()
  await appended
  await until('all seen', () => seen.size === count, 40_000)
  await Promise.all([first.stop(), producer.close()])
  expect(problems).toEqual([])
})

test('K3: a handler that outlives its assignment is waited for before the partition is handed out again', async () => {
  const topic = await rig.topic(2)
  const groupId = uniqueName('group')
  await rig.producer.appendAll(numbered(topic, 2, 0).concat(numbered(topic, 2, 1)))
  const release = Promise.withResolvers<void>()
  let running = 0
  let mostAtOnce = 0
  let calls = 0
  const first = rig.consumer({
    groupId,
    topics: [topic],
    handle: async ({ partition, doneThrough }) => {
      if (partition !== 0) return doneThrough(1)
      calls += 1
      running += 1
      mostAtOnce = Math.max(mostAtOnce, running)
      await release.promise // Deaf to its signal.
      running -= 1
      doneThrough(1)
    },
  })
  await first.start()
  await until('it runs', () => calls === 1)
  const second = rig.consumer({ groupId, topics: [topic] })
  await second.start()
  await second.stop()
  await until('the first has both again', () => first.status().length === 2)
  await new Promise((resolve) => setTimeout(resolve, 500))
  const isHeldByFirst = calls === 1
  release.resolve()
  await until('all committed', async () => {
    const committed = await rig.admin.committedOffsets(groupId, topic)
    return committed.every((offset) => offset === 2)
  })
  expect(mostAtOnce).toBe(1)
  expect(isHeldByFirst).toBe(true)
  await first.stop()
})

test('K3: while one partition waits for its handler, others go on, up to the concurrency', async () => {
  const topic = await rig.topic(3)
  const release = Promise.withResolvers<void>()
  const seen: number[] = []
  const consumer = rig.consumer({
    groupId: uniqueName('group'),
    topics: [topic],
    partitionConcurrency: 2,
    handle: async ({ partition, records, doneThrough }) => {
      if (partition === 0) await release.promise
      seen.push(...records.map(() => partition))
      doneThrough(records.at(-1)?.offset ?? -1)
    },
  })
  await consumer.start()
  await rig.producer.append({ topic, key: null, value: Buffer.from('stuck'), partition: 0 })
  for (const partition of [1, 2, 1, 2]) {
    await rig.producer.append({ topic, key: null, value: Buffer.from('free'), partition })
  }
  await until('the others are done', () => seen.length === 4)
  expect(seen).not.toContain(0)
  release.resolve()
  await until('the stuck one too', () => seen.includes(0))
  await consumer.stop()
})

test('K4, K5, P1: acknowledged means stored, once while nothing fails; concurrent appends keep their order', async () => {
  const topic = await rig.topic(2)
  const count = 5_000
  const appends: Promise<void>[] = []
  for (const [i, record] of numbered(topic, count).entries()) {
    appends.push(rig.producer.append(record))
    // Some of them come while a request is under way.
    if (i % 50 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  await Promise.all(appends)
  const ends = await rig.admin.endOffsets(topic)
  expect(ends.reduce((a, b) => a + b)).toBe(count)
  const last = new Map<number, number>()
  let isInOrder = true
  await rig.kafka.readToEnd(topic, [0, 1], (record) => {
    const number = Number(textOf(record))
    if (number <= (last.get(record.partition) ?? -1)) isInOrder = false
    last.set(record.partition, number)
  })
  expect(isInOrder).toBe(true)
})

test('P3: a record that is too large is rejected alone, its neighbours are stored in order', async () => {
  const topic = await rig.topic(1, { 'max.message.bytes': '20000' })
  const records = numbered(topic, 60).map((record, i) => ({
    ...record,
    value: Buffer.alloc(i === 31 ? 30_000 : 500, i),
  }))
  const results = await Promise.allSettled(records.map((record) => rig.producer.append(record)))
  const refused = results.flatMap((result, i) =>
    result.status === 'rejected' ? [[i, result.reason.code]] : [],
  )
  expect(refused).toEqual([[31, 'KAFKA_RECORD_TOO_LARGE']])
  const stored: (number | undefined)[] = []
  await rig.kafka.readToEnd(topic, [0], ({ value }) => stored.push(value?.[0]))
  expect(stored).toEqual([...Array(60).keys()].filter((i) => i !== 31))
  await expect(
    rig.producer.appendAll([...records.slice(0, 2), records[31] ?? records[0]].flatMap((r) => r ?? [])),
  ).rejects.toMatchObject({
    code: 'KAFKA_RECORD_TOO_LARGE',
    retriable: false,
  })
})

test('headers, keys, tombstones and chosen partitions arrive as they were given', async () => {
  const topic = await rig.topic(3)
  await rig.producer.appendAll([
    {
      topic,
      key: 'schlüssel',
      value: Buffer.from('wert'),
      headers: { traceparent: '00-x', ö: 'ü' },
      partition: 2,
    },
    { topic, key: Buffer.from([0, 255]), value: null, partition: 2 },
    { topic, key: null, value: Buffer.alloc(0), partition: 2 },
  ])
  const read: unknown[] = []
  await rig.kafka.readToEnd(topic, [0, 1, 2], ({ key, value, headers, partition, offset }) =>
    read.push([partition, offset, key?.toString('latin1') ?? null, value?.toString() ?? null, headers]),
  )
  expect(read).toEqual([
    [2, 0, Buffer.from('schlüssel').toString('latin1'), 'wert', { traceparent: '00-x', ö: 'ü' }],
    [2, 1, '\u0000\u00ff', null, {}],
    [2, 2, null, '', {}],
  ])
  await expect(rig.producer.append({ topic, key: 'a', value: null, partition: 3 })).rejects.toMatchObject({
    code: 'KAFKA_REJECTED',
  })
})

test('S2: what is appended to a topic that does not exist yet is stored once it does', async () => {
  const name = uniqueName('late')
  const appended = rig.producer.append({ topic: name, key: 'k', value: Buffer.from('v') })
  const elsewhere = await rig.topic(1)
  await rig.producer.append({ topic: elsewhere, key: 'k', value: Buffer.from('not held up') })
  await rig.admin.ensureTopics([{ name, partitions: 1, replicationFactor: 1, configs: {} }])
  await appended
  expect(await rig.admin.endOffsets(name)).toEqual([1])
})
