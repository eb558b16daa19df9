import { businessEventTypes } from '@scanhook/domain/event'
import { orgId } from '@scanhook/domain/ids'
import { isHeartbeat, parseHeartbeat } from '@scanhook/domain/reading/parse-heartbeat'
import { parseIncomingEvent } from '@scanhook/domain/reading/parse-incoming-event'
import { parseRead } from '@scanhook/domain/reading/parse-read'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { exampleData } from './examples.ts'
import { incomingEventForm, readForm } from './upstream-forms.ts'
import { validateBusinessEvent } from './validate-business-event.ts'

const ajv = new Ajv2020({ strict: false })
addFormats.default(ajv, ['date-time', 'uuid', 'uri', 'email'])
const isRead = ajv.compile(readForm)
const isEvent = ajv.compile(incomingEventForm)

const context = { orgId: orgId(1), nowMs: 1_795_444_931_794 }
const takesRead = (json: unknown): boolean =>
  isHeartbeat(json) ? parseHeartbeat(json, context).ok : parseRead(json, context).ok

/** Mostly right, with something wrong now and then. */
const orWrong = <T>(right: fc.Arbitrary<T>) =>
  fc.oneof(
    { weight: 12, arbitrary: right },
    { weight: 1, arbitrary: fc.constantFrom(null, '', -1, 1.5, 'x', {}, [], true, '\u0000') },
  )
const text = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme-ascii' })
const read = fc.record(
  {
    org_id: orWrong(fc.constant(1)),
    id: orWrong(text),
    device: orWrong(text),
    antenna_port: orWrong(fc.integer({ min: -1, max: 65_536 })),
    tag: orWrong(
      fc.record(
        { type: orWrong(fc.constantFrom('rfid', 'ble', 'gps', 'other')), value: orWrong(text) },
        { requiredKeys: [] },
      ),
    ),
    read_at: orWrong(
      fc.constantFrom('2026-07-27T16:26:24.100Z', '2026-07-27T16:26:24+02:00', '2026-07-27', 'soon'),
    ),
    rssi_dbm: orWrong(fc.integer({ min: -120, max: 0 })),
    reads: orWrong(fc.constantFrom(0, 1, 600_000, 600_001)),
    position: orWrong(
      fc.record(
        {
          latitude: orWrong(fc.integer({ min: -91, max: 91 })),
          longitude: orWrong(fc.integer({ min: -181, max: 181 })),
          accuracy_m: orWrong(fc.constant(5)),
        },
        { requiredKeys: [] },
      ),
    ),
    heartbeat: fc.constantFrom(true, false, null),
    other: fc.constant(1),
  },
  { requiredKeys: ['device'] },
)

test('the form of a read accepts what the parser accepts, and nothing else', () => {
  fc.assert(
    fc.property(read, (json) => {
      expect({ json, accepts: isRead(json) }).toEqual({ json, accepts: takesRead(json) })
    }),
    { numRuns: 3_000 },
  )
})

test('the form of a business event accepts every example, and nothing without what its type needs', () => {
  for (const type of businessEventTypes) {
    const event = { id: 'a', type, occurred_at: '2026-02-11T09:15:00Z', data: exampleData[type] }
    expect(isEvent(event), type).toBe(true)
    expect(isEvent({ ...event, data: {} }), type).toBe(false)
    expect(isEvent({ ...event, other: 1 }), type).toBe(false)
    const parsed = parseIncomingEvent({ ...event, data: {} }, context)
    expect(parsed.ok && validateBusinessEvent(type, {}).ok, type).toBe(false)
  }
  expect(isEvent({ type: 'asset.moved', data: {} })).toBe(false)
})
