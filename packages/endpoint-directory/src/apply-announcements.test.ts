import { orgId } from '@scanhook/domain/ids'
import type { MasterDataChange } from '@scanhook/domain/master-data'
import type { KafkaRecord } from '@scanhook/kafka/record'
import type { Decoded, RecordDecoder } from '@scanhook/schemas/decode-record'
import { expect, test } from 'vitest'
import { announcements } from './apply-announcements.ts'

const change: MasterDataChange = {
  orgId: orgId(1),
  kind: 'endpoint',
  id: 7,
  version: 1,
  changedAtMs: 1,
  isDeleted: false,
  document: '{}',
}

function recordOf(value: Buffer | null): KafkaRecord {
  return { topic: 'master-data', partition: 0, offset: 5, timestampMs: 1, key: null, value, headers: {} }
}

/** Announcements over a decoder, and a list of what came of them. */
function follow(decode: RecordDecoder<MasterDataChange>, problem: string | null = null) {
  const seen: string[] = []
  const announced = announcements({
    decode,
    directory: {
      apply: ({ id }) => {
        seen.push(`change of ${id}`)
        return problem
      },
    },
    applied: () => seen.push('applied'),
    refused: (_record, why) => seen.push(`refused: ${why}`),
    signal: new AbortController().signal,
  })
  return { announced, seen }
}

const good: Decoded<MasterDataChange> = { kind: 'good', value: change }

test('settled waits for a record whose schema had to be looked up', async () => {
  const lookup = Promise.withResolvers<Decoded<MasterDataChange>>()
  const { announced, seen } = follow(() => lookup.promise)
  announced.apply(recordOf(Buffer.from('x')))
  expect(seen).toEqual([])
  lookup.resolve(good)
  await announced.settled()
  expect(seen).toEqual(['change of 7', 'applied'])
})

test('a tombstone is no announcement', () => {
  const { announced, seen } = follow(() => good)
  announced.apply(recordOf(null))
  expect(seen).toEqual([])
})

test('what is not understood is reported: by the codec, by the directory, by a lookup that failed', async () => {
  const bad = follow(() => ({ kind: 'bad', reason: 'undecodable', detail: 'cut off' }))
  bad.announced.apply(recordOf(Buffer.from('x')))
  expect(bad.seen).toEqual(['refused: cut off'])

  const unfit = follow(() => good, 'no endpoint')
  unfit.announced.apply(recordOf(Buffer.from('x')))
  expect(unfit.seen).toEqual(['change of 7', 'refused: no endpoint'])

  const gone = follow(() => Promise.reject(new Error('stopped')))
  gone.announced.apply(recordOf(Buffer.from('x')))
  await gone.announced.settled()
  expect(gone.seen).toEqual(['refused: stopped'])
})
