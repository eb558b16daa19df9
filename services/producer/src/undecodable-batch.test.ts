import { expect, test } from 'vitest'
import { undecodableRecord } from './undecodable-batch.ts'

test('a batch that nobody can decode is one record on poison, which names where it was', () => {
  const bytes = Buffer.from('batch')
  const { record, bad } = undecodableRecord({
    topic: 'reads',
    partition: 3,
    baseOffset: 10,
    lastOffset: 14,
    reason: 'compressed batch (codec 1) is damaged',
    bytes,
  })
  expect(record).toMatchObject({
    topic: 'reads',
    partition: 3,
    offset: 10,
    key: null,
    value: bytes,
    headers: {},
  })
  expect(bad).toEqual({
    reason: 'undecodable',
    detail:
      'offsets 10 to 14 are one batch that cannot be unpacked: compressed batch (codec 1) is damaged; the value is that batch as the broker has it',
  })
})
