/** ScanRead, upstream's own noun: the only record that others write. */
import { tagTypes } from '@scanhook/domain/asset'
import { orgId } from '@scanhook/domain/ids'
import type { Position, ScanRead } from '@scanhook/domain/read'
import { oneOfSet, type RecordMapping } from '../record-mapping.ts'

export interface RawScanRead {
  readonly org_id: number
  readonly read_id: string | null
  readonly device_key: string
  readonly antenna_port: number | null
  readonly tag_type: string | null
  readonly tag_value: string
  readonly read_at_ms: number | null
  readonly rssi_cdbm: number | null
  readonly reads: number
  readonly position: RawPosition | null
}

interface RawPosition {
  readonly latitude: number
  readonly longitude: number
  readonly accuracy_m: number | null
}

const tagType = oneOfSet('tag_type', tagTypes)

export const scanReadMapping: RecordMapping<ScanRead, RawScanRead> = {
  file: 'scan-read',
  toRaw: (read) => ({
    org_id: read.orgId,
    read_id: read.readId,
    device_key: read.deviceKey,
    antenna_port: read.antennaPort,
    tag_type: read.tagType,
    tag_value: read.tagValue,
    read_at_ms: read.readAtMs,
    rssi_cdbm: read.rssiCdbm,
    reads: read.reads,
    position: read.position === null ? null : positionToRaw(read.position),
  }),
  fromRaw: (raw) => ({
    orgId: orgId(raw.org_id),
    readId: raw.read_id,
    deviceKey: raw.device_key,
    antennaPort: raw.antenna_port,
    tagType: raw.tag_type === null ? null : tagType(raw.tag_type),
    tagValue: raw.tag_value,
    readAtMs: raw.read_at_ms,
    rssiCdbm: raw.rssi_cdbm,
    reads: raw.reads,
    position: raw.position === null ? null : positionFromRaw(raw.position),
  }),
}

function positionToRaw(position: Position): RawPosition {
  return {
    latitude: position.latitude,
    longitude: position.longitude,
    accuracy_m: position.accuracyM,
  }
}

function positionFromRaw(raw: RawPosition): Position {
  return { latitude: raw.latitude, longitude: raw.longitude, accuracyM: raw.accuracy_m }
}
