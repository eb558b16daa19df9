/** What can go wrong with schemas and bytes. Callers compare `code`, not classes. */
import type { PoisonReason } from '@scanhook/domain/poison'

export const schemasErrorCodes = [
  'SCHEMA_BAD_BYTES',
  'SCHEMA_REGISTRY_UNAVAILABLE',
  'SCHEMA_NOT_REGISTERED',
  'SCHEMA_INCOMPATIBLE',
  'SCHEMA_UNENCODABLE',
] as const
export type SchemasErrorCode = (typeof schemasErrorCodes)[number]

export class SchemasError extends Error {
  readonly code: SchemasErrorCode
  /** True only for SCHEMA_REGISTRY_UNAVAILABLE: back off and ask again; the bytes may well be good. */
  readonly retriable: boolean
  /** Set with SCHEMA_BAD_BYTES: why the record belongs on `poison`. */
  readonly poisonReason: PoisonReason | null

  constructor(
    code: SchemasErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly poisonReason?: PoisonReason | undefined } = {},
  ) {
    super(`${code}: ${message}`, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'SchemasError'
    this.code = code
    this.retriable = code === 'SCHEMA_REGISTRY_UNAVAILABLE'
    this.poisonReason = options.poisonReason ?? null
  }
}

/** The error for bytes that will never decode. `message` never quotes the bytes. */
export function badBytes(reason: PoisonReason, message: string, cause?: unknown): SchemasError {
  return new SchemasError('SCHEMA_BAD_BYTES', message, { poisonReason: reason, cause })
}
