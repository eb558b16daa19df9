import { orgId } from '@scanhook/domain/ids'
import type { ScanRead } from '@scanhook/domain/read'
import { expect, test } from 'vitest'
import { decodeDocument } from './decode-document.ts'
import type { Decoded, ReaderContext } from './message.ts'

const context: ReaderContext = { orgId: orgId(42), deviceKey: null, recordKey: null, fieldPrefix: '' }

const decode = (json: unknown, more: Partial<ReaderContext> = {}): Decoded =>
  decodeDocument('csl-cs463', json, { ...context, ...more })

function only({ reads, problems }: Decoded): ScanRead {
  expect(problems).toEqual([])
  const [read] = reads
  if (read === undefined || reads.length !== 1) throw new Error(`${reads.length} reads`)
  return read
}

const fieldsOf = ({ problems }: Decoded): readonly string[] => problems.map(({ field }) => field)

const tag = { epc: 'E280', timeStampOfRead: 1_785_169_584_100_000, antennaPort: 1, rssi: '-56' }
const message = (changes: object, more: object = {}): unknown => ({
  rfidReaderName: 'cs463-214',
  tags: [{ ...tag, ...changes }],
  ...more,
})

test.each([
  ['-56', -5_600],
  [-56.25, -5_625],
  ['0', null],
  [0, null],
  ['', null],
  ['n/a', null],
  [null, null],
])('the signal %j is %j', (rssi, rssiCdbm) => {
  expect(only(decode(message({ rssi }))).rssiCdbm).toBe(rssiCdbm)
})

test('a time that nobody can read, and a zone that contradicts it, cost the time at most', () => {
  expect(only(decode(message({ timeStampOfRead: 'soon' }))).readAtMs).toBe(null)
  expect(only(decode(message({ timeZone: '-6:00' }))).readAtMs).toBe(1_785_169_584_100)
  expect(only(decode(message({ timeStampOfRead: '1785169584100000' }))).readAtMs).toBe(1_785_169_584_100)
})

test('a port may be text, or left out', () => {
  expect(only(decode(message({ antennaPort: '4' }))).antennaPort).toBe(4)
  expect(only(decode(message({ antennaPort: undefined }))).antennaPort).toBe(null)
  expect(fieldsOf(decode(message({ antennaPort: 'left' })))).toEqual(['tags.0.antennaPort'])
})

test('the header names the device whatever the message says; the key only where nobody else does', () => {
  const deviceOf = (json: unknown, more: Partial<ReaderContext>): string => only(decode(json, more)).deviceKey
  const trimmed = { tags: [tag] }
  expect(deviceOf(message({}), { deviceKey: 'header', recordKey: 'key' })).toBe('header')
  expect(deviceOf(message({}), { recordKey: 'key' })).toBe('cs463-214')
  expect(deviceOf(trimmed, { recordKey: 'key' })).toBe('key')
  expect(deviceOf({ ...trimmed, rfidReaderName: ' ', pcEthernetMACAddress: '00:16' }, {})).toBe('00:16')
  expect(decode(trimmed).problems[0]?.message).toMatch('scanhook-device')
})

test('V1: bad entries cost themselves, and are named', () => {
  const tags = [
    tag,
    { ...tag, rssi: {} },
    7,
    { ...tag, epc: undefined },
    { ...tag, epc: 'E281', rssi: -900 },
    { ...tag, epc: 'E282' },
  ]
  const decoded = decode({ rfidReaderName: 'r', tags }, { fieldPrefix: '5.' })
  expect(decoded.reads.map(({ tagValue }) => tagValue)).toEqual(['E280', 'E282'])
  expect(decoded.problems.map(({ field, message: text }) => `${field} ${text}`)).toEqual([
    '5.tags.1.rssi must be a number or its text; received an object',
    '5.tags.2 must be an object; received a number',
    '5.tags.3.epc is required',
    '5.tags.4.rssi must be at least -300',
  ])
})

test('V2: 10,000 entries are read, and what is beyond is a problem', () => {
  const tags = Array.from({ length: 10_002 }, (_, index) => ({ ...tag, epc: `E28${index}` }))
  const decoded = decode({ rfidReaderName: 'r', tags })
  expect(decoded.reads).toHaveLength(10_000)
  expect(decoded.problems).toMatchObject([{ field: 'tags', code: 'too_long' }])
})

test('no tags are a heartbeat; tags that are no list are refused', () => {
  const one = { orgId: 42, deviceKey: 'r' }
  expect(decode({ rfidReaderName: 'r', tags: [] })).toMatchObject({
    heartbeats: [one],
    problems: [],
  })
  expect(fieldsOf(decode({ rfidReaderName: 'r' }))).toEqual(['tags'])
  expect(fieldsOf(decode({ rfidReaderName: 'r', tags: tag }))).toEqual(['tags'])
  expect(decode('text', { fieldPrefix: '3.' }).problems).toMatchObject([{ field: '3' }])
})
