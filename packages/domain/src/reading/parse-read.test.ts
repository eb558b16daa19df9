import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { orgId } from '../ids.ts'
import type { FieldProblem } from '../read.ts'
import { parseRead } from './parse-read.ts'

const context = { orgId: orgId(7) }
const least = { device: 'cs463-214', tag: { value: 'E280' } }

function accepted(json: unknown): unknown {
  const parsed = parseRead(json, context)
  return parsed.ok ? parsed.value : parsed.problems
}

function problemsOf(
  json: unknown,
  given: { orgId: ReturnType<typeof orgId> | null } = context,
): [string, string][] {
  const parsed = parseRead(json, given)
  return parsed.ok ? [] : parsed.problems.map((problem: FieldProblem) => [problem.field, problem.code])
}

test('the least that a read must say', () => {
  expect(accepted(least)).toEqual({
    orgId: 7,
    readId: null,
    deviceKey: 'cs463-214',
    antennaPort: null,
    tagType: null,
    tagValue: 'E280',
    readAtMs: null,
    rssiCdbm: null,
    reads: 1,
    position: null,
  })
})

test('everything that a read can say; null counts as absent', () => {
  const all = {
    org_id: 7,
    id: 'r-1',
    device: 'gw-1',
    antenna_port: 2,
    tag: { type: 'ble', value: 'c3:00' },
    read_at: '2026-04-28T00:33:38.021Z',
    rssi_dbm: -56.25,
    reads: 7,
  }
  expect(accepted(all)).toEqual({
    orgId: 7,
    readId: 'r-1',
    deviceKey: 'gw-1',
    antennaPort: 2,
    tagType: 'ble',
    tagValue: 'c3:00',
    readAtMs: 1_777_336_418_021,
    rssiCdbm: -5625,
    reads: 7,
    position: null,
  })
  const nulls = { org_id: null, id: null, antenna_port: null, read_at: null, rssi_dbm: null, reads: null }
  expect(accepted({ ...least, ...nulls, tag: { type: null, value: 'E280' } })).toEqual(accepted(least))
})

test.each([
  [-56, -5600],
  ['-56', -5600],
  ['-56.5', -5650],
  [-73.004, -7300],
  [0, null],
  ['0', null],
  ['', null],
  ['n/a', null],
])('rssi_dbm %j is %j centi-dBm', (rssi, expected) => {
  expect(accepted({ ...least, rssi_dbm: rssi })).toMatchObject({ rssiCdbm: expected })
})

test.each([
  ['2026-04-28T00:33:38.021987Z', 1_777_336_418_021],
  [1_777_336_418, 1_777_336_418_000],
  [1_777_336_418.021, 1_777_336_418_021],
  [1_777_336_418_021, 1_777_336_418_021],
  [1_777_336_418_021_987, 1_777_336_418_021],
  [1.777_336_418_021_987e18, 1_777_336_418_021],
  ['1777336418021987654', 1_777_336_418_021],
  ['1777336418', 1_777_336_418_000],
  [0, 0],
])('read_at %j is an instant', (readAt, expected) => {
  expect(accepted({ ...least, read_at: readAt })).toMatchObject({ readAtMs: expected })
})

describe('F2: problems', () => {
  test('F2: all at once, each with its field', () => {
    const wrong = {
      org_id: 8,
      id: '',
      device: 5,
      antenna_port: 1.5,
      tag: { type: 'nfc', value: 'x'.repeat(256), colour: 'red' },
      read_at: '2026-6-8&21:43:48+00',
      rssi_dbm: true,
      reads: 0,
      epc: 'E280',
    }
    expect(problemsOf(wrong)).toEqual([
      ['epc', 'unknown_field'],
      ['org_id', 'invalid_context'],
      ['id', 'too_short'],
      ['device', 'invalid_value'],
      ['antenna_port', 'invalid_value'],
      ['tag.colour', 'unknown_field'],
      ['tag.value', 'too_long'],
      ['tag.type', 'invalid_value'],
      ['read_at', 'invalid_value'],
      ['rssi_dbm', 'invalid_value'],
      ['reads', 'too_small'],
    ])
  })
  test('F2: what is missing', () => {
    expect(problemsOf({})).toEqual([
      ['device', 'required'],
      ['tag', 'required'],
    ])
    expect(problemsOf({ device: 'd', tag: {} }, { orgId: null })).toEqual([
      ['org_id', 'required'],
      ['tag.value', 'required'],
    ])
  })
  test('F2: a prefix says which read of a batch it was', () => {
    const parsed = parseRead({ tag: 5 }, { ...context, fieldPrefix: 'reads[3].' })
    expect(parsed).toMatchObject({
      ok: false,
      problems: [{ field: 'reads[3].device' }, { field: 'reads[3].tag' }],
    })
    expect(parseRead([], { ...context, fieldPrefix: 'reads[3].' })).toMatchObject({
      problems: [{ field: 'reads[3]' }],
    })
  })
  test.each([[null], ['text'], [5], [[]], [true]])('F2: %j is no read', (json) => {
    expect(problemsOf(json)).toEqual([['', 'invalid_value']])
  })
})

test('a topic that serves many organizations takes org_id from the read', () => {
  const parsed = parseRead({ ...least, org_id: 9 }, { orgId: null })
  expect(parsed).toMatchObject({ ok: true, value: { orgId: 9 } })
})

test.each(['a\u0000b', 'a\u001bb', 'a\u0085b', 'a\ud800b'])(
  '%j is refused: it can be neither shown nor stored',
  (value) => {
    expect(problemsOf({ device: 'd', tag: { value } })).toEqual([['tag.value', 'invalid_value']])
  },
)

test('tab and line breaks are part of some barcodes', () => {
  expect(accepted({ device: 'd', tag: { value: 'a\tb\r\nc' } })).toMatchObject({ tagValue: 'a\tb\r\nc' })
})

test.each([
  [{ antenna_port: -1 }, 'too_small'],
  [{ antenna_port: 65_536 }, 'too_large'],
  [{ reads: 600_001 }, 'too_large'],
  [{ rssi_dbm: 301 }, 'too_large'],
  [{ rssi_dbm: -301 }, 'too_small'],
  [{ read_at: -1 }, 'invalid_value'],
  [{ read_at: 1e19 }, 'invalid_value'],
  [{ read_at: {} }, 'invalid_value'],
  [{ org_id: 2 ** 53 }, 'too_large'],
])('F3: %j is out of bounds', (member, code) => {
  expect(problemsOf({ ...least, ...member }).map(([, found]) => found)).toEqual([code])
})

test('F2, F3: JSON is either a bounded read or a list of problems, never a throw', () => {
  const anyMember = fc.oneof(fc.jsonValue(), fc.constant(undefined))
  const anyRead = fc.record({
    device: fc.oneof(fc.constant('d'), anyMember),
    tag: fc.oneof(fc.constant({ value: 'E280' }), anyMember),
    rssi_dbm: anyMember,
    read_at: anyMember,
    reads: anyMember,
    antenna_port: anyMember,
  })
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), anyRead), (json) => {
      const parsed = parseRead(json, context)
      if (parsed.ok) {
        expect(parsed.value.deviceKey.length).toBeLessThanOrEqual(255)
        expect(parsed.value.reads).toBeGreaterThanOrEqual(1)
      } else {
        expect(parsed.problems.length).toBeGreaterThan(0)
      }
    }),
  )
})

describe('a position', () => {
  const tracker = { device: 'tracker-12', position: { latitude: 53.4084, longitude: -2.9916, accuracy_m: 8 } }

  test('a tracker is its own tag, unless the read names one', () => {
    expect(accepted(tracker)).toMatchObject({
      tagType: 'gps',
      tagValue: 'tracker-12',
      position: { latitude: 53.4084, longitude: -2.9916, accuracyM: 8 },
    })
    expect(accepted({ ...tracker, tag: { type: 'rfid', value: 'E280' } })).toMatchObject({
      tagType: 'rfid',
      tagValue: 'E280',
      position: { latitude: 53.4084 },
    })
    expect(accepted({ ...tracker, position: { latitude: 0, longitude: 0 } })).toMatchObject({
      position: { latitude: 0, longitude: 0, accuracyM: null },
    })
  })

  test('F2, F3: what is wrong with it is said, and not the tag that it would have been', () => {
    const problemsIn = (position: unknown): [string, string][] => problemsOf({ device: 't', position })
    expect(problemsIn({ latitude: 91, longitude: -181, accuracy_m: -1, altitude: 3 })).toEqual([
      ['position.altitude', 'unknown_field'],
      ['position.latitude', 'too_large'],
      ['position.longitude', 'too_small'],
      ['position.accuracy_m', 'too_small'],
    ])
    expect(problemsIn({ latitude: '53' })).toEqual([
      ['position.latitude', 'invalid_value'],
      ['position.longitude', 'required'],
    ])
    expect(problemsIn([])).toEqual([
      ['position', 'invalid_value'],
      ['tag', 'required'],
    ])
    expect(problemsOf({ position: tracker.position })).toEqual([['device', 'required']])
  })
})

test('the way in may name the device, whatever the read says', () => {
  const named = { ...context, deviceKey: 'header' }
  expect(parseRead(least, named)).toMatchObject({ value: { deviceKey: 'header' } })
  expect(parseRead({ tag: { value: 'E280' } }, named)).toMatchObject({ value: { deviceKey: 'header' } })
  expect(parseRead({ ...least, device: 7 }, named)).toMatchObject({ problems: [{ field: 'device' }] })
})
