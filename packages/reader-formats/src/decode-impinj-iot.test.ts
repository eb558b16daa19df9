import { orgId } from '@scanhook/domain/ids'
import type { ScanRead } from '@scanhook/domain/read'
import { expect, test } from 'vitest'
import { decodeDocument } from './decode-document.ts'
import type { Decoded, ReaderContext } from './message.ts'

const context: ReaderContext = { orgId: orgId(42), deviceKey: null, recordKey: null, fieldPrefix: '' }

const decode = (json: unknown, more: Partial<ReaderContext> = {}): Decoded =>
  decodeDocument('impinj-iot', json, { ...context, ...more })

function only({ reads, problems }: Decoded): ScanRead {
  expect(problems).toEqual([])
  const [read] = reads
  if (read === undefined || reads.length !== 1) throw new Error(`${reads.length} reads`)
  return read
}

const fieldsOf = ({ problems }: Decoded): readonly string[] => problems.map(({ field }) => field)

const seen = { epcHex: 'E2801190A503006543E21224', antennaPort: 1, peakRssiCdbm: -7_300 }
const event = (changes: object, more: object = {}): unknown => ({
  timestamp: '2026-07-27T16:26:24.100123456Z',
  hostname: 'impinj',
  tagInventoryEvent: { ...seen, ...changes },
  ...more,
})

test('hundredths of a dBm stay exact', () => {
  for (const cdbm of [-7_300, -5_325, -1, -29_999]) {
    expect(only(decode(event({ peakRssiCdbm: cdbm }))).rssiCdbm).toBe(cdbm)
  }
  expect(only(decode(event({ peakRssiCdbm: 0 }))).rssiCdbm).toBe(null)
  expect(fieldsOf(decode(event({ peakRssiCdbm: -40_000 })))).toEqual(['tagInventoryEvent.peakRssiCdbm'])
})

test('the EPC by its hex, or by base64url where there is none', () => {
  expect(only(decode(event({ epc: 'wrong*' }))).tagValue).toBe(seen.epcHex)
  expect(only(decode(event({ epcHex: undefined, epc: '4oARkKUDAGVD4hIk' }))).tagValue).toBe(
    'E2801190A503006543E21224',
  )
  for (const epc of ['', '*', 'A', 'A'.repeat(85), undefined]) {
    expect(fieldsOf(decode(event({ epcHex: undefined, epc })))).toEqual(['tagInventoryEvent.epc'])
  }
})

test('any other event is a heartbeat, and nothing at all is refused', () => {
  for (const eventType of ['inventoryStatus', 'antennaConnected', 'overflow', 'gpiTransition']) {
    expect(decode({ hostname: 'impinj', eventType })).toMatchObject({
      heartbeats: [{ deviceKey: 'impinj' }],
      problems: [],
    })
  }
  expect(fieldsOf(decode({ hostname: 'impinj', eventType: 'tagInventory' }))).toEqual(['tagInventoryEvent'])
  expect(fieldsOf(decode({ hostname: 'impinj' }))).toEqual(['tagInventoryEvent'])
})
