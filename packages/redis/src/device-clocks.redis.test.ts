import { randomUUID } from 'node:crypto'
import { silentLog } from '@scanhook/observability/log'
import { openMetrics } from '@scanhook/observability/metrics'
import { openTcpDoor, type TcpDoor } from '@scanhook/testkit/tcp-door'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type DeviceClocks, openDeviceClocks } from './device-clocks.ts'

const direct = new URL(process.env['REDIS_URL'] ?? 'redis://127.0.0.1:0')
let door: TcpDoor
let prefix: string
const opened: DeviceClocks[] = []

beforeEach(async () => {
  door = await openTcpDoor({ host: direct.hostname, port: Number(direct.port) })
  prefix = `t${randomUUID()}:`
})

afterEach(async () => {
  await Promise.all(opened.splice(0).map((clocks) => clocks.close()))
  await door.shut()
})

function open(): DeviceClocks {
  const url = new URL(direct.href)
  url.port = `${door.port}`
  const clocks = openDeviceClocks({ url: url.href, log: silentLog, metrics: openMetrics(), prefix })
  opened.push(clocks)
  return clocks
}

test('what one process learned another one finds, in the order of asking', async () => {
  const [first, second] = [open(), open()]
  await vi.waitFor(async () => {
    await first.keep([
      { deviceId: 7, offsetMs: -14_000 },
      { deviceId: 8, offsetMs: 220_752_000_000 },
    ])
    expect(await second.find([8, 9, 7])).toEqual([220_752_000_000, null, -14_000])
  })
  await first.keep(Array.from({ length: 2_500 }, (_, index) => ({ deviceId: 100 + index, offsetMs: index })))
  const found = await second.find(Array.from({ length: 2_500 }, (_, index) => 2_599 - index))
  expect(found).toEqual(Array.from({ length: 2_500 }, (_, index) => 2_499 - index))
})

test('D1: without Redis nothing is known and nothing is an error; afterwards it is there again', async () => {
  const clocks = open()
  await vi.waitFor(async () => {
    await clocks.keep([{ deviceId: 7, offsetMs: 5 }])
    expect(await clocks.find([7])).toEqual([5])
  })
  await door.shut()
  await vi.waitFor(async () => expect(await clocks.find([7])).toEqual([null]))
  await clocks.keep([{ deviceId: 7, offsetMs: 6 }])
  await door.open()
  await vi.waitFor(async () => expect(await clocks.find([7])).toEqual([5]))
})
