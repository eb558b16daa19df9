/** What else the contract promises about consumers, against a real broker: pauses, assignments, ends. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { brokerList, numbered, openRig, type Rig, textOf, uniqueName, until } from './conformance-rig.ts'
import type { ConsumerOptions, RecordBatch } from './contract.ts'
import { sendUnpackable } from './unpackable-batch.ts'

let rig: Rig
beforeAll(async () => {
  rig = await openRig(process.env['KAFKA_BROKERS'])
})
afterAll(async () => {
  await rig.close()
})

test('G2: a rebalance during onAssigned: revoked before assigned again, never two at once', async () => {
  const topic = await rig.topic(2)
  const groupId = uniqueName('group')
  const events: string[] = []
  const slow = rig.consumer({
    groupId,
    topics: [topic],
    onAssigned: async (assignments) => {
      events.push(`+${assignments.length}`)
      await new Promise((resolve) => setTimeout(resolve, 4_000))
      events.push(`=${assignments.length}`)
    },
    onRevoked: (partitions) => events.push(`-${partitions.length}`),
  })
  await slow.start()
  await until('the first is told', () => events.length > 0)
  const other = rig.consumer({ groupId, topics: [topic] })
  await other.start()
  await until('told again', () => events.includes('=1'))
  expect(events.filter((event) => event !== '=2')).toEqual(['+2', '-2', '+1', '=1'])
  expect(events.indexOf('=2')).toBeLessThan(events.indexOf('+1'))
  await Promise.all([slow.stop(), other.stop()])
})

test('G8: who hears of a rebalance finishes what is under way and commits it before others have it', async () => {
  const topic = await rig.topic(2)
  const groupId = uniqueName('group')
  await rig.producer.appendAll([...numbered(topic, 5, 0), ...numbered(topic, 5, 1)])
  const begun: RecordBatch[] = []
  const said: string[] = []
  const first = rig.consumer({
    groupId,
    topics: [topic],
    // Begins all of it and completes nothing, until it is told that somebody else will have it.
    handle: async (batch) => void begun.push(batch),
    onRevoking: async () => {
      said.push(begun.every(({ signal, over }) => signal.aborted && !over.aborted) ? 'asked' : 'too late')
      for (const { records, doneThrough } of begun) doneThrough(records.at(-1)?.offset ?? -1)
    },
    onRevoked: () => said.push(begun.every(({ over }) => over.aborted) ? 'over' : 'too early'),
  })
  await first.start()
  await until('all of it is begun', () => begun.flatMap(({ records }) => records).length === 10)
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
  await until('the second has its half', () => second.status().length === 1)
  expect(said).toEqual(['asked', 'over'])
  expect(await rig.admin.committedOffsets(groupId, topic)).toEqual([5, 5])
  await rig.producer.appendAll([...numbered(topic, 1, 0), ...numbered(topic, 1, 1)])
  await first.stop()
  await until('what came later is read by the one that is left', () => seen.length > 0)
  expect(seen).not.toContain('4')
  await second.stop()
})

test('pauseUntil: nothing before its time, then from the same record on and in order', async () => {
  const topic = await rig.topic(1)
  await rig.producer.appendAll(numbered(topic, 6))
  const seen: { number: number; atMs: number }[] = []
  let resumeAtMs = 0
  const consumer = rig.consumer({
    groupId: uniqueName('group'),
    topics: [topic],
    handle: async ({ records, done, pauseUntil }) => {
      for (const record of records) {
        if (Number(textOf(record)) === 2 && resumeAtMs === 0) {
          resumeAtMs = Date.now() + 700
          pauseUntil(record.offset, resumeAtMs)
          done(record.offset) // Taken back above: must not count.
          // The fetch that is under way would bring these; they must not overtake what was taken back.
          void rig.producer.appendAll(numbered(topic, 9).slice(6))
          return
        }
        seen.push({ number: Number(textOf(record)), atMs: Date.now() })
        done(record.offset)
      }
    },
  })
  await consumer.start()
  await until('all of it', () => seen.length === 9)
  expect(seen.map(({ number }) => number)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
  expect(seen[2]?.atMs).toBeGreaterThanOrEqual(resumeAtMs)
  expect(seen[2]?.atMs).toBeLessThan(resumeAtMs + 500)
  await consumer.stop()
})

test('pauseUntil before anything was ever completed resumes as well (kafkajs#1599)', async () => {
  const topic = await rig.topic(1)
  await rig.producer.appendAll(numbered(topic, 2))
  let pauses = 0
  const seen: string[] = []
  const consumer = rig.consumer({
    groupId: uniqueName('group'),
    topics: [topic],
    stallMs: 300, // Shorter than the pauses: a paused partition is no stall.
    handle: async ({ records, doneThrough, pauseUntil }) => {
      const head = records[0]?.offset ?? 0
      if (pauses < 3) {
        pauses += 1
        pauseUntil(head, Date.now() + 400)
        return
      }
      seen.push(...records.map(textOf))
      doneThrough(records.at(-1)?.offset ?? -1)
    },
  })
  await consumer.start()
  await until('both', () => seen.length === 2)
  expect(rig.fatal).toEqual([])
  await consumer.stop()
})

test('onAssigned is awaited, with the committed offset and the text kept with it', async () => {
  const topic = await rig.topic(1)
  const groupId = uniqueName('group')
  await rig.producer.appendAll(numbered(topic, 3))
  const first = rig.consumer({ groupId, topics: [topic], commitMetadata: (_, next) => `clock at ${next}` })
  await first.start()
  await until('committed', async () => (await rig.admin.committedOffsets(groupId, topic))[0] === 3)
  await first.stop()
  await rig.producer.append({ topic, key: 'k', value: Buffer.from('3') })
  const events: unknown[] = []
  const second = rig.consumer({
    groupId,
    topics: [topic],
    onAssigned: async (assignments) => {
      await new Promise((resolve) => setTimeout(resolve, 200))
      events.push(assignments)
    },
    handle: async ({ records, doneThrough }) => {
      events.push(records.map(textOf))
      doneThrough(3)
    },
  })
  await second.start()
  await until('both', () => events.length === 2)
  expect(events).toEqual([[{ topic, partition: 0, committedOffset: 3, metadata: 'clock at 3' }], ['3']])
  await second.stop()
})

test('a new group that starts at the end sees what comes from then on, also what came while it was away', async () => {
  const topic = await rig.topic(1)
  const groupId = uniqueName('group')
  await rig.producer.appendAll(numbered(topic, 3))
  const seen: unknown[] = []
  const handle: ConsumerOptions['handle'] = async ({ records, doneThrough }) => {
    seen.push(...records.map(textOf))
    doneThrough(records.at(-1)?.offset ?? -1)
  }
  const quiet = rig.consumer({ groupId, topics: [topic], startAt: 'end', handle })
  await quiet.start()
  await until('its beginning is committed', async () => {
    return (await rig.admin.committedOffsets(groupId, topic))[0] === 3
  })
  await quiet.stop()
  await rig.producer.append({ topic, key: 'k', value: Buffer.from('while away') })
  const back = rig.consumer({ groupId, topics: [topic], startAt: 'end', handle })
  await back.start()
  await until('it', () => seen.length === 1)
  expect(seen).toEqual(['while away'])
  await back.stop()
})

test('status says since when the lag is known', async () => {
  const topic = await rig.topic(1)
  const beganAtMs = Date.now()
  const consumer = rig.consumer({ groupId: uniqueName('group'), topics: [topic] })
  await consumer.start()
  await until('an answer', () => consumer.status().some(({ answeredAtMs }) => answeredAtMs !== null))
  const [first] = consumer.status()
  expect(first).toMatchObject({ lagRecords: 0 })
  expect(first?.answeredAtMs).toBeGreaterThanOrEqual(beganAtMs)
  // An empty answer is an answer: the time goes on although nothing comes.
  await until('another', () => (consumer.status()[0]?.answeredAtMs ?? 0) > (first?.answeredAtMs ?? 0))
  await consumer.stop()
})

test('above incompleteMax no further batch comes until some of it is done', async () => {
  const topic = await rig.topic(1)
  const batches: RecordBatch[] = []
  const consumer = rig.consumer({
    groupId: uniqueName('group'),
    topics: [topic],
    incompleteMax: 5,
    handle: async (batch) => void batches.push(batch),
  })
  await consumer.start()
  await rig.producer.appendAll(numbered(topic, 8))
  await until('a batch', () => batches.length > 0)
  await rig.producer.appendAll(numbered(topic, 4))
  const held = () => batches.reduce((sum, { records }) => sum + records.length, 0)
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(held()).toBe(8)
  expect(consumer.status()).toMatchObject([{ incomplete: 8, lagRecords: 12 }])
  batches[0]?.doneThrough(7)
  await until('the rest', () => held() === 12)
  await consumer.stop()
})

test('G3, G4: a handler that rejects is fatal, once, and nothing is handed out after it', async () => {
  const topic = await rig.topic(1)
  const reasons: unknown[] = []
  let calls = 0
  const consumer = rig.consumer({
    groupId: uniqueName('group'),
    topics: [topic],
    handle: async () => {
      calls += 1
      throw new Error('broken')
    },
    onFatal: (_, error) => reasons.push(error),
  })
  await consumer.start()
  await rig.producer.append({ topic, key: 'k', value: null })
  await until('fatal', () => reasons.length > 0)
  await rig.producer.append({ topic, key: 'k', value: null })
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(reasons).toMatchObject([{ code: 'KAFKA_HANDLER_FAILED', cause: { message: 'broken' } }])
  expect(calls).toBe(1)
  await consumer.stop()
})

test('records wait and nothing completes: fatal after stallMs', async () => {
  const topic = await rig.topic(1)
  const reasons: unknown[] = []
  const consumer = rig.consumer({
    groupId: uniqueName('group'),
    topics: [topic],
    stallMs: 300,
    handle: async () => undefined,
    onFatal: (_, error) => reasons.push(error),
  })
  await consumer.start()
  await new Promise((resolve) => setTimeout(resolve, 600)) // Idle is no stall.
  expect(reasons).toEqual([])
  await rig.producer.append({ topic, key: 'k', value: null })
  await until('fatal', () => reasons.length > 0, 3_000)
  expect(reasons).toMatchObject([{ code: 'KAFKA_STALLED' }])
  await consumer.stop()
})

test('stop waits for a handler up to its limit, and after it nothing counts (kafkajs#1593)', async () => {
  const topic = await rig.topic(1)
  const groupId = uniqueName('group')
  await rig.producer.appendAll(numbered(topic, 2))
  let batch: RecordBatch | undefined
  const release = Promise.withResolvers<void>()
  const consumer = rig.consumer({
    groupId,
    topics: [topic],
    handle: async (given) => {
      batch = given
      given.done(0)
      await release.promise
    },
  })
  await consumer.start()
  await until('handling', () => batch !== undefined)
  const startedAt = performance.now()
  await consumer.stop(300)
  expect(performance.now() - startedAt).toBeGreaterThan(250)
  expect(batch?.signal.aborted).toBe(true)
  batch?.doneThrough(1)
  release.resolve()
  expect(await rig.admin.committedOffsets(groupId, topic)).toEqual([1])
})

test('a topic that comes after the consumer is read from its beginning', async () => {
  const name = uniqueName('later')
  const seen: string[] = []
  const consumer = rig.consumer({
    groupId: uniqueName('group'),
    topics: [name],
    handle: async ({ records, doneThrough }) => {
      seen.push(...records.map(textOf))
      doneThrough(records.at(-1)?.offset ?? -1)
    },
  })
  await consumer.start()
  await rig.admin.ensureTopics([{ name, partitions: 2, replicationFactor: 1, configs: {} }])
  await rig.producer.appendAll(numbered(name, 4))
  await until('all of it', () => seen.length === 4)
  await consumer.stop()
})

test('rebalances, partitions and lag are counted', async () => {
  const topic = await rig.topic(2)
  const groupId = uniqueName('group')
  await rig.producer.appendAll(numbered(topic, 5, 1))
  const consumer = rig.consumer({ groupId, topics: [topic], handle: async () => undefined })
  await consumer.start()
  await until('lag is known', () => consumer.status().some(({ lagRecords }) => lagRecords === 5))
  const text = await rig.metrics.text()
  expect(text).toContain(`scanhook_kafka_consumer_lag_records{group="${groupId}",topic="${topic}"} 5`)
  expect(text).toContain(`scanhook_assigned_partitions{group="${groupId}"} 2`)
  expect(text).toContain(`scanhook_rebalances_total{group="${groupId}"} 0`)
  expect(text).toMatch(/scanhook_kafka_produce_duration_seconds_count \d/)
  await consumer.stop()
})

test('a batch that is too large unpacked is handed over, and the records around it are read', async () => {
  const topic = await rig.topic(1)
  await rig.producer.append({ topic, key: 'k', value: Buffer.from('before') })
  await sendUnpackable(brokerList(process.env['KAFKA_BROKERS']), topic)
  await rig.producer.append({ topic, key: 'k', value: Buffer.from('behind') })
  const groupId = uniqueName('group')
  const seen: string[] = []
  const consumer = rig.consumer({
    groupId,
    topics: [topic],
    handle: async ({ records, doneThrough }) => {
      seen.push(...records.map(textOf))
      doneThrough(records.at(-1)?.offset ?? -1)
    },
    onUndecodable: async ({ baseOffset, lastOffset, reason }) => {
      seen.push(`${baseOffset}-${lastOffset} ${reason}`)
    },
  })
  await consumer.start()
  await until('committed', async () => (await rig.admin.committedOffsets(groupId, topic))[0] === 5)
  expect(seen).toEqual(['before', expect.stringMatching(/^1-3 .*codec 1/), 'behind'])
  await consumer.stop()
}, 60_000)
