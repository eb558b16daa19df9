import type { KafkaAdmin, TopicPages } from '@scanhook/kafka/contract'
import type { KafkaRecord } from '@scanhook/kafka/record'
import { topicNames } from '@scanhook/schemas/topics'
import { expect, test } from 'vitest'
import type { PoisonQuery } from '../poison/read-poison.ts'
import { type OperatorWiring, operatorPorts } from './operator-ports.ts'

const recordAt = (offset: number, reason: string): KafkaRecord => ({
  ...{ topic: 'poison', partition: 0, offset, timestampMs: 1_000 + offset, key: null, value: null },
  headers: { 'poison-reason': reason, 'poison-service': 'producer' },
})

/** An installation of which only `poison` is asked: 250 records on one partition, and a clock that is set by hand. */
function rig() {
  const reads: number[] = []
  let nowMs = 0
  let isAway = false
  const replayed = new Set<number>()
  const admin = {
    offsetsFrom: async () => [0],
    endOffsets: async () => [250],
    partitionCount: async () => 1,
  } as unknown as KafkaAdmin
  const openPages = (): TopicPages => ({
    read: async ({ offset, end }) => {
      reads.push(offset)
      if (isAway) throw new Error('Kafka is away')
      const records = Array.from({ length: end - offset }, (_, index) =>
        recordAt(offset + index, (offset + index) % 2 === 0 ? 'invalid_json' : 'unknown_schema'),
      )
      return { records, nextOffset: end }
    },
    close: () => undefined,
  })
  const wiring = {
    kafka: { openAdmin: async () => admin, openPages },
    replays: {
      among: async (places: readonly { readonly offset: number }[]) =>
        places
          .filter(({ offset }) => replayed.has(offset))
          .map((place) => ({ ...place, replayedAtMs: 5, times: 1 })),
    },
    topics: topicNames(''),
    ...{ operators: [], prefix: '', timeScale: 1 },
    unavailable: (detail: string) => new Error(detail),
    clock: { nowMs: () => 0, monotonicMs: () => nowMs, after: () => () => undefined },
  } as unknown as OperatorWiring
  return {
    list: operatorPorts(wiring).ports.poison.list,
    reads,
    replayed,
    pass: (ms: number) => {
      nowMs += ms
    },
    setAway: (is: boolean) => {
      isAway = is
    },
  }
}
const all: PoisonQuery = { reasons: [], services: [], before: null }

test('all who look at the newest records share one look at Kafka, whatever each filters, for ten seconds', async () => {
  const { list, reads, pass } = rig()
  const [one, other] = await Promise.all([list(all), list({ ...all, reasons: ['invalid_json'] })])
  expect([one?.entries.length, other?.entries.length, one?.total]).toEqual([200, 100, 250])
  pass(10_000)
  await list({ ...all, services: ['producer'] })
  expect(reads).toEqual([50])
  pass(1)
  await list(all)
  expect(reads).toEqual([50, 50])
})

test('what was put back meanwhile is told at once, also of records that were looked at before', async () => {
  const { list, replayed, reads } = rig()
  await list(all)
  replayed.add(249)
  const { entries } = await list(all)
  expect([entries[0]?.offset, entries[0]?.replayedAtMs, entries[1]?.replayedAtMs]).toEqual([249, 5, null])
  expect(reads).toEqual([50])
})

test('older pages are asked for each time, and a failure is not kept', async () => {
  const { list, reads, setAway } = rig()
  setAway(true)
  await expect(list(all)).rejects.toThrow('Kafka does not answer')
  setAway(false)
  const { next } = await list(all)
  expect(next).toEqual([50])
  for (const _ of ['one', 'other']) expect((await list({ ...all, before: next })).entries).toHaveLength(50)
  expect(reads).toEqual([50, 50, 0, 0])
})
