import { assetId, orgId } from '@scanhook/domain/ids'
import type { MasterDataChange } from '@scanhook/domain/master-data'
import type { RecordBatch } from '@scanhook/kafka/contract'
import type { KafkaRecord, OutgoingRecord } from '@scanhook/kafka/record'
import { expect, test } from 'vitest'
import { type WithdrawalPorts, withdrawalFollower, withdrawnBy } from './follow-withdrawals.ts'

const nowMs = 1_795_444_931_794
const change = (of: Partial<MasterDataChange>): MasterDataChange => ({
  orgId: orgId(7),
  kind: 'asset',
  id: 70,
  version: 1,
  changedAtMs: nowMs,
  isDeleted: true,
  document: '{}',
  ...of,
})
const tagDocument = JSON.stringify({ match_key: 'E280', tag_type: 'rfid', asset_id: 70, value: 'e2:80' })

function world(change_: Partial<WithdrawalPorts> = {}) {
  const sent: OutgoingRecord[] = []
  const done: number[] = []
  const refused: number[] = []
  const handle = withdrawalFollower({
    decode: (bytes) =>
      bytes === null
        ? { kind: 'bad', reason: 'null_value', detail: '' }
        : { kind: 'good', value: JSON.parse(`${bytes}`) as MasterDataChange },
    encode: (withdrawal) => Buffer.from(JSON.stringify(withdrawal)),
    keyOf: (org, asset) => `${org}:${asset}`,
    appendAll: async (records) => void sent.push(...records),
    refused: ({ offset }) => void refused.push(offset),
    topic: 'scans',
    partitionCount: 3,
    ...change_,
  })
  const batchOf = (changes: readonly (MasterDataChange | null)[], signal = new AbortController().signal) => {
    const records = changes.map(
      (each, offset): KafkaRecord => ({
        topic: 'master-data',
        partition: 0,
        offset,
        timestampMs: nowMs,
        key: null,
        value: each === null ? null : Buffer.from(JSON.stringify(each)),
        headers: {},
      }),
    )
    return {
      records,
      signal,
      doneThrough: (offset: number) => void done.push(offset),
    } as unknown as RecordBatch
  }
  return { handle, batchOf, sent, done, refused }
}

const said = ({ key, partition, value }: OutgoingRecord) => [key, partition, JSON.parse(`${value}`)]

test('D2: deleted assets and tags go under the asset’s key, a deleted location into every partition, in order', async () => {
  const { handle, batchOf, sent, done } = world()
  await handle(
    batchOf([
      change({ kind: 'tag', id: 80, document: tagDocument }),
      change({ kind: 'asset' }),
      change({ kind: 'asset', isDeleted: false }),
      change({ kind: 'endpoint' }),
      change({ kind: 'location', id: 90 }),
    ]),
  )
  const withdrawal = (withdrawn: object) => ({ kind: 'withdrawal', orgId: 7, atMs: nowMs, withdrawn })
  const location = withdrawal({ kind: 'location', locationId: 90 })
  expect(sent.map(said)).toEqual([
    ['7:70', undefined, withdrawal({ kind: 'tag', assetId: 70, value: 'e2:80' })],
    ['7:70', undefined, withdrawal({ kind: 'asset', assetId: 70 })],
    [null, 0, location],
    [null, 1, location],
    [null, 2, location],
  ])
  expect(done).toEqual([4])
})

test('D1: nothing is done before it is acknowledged, and nothing at all when Kafka refuses', async () => {
  const acknowledged = Promise.withResolvers<void>()
  const waiting = world({ appendAll: () => acknowledged.promise })
  const handling = waiting.handle(waiting.batchOf([change({})]))
  await new Promise(setImmediate)
  expect(waiting.done).toEqual([])
  acknowledged.resolve()
  await handling
  expect(waiting.done).toEqual([0])
  const refusing = world({ appendAll: () => Promise.reject(new Error('refused')) })
  await expect(refusing.handle(refusing.batchOf([change({})]))).rejects.toThrow('refused')
  expect(refusing.done).toEqual([])
  const revoked = world({ decode: () => Promise.reject(new Error('aborted')) })
  await revoked.handle(revoked.batchOf([change({})], AbortSignal.abort()))
  expect(revoked.done).toEqual([])
})

test('D3: what can not be read is passed over, and what is behind it is not', async () => {
  const { handle, batchOf, sent, done, refused } = world()
  await handle(batchOf([null, change({})]))
  expect([refused, sent.length, done]).toEqual([[0], 1, [1]])
})

test.each([
  ['a tag of an older version', { kind: 'tag', document: '{"match_key":"E280","tag_type":"rfid"}' }],
  ['a tag that is no JSON', { kind: 'tag', document: '{' }],
  ['a tag that is still there', { kind: 'tag', isDeleted: false, document: tagDocument }],
  ['a scan point', { kind: 'scan_point' }],
  ['a scan device', { kind: 'scan_device' }],
] as const)('%s withdraws nothing', (_, of) => {
  expect(withdrawnBy(change(of))).toBeNull()
})

test('the value is the tag’s own, as scans have it', () => {
  expect(withdrawnBy(change({ kind: 'tag', document: tagDocument }))).toEqual({
    kind: 'tag',
    assetId: assetId(70),
    value: 'e2:80',
  })
})
