import { orgId } from '@scanhook/domain/ids'
import { expect, test } from 'vitest'
import { decodeDocument } from './decode-document.ts'
import type { Decoded, ReaderContext } from './message.ts'

const context: ReaderContext = { orgId: orgId(42), deviceKey: null, recordKey: null, fieldPrefix: '' }

const decode = (json: unknown, more: Partial<ReaderContext> = {}): Decoded =>
  decodeDocument('gl-s10', json, { ...context, ...more })

test('the gateway is the first of its names; a beacon’s name in n is no count; 42 advertisements are 42 reads', () => {
  const entry = (index: number): object => ({
    mac: `C300001A2B${10 + index}`,
    rssi: -70,
    ts: 1_785_169_584_100 + index,
    n: 'pallet',
  })
  const frame = {
    dev_ble_mac: 'C4DEE229A176',
    dev_sn: 'SN',
    dev_list: Array.from({ length: 42 }, (_, index) => entry(index)),
  }
  const { reads, problems } = decode(frame)
  expect(problems).toEqual([])
  expect(reads).toHaveLength(42)
  expect(reads[41]).toMatchObject({
    deviceKey: 'C4DEE229A176',
    tagType: 'ble',
    reads: 1,
    antennaPort: null,
  })
})
test('a small n counts advertisements, and nothing else does', () => {
  const readsOf = (n: unknown): unknown =>
    decode({ dev_id: 'g', dev_list: [{ mac: 'C3', n }] }).reads[0]?.reads
  expect([3, 1_000, 1_001, 0, 1.5, '3', null].map(readsOf)).toEqual([3, 1_000, 1, 1, 1, 1, 1])
})

test('an empty frame is a heartbeat', () => {
  expect(decode({ dev_id: 'g', dev_list: [] }).heartbeats).toMatchObject([{ deviceKey: 'g' }])
})
