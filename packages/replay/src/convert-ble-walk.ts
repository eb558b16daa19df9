/**
 * The public BLE walks (philotuxo/Position-Annotated-BLE-RSSI-Dataset, CC0) → a recording: a beacon carried past
 * twelve gateways in four zones. A walk has lines `ts,gateway_mac,beacon_mac,rssi,x,y,z,…`; the devices are in a file
 * `tetam.dev` beside it, with a line `Dongles:{"<mac>":[[x,y,z],colour,"sensor31"],…}`. The first digit of a gateway's
 * alias is its zone.
 */
import type { Parsed } from '@scanhook/domain/read'
import { type BleGateway, parseBleDevices, parseBleRows } from './parse-ble-walk.ts'
import type { RecordedRead, Recording, RecordingHeader } from './recording.ts'

export interface BleWalkText {
  readonly name: string
  /** The unpacked walk. */
  readonly walk: string
  /** `tetam.dev`. */
  readonly devices: string
}

const siteKey = 'HALL'

/** Fails on a device file without gateways and on a line that is no read; a line from an unknown gateway is left out. */
export function convertBleWalk({ name, walk, devices }: BleWalkText): Parsed<Recording> {
  const gateways = parseBleDevices(devices)
  if (!gateways.ok) return gateways
  const rows = parseBleRows(walk)
  if (!rows.ok) return rows
  const byMac = new Map(gateways.value.map((gateway) => [gateway.mac, gateway]))
  const known = rows.value.flatMap((row) => {
    const gateway = byMac.get(row.gatewayMac)
    return gateway === undefined ? [] : [{ ...row, gateway }]
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
  return { ok: true, value: { header: headerOf(name, gateways.value, beacons), reads } }
}

function headerOf(
  name: string,
  gateways: readonly BleGateway[],
  beacons: readonly string[],
): RecordingHeader {
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
