/**
 * Reads an endpoint's URL once and says what can be said without the network. Owns the rules on scheme, port,
 * user name and host name; knows no DNS (check-target and guarded-connect ask it).
 *
 * Invariants
 *   P1. A URL is parsed here and nowhere else; everybody dials the parsed form, never the text. `0x7f.1`, full-width
 *       digits and `::ffff:127.0.0.1` all come out canonical, so no rule can be fooled by spelling.
 *   P2. What is only permitted for allow-listed targets carries its objection with it, so that a caller that has
 *       resolved the name can't forget to ask.
 */
import { isIP } from 'node:net'

export interface Target {
  /** Canonical, without fragment: what is stored and shown. */
  readonly url: string
  readonly origin: string
  readonly isHttps: boolean
  /** Lower case, punycode; an IPv6 literal stands without brackets. */
  readonly hostname: string
  readonly port: number
  /** Path and query, beginning with `/`. */
  readonly path: string
  readonly isLiteral: boolean
  /** Why this is refused unless every address of it is allow-listed; null for an ordinary public target. */
  readonly objection: string | null
}

export type ParsedTarget =
  | { readonly ok: true; readonly target: Target }
  | { readonly ok: false; readonly message: string }

/** De facto limit of browsers and proxies (RFC 9110 §4.1 asks for at least 8,000; nobody needs that to receive). */
const urlLengthMax = 2_048
/** RFC 1035 §2.3.4, written form. */
const hostnameLengthMax = 253
/** https and its usual second; everything else is somebody's internal service. */
const ports: readonly number[] = [443, 8_443]
/** RFC 6761, RFC 6762, RFC 8375 and ICANN's private-use name: none of them is a public receiver. */
const privateSuffixes = ['localhost', 'local', 'internal', 'home.arpa', 'invalid', 'onion'] as const

/** The URL parser silently drops tabs and newlines and turns `\` into `/`; a URL that needs either is not honest. */
function hasForbiddenCharacter(raw: string): boolean {
  for (let index = 0; index < raw.length; index += 1) {
    const code = raw.charCodeAt(index)
    if (code <= 0x20 || code === 0x7f || code === 0x5c) return true
  }
  return false
}

function refuse(message: string): ParsedTarget {
  return { ok: false, message }
}

function objectionTo(url: URL, hostname: string, port: number): string | null {
  if (url.protocol !== 'https:') return 'must use https'
  if (isIP(hostname) !== 0) return 'must name a host, not an IP address'
  if (!ports.includes(port)) return 'must use port 443 or 8443'
  const isPrivateName = privateSuffixes.some(
    (suffix) => hostname === suffix || hostname.endsWith(`.${suffix}`),
  )
  if (isPrivateName || !hostname.includes('.')) return 'must use a public host name'
  return null
}

/** Never throws. Messages are written to follow the field's name: "url must use https". */
export function parseTarget(raw: string): ParsedTarget {
  if (raw.length > urlLengthMax) return refuse(`must be at most ${urlLengthMax} characters long`)
  if (hasForbiddenCharacter(raw)) return refuse('must not contain spaces, control characters or backslashes')
  const url = URL.parse(raw)
  if (url === null) return refuse('must be an absolute https URL')
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return refuse('must use https')
  if (url.username !== '' || url.password !== '') return refuse('must not contain a user name or password')
  const hostname = url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname
  if (hostname === '' || hostname.length > hostnameLengthMax || hostname.endsWith('.'))
    return refuse('must use a public host name')
  const isHttps = url.protocol === 'https:'
  const port = url.port === '' ? (isHttps ? 443 : 80) : Number(url.port)
  url.hash = ''
  return {
    ok: true,
    target: {
      url: url.href,
      origin: url.origin,
      isHttps,
      hostname,
      port,
      path: `${url.pathname}${url.search}`,
      isLiteral: isIP(hostname) !== 0,
      objection: objectionTo(url, hostname, port),
    },
  }
}
