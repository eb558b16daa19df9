import { orgId } from '@scanhook/domain/ids'
import type { ScanRead } from '@scanhook/domain/read'
import { expect, test } from 'vitest'
import { decodeDocument } from './decode-document.ts'
import type { Decoded, ReaderContext } from './message.ts'

const context: ReaderContext = { orgId: orgId(42), deviceKey: null, recordKey: null, fieldPrefix: '' }

const decode = (json: unknown, more: Partial<ReaderContext> = {}): Decoded =>
  decodeDocument('llrp', json, { ...context, ...more })

function only({ reads, problems }: Decoded): ScanRead {
  expect(problems).toEqual([])
  const [read] = reads
  if (read === undefined || reads.length !== 1) throw new Error(`${reads.length} reads`)
  return read
}

const fieldsOf = ({ problems }: Decoded): readonly string[] => problems.map(({ field }) => field)

const named = { deviceKey: 'd' }
const report = {
  'EPC-96': 'E280',
  AntennaID: 2,
  PeakRSSI: -60,
  LastSeenTimestampUTC: 1_785_169_584_100_000,
}
const expected = { tagValue: 'E280', antennaPort: 2, rssiCdbm: -6_000, readAtMs: 1_785_169_584_100 }

test.each([
  ['in its wrapper', { RO_ACCESS_REPORT: { TagReportData: [report] } }],
  ['without', { TagReportData: [report] }],
  ['one object', { TagReportData: report }],
  ['by itself', report],
  [
    'every value wrapped',
    {
      RO_ACCESS_REPORT: {
        TagReportData: {
          EPC_96: { EPC: 'E280' },
          AntennaID: { AntennaID: '2' },
          PeakRSSI: [-60],
          LastSeenTimestampUTC: { Microseconds: '1785169584100000' },
        },
      },
    },
  ],
])('%s', (_, message) => {
  expect(only(decode(message, named))).toMatchObject(expected)
})

test('the first time stands in for the last', () => {
  const { readAtMs } = only(decode({ EPC: 'E280', FirstSeenTimestampUTC: 1_785_169_584_100_000 }, named))
  expect(readAtMs).toBe(1_785_169_584_100)
})

test('uptime is no clock', () => {
  const { readAtMs } = only(decode({ EPC: 'E280', LastSeenTimestampUptime: 1_785_169_584_100_000 }, named))
  expect(readAtMs).toBe(null)
})

test('a keep-alive, an event and an empty report are heartbeats; anything else is refused', () => {
  for (const message of [
    { KEEPALIVE: {} },
    { READER_EVENT_NOTIFICATION: {} },
    { RO_ACCESS_REPORT: {} },
    { TagReportData: [] },
  ]) {
    expect(decode(message, named)).toMatchObject({ heartbeats: [{ deviceKey: 'd' }], problems: [] })
  }
  expect(fieldsOf(decode({}, named))).toEqual(['TagReportData'])
  expect(fieldsOf(decode(report))).toEqual(['scanhook-device'])
})
