import { noTracing } from '@scanhook/observability/tracing'
import { recordedSpans } from '@scanhook/testkit/recorded-spans'
import { expect, test } from 'vitest'
import type { KafkaProducer } from './contract.ts'
import { KafkaError } from './errors.ts'
import type { OutgoingRecord } from './record.ts'
import { tracedProducer } from './trace-producer.ts'

const sampled = { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' }
const other = { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4737-00f067aa0ba902b8-01' }
const unsampled = { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00' }

function bench(refuse: Error | null = null) {
  const appended: OutgoingRecord[] = []
  const answer = async () => {
    if (refuse !== null) throw refuse
  }
  const producer: KafkaProducer = {
    append: (record) => {
      appended.push(record)
      return answer()
    },
    appendAll: (records) => {
      appended.push(...records)
      return answer()
    },
    close: async () => undefined,
  }
  const spans = recordedSpans()
  return { producer, appended, ...spans, traced: tracedProducer(producer, spans.tracing) }
}

const record = (headers?: OutgoingRecord['headers']): OutgoingRecord => ({
  topic: 'events',
  key: 'k',
  value: Buffer.from('four'),
  headers,
})

test('W1: off, the producer is the one that was given; what is not recorded is appended as it was given', async () => {
  const { producer, traced, appended, ended } = bench()
  expect(tracedProducer(producer, noTracing)).toBe(producer)
  const records = [record(), record(unsampled), record({ a: 'b' })]
  await traced.appendAll(records)
  for (const each of records) await traced.append(each)
  expect(appended.every((each, index) => each === records[index % 3])).toBe(true)
  expect(ended).toHaveLength(0)
})

test('a recorded record travels in the context of its own span, which ends with the acknowledgement', async () => {
  const { traced, appended, ended } = bench()
  await traced.appendAll([record({ ...sampled, a: 'b' }), record()])
  await traced.append(record(sampled))
  expect(appended.map(({ headers }) => headers?.['traceparent']?.slice(36, 52))).toEqual([
    '0000000000000001',
    undefined,
    '0000000000000002',
  ])
  expect(appended[0]?.headers).toHaveProperty('a', 'b')
  expect(ended).toMatchObject([
    { name: 'send events', kind: 'producer', parentId: '00f067aa0ba902b7', errorType: null },
    { attributes: { 'messaging.operation.type': 'send', 'messaging.message.body.size': 4 } },
  ])
})

test('W2: a rejection is passed on, and is the error of the spans', async () => {
  const { traced, ended } = bench(new KafkaError('KAFKA_RECORD_TOO_LARGE', 'no'))
  await expect(traced.append(record(sampled))).rejects.toThrow('no')
  await expect(traced.appendAll([record(sampled)])).rejects.toThrow('no')
  expect(ended.map(({ errorType }) => errorType)).toEqual([
    'KAFKA_RECORD_TOO_LARGE',
    'KAFKA_RECORD_TOO_LARGE',
  ])
})

test('W3: other causes are links, and without a parent a trace of their own', async () => {
  const { traced, appended, ended } = bench()
  await traced.append({ ...record(sampled), causes: [other] })
  await traced.append({ ...record(), causes: [sampled, other] })
  await traced.append({ ...record(), causes: [unsampled] })
  expect(ended.map(({ parentId, links }) => [parentId, links])).toEqual([
    ['00f067aa0ba902b7', ['00f067aa0ba902b8']],
    [null, ['00f067aa0ba902b7', '00f067aa0ba902b8']],
  ])
  expect(appended[2]?.headers).toBeUndefined()
})
