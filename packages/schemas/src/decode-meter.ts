/** What decoding counts: by the kind of record, a closed set, never by subject or schema id. */
import type { Metrics } from '@scanhook/observability/metrics'

/** As the codecs are called (open-codecs.ts): our own topics, and so each failure is a defect. What comes from outside counts as poison. */
const recordKinds = [
  'scans',
  'assetSeen',
  'events',
  'deliveries',
  'attempts',
  'endpointEvents',
  'masterData',
] as const
export type RecordKind = (typeof recordKinds)[number]

export interface DecodeMeter {
  readonly failed: () => void
  readonly waited: () => void
}

export function decodeMeter(metrics: Metrics, record: RecordKind): DecodeMeter {
  const failures = metrics.counter(
    'scanhook_schema_decode_failures_total',
    'Records of our own topics that could not be decoded',
    { record: recordKinds },
  )
  const waits = metrics.counter(
    'scanhook_schema_registry_waits_total',
    'Seconds that a record waited for a schema, because the registry did not answer',
    { record: recordKinds },
  )
  return { failed: () => failures.inc({ record }), waited: () => waits.inc({ record }) }
}
