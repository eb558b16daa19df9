import { type AssetSeen, seenPerRecordMax } from '@scanhook/domain/asset-seen'
import { assetId, orgId } from '@scanhook/domain/ids'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { recordType, topicCodec } from '../codec.ts'
import { assetSeenMapping } from './asset-seen.ts'

const record = { type: recordType(assetSeenMapping), id: 1 }
const codec = topicCodec([record], () => record, { find: () => Promise.resolve(null) })
// What avsc writes truly: see codec.test.ts.
const positive = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER - 1 })

test('comes back as it was', () => {
  const seen = fc.record(
    { orgId: positive.map(orgId), assetId: positive.map(assetId), lastSeenMs: positive },
    { noNullPrototype: true },
  )
  fc.assert(
    fc.property(fc.record({ atMs: positive, seen: fc.array(seen) }, { noNullPrototype: true }), (value) => {
      expect(codec.decode(codec.encode(value))).toEqual(value)
    }),
  )
})

test('a full record stays within what the topic lets through, whatever the ids', () => {
  const one = {
    orgId: orgId(Number.MAX_SAFE_INTEGER - 1),
    assetId: assetId(Number.MAX_SAFE_INTEGER - 1),
    lastSeenMs: Date.UTC(9999, 0, 1),
  }
  const full: AssetSeen = { atMs: one.lastSeenMs, seen: Array.from({ length: seenPerRecordMax }, () => one) }
  expect(codec.encode(full).length).toBeLessThan(150_000)
})
