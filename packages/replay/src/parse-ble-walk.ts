/**
 * The text of a BLE walk (format `ble-mbd`: lines `ts,gateway_mac,beacon_mac,rssi,x,y,z,…`, times in seconds) and of its
 * devices file (a line `Dongles:{"<mac>":[[x,y,z],colour,"sensor31"],…}`) → rows and gateways. Every line is checked,
 * and the first that is no read is named; what the rows mean is decided elsewhere.
 */
import type { Parsed } from '@scanhook/domain/read'

export interface BleGateway {
  readonly mac: string
  readonly alias: string
  /** The first digit of its alias. */
  readonly zone: number
}

export interface BleRow {
  /** Counted from 1, as an editor does. */
  readonly line: number
  /** Seconds since 1970, with fractions. */
  readonly atS: number
  readonly gatewayMac: string
  readonly beaconMac: string
  readonly rssiDbm: number
  /** Where the beacon truly was, metres; null where the line does not say. */
  readonly position: { readonly x: number; readonly y: number } | null
}

/** Fails on a file without gateways. */
export function parseBleDevices(devices: string): Parsed<readonly BleGateway[]> {
  const gateways = gatewaysOf(devices)
  return gateways.length > 0
    ? { ok: true, value: gateways }
    : failed('devices', 'the device file must have a line that begins with Dongles: and names gateways')
}

/** Rows in the order of their lines; blank lines are skipped. Fails on the first line that is no read, and without any. */
export function parseBleRows(walk: string): Parsed<readonly BleRow[]> {
  const rows: BleRow[] = []
  for (const [index, text] of walk.split('\n').entries()) {
    if (text.trim() === '') continue
    const row = rowOf(text, index + 1)
    if (row === null) return failed(`line ${index + 1}`, 'a line must be ts,gateway,beacon,rssi,x,y,…')
    rows.push(row)
  }
  return rows.length > 0 ? { ok: true, value: rows } : failed('line 1', 'there is no read in it')
}

function failed(field: string, message: string): Parsed<never> {
  return { ok: false, problems: [{ field, code: 'invalid_value', message }] }
}

/** The JSON after `Dongles:` has blanks where it likes; values are `[[x,y,z], colour, alias]`. */
function gatewaysOf(devices: string): BleGateway[] {
  const line = devices.split('\n').find((candidate) => candidate.startsWith('Dongles:'))
  if (line === undefined) return []
  let dongles: unknown
  try {
    dongles = JSON.parse(line.slice('Dongles:'.length))
  } catch {
    return []
  }
  if (typeof dongles !== 'object' || dongles === null) return []
  return Object.entries(dongles).flatMap(([mac, entry]: [string, unknown]) => {
    const alias: unknown = Array.isArray(entry) ? entry[2] : undefined
    const zone = typeof alias === 'string' ? /\d/.exec(alias)?.[0] : undefined
    return typeof alias === 'string' && zone !== undefined ? [{ mac, alias, zone: Number(zone) }] : []
  })
}

function rowOf(text: string, line: number): BleRow | null {
  const [ts, gatewayMac, beaconMac, rssi, x, y] = text.split(',').map((cell) => cell.trim())
  const atS = numberOf(ts)
  const rssiDbm = numberOf(rssi)
  if (!gatewayMac || !beaconMac || atS === null || rssiDbm === null) return null
  if (x === undefined && y === undefined) return { line, atS, gatewayMac, beaconMac, rssiDbm, position: null }
  const [xM, yM] = [numberOf(x), numberOf(y)]
  if (xM === null || yM === null) return null
  return { line, atS, gatewayMac, beaconMac, rssiDbm, position: { x: xM, y: yM } }
}

/** `Number('')` is 0, which is no measurement. */
function numberOf(text: string | undefined): number | null {
  const value = text === undefined || text === '' ? Number.NaN : Number(text)
  return Number.isFinite(value) ? value : null
}
