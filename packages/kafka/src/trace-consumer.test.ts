import { noTracing } from '@scanhook/observability/tracing'
import { recordedSpans } from '@scanhook/testkit/recorded-spans'
import { expect, test } from 'vitest'
import type { ConsumerOptions, RecordBatch } from './contract.ts'
import type { Headers } from './record.ts'
import { tracedConsumer } from './trace-consumer.ts'

const sampled = { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', tracestate: 'a=1' }

function batchOf(headers: readonly Headers[]): RecordBatch & { readonly told: string[] } {
  const told: string[] = []
  return {
    told,
    topic: 'scans',
    partition: 3,
    highWatermark: headers.length,
    signal: new AbortController().signal,
    over: new AbortController().signal,
    records: headers.map((each, offset) => ({
      ...{ topic: 'scans', partition: 3, offset, timestampMs: 1, key: null },
      value: Buffer.from('four'),
      headers: each,
    })),
    done: (offset) => told.push(`done ${offset}`),
    doneThrough: (offset) => told.push(`through ${offset}`),
    pauseUntil: (offset) => told.push(`pause ${offset}`),
    stillWaiting: () => undefined,
  }
}

function consumer(handle: ConsumerOptions['handle'], change: Partial<ConsumerOptions> = {}): ConsumerOptions {
  return { groupId: 'tracker', topics: ['scans'], handle, onFatal: () => undefined, ...change }
}

test('V1: off, the consumer is the one that was given; without a recorded trace so are batch and records', async () => {
  const options = consumer(async () => undefined)
  expect(tracedConsumer(options, noTracing)).toBe(options)
  const { tracing, ended, openCount } = recordedSpans()
  const batch = batchOf([{}, { traceparent: 'nonsense' }])
  let seen: RecordBatch | null = null
  const traced = tracedConsumer(
    consumer(async (given) => {
      seen = given
    }),
    tracing,
  )
  await traced.handle(batch)
  expect(seen).toBe(batch)
  expect([ended.length, openCount()]).toEqual([0, 0])
})

test('V2: the span of a record ends when it is done, and the handler finds it in the headers', async () => {
  const { tracing, ended } = recordedSpans()
  const batch = batchOf([sampled, { other: 'x' }, { ...sampled, other: 'y' }])
  let late: () => void = () => undefined
  const traced = tracedConsumer(
    consumer(async ({ records, doneThrough, done }) => {
      expect(records[0]?.headers['traceparent']).toMatch(/^00-4bf92f3577b34da6a3ce929d0e0e4736-0{15}1-01$/)
      expect(records[1]).toBe(batch.records[1])
      expect(records[2]?.headers).toMatchObject({ other: 'y', tracestate: 'a=1' })
      doneThrough(1)
      late = () => done(2)
    }),
    tracing,
  )
  await traced.handle(batch)
  expect(ended).toMatchObject([
    {
      name: 'process scans',
      kind: 'consumer',
      parentId: '00f067aa0ba902b7',
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      attributes: {
        'messaging.system.name': 'kafka',
        'messaging.operation.type': 'process',
        'messaging.destination.name': 'scans',
        'messaging.destination.partition.id': '3',
        'messaging.consumer.group.name': 'tracker',
        'kafka.offset': 0,
      },
    },
  ])
  late()
  late()
  expect(ended).toHaveLength(2)
  expect(batch.told).toEqual(['through 1', 'done 2', 'done 2'])
})

test('V2: what is taken back leaves no span, what ended before does', async () => {
  const { tracing, ended, openCount } = recordedSpans()
  const batch = batchOf([sampled, sampled, sampled])
  const traced = tracedConsumer(
    consumer(async ({ doneThrough, pauseUntil }) => {
      doneThrough(0)
      pauseUntil(1, 99)
      doneThrough(2)
    }),
    tracing,
  )
  await traced.handle(batch)
  expect(ended.map(({ attributes }) => attributes['kafka.offset'])).toEqual([0])
  expect(openCount()).toBe(2)
})

test('V2: where records are marked later than they are durable, spans end with the handler', async () => {
  const { tracing, ended } = recordedSpans()
  const batch = batchOf([sampled, sampled])
  await tracedConsumer(
    consumer(async ({ doneThrough }) => doneThrough(0), { spansEnd: 'handled' }),
    tracing,
  ).handle(batch)
  expect(ended).toHaveLength(2)
})

test('V3: a rejection of the handler is passed on', async () => {
  const { tracing } = recordedSpans()
  const traced = tracedConsumer(
    consumer(() => Promise.reject(new Error('no'))),
    tracing,
  )
  await expect(traced.handle(batchOf([sampled]))).rejects.toThrow('no')
})

test('only a consumer of records from outside begins traces', async () => {
  const inner = recordedSpans()
  await tracedConsumer(
    consumer(async ({ doneThrough }) => doneThrough(0)),
    inner.tracing,
  ).handle(batchOf([{}]))
  expect(inner.ended).toHaveLength(0)
  const outer = recordedSpans()
  await tracedConsumer(
    consumer(async ({ doneThrough }) => doneThrough(0), { beginsTraces: true }),
    outer.tracing,
  ).handle(batchOf([{}]))
  expect(outer.ended).toMatchObject([{ parentId: null }])
})
