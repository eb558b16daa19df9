/**
 * What this package throws, and what it hands to `onFatal`. Callers compare `code`; no error of the client library
 * leaves the package except as `cause`.
 */
export const kafkaErrorCodes = [
  /** No broker answered in time, or the connection broke. Always retriable. */
  'KAFKA_UNAVAILABLE',
  /** The producer, consumer or client was closed before the work was done. */
  'KAFKA_CLOSED',
  /** One record alone is larger than the topic's `max.message.bytes`. */
  'KAFKA_RECORD_TOO_LARGE',
  /** The broker refused a record for good: invalid, not authorised. */
  'KAFKA_REJECTED',
  /** The broker refused a request of ours for good: group or topic not authorised, unsupported version. */
  'KAFKA_REFUSED',
  /** A topic that must exist does not (or has no leader yet). */
  'KAFKA_TOPIC_UNKNOWN',
  /** A topic exists, but not as demanded: fewer partitions, or a config that must be another. */
  'KAFKA_TOPIC_MISMATCH',
  /** Bytes that a broker sent can't be decoded: unknown compression or format. */
  'KAFKA_UNDECODABLE',
  /** A handler rejected, or `onAssigned` did. */
  'KAFKA_HANDLER_FAILED',
  /** Assigned, records wait, and nothing was completed (or fetched) for `stallMs`. */
  'KAFKA_STALLED',
  /** A reader was told to stop by its signal. */
  'KAFKA_ABORTED',
] as const

export type KafkaErrorCode = (typeof kafkaErrorCodes)[number]

export class KafkaError extends Error {
  readonly code: KafkaErrorCode
  /** Doing the same again later may succeed. */
  readonly retriable: boolean

  constructor(
    code: KafkaErrorCode,
    message: string,
    options: { readonly retriable?: boolean; readonly cause?: unknown } = {},
  ) {
    super(`${code}: ${message}`, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'KafkaError'
    this.code = code
    this.retriable = options.retriable ?? false
  }
}
