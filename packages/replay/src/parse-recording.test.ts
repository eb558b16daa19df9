import { expect, test } from 'vitest'
import { parseHeader, parseRecordedRead } from './parse-recording.ts'
import { renderHeader, renderRead } from './render-recording.ts'
import { demoWarehouse, simulateWarehouse } from './simulate-warehouse.ts'

test('what is rendered is parsed back as it was', () => {
  const { header, reads } = simulateWarehouse(demoWarehouse)
  expect(parseHeader(renderHeader(header))).toEqual({ ok: true, value: header })
  let count = 0
  for (const read of reads) {
    expect(parseRecordedRead(renderRead(read))).toEqual({ ok: true, value: read })
    if (++count === 200) break
  }
})

test('the documented form is read', () => {
  const read =
    '{"at_ms":12,"device":"reader-1","antenna_port":2,"tag":{"type":"rfid","value":"E280"},"rssi_dbm":-56.5}'
  expect(parseRecordedRead(read)).toEqual({
    ok: true,
    value: {
      atMs: 12,
      device: 'reader-1',
      antennaPort: 2,
      tag: { type: 'rfid', value: 'E280' },
      rssiDbm: -56.5,
    },
  })
})

test('all problems of a line are named at once, with their fields', () => {
  const parsed = parseRecordedRead('{"at_ms":"soon","device":"","antenna_port":1.5,"tag":{"type":"nfc"}}')
  expect(parsed.ok ? [] : parsed.problems.map(({ field }) => field)).toEqual([
    'at_ms',
    'device',
    'antenna_port',
    'tag.type',
    'tag.value',
  ])
  expect(parseRecordedRead('{')).toMatchObject({ ok: false, problems: [{ message: 'the line is not JSON' }] })
  expect(parseRecordedRead('[]')).toMatchObject({ ok: false })
  expect(parseRecordedRead('{"tag":null}')).toMatchObject({ ok: false })
})

test('a header names only what it has', () => {
  const line = JSON.stringify({
    recording: 1,
    name: 'n',
    description: 'd',
    locations: [{ external_key: 'A', name: 'A', parent_external_key: 'B' }],
    scan_devices: [
      {
        external_key: 'D',
        name: 'D',
        type: 't',
        scan_points: [{ antenna_port: 1, location_external_key: 'C', kind: 'zone' }],
      },
    ],
    assets: [],
  })
  const parsed = parseHeader(line)
  expect(parsed.ok ? [] : parsed.problems.map(({ field }) => field)).toEqual([
    'locations[0].parent_external_key',
    'scan_devices[0].scan_points[0].location_external_key',
  ])
  expect(parseHeader(line.replace('"recording":1', '"recording":2'))).toMatchObject({ ok: false })
})
