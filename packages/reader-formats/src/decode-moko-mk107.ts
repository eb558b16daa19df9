/**
 * MOKO MK107, a BLE gateway:
 *
 *   {"msg_id": 3004, "device_info": {"device_id": "mk107-1", "mac": "409151A65C96"},
 *    "data": [{"type": 1, "value": {"mac": "C300001A2B3C", "timestamp": "2026-7-27&16:26:24+00", "rssi": -71, "raw data": "…"}}]}
 *
 * 3004 carries advertisements; 3003 and every other message (states, answers to commands) only show that the gateway is
 * there, and their `data` is an object or missing.
 */
import { isJsonObject, report } from '@scanhook/domain/reading/parse-fields'
import { readBleSignal, requireText } from './entry-fields.ts'
import { readerTime } from './reader-time.ts'
import { addHeartbeat, deviceOf, eachEntry, findObject, requireObject, type Scope, within } from './scope.ts'

const advertisements = 3004

export function decodeMokoMk107(json: unknown, scope: Scope): void {
  const message = requireObject(json, scope)
  if (message === null) return
  const kind = message['msg_id']
  if (typeof kind !== 'number') {
    report(
      scope,
      'msg_id',
      kind === undefined ? 'required' : 'invalid_value',
      'must be a number, 3004 for advertisements',
    )
    return
  }
  const info = findObject(message, 'device_info', scope) ?? {}
  const deviceKey = deviceOf(info, ['device_id', 'mac'], scope, within(scope, 'device_info'))
  if (kind !== advertisements) {
    addHeartbeat(scope, deviceKey)
    return
  }
  eachEntry({ object: message, field: 'data' }, { scope, at: scope }, (entry, at) => {
    const value = entry['value']
    if (!isJsonObject(value)) return report(at, 'value', 'invalid_value', 'must be an object')
    const inValue = within(at, 'value')
    const tagValue = requireText(value, 'mac', inValue)
    const rssiCdbm = readBleSignal(value, 'rssi', inValue)
    if (tagValue === null || deviceKey === null) return null
    return { deviceKey, tagType: 'ble', tagValue, readAtMs: readerTime(value['timestamp']), rssiCdbm }
  })
  const { data } = message
  if (Array.isArray(data) && data.length === 0) addHeartbeat(scope, deviceKey)
}
