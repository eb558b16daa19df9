import { orgId } from '@scanhook/domain/ids'
import type { ScanRead } from '@scanhook/domain/read'
import { expect, test } from 'vitest'
import { decodeDocument } from './decode-document.ts'
import type { Decoded, ReaderContext } from './message.ts'

const context: ReaderContext = { orgId: orgId(42), deviceKey: null, recordKey: null, fieldPrefix: '' }

const decode = (json: unknown, more: Partial<ReaderContext> = {}): Decoded =>
  decodeDocument('epcis', json, { ...context, ...more })

function only({ reads, problems }: Decoded): ScanRead {
  expect(problems).toEqual([])
  const [read] = reads
  if (read === undefined || reads.length !== 1) throw new Error(`${reads.length} reads`)
  return read
}

const fieldsOf = ({ problems }: Decoded): readonly string[] => problems.map(({ field }) => field)

const event = {
  type: 'ObjectEvent',
  action: 'OBSERVE',
  eventTime: '2026-07-27T16:26:24.100Z',
  epcList: ['urn:epc:id:sgtin:0614141.107346.2017'],
  readPoint: { id: 'urn:rp' },
  bizLocation: { id: 'urn:loc' },
}

test('the read point, else the business location, else the key; the event’s id with the EPC', () => {
  expect(only(decode(event))).toMatchObject({ deviceKey: 'urn:rp', readId: null })
  expect(only(decode({ ...event, readPoint: {} })).deviceKey).toBe('urn:loc')
  expect(only(decode({ ...event, readPoint: null, bizLocation: null }, { recordKey: 'k' })).deviceKey).toBe(
    'k',
  )
  expect(fieldsOf(decode({ ...event, readPoint: null, bizLocation: null }))).toEqual(['readPoint.id'])
  expect(only(decode({ ...event, eventID: 'urn:uuid:1' })).readId).toBe(`urn:uuid:1 ${event.epcList[0]}`)
  expect(only(decode({ ...event, eventID: 'x'.repeat(250) })).readId).toBe(null)
})

test.each([
  ['DELETE', { action: 'DELETE' }],
  ['withdrawn', { errorDeclaration: { declarationTime: '2026-07-28T00:00:00Z' } }],
  ['quantities only', { epcList: undefined, quantityList: [{ epcClass: 'urn:c', quantity: 3 }] }],
  ['AggregationEvent', { type: 'AggregationEvent', epcList: undefined }],
  ['TransactionEvent', { type: 'TransactionEvent' }],
  ['TransformationEvent', { type: 'TransformationEvent', action: undefined }],
  ['AssociationEvent', { type: 'AssociationEvent' }],
])('%s leads to nothing, and is no problem', (_, changes) => {
  expect(decode({ ...event, ...changes })).toMatchObject({
    reads: [],
    heartbeats: [],
    problems: [],
  })
})

test('V1: a bad event of a document costs itself; a bad EPC costs its event', () => {
  const eventList = [
    event,
    { ...event, epcList: ['urn:a', 7] },
    { ...event, eventTime: '22-07-2026' },
    { ...event, type: 'Sighting' },
    5,
    event,
  ]
  const document = { '@context': 'c', type: 'EPCISDocument', epcisBody: { eventList } }
  const decoded = decode(document)
  expect(decoded.reads).toHaveLength(2)
  expect(fieldsOf(decoded)).toEqual(
    ['1.epcList.1', '2.eventTime', '3.type', '4'].map((field) => `epcisBody.eventList.${field}`),
  )
})

test('V2: lists within lists give 10,000 reads at most', () => {
  const epcList = Array.from({ length: 4_000 }, (_, index) => `urn:epc:${index}`)
  const eventList = [1, 2, 3].map(() => ({ ...event, epcList }))
  const decoded = decode({ '@context': 'c', type: 'EPCISDocument', epcisBody: { eventList } })
  expect(decoded.reads).toHaveLength(10_000)
  expect(decoded.problems).toMatchObject([{ field: 'epcisBody.eventList.2', code: 'too_long' }])
})

test('a document without its parts is refused', () => {
  const document = { '@context': 'c', type: 'EPCISDocument' }
  expect(fieldsOf(decode(document))).toEqual(['epcisBody'])
  expect(fieldsOf(decode({ ...document, epcisBody: {} }))).toEqual(['epcisBody.eventList'])
  expect(
    fieldsOf(decode({ ...document, type: 'EPCISQueryDocument', epcisBody: { queryResults: 5 } })),
  ).toEqual(['epcisBody.queryResults'])
})
