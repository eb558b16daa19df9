/**
 * Connections that break, freeze or are refused, between us and a real broker. Sockets are cut and frozen through
 * `watchSocket`; killing a broker is in broker-kill.kafka.test.ts.
 */
import { connect, type Socket } from 'node:net'
import kafkajs from 'kafkajs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  brokerList,
  contextOf,
  numbered,
  openRig,
  type Rig,
  textOf,
  uniqueName,
  until,
} from '../conformance-rig.ts'
import { BrokerSession } from './broker-session.ts'
import { GroupConsumer } from './consumer.ts'
import { BatchingProducer } from './producer.ts'

let rig: Rig
beforeAll(async () => {
  rig = await openRig(process.env['KAFKA_BROKERS'])
})
afterAll(async () => {
  await rig.close()
})

/** A wire that can be cut. `mode` applies to sockets that are made later, too. */
class Wire {
  readonly sockets = new Set<Socket>()
  #mode: 'whole' | 'cut' | 'frozen' = 'whole'

  readonly watch = (socket: Socket): void => {
    this.sockets.add(socket)
    socket.once('close', () => this.sockets.delete(socket))
    this.#apply(socket)
  }

  set(mode: 'whole' | 'cut' | 'frozen'): void {
    this.#mode = mode
    for (const socket of this.sockets) this.#apply(socket)
  }

  cutOnce(): void {
    for (const socket of this.sockets) socket.destroy()
  }

  async cutFor(durationMs: number): Promise<void> {
    this.set('cut')
    await new Promise((resolve) => setTimeout(resolve, durationMs))
    this.set('whole')
  }

  #apply(socket: Socket): void {
    if (this.#mode === 'cut') socket.destroy()
    else if (this.#mode === 'frozen') socket.pause()
  }
}

/** First occurrences, in order of offsets: what a reader that drops repeats sees. */
async function firstOccurrences(topic: string): Promise<{ inOrder: string[]; total: number }> {
  const seen = new Set<string>()
  let total = 0
  await rig.kafka.readToEnd(topic, [0], (record) => {
    total += 1
    seen.add(textOf(record))
  })
  return { inOrder: [...seen], total }
}

test('K4, K5, P1: connections cut in mid-flight lose nothing that was acknowledged and keep the order', async () => {
  const topic = await rig.topic(1)
  const wire = new Wire()
  const producer = new BatchingProducer({
    context: contextOf(process.env['KAFKA_BROKERS'], { watchSocket: wire.watch }),
    batchMaxBytes: 5_000,
  })
  const count = 6_000
  const appends = numbered(topic, count, 0).map((record) => producer.append(record))
  let acknowledged = 0
  for (const append of appends) void append.then(() => (acknowledged += 1))
  for (let cut = 1; cut <= 8; cut += 1) {
    await until('progress', () => acknowledged >= (cut * count) / 10)
    // Cut once, what was sent is stored but not acknowledged; cut for a while, what is sent is not stored either.
    if (cut % 2 === 0) wire.cutOnce()
    else await wire.cutFor(60)
  }
  await Promise.all(appends)
  const { inOrder, total } = await firstOccurrences(topic)
  expect(inOrder).toEqual([...Array(count).keys()].map(String))
  expect(total).toBeGreaterThanOrEqual(count)
  await producer.close()
})

test('K4, S1: while nothing answers nothing is acknowledged; afterwards all of it is (kafkajs#919)', async () => {
  const topic = await rig.topic(1)
  const wire = new Wire()
  const context = contextOf(process.env['KAFKA_BROKERS'], { watchSocket: wire.watch, requestTimeoutMs: 400 })
  const producer = new BatchingProducer({ context })
  await producer.append({ topic, key: 'k', value: Buffer.from('first') })
  wire.set('frozen')
  let acknowledged = 0
  const appends = ['a', 'b', 'c'].map((text) =>
    producer.append({ topic, key: 'k', value: Buffer.from(text) }).then(() => (acknowledged += 1)),
  )
  const frozen = new Set(wire.sockets)
  await new Promise((resolve) => setTimeout(resolve, 500))
  expect(acknowledged).toBe(0)
  wire.set('whole')
  await Promise.all(appends)
  // The frozen socket was not waited for: another one carried the answer.
  expect([...wire.sockets].some((socket) => !frozen.has(socket))).toBe(true)
  expect((await firstOccurrences(topic)).inOrder).toEqual(['first', 'a', 'b', 'c'])
  await producer.close()
}, 40_000)

test('a producer that is closed while nothing answers tells its callers', async () => {
  const topic = await rig.topic(1)
  const wire = new Wire()
  const producer = new BatchingProducer({
    context: contextOf(process.env['KAFKA_BROKERS'], { watchSocket: wire.watch, requestTimeoutMs: 200 }),
  })
  await producer.append({ topic, key: 'k', value: null })
  wire.set('cut')
  const late = producer.append({ topic, key: 'k', value: null })
  const refused = expect(late).rejects.toMatchObject({ code: 'KAFKA_CLOSED' })
  await producer.close()
  await refused
  await expect(producer.append({ topic, key: 'k', value: null })).rejects.toMatchObject({
    code: 'KAFKA_CLOSED',
  })
})

test('K1: a consumer and its producer outlive an outage without being told, and skip nothing', async () => {
  const topic = await rig.topic(3)
  const out = await rig.topic(1)
  const groupId = uniqueName('group')
  const [inward, outward] = [new Wire(), new Wire()]
  const over = ({ watch }: Wire) =>
    contextOf(process.env['KAFKA_BROKERS'], { watchSocket: watch, requestTimeoutMs: 500 })
  const producer = new BatchingProducer({ context: over(outward) })
  const reasons: string[] = []
  let revocations = 0
  const consumer = new GroupConsumer(
    {
      groupId,
      topics: [topic],
      stallMs: 6_000, // Shorter than the outage: an outage is no stall, also not for a handler that waits for Kafka.
      handle: async ({ records, doneThrough }) => {
        await producer.appendAll(records.map(({ key, value }) => ({ topic: out, key, value })))
        doneThrough(records.at(-1)?.offset ?? -1)
      },
      onFatal: (reason) => reasons.push(reason),
      onRevoked: () => {
        revocations += 1
      },
    },
    over(inward),
  )
  const passedOn = async () => (await firstOccurrences(out)).inOrder.length
  await consumer.start()
  await rig.producer.appendAll(numbered(topic, 300))
  await until('the first part', async () => (await passedOn()) === 300)
  outward.set('cut')
  await rig.producer.appendAll(numbered(topic, 600))
  await until('handlers wait', () => consumer.status().some(({ incomplete }) => incomplete > 0))
  inward.set('cut')
  await new Promise((resolve) => setTimeout(resolve, 9_000))
  expect(await passedOn()).toBe(300)
  inward.set('whole')
  outward.set('whole')
  await until('all of it', async () => (await passedOn()) === 600)
  await until('committed', async () => {
    const committed = await rig.admin.committedOffsets(groupId, topic)
    return committed.reduce((sum: number, offset) => sum + (offset ?? 0), 0) === 900
  })
  expect(reasons).toEqual([])
  // Shorter than the session: nobody else could have had the partitions, so nothing was given up.
  expect(revocations).toBe(0)
  await consumer.stop()
  await producer.close()
})

test('G5: a seat that could not be confirmed for the session timeout is given up, and taken again', async () => {
  const topic = await rig.topic(2)
  const wire = new Wire()
  let leapMs = 0
  const events: string[] = []
  const consumer = new GroupConsumer(
    {
      groupId: uniqueName('group'),
      topics: [topic],
      handle: async () => undefined,
      onAssigned: async (assignments) => void events.push(`+${assignments.length}`),
      onRevoked: (partitions) => events.push(`-${partitions.length}`),
      onFatal: (reason) => events.push(reason),
    },
    {
      ...contextOf(process.env['KAFKA_BROKERS'], { watchSocket: wire.watch, requestTimeoutMs: 500 }),
      monotonicMs: () => performance.now() + leapMs,
    },
  )
  await consumer.start()
  await until('assigned', () => events.length === 1)
  wire.set('cut')
  leapMs = 31_000
  await until('given up', () => events.includes('-2'))
  wire.set('whole')
  await until('taken again', () => events.length === 3)
  expect(events).toEqual(['+2', '-2', '+2'])
  await consumer.stop()
})

test('a member that the coordinator threw out comes back by itself, with a new seat', async () => {
  const topic = await rig.topic(1)
  const groupId = uniqueName('group')
  const seen: string[] = []
  const events: string[] = []
  const consumer = rig.consumer({
    groupId,
    topics: [topic],
    onAssigned: async () => void events.push('+'),
    onRevoked: () => events.push('-'),
    handle: async ({ records, doneThrough }) => {
      seen.push(...records.map(textOf))
      doneThrough(records.at(-1)?.offset ?? -1)
    },
  })
  await consumer.start()
  await until('assigned', () => events.length === 1)
  const admin = new kafkajs.Kafka({ brokers: [...brokerList(process.env['KAFKA_BROKERS'])] }).admin()
  await admin.connect()
  const { groups } = await admin.describeGroups([groupId])
  await admin.disconnect()
  const memberId = groups[0]?.members[0]?.memberId ?? ''
  const { connection } = contextOf(process.env['KAFKA_BROKERS'])
  const session = new BrokerSession(connection)
  await session.withCoordinator(groupId, (broker) => broker.leaveGroup({ groupId, memberId }))
  session.close()
  await rig.producer.append({ topic, key: 'k', value: Buffer.from('after') })
  await until('back', () => events.length === 3)
  await until('committed', async () => (await rig.admin.committedOffsets(groupId, topic))[0] === 1)
  expect(events).toEqual(['+', '-', '+'])
  expect(seen).toContain('after')
  await consumer.stop()
})

test('handlers in flight survive a short cut: what they complete is committed', async () => {
  const topic = await rig.topic(1)
  const groupId = uniqueName('group')
  const wire = new Wire()
  const release = Promise.withResolvers<void>()
  let isHandling = false
  const consumer = new GroupConsumer(
    {
      groupId,
      topics: [topic],
      handle: async ({ records, doneThrough, signal }) => {
        isHandling = true
        await release.promise
        if (!signal.aborted) doneThrough(records.at(-1)?.offset ?? -1)
      },
      onFatal: (reason) => rig.fatal.push(reason),
    },
    contextOf(process.env['KAFKA_BROKERS'], { watchSocket: wire.watch, requestTimeoutMs: 500 }),
  )
  await consumer.start()
  await rig.producer.append({ topic, key: 'k', value: null })
  await until('handling', () => isHandling)
  wire.cutOnce()
  release.resolve()
  await until('committed', async () => (await rig.admin.committedOffsets(groupId, topic))[0] === 1)
  await consumer.stop()
})

test('a broker address that leads nowhere does not keep a client from the others', async () => {
  const free = await freePort()
  const topic = await rig.topic(1)
  const brokers = [`127.0.0.1:${free}`, ...contextOf(process.env['KAFKA_BROKERS']).connection.brokers]
  const producer = new BatchingProducer({ context: contextOf(process.env['KAFKA_BROKERS'], { brokers }) })
  await producer.append({ topic, key: 'k', value: null })
  await producer.close()
})

/** A port that refuses. */
async function freePort(): Promise<number> {
  for (let port = 20_000; ; port += 1) {
    const isRefused = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1')
      socket.once('error', () => resolve(true))
      socket.once('connect', () => {
        socket.destroy()
        resolve(false)
      })
    })
    if (isRefused) return port
  }
}

test('a producer that is closed without patience sends nothing any more, not even what it would have tried again', async () => {
  const topic = await rig.topic(1)
  const wire = new Wire()
  const context = contextOf(process.env['KAFKA_BROKERS'], { watchSocket: wire.watch, requestTimeoutMs: 400 })
  const producer = new BatchingProducer({ context })
  await producer.append({ topic, key: 'k', value: Buffer.from('first') })
  wire.set('frozen')
  const late = producer
    .append({ topic, key: 'k', value: Buffer.from('late') })
    .catch((error: unknown) => error)
  const closedAt = performance.now()
  await producer.close(0)
  expect(await late).toMatchObject({ code: 'KAFKA_CLOSED' })
  expect(performance.now() - closedAt).toBeLessThan(1_000)
  wire.set('whole')
  await rig.producer.append({ topic, key: 'k', value: Buffer.from('next') })
  expect((await firstOccurrences(topic)).inOrder).toEqual(['first', 'next'])
})
