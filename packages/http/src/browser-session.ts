/**
 * The session of a browser: a cookie in place of the bearer token, for pages of our own origin alone. Owns the cookie's name and
 * attributes and the rule by which a request with one is believed; knows nothing of what the token stands for. Pure.
 *
 * A browser sends cookies with whatever any page makes it ask. So a cookie counts only beside what a foreign page can not add:
 * a header of ours, which without CORS (we answer no preflight) only our own origin can set, and the browser's own word about
 * where the request comes from (OWASP, Cross-Site Request Forgery Prevention: custom request headers, verifying origin).
 *
 * Invariants
 *   S1. A cookie without our header, or of another origin by `Sec-Fetch-Site` or `Origin`, is no credential; one that changes
 *       something says where it comes from.
 *   S2. Only sessions live in cookies: a key in one is nobody's.
 *   S3. Scripts can't read the cookie, other sites don't cause it to be sent, and but for loopback it travels on TLS alone, under
 *       a name that no neighbouring subdomain can set (`__Host-`, RFC 6265bis 4.1.3.2).
 */

type Headers = Readonly<Record<string, string | string[] | undefined>>

export interface BrowserRequest {
  readonly method: string
  /** Lower-case names. */
  readonly headers: Headers
}

/** What the console sends with every request. */
export const consoleHeader = 'x-scanhook-console'

const plainName = 'scanhook-session'
const hostName = `__Host-${plainName}`
/** Portal sessions; nothing else may come in a cookie (S2). */
const sessionForm = /^ps_[A-Za-z0-9_-]{1,100}$/
const loopbackHost = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i
const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Null: it may be believed. Else the sentence that says why not. */
export function crossSiteProblem({ method, headers }: BrowserRequest): string | null {
  if (textOf(headers, consoleHeader) !== '1')
    return `a request with a session cookie needs the header ${consoleHeader}: 1`
  const site = textOf(headers, 'sec-fetch-site')
  const origin = textOf(headers, 'origin')
  if (site !== undefined && site !== 'same-origin')
    return 'a session cookie is taken from its own origin only'
  if (origin !== undefined && hostOf(origin) !== textOf(headers, 'host')?.toLowerCase())
    return 'a session cookie is taken from its own origin only'
  if (site === undefined && origin === undefined && !safeMethods.has(method))
    return 'a request with a session cookie that changes something needs an Origin header'
  return null
}

/** The session's token in the cookie; null when there is none that could be one. */
export function sessionTokenOf({ headers }: BrowserRequest): string | null {
  const name = isLoopback(headers) ? plainName : hostName
  const found = (textOf(headers, 'cookie') ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .find((pair) => pair.startsWith(`${name}=`))
  const token = found?.slice(name.length + 1) ?? ''
  return sessionForm.test(token) ? token : null
}

/** A `Set-Cookie` that begins the session; `lifeS` counts from now. */
export function sessionCookie(request: BrowserRequest, token: string, lifeS: number): string {
  return cookie(request, token, lifeS)
}

/** A `Set-Cookie` that ends it in the browser. */
export function endedSessionCookie(request: BrowserRequest): string {
  return cookie(request, '', 0)
}

function cookie({ headers }: BrowserRequest, value: string, lifeS: number): string {
  const attributes = `Path=/; Max-Age=${Math.max(0, Math.floor(lifeS))}; HttpOnly; SameSite=Strict`
  // Browsers keep no `Secure` cookie of plain HTTP, and a demonstration on this machine has no TLS.
  return isLoopback(headers)
    ? `${plainName}=${value}; ${attributes}`
    : `${hostName}=${value}; ${attributes}; Secure`
}

function isLoopback(headers: Headers): boolean {
  return loopbackHost.test(textOf(headers, 'host') ?? '')
}

/** `null`, an opaque origin, has no host. */
function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined
}

function textOf(headers: Headers, name: string): string | undefined {
  const value = headers[name]
  return Array.isArray(value) ? undefined : value
}
