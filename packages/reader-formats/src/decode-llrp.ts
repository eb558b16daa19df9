/**
 * Reports in the words of LLRP, as libraries (sllurp, LTK and their kin) write its messages down in JSON:
 *
 *   {"RO_ACCESS_REPORT": {"TagReportData": [{"EPC-96": "E280…", "AntennaID": 1, "PeakRSSI": -56,
 *                                            "LastSeenTimestampUTC": 1785169584100000, "TagSeenCount": 3}]}}
 *
 * Also `TagReportData` without the wrapper, as an array or a single object, and a report by itself. A value may stand in
 * an array or an object of its own, as some libraries have it: `[1]`, `{"Microseconds": 1785169584100000}`.
 *
 * LLRP does not name the reader. `…TimestampUptime` counts from the reader's start: it is no clock and is not read.
 */
import { isJsonObject, type JsonObject, readSignal } from '@scanhook/domain/reading/parse-fields'
import { readCount, readPort, requireText } from './entry-fields.ts'
import { firstTime } from './reader-time.ts'
import {
  addHeartbeat,
  deviceOf,
  eachEntry,
  findObject,
  oneEntry,
  type ReadEntry,
  requireObject,
  type Scope,
  within,
} from './scope.ts'

const epcFields = ['EPC-96', 'EPC_96', 'EPCData', 'EPC']
const otherMessages = ['KEEPALIVE', 'READER_EVENT_NOTIFICATION']

export function decodeLlrp(json: unknown, scope: Scope): void {
  const message = requireObject(json, scope)
  if (message === null) return
  const deviceKey = deviceOf(message, [], scope)
  if (deviceKey === null) return
  const read = tagReport(deviceKey)
  if (epcFields.some((field) => (message[field] ?? null) !== null)) {
    oneEntry(message, { scope, prefix: scope.prefix }, read)
    return
  }
  const wrapper = findObject(message, 'RO_ACCESS_REPORT', scope)
  const holder = wrapper ?? message
  const at = wrapper === null ? scope : within(scope, 'RO_ACCESS_REPORT')
  const reports = holder['TagReportData'] ?? null
  // A reader that has nothing to report says so with an empty report.
  const isEmpty = wrapper !== null && reports === null
  if (
    isEmpty ||
    (Array.isArray(reports) && reports.length === 0) ||
    otherMessages.some((name) => name in message)
  ) {
    addHeartbeat(scope, deviceKey)
  } else if (isJsonObject(reports)) {
    oneEntry(reports, { scope, prefix: `${at.prefix}TagReportData.` }, read)
  } else {
    eachEntry({ object: holder, field: 'TagReportData' }, { scope, at }, read)
  }
}

function tagReport(deviceKey: string): ReadEntry {
  return (entry, at) => {
    const field = epcFields.find((each) => (entry[each] ?? null) !== null) ?? 'EPC-96'
    const epc: JsonObject = { [field]: epcOf(entry[field]) }
    const plain: JsonObject = {
      AntennaID: unwrapped(entry['AntennaID']),
      PeakRSSI: unwrapped(entry['PeakRSSI']),
      TagSeenCount: unwrapped(entry['TagSeenCount']),
      LastSeenTimestampUTC: unwrapped(entry['LastSeenTimestampUTC']),
      FirstSeenTimestampUTC: unwrapped(entry['FirstSeenTimestampUTC']),
    }
    const tagValue = requireText(epc, field, at)
    const antennaPort = readPort(plain, 'AntennaID', at)
    const rssiCdbm = readSignal(plain, 'PeakRSSI', at)
    const reads = readCount(plain, 'TagSeenCount', at)
    if (tagValue === null) return null
    const readAtMs = firstTime(plain, ['LastSeenTimestampUTC', 'FirstSeenTimestampUTC'])
    return { deviceKey, tagType: 'rfid', tagValue, antennaPort, readAtMs, rssiCdbm, reads }
  }
}

/** `EPCData` says how many bits there are beside the EPC. */
function epcOf(value: unknown): unknown {
  return isJsonObject(value) ? value['EPC'] : unwrapped(value)
}

function unwrapped(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 1 ? value[0] : value
  if (!isJsonObject(value)) return value
  const members = Object.values(value)
  return members.length === 1 ? members[0] : value
}
