import { spawn } from 'node:child_process'
import type { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { contextOf, uniqueName } from '../conformance-rig.ts'
import './patches.ts'
import { connectionSettings } from './connection-settings.ts'
import { ConnectionPoolClass } from './internals.ts'

/** Real traffic of every kind, then the number of timers that are still being made while nothing happens. */
const program = (topic: string) => `
  import { openKafka } from '${new URL('../open.ts', import.meta.url).href}'
  import { silentLog } from '@scanhook/observability/log'
  import { openMetrics } from '@scanhook/observability/metrics'
  const kafka = openKafka({ KAFKA_BROKERS: process.env.KAFKA_BROKERS.split(',') }, { log: silentLog, metrics: openMetrics() })
  const admin = await kafka.openAdmin()
  await admin.ensureTopics([{ name: '${topic}', partitions: 2, replicationFactor: 1, configs: {} }])
  const producer = await kafka.openProducer()
  let seen = 0
  const consumer = kafka.openConsumer({
    groupId: '${topic}', topics: ['${topic}'], onFatal: (reason) => console.error(reason),
    handle: async ({ records, doneThrough }) => { seen += records.length; doneThrough(records.at(-1).offset) },
  })
  await consumer.start()
  for (let i = 0; i < 50; i += 1) await producer.append({ topic: '${topic}', key: String(i), value: Buffer.from('v') })
  while (seen < 50) await new Promise((resolve) => setTimeout(resolve, 10))
  await kafka.readToEnd('${topic}', [0, 1], () => {})
  const before = process.cpuUsage()
  await new Promise((resolve) => setTimeout(resolve, 3500))
  const idle = process.cpuUsage(before)
  await consumer.stop(); await producer.close(); await admin.close()
  console.log(JSON.stringify({ idleCpuShare: (idle.user + idle.system) / 3_500_000 }))
`

test('traffic on this Node leaves stderr empty (kafkajs#1751), ends by itself, and idling costs next to nothing', async () => {
  const code = program(uniqueName('quiet'))
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
    cwd: new URL('..', import.meta.url).pathname,
    env: { ...process.env, NODE_OPTIONS: '' },
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
  })
  const exitCode = await new Promise((resolve) => child.once('close', resolve))
  expect(stderr).toBe('')
  expect(exitCode).toBe(0)
  // Without the repair: a timer a millisecond for every connection. 0.5 leaves room for a machine that is busy.
  expect(JSON.parse(stdout).idleCpuShare).toBeLessThan(0.5)
})

test('two that need a connection at the same time share one socket', async () => {
  const { connection } = contextOf(process.env['KAFKA_BROKERS'])
  const sockets: Socket[] = []
  const [host, port] = connection.brokers[0]?.split(':') ?? []
  const pool = new ConnectionPoolClass({
    host: host ?? '',
    port: Number(port),
    ...connectionSettings({ ...connection, watchSocket: (socket) => sockets.push(socket) }),
    connectionTimeout: 5_000,
    requestTimeout: 5_000,
    enforceRequestTimeout: true,
    maxInFlightRequests: null,
  })
  const [one, other] = await Promise.all([pool.getConnection(1), pool.getConnection(1)])
  expect(one).toBe(other)
  expect(sockets).toHaveLength(1)
  for (const socket of sockets) socket.destroy()
})
