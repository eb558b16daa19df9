/**
 * The public BLE walks (philotuxo/Position-Annotated-BLE-RSSI-Dataset, CC0) → a recording: a beacon carried past
 * twelve gateways in four zones. A walk has lines `ts,gateway_mac,beacon_mac,rssi,x,y,z,…`; the devices are in a file
 * `tetam.dev` beside it, with a line `Dongles:{"<mac>":[[x,y,z],colour,"sensor31"],…}`. The first digit of a gateway's
 * alias is its zone.
 */
import type { Parsed } from '@scanhook/domain/read'
import type { RecordedRead, Recording, RecordingHeader } from './recording.ts'

export interface BleWalkText {
  readonly name: string
  /** The unpacked walk. */
  readonly walk: string
  /** `tetam.dev`. */
  readonly devices: string
}

interface Gateway {
  readonly mac: string
  readonly alias: string
  readonly zone: number
}

const siteKey = 'HALL'

/** Fails on a device file without gateways and on a line that is no read; a line from an unknown gateway is left out. */
export function convertBleWalk({ name, walk, devices }: BleWalkText): Parsed<Recording> {
  const gateways = gatewaysOf(devices)
  if (gateways.length === 0)
    return failed('devices', 'the device file must have a line that begins with Dongles:')
  const byMac = new Map(gateways.map((gateway) => [gateway.mac, gateway]))
  const lines = walk.split('\n').filter((line) => line.trim() !== '')
  const rows = lines.map(rowOf)
  const badIndex = rows.indexOf(null)
  if (badIndex !== -1 || rows.length === 0)
    return failed(`line ${badIndex + 1}`, 'a line must be ts,gateway,beacon,rssi,…')
  const known = rows.flatMap((row) => {
    const gateway = row === null ? undefined : byMac.get(row.gatewayMac)
    return row === null || gateway === undefined ? [] : [{ ...row, gateway }]
  })
  known.sort((one, other) => one.atS - other.atS)
  const startS = known[0]?.atS ?? 0
  const reads = known.map(
    ({ atS, gateway, beaconMac, rssiDbm }): RecordedRead => ({
      atMs: Math.round((atS - startS) * 1_000),
      device: gateway.alias,
      antennaPort: 1,
      tag: { type: 'ble', value: beaconMac },
      rssiDbm,
    }),
  )
  const beacons = [...new Set(known.map(({ beaconMac }) => beaconMac))].sort()
  return { ok: true, value: { header: headerOf(name, gateways, beacons), reads } }
}

function failed(field: string, message: string): Parsed<Recording> {
  return { ok: false, problems: [{ field, code: 'invalid_value', message }] }
}

/** The JSON after `Dongles:` has blanks where it likes; values are `[[x,y,z], colour, alias]`. */
function gatewaysOf(devices: string): Gateway[] {
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

interface Row {
  readonly atS: number
  readonly gatewayMac: string
  readonly beaconMac: string
  readonly rssiDbm: number
}

function rowOf(line: string): Row | null {
  const [ts, gatewayMac, beaconMac, rssi] = line.split(',')
  const atS = Number(ts)
  const rssiDbm = Number(rssi)
  if (!gatewayMac || !beaconMac || !Number.isFinite(atS) || !Number.isFinite(rssiDbm)) return null
  return { atS, gatewayMac, beaconMac, rssiDbm }
}

function headerOf(name: string, gateways: readonly Gateway[], beacons: readonly string[]): RecordingHeader {
  const zones = [...new Set(gateways.map(({ zone }) => zone))].sort((one, other) => one - other)
  return {
    name,
    description:
      'A BLE beacon carried past 12 gateways in 4 zones (Position-Annotated BLE RSSI Dataset, CC0)',
    locations: [
      { externalKey: siteKey, name: 'Hall', parentExternalKey: null },
      ...zones.map((zone) => ({
        externalKey: `ZONE-${zone}`,
        name: `Zone ${zone}`,
        parentExternalKey: siteKey,
      })),
    ],
    scanDevices: gateways.map(({ alias, zone }) => ({
      externalKey: alias,
      name: `Gateway ${alias}`,
      type: 'esp32_ble_generic',
      scanPoints: [{ antennaPort: 1, locationExternalKey: `ZONE-${zone}`, kind: 'zone' }],
    })),
    assets: beacons.map((mac, index) => ({
      externalKey: `BEACON-${index + 1}`,
      name: `Beacon ${index + 1}`,
      tags: [{ tagType: 'ble', value: mac }],
    })),
  }
}
