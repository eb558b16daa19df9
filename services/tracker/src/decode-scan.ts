/** Bytes from `scans` → a record, or why not. Tells bad bytes, which are set aside, from a registry that is away. */
import { type PoisonReason, poisonReasons } from '@scanhook/domain/poison'
import type { ScanRecord } from '@scanhook/domain/scan'
import type { KafkaRecord } from '@scanhook/kafka/record'

export interface DecodePorts {
  readonly decodeScan: (bytes: Buffer) => ScanRecord | Promise<ScanRecord>
  readonly wait: (delayMs: number) => Promise<void>
}

export type DecodedScan =
  | { readonly kind: 'good'; readonly record: ScanRecord }
  | { readonly kind: 'bad'; readonly reason: PoisonReason; readonly detail: string }

/** Between questions to a registry that does not answer: often enough to go on within a second of its return. */
const registryPauseMs = 1_000

/**
 * A value at once where the schema is known, which is nearly always. Where the registry has to be asked and is away,
 * asks again until `signal` is aborted. Rejects on anything that is neither.
 */
export function decodeScan(
  ports: DecodePorts,
  record: KafkaRecord,
  signal: AbortSignal,
): DecodedScan | Promise<DecodedScan> {
  if (record.value === null) return { kind: 'bad', reason: 'null_value', detail: 'the record has no value' }
  try {
    const decoded = ports.decodeScan(record.value)
    if (!(decoded instanceof Promise)) return { kind: 'good', record: decoded }
    return decoded.then(
      (value): DecodedScan => ({ kind: 'good', record: value }),
      (error: unknown) => badOrAgain(ports, { record, signal }, error),
    )
  } catch (error) {
    return badOrAgain(ports, { record, signal }, error)
  }
}

async function badOrAgain(
  ports: DecodePorts,
  { record, signal }: { readonly record: KafkaRecord; readonly signal: AbortSignal },
  error: unknown,
): Promise<DecodedScan> {
  const code = propertyOf(error, 'code')
  if (code === 'SCHEMA_REGISTRY_UNAVAILABLE' && !signal.aborted) {
    await ports.wait(registryPauseMs)
    return decodeScan(ports, record, signal)
  }
  const reason = poisonReasons.find((known) => known === propertyOf(error, 'poisonReason'))
  if (code !== 'SCHEMA_BAD_BYTES' || reason === undefined) throw error
  return { kind: 'bad', reason, detail: error instanceof Error ? error.message : '' }
}

function propertyOf(error: unknown, name: string): unknown {
  return error instanceof Error ? Reflect.get(error, name) : undefined
}
