import { orgId, scanDeviceId } from '@scanhook/domain/ids'
import type { HeardDevice, Liveness } from '@scanhook/domain/scan'
import type { OutgoingRecord } from '@scanhook/kafka/record'
import { expect, test } from 'vitest'
import { type LivenessPorts, livenessWriter } from './write-liveness.ts'

const nowMs = 1_795_444_931_794
const device = (id: number): HeardDevice => ({
  orgId: orgId(7),
  deviceId: scanDeviceId(id),
  lastHeardMs: nowMs,
  aliveSinceMs: nowMs,
})

function world(heard: readonly HeardDevice[], change: Partial<LivenessPorts> = {}) {
  const steps: string[] = []
  const sent: { readonly partition: number | undefined; readonly liveness: Liveness }[] = []
  const ports: LivenessPorts = {
    untilMs: () => {
      steps.push('watermark')
      return nowMs
    },
    name: async () => void steps.push('name'),
    take: (untilMs) => {
      steps.push(`take as of ${untilMs - nowMs}`)
      return heard
    },
    encode: (liveness) => Buffer.from(JSON.stringify(liveness)),
    appendAll: async (records) => {
      steps.push('append')
      for (const { partition, value } of records)
        sent.push({ partition, liveness: JSON.parse(`${value}`) as Liveness })
    },
    topic: 'scans',
    partitionCount: 3,
    ...change,
  }
  return { write: livenessWriter(ports), steps, sent }
}

test('H1: the watermark is asked before readers are taken, and they before the record is appended', async () => {
  const { write, steps, sent } = world([device(1)])
  await write()
  expect(steps).toEqual(['watermark', 'name', 'take as of 0', 'append'])
  expect(sent.map(({ partition }) => partition)).toEqual([0, 1, 2])
  expect(sent[2]?.liveness).toEqual({ kind: 'liveness', atMs: nowMs, devices: [device(1)] })
})

test('H2: no round begins while one waits for its acknowledgement', async () => {
  const acknowledged = Promise.withResolvers<void>()
  let appends = 0
  const appendAll = (_: readonly OutgoingRecord[]): Promise<void> => {
    appends += 1
    return acknowledged.promise
  }
  const { write } = world([device(1)], { appendAll })
  const first = write()
  await write()
  expect(appends).toBe(1)
  acknowledged.resolve()
  await first
  await write()
  expect(appends).toBe(2)
})

test('H3: nobody heard, or nothing that can be said: no record', async () => {
  const silent = world([])
  await silent.write()
  expect(silent.sent).toEqual([])
  const unsure = world([device(1)], { untilMs: () => Number.NEGATIVE_INFINITY })
  await unsure.write()
  expect(unsure.sent).toEqual([])
  expect(unsure.steps).toEqual([])
})

test('many readers go in several records, each of them in every partition', async () => {
  const { write, sent } = world(Array.from({ length: 5_001 }, (_, index) => device(index + 1)))
  await write()
  expect(sent.map(({ partition, liveness }) => [partition, liveness.devices.length])).toEqual([
    [0, 5_000],
    [1, 5_000],
    [2, 5_000],
    [0, 1],
    [1, 1],
    [2, 1],
  ])
})
