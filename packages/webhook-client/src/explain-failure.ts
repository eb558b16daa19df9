/**
 * Errors to plain words: why an attempt got no usable answer, as its log shows it to the customer. Pure. Says what
 * happened on *their* side of the wire and nothing about ours: no address of ours, no library text, no stack.
 */
import type { AttemptErrorClass } from '@scanhook/domain/attempt'
import { errorCode } from './errors.ts'
import type { ConnectPhase } from './guarded-connect.ts'

export interface Explanation {
  readonly errorClass: AttemptErrorClass
  readonly message: string
}

const resetCodes: ReadonlySet<string> = new Set([
  'ECONNRESET',
  'EPIPE',
  'UND_ERR_SOCKET',
  'ECONNABORTED',
  'UND_ERR_INFO',
])

const connectMessages: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'The connection was refused.',
  EHOSTUNREACH: 'The host could not be reached.',
  ENETUNREACH: 'The network of the host could not be reached.',
  ETIMEDOUT: 'The host did not answer the connection request.',
}

const certificateMessages: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'The TLS certificate has expired.',
  CERT_NOT_YET_VALID: 'The TLS certificate is not valid yet.',
  ERR_TLS_CERT_ALTNAME_INVALID: 'The TLS certificate is for another host name.',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'The TLS certificate is self-signed.',
  SELF_SIGNED_CERT_IN_CHAIN: 'The TLS certificate chain contains a self-signed certificate.',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'The TLS certificate chain is incomplete: an intermediate certificate is missing.',
  UNABLE_TO_GET_ISSUER_CERT:
    'The TLS certificate chain is incomplete: an intermediate certificate is missing.',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'The TLS certificate was issued by an authority that is not trusted.',
  CERT_REVOKED: 'The TLS certificate has been revoked.',
}

function explainOwn(code: string): Explanation | null {
  if (code === 'WEBHOOK_ADDRESS_FORBIDDEN') {
    return {
      errorClass: 'blocked_address',
      message: 'The URL leads to an address that deliveries may not be sent to.',
    }
  }
  if (code === 'WEBHOOK_NAME_UNRESOLVED')
    return { errorClass: 'dns', message: 'The host name could not be resolved.' }
  if (code === 'WEBHOOK_ABANDONED')
    return { errorClass: 'internal', message: 'The attempt was given up by the sender.' }
  if (code.startsWith('UND_ERR_INVALID'))
    return { errorClass: 'internal', message: 'The request could not be made.' }
  return null
}

function explainProtocol(code: string): Explanation | null {
  if (code === 'UND_ERR_HEADERS_OVERFLOW') {
    return { errorClass: 'protocol', message: 'The headers of the response were larger than 16 KiB.' }
  }
  if (code.startsWith('HPE_') || code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH') {
    return { errorClass: 'protocol', message: 'The response was not valid HTTP/1.1.' }
  }
  return null
}

function explainWhileConnecting(code: string, phase: ConnectPhase): Explanation | null {
  if (phase === 'tls') {
    return { errorClass: 'tls', message: certificateMessages[code] ?? 'The TLS handshake failed.' }
  }
  if (phase === 'connect') {
    return { errorClass: 'connect', message: connectMessages[code] ?? 'The connection could not be opened.' }
  }
  if (phase === 'dns') return { errorClass: 'dns', message: 'The host name could not be resolved.' }
  return null
}

/** What happy eyeballs throws when every address failed: the first real reason is inside. */
function codeWithin(error: unknown): string {
  const own = errorCode(error)
  // undici leaves the code of some parser errors empty; the class is the only mark they carry.
  if (own === '' && error instanceof Error && error.name === 'HTTPParserError') return 'HPE_INVALID'
  if (error instanceof AggregateError && error.errors.length > 0) {
    const inner = errorCode(error.errors[0])
    return inner === '' ? own : inner
  }
  return own
}

/** `phase` is how far the connection had come when the error arrived. */
export function explainFailure(error: unknown, phase: ConnectPhase): Explanation {
  const code = codeWithin(error)
  const known = explainOwn(code) ?? explainProtocol(code) ?? explainWhileConnecting(code, phase)
  if (known !== null) return known
  if (resetCodes.has(code)) {
    return { errorClass: 'reset', message: 'The connection was closed before a response arrived.' }
  }
  return { errorClass: 'internal', message: 'The request could not be made.' }
}

/** What the deadline says, by how far the exchange had come. */
export function explainDeadline(phase: ConnectPhase, timeoutMs: number): Explanation {
  const seconds = `${timeoutMs / 1_000} s`
  const what = {
    dns: 'The host name was not resolved',
    connect: 'The connection was not accepted',
    tls: 'The TLS handshake did not finish',
    open: 'No response arrived',
  }[phase]
  return { errorClass: 'timeout', message: `${what} within ${seconds}.` }
}
