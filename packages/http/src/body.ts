/** From content type and bytes to a value, or to the refusal that says what was expected. Pure. */
import { ApiError } from './api-error.ts'
import { validationError } from './field-problems.ts'
import { problemsOfJson } from './plain-json.ts'
import type { AnyRoute, BodyKind } from './route.ts'

const contentTypes: Readonly<Record<Exclude<BodyKind, 'raw'>, readonly string[]>> = {
  json: ['application/json'],
  'merge-patch': ['application/merge-patch+json'],
  form: ['application/x-www-form-urlencoded'],
  ndjson: ['application/x-ndjson', 'application/ndjson', 'application/jsonl'],
}

/** The usual one first; of `raw` any. */
export function contentTypesOf(kind: BodyKind): readonly string[] {
  return kind === 'raw' ? ['*/*'] : contentTypes[kind]
}

/** What a route accepts, its default included. */
export function bodyKindsOf(route: Pick<AnyRoute, 'bodyKind' | 'method'>): readonly BodyKind[] {
  const { bodyKind } = route
  if (bodyKind === undefined) return [route.method === 'PATCH' ? 'merge-patch' : 'json']
  return typeof bodyKind === 'string' ? [bodyKind] : bodyKind
}

/** The kind of this request's body, judged by its content type alone. Throws unsupported_media_type. */
export function judgeContentType(
  accepted: readonly BodyKind[],
  headers: Readonly<Record<string, string | string[] | undefined>>,
): BodyKind {
  if (accepted.includes('raw')) return 'raw'
  const encoding = headers['content-encoding']
  if (encoding !== undefined && encoding !== 'identity') {
    throw new ApiError('unsupported_media_type', 'Content-Encoding is not supported; send the body as it is')
  }
  const [mediaType = '', ...parameters] = String(headers['content-type'] ?? '')
    .toLowerCase()
    .split(';')
  const charset = parameters
    .map((parameter) => parameter.trim())
    .find((parameter) => parameter.startsWith('charset='))
  const kind = accepted.find((each) => each !== 'raw' && contentTypes[each].includes(mediaType.trim()))
  if (kind === undefined) {
    const names = accepted.flatMap((each) => (each === 'raw' ? [] : contentTypes[each].slice(0, 1)))
    throw new ApiError('unsupported_media_type', `Content-Type must be ${names.join(' or ')}`)
  }
  if (charset !== undefined && !/^charset="?utf-8"?$/.test(charset)) {
    throw new ApiError('unsupported_media_type', 'the charset must be utf-8')
  }
  return kind
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Throws bad_request when the bytes are not UTF-8. */
export function decodeText(bytes: Buffer): string {
  try {
    return utf8.decode(bytes)
  } catch {
    throw new ApiError('bad_request', 'the body is not valid UTF-8')
  }
}

/** The fields of a form. Throws bad_request when one comes twice: whichever were taken, somebody meant the other. */
export function parseForm(bytes: Buffer): unknown {
  const fields = [...new URLSearchParams(decodeText(bytes))]
  const names = new Set(fields.map(([name]) => name))
  if (names.size < fields.length) throw new ApiError('bad_request', 'a field of the form comes twice')
  return Object.fromEntries(fields)
}

/** Throws bad_request when the bytes are not JSON, validation_error when they are it to some readers only (plain-json.ts). */
export function parseJson(bytes: Buffer): unknown {
  const text = decodeText(bytes)
  if (text.trim() === '') throw new ApiError('bad_request', 'a JSON body is required')
  const value = parsedOrRefused(text)
  const problems = problemsOfJson(text, value)
  if (problems.length > 0) throw validationError(problems)
  return value
}

function parsedOrRefused(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new ApiError('bad_request', 'the body is not valid JSON')
  }
}
