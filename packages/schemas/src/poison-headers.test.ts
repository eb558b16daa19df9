import { expect, test } from 'vitest'
import { poisonHeaders } from './poison-headers.ts'

test('a poisoned record keeps its headers and says why and where from', () => {
  const record = {
    topic: 'reads',
    partition: 2,
    offset: 41,
    headers: { traceparent: 'x', 'poison-reason': 'old' },
  }
  const headers = poisonHeaders(record, {
    reason: 'bad_magic',
    detail: 'd'.repeat(5_000),
    service: 'producer',
  })
  expect(headers).toMatchObject({
    traceparent: 'x',
    'poison-reason': 'bad_magic',
    'poison-topic': 'reads',
    'poison-partition': '2',
    'poison-offset': '41',
    'poison-service': 'producer',
  })
  expect(headers['poison-detail']).toHaveLength(1_000)
})
