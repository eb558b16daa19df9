/**
 * Zebra IoT Connector (FX7500, FX9600, ATR7000, FXR90) and Zebra's handhelds (RFD40, RFD90). One read a document, and
 * several documents may follow each other with nothing between them (`}{`):
 *
 *   {"type": "SIMPLE", "timestamp": "2026-07-27T16:26:24.100+0000",
 *    "data": {"idHex": "e2801190a503006543e21224", "antenna": 1, "peakRssi": -56, "reads": 3, "eventNum": 812, "format": "epc"}}
 *
 * A handheld sends lists, and names its profile as `type`:
 *
 *   {"type": "BALANCED_PERFORMANCE", "timestamp": "…", "data": {"tagData": [{"EPCid": "E280…", "peakRssi": -52, "seenCount": 14}],
 *                                                               "barcodeData": [{"decodedBarcode": "4006381333931"}]}}
 *
 * Every other `type` (heartbeat, error, gpi, …) shows that the reader is there.
 */
import {
  type FieldReport,
  isJsonObject,
  type JsonObject,
  readSignal,
  readText,
  report,
} from '@scanhook/domain/reading/parse-fields'
import { readCount, readPort, requireText } from './entry-fields.ts'
import { firstTime } from './reader-time.ts'
import {
  addHeartbeat,
  deviceOf,
  eachEntry,
  oneEntry,
  requireObject,
  type Scope,
  type Sighting,
  within,
} from './scope.ts'

const readTypes = ['SIMPLE', 'INVENTORY', 'PORTAL', 'CONVEYOR', 'DIRECTIONALITY', 'CUSTOM']

export function decodeZebraIot(json: unknown, scope: Scope): void {
  const message = requireObject(json, scope)
  if (message === null) return
  const { data } = message
  const members = isJsonObject(data) ? data : {}
  const hasLists = (members['tagData'] ?? members['barcodeData'] ?? null) !== null
  const type = readText(message, 'type', 64, scope)
  const isRead = hasLists || members['idHex'] !== undefined || readTypes.includes(type?.toUpperCase() ?? '')
  if (type === null && !isRead) {
    report(scope, 'type', 'required', `must be one of ${readTypes.join(', ')}, or another event’s`)
    return
  }
  // `hostName` and `MAC` are metadata that the reader can be told to send along.
  const deviceKey = deviceOf(members, ['hostName', 'MAC'], scope, within(scope, 'data'))
  if (!isRead) {
    addHeartbeat(scope, deviceKey)
    return
  }
  if (deviceKey === null) return
  const from: From = { deviceKey, message }
  if (hasLists) takeLists(members, from, scope)
  else if (Array.isArray(data))
    eachEntry({ object: message, field: 'data' }, { scope, at: scope }, fixedRead(from))
  else oneEntry(data, { scope, prefix: `${scope.prefix}data.` }, fixedRead(from))
}

interface From {
  readonly deviceKey: string
  readonly message: JsonObject
}

function takeLists(members: JsonObject, from: From, scope: Scope): void {
  const into = { scope, at: within(scope, 'data') }
  const count = scope.reads.length + scope.problems.length
  if ((members['tagData'] ?? null) !== null) {
    eachEntry({ object: members, field: 'tagData' }, into, handheldTag(from))
  }
  if ((members['barcodeData'] ?? null) !== null) {
    eachEntry({ object: members, field: 'barcodeData' }, into, (entry, at) => {
      const tagValue = requireText(entry, 'decodedBarcode', at)
      return tagValue === null ? null : { ...whenAndWho(entry, from), tagType: 'barcode', tagValue }
    })
  }
  if (scope.reads.length + scope.problems.length === count) addHeartbeat(scope, from.deviceKey)
}

function fixedRead(from: From): (entry: JsonObject, at: FieldReport) => Sighting | null {
  return (entry, at) => {
    const tagValue = requireText(entry, 'idHex', at)
    const antennaPort = readPort(entry, 'antenna', at)
    const rssiCdbm = readSignal(entry, 'peakRssi', at)
    const reads = readCount(entry, 'reads', at)
    if (tagValue === null) return null
    return { ...whenAndWho(entry, from), tagType: 'rfid', tagValue, antennaPort, rssiCdbm, reads }
  }
}

const handheldEpcFields = ['EPCid', 'EPCId', 'EPC', 'idHex']

/** Only `eventNum` is certain to be there; without the EPC there is nothing to look up. */
function handheldTag(from: From): (entry: JsonObject, at: FieldReport) => Sighting | null {
  return (entry, at) => {
    const field = handheldEpcFields.find((each) => (entry[each] ?? null) !== null) ?? 'EPCid'
    const tagValue = requireText(entry, field, at)
    const rssiCdbm = readSignal(entry, 'peakRssi', at)
    const reads = readCount(entry, 'seenCount', at)
    if (tagValue === null) return null
    return { ...whenAndWho(entry, from), tagType: 'rfid', tagValue, rssiCdbm, reads }
  }
}

function whenAndWho(
  entry: JsonObject,
  { deviceKey, message }: From,
): { readonly deviceKey: string; readonly readAtMs: number | null } {
  return { deviceKey, readAtMs: firstTime(entry, ['timestamp']) ?? firstTime(message, ['timestamp']) }
}
