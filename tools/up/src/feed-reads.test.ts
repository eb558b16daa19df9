import type { RecordedRead } from '@scanhook/replay/recording'
import { expect, test } from 'vitest'
import { type FeedPorts, feedReads, type OutgoingRead } from './feed-reads.ts'

function world(): {
  ports: FeedPorts
  sent: { atMs: number; reads: readonly OutgoingRead[] }[]
  stopAfter: (count: number) => void
} {
  let nowMs = 1_000
  let stopAt = Number.POSITIVE_INFINITY
  const sent: { atMs: number; reads: readonly OutgoingRead[] }[] = []
  return {
    sent,
    stopAfter: (count) => {
      stopAt = count
    },
    ports: {
      appendAll: async (reads) => void sent.push({ atMs: nowMs, reads }),
      nowMs: () => nowMs,
      wait: async (delayMs) => {
        nowMs += delayMs
      },
      progress: () => undefined,
      isStopped: () => sent.length >= stopAt,
    },
  }
}

const pace = { speed: 1, startedAtMs: 1_000, virtualStartMs: 1_000, offsetMs: 0 }
const readAt = (atMs: number): RecordedRead => ({
  atMs,
  device: 'reader-1',
  antennaPort: 1,
  tag: { type: 'rfid', value: 'E2' },
  rssiDbm: -50.5,
})

test('reads go out at their time, those of one moment together', async () => {
  const { ports, sent } = world()
  const progress = await feedReads(ports, {
    orgId: 7,
    runId: 'r',
    pace,
    reads: [0, 1, 2, 500, 505, 900].map(readAt),
  })
  expect(sent.map(({ atMs, reads }) => [atMs, reads.length])).toEqual([
    [1_000, 3],
    [1_500, 2],
    [1_900, 1],
  ])
  expect(progress).toEqual({ sentCount: 6, virtualNowMs: 0 })
})

test('a read is our JSON with an id of this run', async () => {
  const { ports, sent } = world()
  await feedReads(ports, { orgId: 7, runId: 'r', pace, reads: [readAt(0)] })
  const [first] = sent[0]?.reads ?? []
  expect(JSON.parse(first?.value.toString() ?? '')).toEqual({
    org_id: 7,
    id: 'r-0',
    device: 'reader-1',
    antenna_port: 1,
    tag: { type: 'rfid', value: 'E2' },
    rssi_dbm: -50.5,
  })
  expect(first).toMatchObject({ key: '7:E2', headers: {} })
})

test('faster than recorded, each carries its virtual receive time', async () => {
  const { ports, sent } = world()
  const progress = await feedReads(ports, {
    orgId: 7,
    runId: 'r',
    pace: { ...pace, speed: 10 },
    reads: [0, 5_000].map(readAt),
  })
  expect(sent.map(({ atMs }) => atMs)).toEqual([1_000, 1_500])
  expect(sent.flatMap(({ reads }) => reads.map(({ headers }) => headers['scanhook-received-at']))).toEqual([
    '1000',
    '6000',
  ])
  expect(progress.virtualNowMs).toBe(6_000)
})

test('a stopped feed sends nothing more', async () => {
  const { ports, sent, stopAfter } = world()
  stopAfter(2)
  await feedReads(ports, { orgId: 7, runId: 'r', pace, reads: [0, 100, 200, 300, 400].map(readAt) })
  expect(sent.length).toBeLessThanOrEqual(3)
})
