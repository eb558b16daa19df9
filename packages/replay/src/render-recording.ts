/** A recording as text: one JSON object a line, the header first (README.md shows the format). */
import type { RecordedRead, RecordingHeader } from './recording.ts'

/** One line, without its newline. */
export function renderHeader(header: RecordingHeader): string {
  return JSON.stringify({
    recording: 1,
    name: header.name,
    description: header.description,
    locations: header.locations.map(({ externalKey, name, parentExternalKey }) => ({
      external_key: externalKey,
      name,
      ...(parentExternalKey === null ? {} : { parent_external_key: parentExternalKey }),
    })),
    scan_devices: header.scanDevices.map(({ externalKey, name, type, scanPoints }) => ({
      external_key: externalKey,
      name,
      type,
      scan_points: scanPoints.map((point) => ({
        antenna_port: point.antennaPort,
        location_external_key: point.locationExternalKey,
        kind: point.kind,
      })),
    })),
    assets: header.assets.map(({ externalKey, name, tags }) => ({
      external_key: externalKey,
      name,
      tags: tags.map(({ tagType, value }) => ({ tag_type: tagType, value })),
    })),
  })
}

/** One line, without its newline. */
export function renderRead(read: RecordedRead): string {
  return JSON.stringify({
    at_ms: read.atMs,
    device: read.device,
    antenna_port: read.antennaPort,
    tag: read.tag,
    rssi_dbm: read.rssiDbm,
  })
}
