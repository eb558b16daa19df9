/** A walk through the rules as the tracker applies them: read → scan → partition, in this process, with master data made up on the spot. */
import type { AssetRef, LocationRef } from '@scanhook/domain/asset'
import type { DomainEvent } from '@scanhook/domain/event'
import { assetId, locationId, type OrgId, orgId, scanDeviceId, scanPointId } from '@scanhook/domain/ids'
import type { MovementSettings } from '@scanhook/domain/movement-settings'
import type { ScanRead } from '@scanhook/domain/read'
import type { HeardDevice, Place, Scan } from '@scanhook/domain/scan'
import { assetEventId, transitionId, visitId } from '@scanhook/identity/derived-ids'
import type { BleGateway } from '@scanhook/replay/parse-ble-walk'
import { zoneKey } from './decisions.ts'
import { type DrivenRecord, driveTracker } from './drive-tracker.ts'
import { happenings, type Walk, type WalkRead } from './walk.ts'

export interface PureOptions {
  readonly gateways: readonly BleGateway[]
  readonly settings: MovementSettings
  readonly tailMs: number
}

/** By beacon, every beacon an asset of its own. Times are those of the recording. */
export function derivePurely(
  walk: Walk,
  { gateways, settings, tailMs }: PureOptions,
): ReadonlyMap<string, readonly DomainEvent[]> {
  const places = new Map(gateways.map((gateway, index) => [gateway.alias, placeOf(gateway, index, settings)]))
  const assets = new Map(Array.from(walk.truth.keys(), (beacon, index) => [beacon, assetOf(beacon, index)]))
  const records = scansAndTicks(walk, { places, assets, settings, tailMs })
  const events = driveTracker(records, { assetEventId, transitionId, visitId })
  return new Map(
    Array.from(assets, ([beacon, { id }]) => [beacon, events.filter((event) => event.assetId === id)]),
  )
}

interface Scene {
  readonly places: ReadonlyMap<string, Place>
  readonly assets: ReadonlyMap<string, AssetRef>
  readonly settings: MovementSettings
  readonly tailMs: number
}

/** After each tick the readers that were heard since the last one, as the producer tells the tracker of them. */
function* scansAndTicks(walk: Walk, scene: Scene): Generator<DrivenRecord> {
  const heard = new Map<number, HeardDevice>()
  const recently = new Set<number>()
  for (const { kind, atMs, ...happening } of happenings(walk, scene.tailMs)) {
    if (kind === 'second') {
      yield { kind: 'tick', atMs }
      const devices = Array.from(recently).flatMap((id) => heard.get(id) ?? [])
      recently.clear()
      if (devices.length > 0) yield { kind: 'liveness', atMs, devices }
      continue
    }
    const { read } = happening as { readonly read: WalkRead }
    const scan = resolve(readOf(read), read.atMs, scene)
    // A gateway that nobody knows, as on the real path.
    if (scan === null) continue
    const { id } = scan.place.device
    heard.set(id, hear(heard.get(id), scan, scene.settings))
    recently.add(id)
    yield scan
  }
}

const org: OrgId = orgId(1)

function readOf({ beacon, device, rssiDbm }: WalkRead): ScanRead {
  return {
    orgId: org,
    readId: null,
    deviceKey: device,
    antennaPort: 1,
    tagType: 'ble',
    tagValue: beacon,
    readAtMs: null,
    rssiCdbm: Math.round(rssiDbm * 100),
    reads: 1,
    position: null,
  }
}

function resolve(read: ScanRead, receivedAtMs: number, { places, assets }: Scene): Scan | null {
  const place = places.get(read.deviceKey)
  const asset = assets.get(read.tagValue)
  if (place === undefined || asset === undefined) return null
  return {
    kind: 'scan',
    orgId: read.orgId,
    scanId: '',
    asset,
    place,
    tag: { tagType: read.tagType ?? 'ble', value: read.tagValue },
    fix: null,
    readAtMs: read.readAtMs,
    receivedAtMs,
    atMs: receivedAtMs,
    rssiCdbm: read.rssiCdbm,
    reads: read.reads,
  }
}

function hear(before: HeardDevice | undefined, scan: Scan, settings: MovementSettings): HeardDevice {
  const { atMs, place } = scan
  const isGap =
    before === undefined ||
    atMs - before.lastHeardMs >= (settings.deviceOfflineMs ?? Number.POSITIVE_INFINITY)
  const aliveSinceMs = isGap ? atMs : before.aliveSinceMs
  return { orgId: org, deviceId: place.device.id, lastHeardMs: atMs, aliveSinceMs }
}

const hall: LocationRef = {
  id: locationId(1_000),
  externalKey: 'HALL',
  name: 'Hall',
  parentId: null,
  parentExternalKey: null,
}

function placeOf({ alias, zone }: BleGateway, index: number, settings: MovementSettings): Place {
  const leaf: LocationRef = {
    id: locationId(1_001 + zone),
    externalKey: zoneKey(zone),
    name: `Zone ${zone}`,
    parentId: hall.id,
    parentExternalKey: hall.externalKey,
  }
  return {
    path: [leaf, hall],
    device: {
      id: scanDeviceId(2_000 + index),
      externalKey: alias,
      name: `Gateway ${alias}`,
      type: 'esp32_ble_generic',
    },
    point: { id: scanPointId(3_000 + index), antennaPort: 1, kind: 'zone' },
    settings,
  }
}

function assetOf(beacon: string, index: number): AssetRef {
  return { id: assetId(1 + index), externalKey: `BEACON-${index + 1}`, name: `Beacon ${beacon}` }
}
