/**
 * Everything that the API may say instead of an answer: a closed list of types with their titles and statuses, a
 * closed list of codes for single fields, and the body that carries them (TrakRF's conventions).
 */
export const errorTypes = {
  validation_error: { status: 400, title: 'Validation failed' },
  bad_request: { status: 400, title: 'Bad request' },
  unauthorized: { status: 401, title: 'Unauthorized' },
  payment_required: { status: 402, title: 'Payment required' },
  forbidden: { status: 403, title: 'Forbidden' },
  capability_required: { status: 403, title: 'Capability required' },
  not_found: { status: 404, title: 'Not found' },
  method_not_allowed: { status: 405, title: 'Method not allowed' },
  conflict: { status: 409, title: 'Conflict' },
  unsupported_media_type: { status: 415, title: 'Unsupported media type' },
  missing_org_context: { status: 422, title: 'Missing organization context' },
  rate_limited: { status: 429, title: 'Too many requests' },
  internal_error: { status: 500, title: 'Internal error' },
} as const
export type ErrorType = keyof typeof errorTypes

export const fieldCodes = [
  'required',
  'invalid_value',
  'unknown_field',
  'too_short',
  'too_long',
  'too_small',
  'too_large',
  'fk_not_found',
  'ambiguous_fields',
  'read_only',
  'invalid_context',
] as const
export type FieldCode = (typeof fieldCodes)[number]

export interface FieldProblem {
  /** Dotted path into the body (`tags.0.value`), or the name of the query or path parameter. Empty: the whole body. */
  readonly field: string
  readonly code: FieldCode
  /** Reads on after the field's name: "must be a boolean; received string". Never holds the given value. */
  readonly message: string
  readonly params?: Readonly<Record<string, unknown>> | undefined
}

interface ErrorOptions {
  /** Where the type's own status does not fit: 413 (bad_request), 503 (internal_error). */
  readonly status?: number | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly cause?: unknown
}

/** Thrown by handlers; becomes the error body. `detail` is read by the customer's developer: no secrets, no values. */
export class ApiError extends Error {
  readonly type: ErrorType
  readonly status: number
  readonly fields: readonly FieldProblem[]
  readonly headers: Readonly<Record<string, string>>

  constructor(
    type: ErrorType,
    detail: string,
    fields: readonly FieldProblem[] = [],
    options: ErrorOptions = {},
  ) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'ApiError'
    this.type = type
    this.status = options.status ?? errorTypes[type].status
    this.fields = fields
    this.headers = options.headers ?? {}
  }
}

/** One wrong field; `detail` is the sentence of field and message. */
export function fieldError(problem: FieldProblem): ApiError {
  return new ApiError('validation_error', sentenceOf(problem), [problem])
}

export function sentenceOf({ field, message }: FieldProblem): string {
  // "unknown sort field: x" is a sentence already, and documented word for word.
  if (field === '' || message.startsWith('unknown ')) return message
  return `${field} ${message}`
}

/** 401, with the header that RFC 9110 wants in it. */
export function unauthorized(detail: string): ApiError {
  return new ApiError('unauthorized', detail, [], {
    headers: { 'www-authenticate': 'Bearer realm="scanhook-api"' },
  })
}

/** A dependency is away for now: the caller may come again. */
export function unavailable(detail: string, retryAfterS: number, cause?: unknown): ApiError {
  return new ApiError('internal_error', detail, [], {
    status: 503,
    headers: { 'retry-after': String(retryAfterS) },
    cause,
  })
}

/** The error body. `instance` is the path without its query. */
export function renderError(error: ApiError, instance: string, requestId: string): unknown {
  return {
    error: {
      type: error.type,
      title: errorTypes[error.type].title,
      status: error.status,
      detail: error.message,
      instance,
      request_id: requestId,
      fields: error.fields.map(({ field, code, message, params }) => ({
        field,
        code,
        message,
        params: params ?? null,
      })),
    },
  }
}
