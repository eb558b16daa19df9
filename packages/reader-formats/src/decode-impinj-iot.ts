/**
 * Impinj R700 and its kin, IoT device interface: one event a document, alone, in an array (webhook) or one a line (HTTP
 * stream, Kafka):
 *
 *   {"timestamp": "2026-07-27T16:26:24.100123456Z", "hostname": "impinj-13-f8-f5", "eventType": "tagInventory",
 *    "tagInventoryEvent": {"epc": "4oARkKUDAGVD4hIk", "epcHex": "E2801190A503006543E21224", "antennaPort": 1, "peakRssiCdbm": -7300}}
 *
 * Which fields there are is a matter of the reader's configuration: `epc` is base64url and may come without `epcHex`,
 * and older firmware leaves out `eventType`. Every other event shows that the reader is there.
 */
import {
  type FieldReport,
  type JsonObject,
  readCentiSignal,
  readText,
  report,
} from '@scanhook/domain/reading/parse-fields'
import { decodeBase64url } from './decode-base64url.ts'
import { readPort, requireText } from './entry-fields.ts'
import { firstTime } from './reader-time.ts'
import { addHeartbeat, deviceOf, oneEntry, requireObject, type Scope } from './scope.ts'

export function decodeImpinjIot(json: unknown, scope: Scope): void {
  const event = requireObject(json, scope)
  if (event === null) return
  const seen = event['tagInventoryEvent'] ?? null
  const kind = readText(event, 'eventType', 64, scope)
  if (seen === null && kind === null) {
    report(
      scope,
      'tagInventoryEvent',
      'required',
      'is required, or an eventType that says what else happened',
    )
    return
  }
  const deviceKey = deviceOf(event, ['hostname'], scope)
  if (seen === null && kind !== 'tagInventory') {
    addHeartbeat(scope, deviceKey)
    return
  }
  oneEntry(seen, { scope, prefix: `${scope.prefix}tagInventoryEvent.` }, (entry, at) => {
    const tagValue = epcOf(entry, at)
    const antennaPort = readPort(entry, 'antennaPort', at)
    const rssiCdbm = readCentiSignal(entry, 'peakRssiCdbm', at)
    if (tagValue === null || deviceKey === null) return null
    const readAtMs = firstTime(entry, ['lastSeenTime']) ?? firstTime(event, ['timestamp'])
    return { deviceKey, tagType: 'rfid', tagValue, antennaPort, readAtMs, rssiCdbm }
  })
}

// The EPC bank holds at most 496 bits (Gen2: a length of 31 words): 62 bytes, 84 digits of base64 with padding.
const epcMaxBytes = 62
const base64MaxLength = 84

function epcOf(entry: JsonObject, at: FieldReport): string | null {
  if (entry['epcHex'] !== undefined && entry['epcHex'] !== null) return requireText(entry, 'epcHex', at)
  if (entry['epc'] === undefined || entry['epc'] === null)
    return report(at, 'epc', 'required', 'is required, unless there is epcHex')
  const text = readText(entry, 'epc', base64MaxLength, at)
  if (text === null) return null
  const hex = decodeBase64url(text)
  if (hex === null || hex === '') return report(at, 'epc', 'invalid_value', 'must be base64url')
  if (hex.length > epcMaxBytes * 2)
    return report(at, 'epc', 'too_long', `must be at most ${epcMaxBytes} bytes`)
  return hex
}
