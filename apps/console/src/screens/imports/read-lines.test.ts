import { expect, test } from 'vitest'
import { kindOf } from './kinds.ts'
import { readLines } from './read-lines.ts'

const parsed = (text: string) => readLines(text).map(({ number, json }) => [number, JSON.parse(json)])

test('a table becomes records: tags by kind, metadata by name, and what is empty is left out', () => {
  expect(parsed(kindOf('assets')?.example ?? '')).toEqual([
    [
      2,
      {
        ...{ external_key: 'PALLET-1', name: 'Pallet 1', is_active: true, metadata: { colour: 'red' } },
        tags: [
          { tag_type: 'rfid', value: 'E28011AA0001' },
          { tag_type: 'barcode', value: '4006381333931' },
        ],
      },
    ],
    [
      3,
      {
        ...{ external_key: 'PALLET-2', name: 'Pallet 2, large', description: 'Euro', is_active: true },
        metadata: { colour: 'blue' },
        tags: [
          { tag_type: 'rfid', value: 'E28011AA0002' },
          { tag_type: 'rfid', value: 'E28011AA0003' },
        ],
      },
    ],
  ])
})

test('numbers and JSON are read where the API has them, and left as text where they are none', () => {
  const text = 'antenna_port,location_id,geofence,is_active\n3,17,"{""type"":""circle""}",no\nx,y,z,maybe'
  expect(parsed(text)).toEqual([
    [2, { antenna_port: 3, location_id: 17, geofence: { type: 'circle' }, is_active: false }],
    [3, { antenna_port: 'x', location_id: 'y', geofence: 'z', is_active: 'maybe' }],
  ])
})

test('NDJSON goes as it is, with the numbers of its lines', () => {
  expect(readLines('{"name":"A"}\n\n{"name": B}\r\n')).toEqual([
    { number: 1, json: '{"name":"A"}' },
    { number: 3, json: '{"name": B}' },
  ])
})
