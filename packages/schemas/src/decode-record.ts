/**
 * Decoding as a consumer needs it: a record is good, or it is bad for a reason and belongs on `poison`. A registry
 * that is away is neither; it is asked again until it answers or the consumer has lost the partition.
 *
 * Invariant
 *   B1. No record is called bad because somebody could not be reached.
 */
import type { PoisonReason } from '@scanhook/domain/poison'
import type { Codec } from './codec.ts'
import type { DecodeMeter } from './decode-meter.ts'
import { SchemasError } from './errors.ts'

export type Decoded<T> =
  | { readonly kind: 'good'; readonly value: T }
  | { readonly kind: 'bad'; readonly reason: PoisonReason; readonly detail: string }

/** Whoever waits for the decoder; a batch of records fits. */
export interface Patience {
  /** Aborted: nobody wants the record any more. */
  readonly signal: AbortSignal
  /** Told once for each pause while the registry is away. */
  readonly stillWaiting?: (() => void) | undefined
}

/** A value at once where the schema is known, which is nearly always. Rejects when it is aborted while it waits. */
export type RecordDecoder<T> = (bytes: Buffer | null, patience: Patience) => Decoded<T> | Promise<Decoded<T>>

/** Between questions to a registry that does not answer: often enough to go on within a second of its return. */
const registryPauseMs = 1_000

export function recordDecoder<T>(
  codec: Pick<Codec<T>, 'decode'>,
  wait: (delayMs: number) => Promise<void>,
  meter?: DecodeMeter,
): RecordDecoder<T> {
  async function badOrAgain(bytes: Buffer | null, patience: Patience, error: unknown): Promise<Decoded<T>> {
    if (!(error instanceof SchemasError)) throw error
    if (error.retriable && !patience.signal.aborted) {
      patience.stillWaiting?.()
      meter?.waited()
      await wait(registryPauseMs)
      return decode(bytes, patience)
    }
    if (error.poisonReason === null) throw error
    meter?.failed()
    return { kind: 'bad', reason: error.poisonReason, detail: error.message }
  }

  function decode(bytes: Buffer | null, patience: Patience): Decoded<T> | Promise<Decoded<T>> {
    try {
      const value = codec.decode(bytes)
      if (!(value instanceof Promise)) return { kind: 'good', value }
      return value.then(
        (settled): Decoded<T> => ({ kind: 'good', value: settled }),
        (error: unknown) => badOrAgain(bytes, patience, error),
      )
    } catch (error) {
      return badOrAgain(bytes, patience, error)
    }
  }

  return decode
}
