import { expect, test } from 'vitest'
import { batchTimeMs } from './batch-time.ts'
import { writeRecordBatch } from './record-batch.ts'

function batch(): Buffer {
  const record = (timestampMs: number) => ({ key: null, value: Buffer.from('v'), headers: [], timestampMs })
  const bytes = Buffer.alloc(512)
  return bytes.subarray(0, writeRecordBatch(bytes, 0, [record(1_000), record(1_250)]))
}

test('a batch has the time of its first record, or the one that the broker stamped', () => {
  expect(batchTimeMs(batch())).toBe(1_000)
  const stamped = batch()
  stamped.writeInt16BE(0x08, 21)
  expect(batchTimeMs(stamped)).toBe(1_250)
})

test('no batch, half a header, an old format and no time have none', () => {
  const old = batch()
  old.writeInt8(1, 16)
  const timeless = batch()
  timeless.writeBigInt64BE(-1n, 27)
  const found = [Buffer.alloc(0), batch().subarray(0, 60), old, timeless].map(batchTimeMs)
  expect(found).toEqual([null, null, null, null])
})
