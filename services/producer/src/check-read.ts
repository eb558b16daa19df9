/**
 * Holds a read that came as Avro to the rules of the JSON form. The schema says what the fields are, not how long a
 * text may be or which antenna numbers exist; two doors with two sets of bounds would be one too many.
 */
import type { Parsed, Position, ScanRead } from '@scanhook/domain/read'
import { parseRead, type ReadContext } from '@scanhook/domain/reading/parse-read'

/** `context` is what topic and headers say; an organization of 0 in the read says nothing. */
export function checkRead(read: ScanRead, { orgId, deviceKey }: ReadContext): Parsed<ScanRead> {
  const checked = parseRead(
    {
      org_id: read.orgId === 0 ? null : read.orgId,
      id: read.readId,
      device: read.deviceKey,
      antenna_port: read.antennaPort,
      tag: { type: read.tagType, value: read.tagValue },
      rssi_dbm: read.rssiCdbm === null ? null : read.rssiCdbm / 100,
      reads: read.reads,
      position: read.position === null ? null : positionOf(read.position),
    },
    { orgId, deviceKey },
  )
  // The time is in milliseconds here; the JSON form guesses its unit from its size.
  return checked.ok ? { ok: true, value: { ...checked.value, readAtMs: read.readAtMs } } : checked
}

function positionOf({ latitude, longitude, accuracyM }: Position): object {
  return { latitude, longitude, accuracy_m: accuracyM }
}
