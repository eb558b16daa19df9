/** The cluster's clock against a real broker, which runs on this machine: `Date.now()` of the test is its time. */
import type { Socket } from 'node:net'
import { openLog } from '@scanhook/observability/log'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { brokerList, contextOf, openRig, type Rig, uniqueName, until } from '../conformance-rig.ts'
import { openKafka } from '../open.ts'
import type { ClientContext } from './client-context.ts'
import { SampledClock } from './cluster-clock.ts'
import { BatchingProducer } from './producer.ts'

const tenMinutesMs = 600_000
const stamped = { 'message.timestamp.type': 'LogAppendTime' }

let rig: Rig
let wrongByMs = 0
const wall = (): number => Date.now() + wrongByMs
let lines: string[]
let clocks: SampledClock[]
beforeAll(async () => {
  rig = await openRig(process.env['KAFKA_BROKERS'])
})
afterAll(async () => {
  await rig.close()
})
beforeEach(() => {
  wrongByMs = 0
  lines = []
  clocks = []
})
afterEach(() => {
  for (const clock of clocks) clock.close()
})

function context(change: Partial<ClientContext['connection']> = {}): ClientContext {
  const log = openLog({ name: 'clock', level: 'info', write: (line) => lines.push(line) })
  return { ...contextOf(process.env['KAFKA_BROKERS'], change), log, nowMs: wall }
}

function clockOf(topic: string, on = context(), sampleEveryMs = 20): SampledClock {
  const clock = new SampledClock(topic, on, sampleEveryMs)
  clocks.push(clock)
  return clock
}

/** The broker's time is within what the clock says, and what it says is worth something. */
function expectTrue(clock: Pick<SampledClock, 'nowMs' | 'errorMs'>): void {
  const errorMs = clock.errorMs() ?? Number.NaN
  const beforeMs = Date.now()
  const nowMs = clock.nowMs()
  const afterMs = Date.now()
  expect(nowMs + errorMs).toBeGreaterThanOrEqual(beforeMs)
  expect(nowMs - errorMs).toBeLessThanOrEqual(afterMs + 1)
  expect(errorMs).toBeLessThan(1_000 + 10)
}

const logged = (event: string): boolean => lines.some((line) => line.includes(`"${event}"`))
const written = async (topic: string): Promise<number> => (await rig.admin.endOffsets(topic))[0] ?? 0

test.each([tenMinutesMs, -tenMinutesMs])(
  'a wall clock that is %i ms wrong, and then jumps back, does nothing',
  async (ms) => {
    const topic = await rig.topic(1, stamped)
    wrongByMs = ms
    const on = context()
    const clock = clockOf(topic, on)
    await clock.open()
    expectTrue(clock)
    expect(Math.abs(clock.offsetMs() + ms)).toBeLessThan(1_100)
    await until('it is said', () => logged('clock.deviated'))
    const offsetS = Number(/^scanhook_clock_offset_seconds (\S+)$/m.exec(await on.metrics.text())?.[1])
    expect(Math.abs(offsetS + ms / 1_000)).toBeLessThan(1.1)
    const beforeMs = clock.nowMs()
    wrongByMs = 0
    expect(clock.nowMs() - beforeMs).toBeLessThan(1_000)
    expectTrue(clock)
    await until('it is taken back', () => logged('clock.agreed'))
  },
)

test('B1: the wall clock until there is a sample, the brokers’ time from then on', async () => {
  wrongByMs = tenMinutesMs
  const topic = uniqueName('clock')
  const clock = clockOf(topic)
  const opened = clock.open()
  expect(clock.errorMs()).toBeNull()
  expect(clock.offsetMs()).toBe(0)
  expect(Math.abs(clock.nowMs() - wall())).toBeLessThan(1_000)
  await rig.admin.ensureTopics([{ name: topic, partitions: 1, replicationFactor: 1, configs: stamped }])
  await opened
  await until('measured', () => clock.errorMs() !== null)
  expectTrue(clock)
})

test('B1: a topic that keeps the producer’s times measures nothing, and it is said why', async () => {
  wrongByMs = tenMinutesMs
  const clock = clockOf(await rig.topic(1))
  void clock.open()
  await until('it is said', () => lines.some((line) => line.includes('does not use LogAppendTime')))
  expect(clock.errorMs()).toBeNull()
})

test('B2, B3: connections that break cost nothing but exactness, and it goes on measuring', async () => {
  const sockets = new Set<Socket>()
  let isCut = false
  const watchSocket = (socket: Socket): void => {
    sockets.add(socket)
    if (isCut) socket.destroy()
  }
  wrongByMs = -tenMinutesMs
  const topic = await rig.topic(1, stamped)
  const clock = clockOf(topic, context({ watchSocket }))
  await clock.open()
  isCut = true
  for (const socket of sockets) socket.destroy()
  await until('it has failed', () => logged('clock.sample-failed'))
  expectTrue(clock)
  isCut = false
  const soFar = await written(topic)
  await until('it measures again', async () => (await written(topic)) > soFar + 2)
  expectTrue(clock)
})

test('closed twice, and the time goes on', async () => {
  const topic = await rig.topic(1, stamped)
  const clock = clockOf(topic)
  await clock.open()
  clock.close()
  clock.close()
  expectTrue(clock)
})

test('openClusterClock: the door’s own, with three samples at once', async () => {
  wrongByMs = tenMinutesMs
  const topic = await rig.topic(1, stamped)
  const { log, metrics } = context()
  const config = { KAFKA_BROKERS: brokerList(process.env['KAFKA_BROKERS']) }
  const kafka = openKafka(config, { log, metrics, nowMs: wall })
  const clock = await kafka.openClusterClock({ topic })
  expectTrue(clock)
  await until('the first samples are taken', async () => (await written(topic)) === 3)
  clock.close()
})

test('a wall clock that is set back by ten minutes holds nothing that failed', async () => {
  const sockets = new Set<Socket>()
  let isCut = true
  const watchSocket = (socket: Socket): void => {
    sockets.add(socket)
    if (isCut) socket.destroy()
  }
  const topic = await rig.topic(1)
  const producer = new BatchingProducer({ context: context({ watchSocket }) })
  isCut = false
  await producer.append({ topic, key: null, value: Buffer.from('a') })
  isCut = true
  for (const socket of sockets) socket.destroy()
  const second = producer.append({ topic, key: null, value: Buffer.from('b') })
  await until('it has failed', () => logged('kafka.append-failed'))
  wrongByMs = -tenMinutesMs
  isCut = false
  await second
  await producer.close()
  expect(await written(topic)).toBe(2)
})
