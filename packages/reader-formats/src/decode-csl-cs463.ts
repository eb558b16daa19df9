/**
 * CSL CS463, a fixed UHF reader:
 *
 *   {"sequenceNumber": 812, "rfidReaderName": "cs463-214", "pcEthernetMACAddress": "…", "numberOfTags": 1,
 *    "tags": [{"epc": "E280…", "timeStampOfRead": 1785169584100000, "timeZone": "-6:00", "antennaPort": 1, "rssi": "-56"}]}
 *
 * The recommended configuration trims it to `tags` with `epc`, `timeStampOfRead`, `antennaPort` and `rssi`, and then the
 * reader is not named. `timeZone` is how the reader shows its time; `timeStampOfRead` is UTC whatever it says.
 */
import { readSignal } from '@scanhook/domain/reading/parse-fields'
import { readPort, requireText } from './entry-fields.ts'
import { readerTime } from './reader-time.ts'
import { addHeartbeat, deviceOf, eachEntry, requireObject, type Scope } from './scope.ts'

export function decodeCslCs463(json: unknown, scope: Scope): void {
  const message = requireObject(json, scope)
  if (message === null) return
  const deviceKey = deviceOf(message, ['rfidReaderName', 'pcEthernetMACAddress'], scope)
  eachEntry({ object: message, field: 'tags' }, { scope, at: scope }, (entry, at) => {
    const tagValue = requireText(entry, 'epc', at)
    const antennaPort = readPort(entry, 'antennaPort', at)
    const rssiCdbm = readSignal(entry, 'rssi', at)
    if (tagValue === null || deviceKey === null) return null
    const readAtMs = readerTime(entry['timeStampOfRead'])
    return { deviceKey, tagType: 'rfid', tagValue, antennaPort, readAtMs, rssiCdbm }
  })
  const { tags } = message
  if (Array.isArray(tags) && tags.length === 0) addHeartbeat(scope, deviceKey)
}
