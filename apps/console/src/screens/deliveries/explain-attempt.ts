/** What went wrong with a request, and what the receiver's developer does about it. Pure. */
import type { paths } from '@scanhook/client/schema'

/** The closed list of the API: a class that it gains fails the type check here. */
export type ErrorClass = NonNullable<
  NonNullable<paths['/api/v1/attempts']['get']['parameters']['query']>['error_class']
>[number]

export interface AttemptWords {
  /** What happened, a sentence. */
  readonly what: string
  /** What to do about it; null: nothing, it was delivered. */
  readonly fix: string | null
}

const words: Readonly<Record<ErrorClass, AttemptWords>> = {
  dns: {
    what: 'The host name of the URL could not be resolved.',
    fix: 'Check the spelling of the host name, and that its A or AAAA record is public. A name that was made just now may take minutes to be known everywhere.',
  },
  connect: {
    what: 'No connection could be opened.',
    fix: 'Check that the server runs and listens on this port, and that its firewall lets the address of the sender in.',
  },
  tls: {
    what: 'The TLS handshake or the certificate failed.',
    fix: 'Check that the certificate is valid, is for this host name, and is served with its intermediate certificates: openssl s_client -connect HOST:443 -servername HOST shows it.',
  },
  timeout: {
    what: 'No complete answer came in time.',
    fix: 'Answer 2xx as soon as the request is stored, and do the work afterwards. Where the connection itself was not accepted, look at the firewall.',
  },
  reset: {
    what: 'The connection was closed before the answer was complete.',
    fix: 'Look for a crash, a restart or a limit of a proxy at that time: the receiver or something before it hung up.',
  },
  blocked_address: {
    what: 'The URL leads to an address that deliveries may not reach.',
    fix: 'Use a URL that resolves to a public address. For one inside your own network, the operator lists an exception (WEBHOOK_ALLOWED_TARGETS).',
  },
  protocol: {
    what: 'The answer was not valid HTTP/1.1.',
    fix: 'Check what listens on this port: it may be another protocol, or a proxy that sends more than 16 KiB of headers.',
  },
  internal: {
    what: 'The request failed on our side.',
    fix: 'Nothing for you to do. If it stays so, tell the operator the id of the delivery.',
  },
}

const statusFixes: Readonly<Record<number, string>> = {
  400: 'The receiver did not understand the request. Its log says why: often the body is read by a parser that expects another form.',
  401: 'The receiver did not accept the signature, or asks for credentials. Check its secret, and that it verifies the bytes as they came and not a body that was parsed and written anew.',
  403: 'The receiver or a firewall before it refuses the sender. Allow its address, and POST requests to this path.',
  404: 'There is nothing at this path. Compare the URL of the endpoint with the route of the receiver.',
  405: 'The path exists and takes no POST. Check the route of the receiver.',
  408: 'The receiver gave up reading the request. Look at the timeouts of the proxy before it.',
  410: 'The receiver said that it is gone for good, so the endpoint is disabled. Enable it when that was not meant.',
  413: 'The body is larger than the receiver takes. Raise its limit, or that of the proxy before it.',
  415: 'The receiver does not take application/json here. Check its parser.',
  429: 'The receiver asks for a slower pace. It is kept; a rate limit on the endpoint spreads deliveries beforehand.',
}

function fixOfStatus(status: number): string {
  const known = statusFixes[status]
  if (known !== undefined) return known
  if (status < 300) return ''
  if (status < 400) return 'Redirects are not followed: set the URL of the endpoint to where it points.'
  if (status < 500) return 'The receiver refused the request. Its log says why.'
  return 'The receiver failed. Look at its log at this time.'
}

interface Attempted {
  readonly response_status: number | null
  readonly error_class: string | null
  readonly error_message: string | null
  readonly explanation: string | null
  /** What became of the delivery with it: `retry`, `dead` and the like. */
  readonly disposition: string
}

/** Of a class that this version does not know (a newer API's), what the API itself says. */
export function explainAttempt(attempt: Attempted): AttemptWords {
  const { response_status: status, error_class: errorClass, error_message: message } = attempt
  if (errorClass !== null) {
    const known: AttemptWords | undefined = Object.hasOwn(words, errorClass)
      ? words[errorClass as ErrorClass]
      : undefined
    return {
      what: message ?? known?.what ?? attempt.explanation ?? `The request failed (${errorClass}).`,
      fix: `${known?.fix ?? 'This version of the console does not know this error; its name is all there is.'}${sayAgain(attempt)}`,
    }
  }
  if (status === null) return { what: 'No request was made.', fix: null }
  const said = attempt.explanation ?? `the endpoint answered ${status}`
  const fix = fixOfStatus(status)
  return {
    what: `${said.charAt(0).toUpperCase()}${said.slice(1)}.`,
    fix: fix === '' ? null : `${fix}${sayAgain(attempt)}`,
  }
}

/** Only of what is: the last request of a delivery that was given up is not. */
function sayAgain({ disposition }: Attempted): string {
  return disposition === 'retry' ? ' It is tried again by itself.' : ''
}

/** "503", "timeout", or that there was none. */
export function sayOutcome(status: number | null, errorClass: string | null): string {
  return status === null ? (errorClass ?? 'no request') : String(status)
}
