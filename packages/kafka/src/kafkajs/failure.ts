/** Sorts what kafkajs throws, so that loops can say in one line what they do about it. */
import { KafkaError } from '../errors.ts'
import { errorCodes } from './internals.ts'

export type Failure =
  /** Connection refused, broken, or no answer in time: that broker is to be reconnected. */
  | { readonly kind: 'connection' }
  /** The broker answered with an error code. `type` as Kafka names it, e.g. REBALANCE_IN_PROGRESS. */
  | { readonly kind: 'protocol'; readonly type: string; readonly retriable: boolean }
  /** SASL or TLS said no. */
  | { readonly kind: 'refused' }
  /** Anything else: a fault of ours or of the library. */
  | { readonly kind: 'unexpected' }

const connectionErrors = new Set([
  'KafkaJSConnectionError',
  'KafkaJSConnectionClosedError',
  'KafkaJSRequestTimeoutError',
  'KafkaJSLockTimeout',
])

export function failureOf(error: unknown): Failure {
  if (error instanceof KafkaError) {
    return error.code === 'KAFKA_UNAVAILABLE' ? { kind: 'connection' } : { kind: 'unexpected' }
  }
  if (!(error instanceof Error)) return { kind: 'unexpected' }
  if (connectionErrors.has(error.name)) return { kind: 'connection' }
  if (error.name.startsWith('KafkaJSSASL')) return { kind: 'refused' }
  const type = 'type' in error && typeof error.type === 'string' ? error.type : null
  if (type === null) return { kind: 'unexpected' }
  return { kind: 'protocol', type, retriable: 'retriable' in error && error.retriable === true }
}

const typesByCode = new Map(errorCodes.map(({ code, type }) => [code, type]))

/** Kafka's name of an error code; `NONE` for 0. Codes newer than kafkajs are `CODE_<n>`. */
export function errorTypeOf(code: number): string {
  return code === 0 ? 'NONE' : (typesByCode.get(code) ?? `CODE_${code}`)
}
