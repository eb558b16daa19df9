/**
 * GL.iNet GL-S10, a BLE gateway; one frame holds every advertisement of about a second:
 *
 *   {"dev_id": "gl-s10-01", "dev_ble_mac": "C4DEE229A176", "publish_ts": 1785169584900, "dev_list_len": 1,
 *    "dev_list": [{"mac": "C300001A2B3C", "rssi": -71, "ts": 1785169584100, "ad": "0201061AFF4C000215…"}]}
 *
 * The beacon is its `mac`. What it advertises (`ad`, an iBeacon's UUID, major and minor, say) is not read: many beacons
 * share a UUID, and operators register what is printed on the case.
 */
import { readBleSignal, requireText } from './entry-fields.ts'
import { readerTime } from './reader-time.ts'
import { addHeartbeat, deviceOf, eachEntry, requireObject, type Scope } from './scope.ts'

// The id that the operator gave comes first; a gateway without one is known by what is printed on it.
const deviceFields = ['dev_id', 'dev_ble_mac', 'dev_wifi_sta_mac', 'dev_sn']

export function decodeGlS10(json: unknown, scope: Scope): void {
  const message = requireObject(json, scope)
  if (message === null) return
  const deviceKey = deviceOf(message, deviceFields, scope)
  eachEntry({ object: message, field: 'dev_list' }, { scope, at: scope }, (entry, at) => {
    const tagValue = requireText(entry, 'mac', at)
    const rssiCdbm = readBleSignal(entry, 'rssi', at)
    if (tagValue === null || deviceKey === null) return null
    const readAtMs = readerTime(entry['ts'])
    return { deviceKey, tagType: 'ble', tagValue, readAtMs, rssiCdbm, reads: repeats(entry['n']) }
  })
  const { dev_list: list } = message
  if (Array.isArray(list) && list.length === 0) addHeartbeat(scope, deviceKey)
}

// A small number says how many advertisements this one stands for; other firmware puts the beacon's name there.
function repeats(value: unknown): number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 1_000 ? value : 1
}
