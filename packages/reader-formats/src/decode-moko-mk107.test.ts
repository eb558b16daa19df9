import { orgId } from '@scanhook/domain/ids'
import { expect, test } from 'vitest'
import { decodeDocument } from './decode-document.ts'
import type { Decoded, ReaderContext } from './message.ts'

const context: ReaderContext = { orgId: orgId(42), deviceKey: null, recordKey: null, fieldPrefix: '' }

const decode = (json: unknown, more: Partial<ReaderContext> = {}): Decoded =>
  decodeDocument('moko-mk107', json, { ...context, ...more })

const fieldsOf = ({ problems }: Decoded): readonly string[] => problems.map(({ field }) => field)

test('a state whose data is an object, or missing, is a heartbeat; so is an empty 3004', () => {
  for (const [msg_id, data] of [
    [3003, { net_state: 'online' }],
    [3003, undefined],
    [1001, [{ type: 1, value: { mac: 'C3' } }]],
    [3004, []],
  ]) {
    const decoded = decode({ msg_id, device_info: { mac: '4091' }, data })
    expect(decoded).toMatchObject({ reads: [], heartbeats: [{ deviceKey: '4091' }], problems: [] })
  }
})
test('what is no message of its kind is refused', () => {
  expect(fieldsOf(decode({}, { deviceKey: 'd' }))).toEqual(['msg_id'])
  expect(fieldsOf(decode({ msg_id: '3004' }, { deviceKey: 'd' }))).toEqual(['msg_id'])
  expect(fieldsOf(decode({ msg_id: 3004, data: {} }, { deviceKey: 'd' }))).toEqual(['data'])
  expect(fieldsOf(decode({ msg_id: 3004, device_info: 'd', data: [] }))).toEqual([
    'device_info',
    'device_info.device_id',
  ])
  expect(fieldsOf(decode({ msg_id: 3004, data: [{ type: 1 }] }, { deviceKey: 'd' }))).toEqual([
    'data.0.value',
  ])
})
