import { orgId } from '@scanhook/domain/ids'
import type { ScanRead } from '@scanhook/domain/read'
import { expect, test } from 'vitest'
import { decodeDocument } from './decode-document.ts'
import type { Decoded, ReaderContext } from './message.ts'

const context: ReaderContext = { orgId: orgId(42), deviceKey: null, recordKey: null, fieldPrefix: '' }

const decode = (json: unknown, more: Partial<ReaderContext> = {}): Decoded =>
  decodeDocument('scanhook', json, { ...context, ...more })

function only({ reads, problems }: Decoded): ScanRead {
  expect(problems).toEqual([])
  const [read] = reads
  if (read === undefined || reads.length !== 1) throw new Error(`${reads.length} reads`)
  return read
}

const fieldsOf = ({ problems }: Decoded): readonly string[] => problems.map(({ field }) => field)

test('the header names the device where the read does not; the record’s key never does', () => {
  const read = { tag: { value: 'E280' } }
  expect(only(decode(read, { deviceKey: 'header' })).deviceKey).toBe('header')
  expect(fieldsOf(decode(read, { recordKey: 'key' }))).toEqual(['device'])
  expect(decode({ heartbeat: true }, { deviceKey: 'header' }).heartbeats).toMatchObject([
    { deviceKey: 'header' },
  ])
})
