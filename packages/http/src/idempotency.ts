/**
 * `Idempotency-Key` on a POST: sent again under its key, a request is not done again; what was answered is answered again.
 *
 * Invariants
 *   K1. Of the requests under one key of one organization one at most is under way; another is told so (409) and does nothing.
 *   K2. A request that is not the same (method, path, query, content type, body) under a known key is refused (409) and does nothing.
 *   K3. Only what was done (2xx) is kept. After an error the same key tries again.
 *   K4. An answer that is given again is the first one, byte for byte, with `Idempotency-Replayed: true`.
 *
 * Between doing and keeping a process may die. The key is then free again after the lease of its claim, and the request is
 * done a second time: this protects from doubtful connections, not from that.
 */
import { createHash } from 'node:crypto'
import { ApiError, fieldError } from './api-error.ts'
import type { HttpAnswer } from './route.ts'

export interface KeptAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** As it is sent, JSON where `headers` name no other content type; null without a body. */
  readonly body: string | null
}

export interface KeyOf {
  readonly orgId: number
  readonly key: string
}

export type Claim =
  /** Nobody did it, nobody is at it: now it is ours. */
  | { readonly kind: 'claimed' }
  | { readonly kind: 'kept'; readonly answer: KeptAnswer }
  | { readonly kind: 'under_way' }
  | { readonly kind: 'different' }

/** Where keys are remembered; all methods may reject with a retriable error. */
export interface IdempotencyPort {
  claim(of: KeyOf, fingerprint: string): Promise<Claim>
  keep(of: KeyOf, answer: KeptAnswer): Promise<void>
  /** The request came to nothing. */
  release(of: KeyOf): Promise<void>
}

export interface IdempotentRequest {
  readonly orgId: number
  readonly method: string
  /** With its query. */
  readonly url: string
  readonly contentType: string
  readonly bytes: Buffer
}

const keyHeader = 'idempotency-key'
/** A UUID has 36; whoever makes keys of their own facts needs some more. */
export const idempotencyKeyLengthMax = 255
const visible = /^[\x21-\x7e]+$/
/** A thousand rejected items, each in a sentence or two; what is longer is not kept. */
const keptBodyMax = 1_048_576
/** Whoever finds it under way should come when it is likely done. */
const retryAfterS = '2'

/** The header's value; null without one. Throws a validation error. */
export function idempotencyKeyOf(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): string | null {
  const given = headers[keyHeader]
  if (given === undefined) return null
  const key = Array.isArray(given) ? given.join(', ') : given
  if (key.length > idempotencyKeyLengthMax)
    throw fieldError({
      field: 'Idempotency-Key',
      code: 'too_long',
      message: `must have at most ${idempotencyKeyLengthMax} characters`,
    })
  if (!visible.test(key))
    throw fieldError({
      field: 'Idempotency-Key',
      code: 'invalid_value',
      message: 'must be printable ASCII without blanks',
    })
  return key
}

/** Same request, same text. */
export function fingerprintOf({ method, url, contentType, bytes }: IdempotentRequest): string {
  return createHash('sha256')
    .update(`${method} ${url}\n${contentType.toLowerCase()}\n`)
    .update(bytes)
    .digest('base64url')
}

/** Does `act`, unless it was done under this key before. `onLost` hears of an answer that could not be kept. */
export async function doOnce(
  port: IdempotencyPort,
  key: string,
  request: IdempotentRequest,
  act: () => Promise<HttpAnswer>,
  onLost: (error: unknown) => void,
): Promise<HttpAnswer> {
  const of = { orgId: request.orgId, key }
  const claim = await port.claim(of, fingerprintOf(request))
  switch (claim.kind) {
    case 'kept':
      return givenAgain(claim.answer)
    case 'under_way':
      throw new ApiError('conflict', 'a request with this Idempotency-Key is under way', [], {
        headers: { 'retry-after': retryAfterS },
      })
    case 'different':
      throw new ApiError('conflict', 'this Idempotency-Key was used for another request')
    case 'claimed':
      return doClaimed(port, of, act, onLost)
  }
}

async function doClaimed(
  port: IdempotencyPort,
  of: KeyOf,
  act: () => Promise<HttpAnswer>,
  onLost: (error: unknown) => void,
): Promise<HttpAnswer> {
  // What can not be told to the store ends with the lease of the claim.
  const release = (): Promise<void> => port.release(of).catch(onLost)
  let answer: HttpAnswer
  try {
    answer = await act()
  } catch (error) {
    await release()
    throw error
  }
  const kept = keptOf(answer)
  await (kept === null ? release() : port.keep(of, kept).catch(onLost))
  return answer
}

/** Null for what is not kept: errors, streams and bytes, and what is too long. */
function keptOf({ status, body, headers = {} }: HttpAnswer): KeptAnswer | null {
  if (status < 200 || status > 299) return null
  if (body === undefined) return { status, headers, body: null }
  const isText = headers['content-type'] !== undefined
  if (isText && typeof body !== 'string') return null
  const text = isText ? `${body}` : JSON.stringify(body)
  return text.length > keptBodyMax ? null : { status, headers, body: text }
}

function givenAgain({ status, headers, body }: KeptAnswer): HttpAnswer {
  const marked = { ...headers, 'idempotency-replayed': 'true' }
  if (body === null) return { status, headers: marked }
  return { status, body, headers: { 'content-type': 'application/json; charset=utf-8', ...marked } }
}
