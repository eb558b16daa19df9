/** A delivery as the API hands it to a listener, and what goes back. Pure. */

export interface RelayedRequest {
  readonly id: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Buffer
  /** Of the body, or `?` where it has none. */
  readonly eventType: string
  readonly eventId: string
}

export interface LocalAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

export interface BroughtAnswer extends LocalAnswer {
  readonly requestId: string
}

/** Throws SyntaxError for what is none. */
export function parseRelayedRequest(text: string): RelayedRequest {
  const { request_id: id, headers, body_base64: body } = JSON.parse(text) as Record<string, unknown>
  if (typeof id !== 'string' || !Array.isArray(headers) || typeof body !== 'string')
    throw new SyntaxError('what the API sent is no request')
  const bytes = Buffer.from(body, 'base64')
  const pairs = headers.filter(isPair)
  return { id, headers: pairs, body: bytes, eventType: eventTypeOf(bytes), eventId: eventIdOf(pairs) }
}

function isPair(value: unknown): value is readonly [string, string] {
  return Array.isArray(value) && typeof value[0] === 'string' && typeof value[1] === 'string'
}

function eventIdOf(headers: RelayedRequest['headers']): string {
  return headers.find(([name]) => name.toLowerCase() === 'webhook-id')?.[1] ?? '?'
}

/** `type` with the standard profile, `event` with the others; an array is a batch. */
function eventTypeOf(body: Buffer): string {
  try {
    const parsed: unknown = JSON.parse(body.toString())
    const { type, event, batch_id: batch } = (parsed ?? {}) as Record<string, unknown>
    if (batch !== undefined) return 'batch'
    return typeof type === 'string' ? type : typeof event === 'string' ? event : '?'
  } catch {
    return '?'
  }
}

/** As the API takes it. */
export function renderAnswer({ requestId, status, headers, body }: BroughtAnswer): {
  request_id: string
  status: number
  headers: Record<string, string>
  body_base64: string
} {
  return { request_id: requestId, status, headers: { ...headers }, body_base64: body.toString('base64') }
}
