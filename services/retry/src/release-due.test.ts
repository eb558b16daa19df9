import type { Delivery } from '@scanhook/domain/delivery'
import { endpointId } from '@scanhook/domain/ids'
import { scaledMs, type TierName, tierDurationMs, tierNames } from '@scanhook/domain/retry/tiers'
import type { RecordBatch } from '@scanhook/kafka/contract'
import type { KafkaRecord, OutgoingRecord } from '@scanhook/kafka/record'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dueReleaser, type ReleasePorts } from './release-due.ts'

const nowMs = 1_800_000_000_000
const second = 1_000

interface Given {
  /** Age in the tier. */
  readonly ageMs: number
  readonly dueInMs: number
  readonly isBad?: boolean
}

interface Seen {
  readonly appended: OutgoingRecord[][]
  readonly doneThrough: number[]
  readonly paused: { readonly offset: number; readonly untilMs: number }[]
  readonly order: string[]
}

function recordOf(given: Given, offset: number, tier: TierName): KafkaRecord {
  const value =
    given.isBad === true
      ? Buffer.from('bad')
      : Buffer.from(JSON.stringify({ dueAtMs: nowMs + given.dueInMs }))
  return {
    topic: tier,
    partition: 0,
    offset,
    timestampMs: nowMs - given.ageMs,
    key: Buffer.from('7'),
    value,
    headers: { traceparent: 't' },
  }
}

function portsFor(seen: Seen, change: Partial<ReleasePorts> = {}): ReleasePorts {
  return {
    decode: (bytes) =>
      bytes?.toString() === 'bad'
        ? { kind: 'bad', reason: 'undecodable', detail: 'x' }
        : {
            kind: 'good',
            value: { ...JSON.parse(bytes?.toString() ?? ''), endpointId: endpointId(7) } as Delivery,
          },
    tierOf: (topic) => tierNames.find((tier) => tier === topic) ?? '10s',
    topicOf: (hop) => (hop.kind === 'tier' ? hop.name : 'deliveries'),
    keyOf: (id) => `${id}`,
    poisonOf: (record, reason) => ({
      topic: 'poison',
      key: record.key,
      value: record.value,
      headers: { reason },
    }),
    appendAll: async (records) => {
      seen.order.push('append')
      seen.appended.push([...records])
    },
    released: () => undefined,
    heads: { waits: () => undefined, emptied: () => undefined },
    nowMs: () => nowMs,
    scale: 1,
    ...change,
  }
}

async function run(
  tier: TierName,
  given: readonly Given[],
  change: Partial<ReleasePorts> = {},
  signal = new AbortController().signal,
): Promise<Seen> {
  const seen: Seen = { appended: [], doneThrough: [], paused: [], order: [] }
  const batch: RecordBatch = {
    topic: tier,
    partition: 0,
    records: given.map((each, index) => recordOf(each, 100 + index, tier)),
    highWatermark: 100 + given.length,
    signal,
    over: signal,
    done: () => expect.unreachable('one by one is not how a tier is marked'),
    doneThrough: (offset) => {
      seen.order.push('done')
      seen.doneThrough.push(offset)
    },
    stillWaiting: () => undefined,
    pauseUntil: (offset, untilMs) => {
      seen.order.push('pause')
      seen.paused.push({ offset, untilMs })
    },
  }
  await dueReleaser(portsFor(seen, change))(batch)
  return seen
}

test('T1: what is due goes on together, the rest waits for its head', async () => {
  const seen = await run('10s', [
    { ageMs: 12 * second, dueInMs: -2 * second },
    { ageMs: 10 * second, dueInMs: 0 },
    { ageMs: 9 * second, dueInMs: 3 * second },
    { ageMs: 8 * second, dueInMs: -5 * second },
  ])
  expect(seen.appended.map((records) => records.map((record) => record.topic))).toEqual([
    ['deliveries', 'deliveries'],
  ])
  expect(seen.doneThrough).toEqual([101])
  expect(seen.paused).toEqual([{ offset: 102, untilMs: nowMs + second }])
})

test('T2: done after the acknowledgement, the pause last', async () => {
  const seen = await run('1m', [
    { ageMs: 60 * second, dueInMs: 0 },
    { ageMs: second, dueInMs: 90 * second },
  ])
  expect(seen.order).toEqual(['append', 'done', 'pause'])
})

test('T2: nothing is done when the append fails', async () => {
  const appendAll = async (): Promise<void> => {
    throw new Error('KAFKA_REJECTED')
  }
  await expect(run('1m', [{ ageMs: 60 * second, dueInMs: 0 }], { appendAll })).rejects.toThrow(
    'KAFKA_REJECTED',
  )
})

test('T2: a failed append after a revoke is nobody’s problem', async () => {
  const appendAll = async (): Promise<void> => {
    throw new Error('KAFKA_CLOSED')
  }
  const seen = await run('1m', [{ ageMs: 60 * second, dueInMs: 0 }], { appendAll }, AbortSignal.abort())
  expect(seen.doneThrough).toEqual([])
})

test('T1: a long wait goes on in hops, never back to deliveries early', async () => {
  const seen = await run('6h', [{ ageMs: 6 * 3_600 * second, dueInMs: 95 * second }])
  expect(seen.appended[0]?.[0]?.topic).toBe('1m')
})

test('T4: with nothing due the handler returns at once, and only leaves the partition alone', async () => {
  const seen = await run('1m', [{ ageMs: 0, dueInMs: 90 * second }])
  expect(seen.order).toEqual(['pause'])
  expect(seen.paused).toEqual([{ offset: 100, untilMs: nowMs + 60 * second }])
})

test('T5: a head that waits for a day is asked again after five minutes', async () => {
  const seen = await run('24h', [{ ageMs: 0, dueInMs: 86_400 * second }])
  expect(seen.paused).toEqual([{ offset: 100, untilMs: nowMs + 300 * second }])
})

test('T3: key, bytes and headers go on unchanged', async () => {
  const seen = await run('10s', [{ ageMs: 20 * second, dueInMs: 0 }])
  const sent = recordOf({ ageMs: 20 * second, dueInMs: 0 }, 100, '10s')
  expect(seen.appended[0]?.[0]).toEqual({
    topic: 'deliveries',
    key: sent.key,
    value: sent.value,
    headers: sent.headers,
  })
})

test('T1: a record that can not be read goes to poison and holds nobody', async () => {
  const seen = await run('10s', [
    { ageMs: second, dueInMs: 0, isBad: true },
    { ageMs: 20 * second, dueInMs: 0 },
  ])
  expect(seen.appended[0]?.map((record) => record.topic)).toEqual(['poison', 'deliveries'])
  expect(seen.doneThrough).toEqual([101])
})

test('T1: for any tier, ages and scale, nothing is handed back before it is due', async () => {
  const given = fc.record({
    ageMs: fc.integer({ min: 0, max: 100_000 }),
    dueInMs: fc.integer({ min: -50_000, max: 90_000_000 }),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...tierNames),
      fc.array(given, { minLength: 1, maxLength: 20 }),
      fc.constantFrom(1, 10, 5_000),
      async (tier, all, scale) => {
        const ordered = [...all].sort((one, other) => other.ageMs - one.ageMs)
        const seen = await run(tier, ordered, { scale })
        const released = seen.appended.flat()
        released.forEach((record, index) => {
          const dueInMs = ordered[index]?.dueInMs ?? 0
          const smallestMs = scaledMs(tierDurationMs('10s'), scale)
          if (record.topic === 'deliveries') expect(dueInMs).toBeLessThan(smallestMs)
          else expect(scaledMs(tierDurationMs(record.topic as TierName), scale)).toBeLessThanOrEqual(dueInMs)
        })
        expect(released.length + (seen.paused.length > 0 ? 1 : 0)).toBeLessThanOrEqual(ordered.length)
        if (seen.paused[0] !== undefined) expect(seen.paused[0].untilMs).toBeGreaterThan(nowMs)
      },
    ),
  )
})

test('W1: the head of a partition is told before it goes on and after, and that nothing is left', async () => {
  const told: (readonly [string, number | null])[] = []
  const heads: ReleasePorts['heads'] = {
    waits: ({ topic }, dueAtMs) => told.push([topic, dueAtMs - nowMs]),
    emptied: ({ topic }) => told.push([topic, null]),
  }
  await run(
    '10s',
    [
      { ageMs: 14 * second, dueInMs: -4 * second },
      { ageMs: 9 * second, dueInMs: 3 * second },
    ],
    { heads },
  )
  await run('1m', [{ ageMs: 60 * second, dueInMs: 0 }], { heads })
  expect(told).toEqual([
    ['10s', -4 * second],
    ['10s', second],
    ['1m', 0],
    ['1m', null],
  ])
})
