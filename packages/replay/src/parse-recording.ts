/**
 * Text → recording. A recording comes from a person's disk, so everything is checked and every problem is named with
 * its field; nothing is guessed.
 */
import { scanPointKinds, tagTypes } from '@scanhook/domain/asset'
import type { FieldProblem, Parsed } from '@scanhook/domain/read'
import { type Fields, fieldsOf } from './fields.ts'
import type {
  RecordedAsset,
  RecordedLocation,
  RecordedRead,
  RecordedScanDevice,
  RecordedScanPoint,
  RecordingHeader,
} from './recording.ts'

/** The first line. Problems also say where one part names another that is not there. */
export function parseHeader(line: string): Parsed<RecordingHeader> {
  return parseLine(line, (fields) => {
    if (fields.integer('recording') !== 1) fields.problem('recording', 'must be 1, the version of the format')
    const header: RecordingHeader = {
      name: fields.text('name'),
      description: fields.text('description'),
      locations: fields.list('locations', locationOf),
      scanDevices: fields.list('scan_devices', scanDeviceOf),
      assets: fields.list('assets', assetOf),
    }
    checkReferences(header, fields)
    return header
  })
}

/** Any line after the first. */
export function parseRecordedRead(line: string): Parsed<RecordedRead> {
  return parseLine(line, (fields) => ({
    atMs: fields.number('at_ms'),
    device: fields.text('device'),
    antennaPort: fields.integer('antenna_port'),
    tag: fields.object('tag', (tag) => ({ type: tag.oneOf('type', tagTypes), value: tag.text('value') })),
    rssiDbm: fields.numberOrNull('rssi_dbm'),
  }))
}

function parseLine<T>(line: string, read: (fields: Fields) => T): Parsed<T> {
  const problems: FieldProblem[] = []
  let json: unknown
  try {
    json = JSON.parse(line)
  } catch {
    return { ok: false, problems: [{ field: '', code: 'invalid_value', message: 'the line is not JSON' }] }
  }
  const value = read(fieldsOf(json, '', problems))
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value }
}

function locationOf(fields: Fields): RecordedLocation {
  return {
    externalKey: fields.text('external_key'),
    name: fields.text('name'),
    parentExternalKey: fields.textOrNull('parent_external_key'),
  }
}

function scanDeviceOf(fields: Fields): RecordedScanDevice {
  return {
    externalKey: fields.text('external_key'),
    name: fields.text('name'),
    type: fields.text('type'),
    scanPoints: fields.list('scan_points', scanPointOf),
  }
}

function scanPointOf(fields: Fields): RecordedScanPoint {
  return {
    antennaPort: fields.integer('antenna_port'),
    locationExternalKey: fields.textOrNull('location_external_key'),
    kind: fields.oneOf('kind', scanPointKinds),
  }
}

function assetOf(fields: Fields): RecordedAsset {
  return {
    externalKey: fields.text('external_key'),
    name: fields.text('name'),
    tags: fields.list('tags', (tag) => ({
      tagType: tag.oneOf('tag_type', tagTypes),
      value: tag.text('value'),
    })),
  }
}

function checkReferences(header: RecordingHeader, fields: Fields): void {
  const known = new Set<string>()
  header.locations.forEach(({ externalKey, parentExternalKey }, index) => {
    if (parentExternalKey !== null && !known.has(parentExternalKey)) {
      fields.problem(
        `locations[${index}].parent_external_key`,
        'must name a location that stands before this one',
      )
    }
    known.add(externalKey)
  })
  header.scanDevices.forEach((device, deviceIndex) => {
    device.scanPoints.forEach(({ locationExternalKey }, pointIndex) => {
      if (locationExternalKey === null || known.has(locationExternalKey)) return
      const field = `scan_devices[${deviceIndex}].scan_points[${pointIndex}].location_external_key`
      fields.problem(field, 'must name a location of this recording, or be null')
    })
  })
}
