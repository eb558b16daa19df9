import { orgId } from '@scanhook/domain/ids'
import type { ScanRead } from '@scanhook/domain/read'
import { expect, test } from 'vitest'
import { decodeDocument } from './decode-document.ts'
import type { Decoded, ReaderContext } from './message.ts'

const context: ReaderContext = { orgId: orgId(42), deviceKey: null, recordKey: null, fieldPrefix: '' }

const decode = (json: unknown, more: Partial<ReaderContext> = {}): Decoded =>
  decodeDocument('gps', json, { ...context, ...more })

function only({ reads, problems }: Decoded): ScanRead {
  expect(problems).toEqual([])
  const [read] = reads
  if (read === undefined || reads.length !== 1) throw new Error(`${reads.length} reads`)
  return read
}

const fieldsOf = ({ problems }: Decoded): readonly string[] => problems.map(({ field }) => field)

const at = { device: 't', lat: 53.4, lon: -2.99 }

test('an accuracy that is negative or unreadable is unknown; hdop counts where there is none', () => {
  const accuracyOf = (more: object): unknown => only(decode({ ...at, ...more })).position?.accuracyM
  expect(accuracyOf({ accuracy: -1 })).toBe(null)
  expect(accuracyOf({ accuracy: 'good' })).toBe(null)
  expect(accuracyOf({ accuracy: 0, hdop: 3 })).toBe(0)
  expect(accuracyOf({ hdop: '0.8' })).toBe(4)
  expect(accuracyOf({})).toBe(null)
})

test('no fix is a heartbeat: the tracker’s word for it, or 0, 0', () => {
  for (const none of [
    { ...at, valid: false },
    { device: 't', lat: 0, lng: '0.0' },
  ]) {
    expect(decode(none)).toMatchObject({ reads: [], heartbeats: [{ deviceKey: 't' }], problems: [] })
  }
  expect(only(decode({ ...at, lat: 0 })).position).toMatchObject({ latitude: 0, longitude: -2.99 })
})

test('what is no position is refused', () => {
  expect(fieldsOf(decode({ device: 't' }))).toEqual(['latitude', 'longitude'])
  expect(fieldsOf(decode({ ...at, lat: '53,4', lon: 181 }))).toEqual(['lat', 'lon'])
  expect(fieldsOf(decode({ lat: 1, lon: 1 }))).toEqual(['device'])
  expect(fieldsOf(decode({ ...at, device: 1.5 }))).toEqual(['device'])
})
