import { orgId } from '@scanhook/domain/ids'
import type { ScanRead } from '@scanhook/domain/read'
import { expect, test } from 'vitest'
import { decodeDocument } from './decode-document.ts'
import { decodeMessage } from './decode-message.ts'
import type { Decoded, ReaderContext } from './message.ts'

const context: ReaderContext = { orgId: orgId(42), deviceKey: null, recordKey: null, fieldPrefix: '' }

const decode = (json: unknown, more: Partial<ReaderContext> = {}): Decoded =>
  decodeDocument('zebra-iot', json, { ...context, ...more })

function only({ reads, problems }: Decoded): ScanRead {
  expect(problems).toEqual([])
  const [read] = reads
  if (read === undefined || reads.length !== 1) throw new Error(`${reads.length} reads`)
  return read
}

const fieldsOf = ({ problems }: Decoded): readonly string[] => problems.map(({ field }) => field)

test('a broken object between two good ones costs itself', () => {
  const one = (idHex: string): string => JSON.stringify({ type: 'SIMPLE', timestamp: 'x', data: { idHex } })
  const decoded = decodeMessage('zebra-iot', `${one('E1')}{"type":SIMPLE}${one('E3')}`, {
    ...context,
    recordKey: 'key',
  })
  expect(decoded.reads.map(({ tagValue, deviceKey }) => [tagValue, deviceKey])).toEqual([
    ['E1', 'key'],
    ['E3', 'key'],
  ])
  expect(decoded).toMatchObject({ isReadable: false, problems: [{ field: '1', message: 'is not JSON' }] })
})
test('every type that reads tags does, in any case of letters, and data may be a list', () => {
  for (const type of [
    'SIMPLE',
    'INVENTORY',
    'PORTAL',
    'CONVEYOR',
    'DIRECTIONALITY',
    'CUSTOM',
    'simple',
    'A_LATER_MODE',
  ]) {
    expect(only(decode({ type, data: { idHex: 'E1', MAC: '84:24' } })).deviceKey).toBe('84:24')
  }
  const list = {
    type: 'SIMPLE',
    data: [
      { idHex: 'E1', reads: 0 },
      { idHex: 'E2', reads: '4' },
    ],
  }
  expect(decode(list, { deviceKey: 'd' }).reads.map(({ reads }) => reads)).toEqual([1, 4])
})
test('a handheld’s empty lists are a heartbeat; a message of no type is refused', () => {
  const empty = { type: 'X', data: { tagData: [], barcodeData: [] } }
  expect(decode(empty, { deviceKey: 'd' })).toMatchObject({
    heartbeats: [{ deviceKey: 'd' }],
    problems: [],
  })
  expect(fieldsOf(decode({}, { deviceKey: 'd' }))).toEqual(['type'])
  expect(fieldsOf(decode({ type: 'SIMPLE' }, { deviceKey: 'd' }))).toEqual(['data'])
})
