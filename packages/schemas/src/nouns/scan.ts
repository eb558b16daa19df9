/** Scan and Tick: the two records of the `scans` topic. */
import { scanPointKinds, tagTypes } from '@scanhook/domain/asset'
import { orgId, scanDeviceId, scanPointId } from '@scanhook/domain/ids'
import type { Scan, Tick } from '@scanhook/domain/scan'
import { oneOfSet, type RecordMapping } from '../record-mapping.ts'
import {
  assetFromRaw,
  assetToRaw,
  pathFromRaw,
  pathToRaw,
  type RawAssetRef,
  type RawLocationRef,
} from './refs.ts'

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
}

const tagType = oneOfSet('tag_type', tagTypes)
const pointKind = oneOfSet('point_kind', scanPointKinds)

export const scanMapping: RecordMapping<Scan, RawScan> = {
  file: 'scan',
  toRaw: (scan) => ({
    org_id: scan.orgId,
    scan_id: scan.scanId,
    asset: assetToRaw(scan.asset),
    path: pathToRaw(scan.path),
    tag_type: scan.tag.tagType,
    tag_value: scan.tag.value,
    device_id: scan.device.id,
    device_external_key: scan.device.externalKey,
    device_name: scan.device.name,
    device_type: scan.device.type,
    point_id: scan.point.id,
    antenna_port: scan.point.antennaPort,
    point_kind: scan.point.kind,
    read_at_ms: scan.readAtMs,
    received_at_ms: scan.receivedAtMs,
    rssi_cdbm: scan.rssiCdbm,
    reads: scan.reads,
  }),
  fromRaw: (raw) => ({
    kind: 'scan',
    orgId: orgId(raw.org_id),
    scanId: raw.scan_id,
    asset: assetFromRaw(raw.asset),
    path: pathFromRaw(raw.path),
    tag: { tagType: tagType(raw.tag_type), value: raw.tag_value },
    device: {
      id: scanDeviceId(raw.device_id),
      externalKey: raw.device_external_key,
      name: raw.device_name,
      type: raw.device_type,
    },
    point: { id: scanPointId(raw.point_id), antennaPort: raw.antenna_port, kind: pointKind(raw.point_kind) },
    readAtMs: raw.read_at_ms,
    receivedAtMs: raw.received_at_ms,
    rssiCdbm: raw.rssi_cdbm,
    reads: raw.reads,
  }),
}

export const tickMapping: RecordMapping<Tick, { readonly at_ms: number }> = {
  file: 'tick',
  toRaw: (tick) => ({ at_ms: tick.atMs }),
  fromRaw: (raw) => ({ kind: 'tick', atMs: raw.at_ms }),
}
