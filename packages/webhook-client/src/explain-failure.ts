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

/** Ours, for what undici throws as a socket error: an unasked-for 100 or 101, or an answer nobody waits for. */
const badResponse = 'BAD_RESPONSE'

const connectMessages: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'The connection was refused.',
  EHOSTUNREACH: 'The host could not be reached.',
  ENETUNREACH: 'The network of the host could not be reached.',
  ETIMEDOUT: 'The host did not answer the connection request.',
}

const unknownIssuer = 'The TLS certificate was issued by an authority that is not trusted.'
const certificateMessages: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'The TLS certificate has expired.',
  CERT_NOT_YET_VALID: 'The TLS certificate is not valid yet.',
  ERR_TLS_CERT_ALTNAME_INVALID: 'The TLS certificate is for another host name.',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'The TLS certificate is self-signed.',
  SELF_SIGNED_CERT_IN_CHAIN: unknownIssuer,
  // OpenSSL can't tell these two: what it was not sent it does not know.
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'The TLS certificate was issued by an authority that is not trusted, or an intermediate certificate is missing.',
  UNABLE_TO_GET_ISSUER_CERT:
    'The TLS certificate chain is incomplete: an intermediate certificate is missing.',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownIssuer,
  CERT_REVOKED: 'The TLS certificate has been revoked.',
  CERT_SIGNATURE_FAILURE: 'The TLS certificate has a signature that does not verify.',
  INVALID_PURPOSE: 'The TLS certificate is not meant for servers.',
  EE_KEY_TOO_SMALL: 'The TLS certificate has a key that is too short.',
  CA_MD_TOO_WEAK: 'The TLS certificate is signed in a way that is no longer safe.',
}

const noCommonVersion = 'The receiver offers no version of TLS from 1.2 on.'
const noCommonCipher = 'The receiver and the sender have no way to encrypt in common.'
/** What receivers send for anything that they do not like (RFC 5246 §7.2.2), up to TLS 1.2 also for this. */
const refusedHandshake =
  'The receiver refused the TLS handshake: it may demand a client certificate, or encryption that is not offered.'
const notTls = 'The port does not speak TLS: it may be one for plain http.'
const clientCertificate = 'The receiver demands a client certificate.'
/** OpenSSL's own, `ERR_SSL_` cut off: alerts that the receiver sent (RFC 8446 §6), or what came instead of TLS. */
const handshakeMessages: Readonly<Record<string, string>> = {
  TLSV1_ALERT_PROTOCOL_VERSION: noCommonVersion,
  UNSUPPORTED_PROTOCOL: noCommonVersion,
  SSLV3_ALERT_HANDSHAKE_FAILURE: refusedHandshake,
  'SSL/TLS_ALERT_HANDSHAKE_FAILURE': refusedHandshake,
  TLSV1_ALERT_INSUFFICIENT_SECURITY: noCommonCipher,
  NO_SHARED_CIPHER: noCommonCipher,
  DH_KEY_TOO_SMALL: noCommonCipher,
  TLSV1_UNRECOGNIZED_NAME: 'The receiver has no TLS certificate for the host name that was asked for.',
  TLSV1_ALERT_UNRECOGNIZED_NAME: 'The receiver has no TLS certificate for the host name that was asked for.',
  WRONG_VERSION_NUMBER: notTls,
  PACKET_LENGTH_TOO_LONG: notTls,
  TLSV13_ALERT_CERTIFICATE_REQUIRED: clientCertificate,
  TLSV1_ALERT_NO_APPLICATION_PROTOCOL: 'The receiver does not offer HTTP/1.1.',
  EE_KEY_TOO_SMALL: 'The TLS certificate has a key that is too short.',
}

function explainTls(code: string): Explanation {
  const handshake = code.startsWith('ERR_SSL_') ? handshakeMessages[code.slice('ERR_SSL_'.length)] : undefined
  const closed = resetCodes.has(code) ? 'The receiver closed the connection during the TLS handshake.' : null
  const message = certificateMessages[code] ?? handshake ?? closed ?? 'The TLS handshake failed.'
  return { errorClass: 'tls', message }
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
  if (code.startsWith('UND_ERR_INVALID') || code === 'UND_ERR_NOT_SUPPORTED')
    return { errorClass: 'internal', message: 'The request could not be made.' }
  return null
}

function explainProtocol(code: string): Explanation | null {
  if (code === 'UND_ERR_HEADERS_OVERFLOW') {
    return { errorClass: 'protocol', message: 'The headers of the response were larger than 16 KiB.' }
  }
  if (code.startsWith('HPE_') || code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH' || code === badResponse) {
    return { errorClass: 'protocol', message: 'The response was not valid HTTP/1.1.' }
  }
  return null
}

function explainWhileConnecting(code: string, phase: ConnectPhase): Explanation | null {
  // TLS 1.3 lets a receiver refuse our lack of a certificate after the handshake: the code says so, the phase does not.
  if (phase === 'tls' || code.startsWith('ERR_SSL_')) return explainTls(code)
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
  if (error instanceof Error && (error.message === 'bad response' || error.message === 'bad upgrade'))
    return badResponse
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
