/** The four records of the `scans` topic: Scan, Tick, Liveness and Withdrawal. */
import { scanPointKinds, tagTypes } from '@scanhook/domain/asset'
import { assetId, locationId, orgId, scanDeviceId, scanPointId } from '@scanhook/domain/ids'
import { defaultMovementSettings } from '@scanhook/domain/movement-settings'
import type { Fix, Liveness, Place, Scan, Tick, Withdrawal, Withdrawn } from '@scanhook/domain/scan'
import { oneOfSet, type RecordMapping } from '../record-mapping.ts'
import { type RawMovementSettings, settingsFromRaw, settingsToRaw } from './movement-settings.ts'
import {
  assetFromRaw,
  assetToRaw,
  pathFromRaw,
  pathToRaw,
  type RawAssetRef,
  type RawLocationRef,
} from './refs.ts'
import { decodeScan, encodeScan } from './scan-bytes.ts'

interface RawFix {
  readonly latitude: number
  readonly longitude: number
  readonly accuracy_m: number | null
  readonly near_ids: readonly number[]
}

export interface RawScan {
  readonly org_id: number
  readonly scan_id: string
  readonly asset: RawAssetRef
  readonly path: readonly RawLocationRef[]
  readonly tag_type: string
  readonly tag_value: string
  readonly device_id: number
  readonly device_external_key: string
  readonly device_name: string
  readonly device_type: string
  readonly point_id: number
  readonly antenna_port: number
  readonly point_kind: string
  readonly read_at_ms: number | null
  readonly received_at_ms: number
  readonly rssi_cdbm: number | null
  readonly reads: number
  readonly at_ms: number | null
  readonly settings: RawMovementSettings | null
  readonly fix: RawFix | null
}

const tagType = oneOfSet('tag_type', tagTypes)
const pointKind = oneOfSet('point_kind', scanPointKinds)

export const scanMapping: RecordMapping<Scan, RawScan> = {
  file: 'scan',
  direct: { encode: encodeScan, decode: decodeScan },
  toRaw: (scan) => ({
    org_id: scan.orgId,
    scan_id: scan.scanId,
    asset: assetToRaw(scan.asset),
    path: pathToRaw(scan.place.path),
    tag_type: scan.tag.tagType,
    tag_value: scan.tag.value,
    device_id: scan.place.device.id,
    device_external_key: scan.place.device.externalKey,
    device_name: scan.place.device.name,
    device_type: scan.place.device.type,
    point_id: scan.place.point.id,
    antenna_port: scan.place.point.antennaPort,
    point_kind: scan.place.point.kind,
    read_at_ms: scan.readAtMs,
    received_at_ms: scan.receivedAtMs,
    rssi_cdbm: scan.rssiCdbm,
    reads: scan.reads,
    at_ms: scan.atMs === scan.receivedAtMs ? null : scan.atMs,
    settings: isDefault(scan.place) ? null : settingsToRaw(scan.place.settings),
    fix: scan.fix === null ? null : fixToRaw(scan.fix),
  }),
  fromRaw: (raw) => ({
    kind: 'scan',
    orgId: orgId(raw.org_id),
    scanId: raw.scan_id,
    asset: assetFromRaw(raw.asset),
    place: placeFromRaw(raw),
    tag: { tagType: tagType(raw.tag_type), value: raw.tag_value },
    fix: raw.fix === null ? null : fixFromRaw(raw.fix),
    readAtMs: raw.read_at_ms,
    receivedAtMs: raw.received_at_ms,
    atMs: raw.at_ms ?? raw.received_at_ms,
    rssiCdbm: raw.rssi_cdbm,
    reads: raw.reads,
  }),
}

/** By identity: whoever changes nothing passes the very object on. */
function isDefault({ settings, point }: Place): boolean {
  return settings === defaultMovementSettings[point.kind]
}

function placeFromRaw(raw: RawScan): Place {
  const kind = pointKind(raw.point_kind)
  return {
    path: pathFromRaw(raw.path),
    device: {
      id: scanDeviceId(raw.device_id),
      externalKey: raw.device_external_key,
      name: raw.device_name,
      type: raw.device_type,
    },
    point: { id: scanPointId(raw.point_id), antennaPort: raw.antenna_port, kind },
    settings: raw.settings === null ? defaultMovementSettings[kind] : settingsFromRaw(raw.settings),
  }
}

function fixToRaw(fix: Fix): RawFix {
  return {
    latitude: fix.latitude,
    longitude: fix.longitude,
    accuracy_m: fix.accuracyM,
    near_ids: fix.nearIds,
  }
}

function fixFromRaw(raw: RawFix): Fix {
  return {
    latitude: raw.latitude,
    longitude: raw.longitude,
    accuracyM: raw.accuracy_m,
    nearIds: raw.near_ids.map(locationId),
  }
}

export const tickMapping: RecordMapping<Tick, { readonly at_ms: number }> = {
  file: 'tick',
  toRaw: (tick) => ({ at_ms: tick.atMs }),
  fromRaw: (raw) => ({ kind: 'tick', atMs: raw.at_ms }),
}

export interface RawLiveness {
  readonly at_ms: number
  readonly devices: readonly {
    readonly org_id: number
    readonly device_id: number
    readonly last_heard_ms: number
    readonly alive_since_ms: number
  }[]
}

export const livenessMapping: RecordMapping<Liveness, RawLiveness> = {
  file: 'liveness',
  toRaw: (liveness) => ({
    at_ms: liveness.atMs,
    devices: liveness.devices.map((device) => ({
      org_id: device.orgId,
      device_id: device.deviceId,
      last_heard_ms: device.lastHeardMs,
      alive_since_ms: device.aliveSinceMs,
    })),
  }),
  fromRaw: (raw) => ({
    kind: 'liveness',
    atMs: raw.at_ms,
    devices: raw.devices.map((device) => ({
      orgId: orgId(device.org_id),
      deviceId: scanDeviceId(device.device_id),
      lastHeardMs: device.last_heard_ms,
      aliveSinceMs: device.alive_since_ms,
    })),
  }),
}

export interface RawWithdrawal {
  readonly org_id: number
  readonly at_ms: number
  readonly what: string
  readonly id: number
  readonly tag_value: string | null
}

const withdrawnKind = oneOfSet('what', ['asset', 'tag', 'location'])

export const withdrawalMapping: RecordMapping<Withdrawal, RawWithdrawal> = {
  file: 'withdrawal',
  toRaw: ({ orgId: org, atMs, withdrawn }) => ({
    org_id: org,
    at_ms: atMs,
    what: withdrawn.kind,
    id: withdrawn.kind === 'location' ? withdrawn.locationId : withdrawn.assetId,
    tag_value: withdrawn.kind === 'tag' ? withdrawn.value : null,
  }),
  fromRaw: (raw) => ({
    kind: 'withdrawal',
    orgId: orgId(raw.org_id),
    atMs: raw.at_ms,
    withdrawn: withdrawnFromRaw(raw),
  }),
}

function withdrawnFromRaw({ what, id, tag_value: value }: RawWithdrawal): Withdrawn {
  switch (withdrawnKind(what)) {
    case 'asset':
      return { kind: 'asset', assetId: assetId(id) }
    case 'tag':
      if (value === null) throw new Error('a withdrawn tag has a value')
      return { kind: 'tag', assetId: assetId(id), value }
    case 'location':
      return { kind: 'location', locationId: locationId(id) }
  }
}
