/**
 * Holds a read that came as Avro to the rules of the JSON form. The schema says what the fields are, not how long a
 * text may be or which antenna numbers exist; two doors with two sets of bounds would be one too many.
 */
import type { OrgId } from '@scanhook/domain/ids'
import type { Parsed, ScanRead } from '@scanhook/domain/read'
import { parseRead } from '@scanhook/domain/reading/parse-read'

/** `given` is the organization of the topic or the header, null where the read itself must say it (0 says nothing). */
export function checkRead(read: ScanRead, given: OrgId | null): Parsed<ScanRead> {
  const checked = parseRead(
    {
      org_id: read.orgId === 0 ? null : read.orgId,
      id: read.readId,
      device: read.deviceKey,
      antenna_port: read.antennaPort,
      tag: { type: read.tagType, value: read.tagValue },
      rssi_dbm: read.rssiCdbm === null ? null : read.rssiCdbm / 100,
      reads: read.reads,
    },
    { orgId: given },
  )
  // The time is in milliseconds here; the JSON form guesses its unit from its size.
  return checked.ok ? { ok: true, value: { ...checked.value, readAtMs: read.readAtMs } } : checked
}
