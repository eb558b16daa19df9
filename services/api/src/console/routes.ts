/**
 * `/console`: the console's files, and the session of whoever is signed in to it. Not part of `/api/v1`: these routes belong to
 * the page that is served beside them, change with it, and stand in no document.
 *
 * A session is that of a portal link (packages/postgres/portal-links), kept in a cookie that no script can read
 * (packages/http/browser-session). Who signs in with a key makes such a link and uses it in the same breath, so that everything
 * that holds for links holds for this session as well: 8 hours, never more than the key may, over with the key, ended at once.
 *
 * Invariants
 *   N1. The console's page and scripts load nothing from elsewhere and run nothing inline (Content-Security-Policy).
 *   N2. Signing in gives no token to the page: it is in the cookie alone. Every refusal is the same 401.
 *   N3. Signing out ends the session on the server, not only in this browser.
 *       So does signing in anew where somebody was signed in: nobody has the token of before any more.
 *   N4. Nobody is signed in by another site (login CSRF): signing in needs what a cookie needs.
 */
import { nothing, single, timeText } from '@scanhook/http/answers'
import { ApiError, unauthorized } from '@scanhook/http/api-error'
import type { Caller } from '@scanhook/http/authentication'
import {
  type BrowserRequest,
  crossSiteProblem,
  endedSessionCookie,
  sessionCookie,
  sessionTokenOf,
} from '@scanhook/http/browser-session'
import type { HttpAnswer } from '@scanhook/http/route'
import type { Authored } from '@scanhook/postgres/audit-log'
import type { PortalLink, PortalLinks } from '@scanhook/postgres/portal-links'
import { z } from 'zod'
import { authorOf } from '../audit-log/author-of.ts'
import { type Api, notFound } from '../server.ts'
import type { ConsoleFile } from './console-files.ts'

export interface ConsolePorts {
  /** By path under `/console/`; the page is `index.html`. Empty when the console was not built. */
  readonly files: ReadonlyMap<string, ConsoleFile>
  readonly links: Authored<Pick<PortalLinks, 'create' | 'revoke' | 'use' | 'findSession'>>
  /** Whose an API key is; null for none. */
  readonly authenticateKey: (key: string) => Promise<Caller | null>
  readonly nowMs: () => number
}

/** No inline script or style, nothing from elsewhere, in nobody's frame. `data:` is for the icons of form controls. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

const fileHeaders = {
  'content-security-policy': policy,
  // A link's token is in the fragment, which is never sent; nothing else of an address is told either.
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
}

/** A year is what caches take for "always" (RFC 9111 gives no more); the name changes with the content. */
const forever = 'public, max-age=31536000, immutable'

/** Where the build puts what has a hash in its name (apps/console/vite.config.ts). No screen's address begins so. */
const hashedFolder = 'static/'

/** Used at once, by whom made it. */
const ownLinkLifeMs = 60_000
/** As of portal links. */
const linksMax = 1_000

/** `pl_…`, a link's token, or `sk_…`, an API key. Ours have some 50 characters; what is longer is nobody's, and is not worth hashing. */
const signIn = z.object({ credential: z.string().min(1).max(512) })
const fileParams = z.object({ '*': z.string().max(512) })

export function addConsoleRoutes(api: Api, ports: ConsolePorts): void {
  addFileRoutes(api, ports.files)
  api.publicRoute({
    method: 'POST',
    path: '/console/session',
    body: signIn,
    handle: async (request) => {
      const browser = { method: 'POST', headers: request.headers }
      const problem = crossSiteProblem(browser) // N4
      if (problem !== null) throw new ApiError('forbidden', problem)
      const { credential } = request.body
      const isKey = credential.startsWith('sk_')
      const token = isKey ? await ownLink(ports, credential, request.requestId) : credential
      const begun = await ports.links.use(token, request.requestId)
      if (begun === null) throw refused()
      await endBefore(ports, browser, request.requestId)
      const { session, sessionToken } = begun
      const lifeS = (session.expiresAt - ports.nowMs()) / 1000
      return withCookie(
        single({ organization_id: session.orgId, expires_at: timeText(session.expiresAt) }, 201),
        sessionCookie(browser, sessionToken, lifeS),
      )
    },
  })
  api.route({
    method: 'GET',
    path: '/console/session',
    scope: null,
    handle: async ({ caller }) =>
      single({
        organization_id: caller.orgId,
        scopes: caller.scopes,
        expires_at: timeText(caller.expiresAtMs ?? null),
      }),
  })
  api.route({
    method: 'DELETE',
    path: '/console/session',
    scope: null,
    handle: async (request) => {
      const { caller, headers } = request
      const browser: BrowserRequest = { method: 'DELETE', headers }
      if (caller.through?.kind === 'portal_link')
        await ports.links.revoke(authorOf(request, linkView), caller.through.id) // N3
      return withCookie(nothing(), endedSessionCookie(browser))
    },
  })
}

/** The session whose cookie the new one takes the place of (N3). */
async function endBefore(ports: ConsolePorts, browser: BrowserRequest, requestId: string): Promise<void> {
  const token = sessionTokenOf(browser)
  const session = token === null ? null : await ports.links.findSession(token)
  if (session === null) return
  const { linkId: id, orgId, apiKeyId, scopes } = session
  const caller: Caller = { orgId, apiKeyId, scopes, through: { kind: 'portal_link', id } }
  await ports.links.revoke(authorOf({ caller, requestId }, linkView), id)
}

/** The token of a link with all that the key may. Throws 401 for what is no key. */
async function ownLink(ports: ConsolePorts, key: string, requestId: string): Promise<string> {
  const caller = await ports.authenticateKey(key)
  if (caller === null) throw refused()
  const created = await ports.links.create(
    authorOf({ caller, requestId }, linkView),
    {
      apiKeyId: caller.apiKeyId,
      label: 'signed in with the key',
      scopes: caller.scopes,
      lifeMs: ownLinkLifeMs,
    },
    linksMax,
  )
  if (created.kind === 'too_many')
    throw new ApiError('conflict', `an organization has at most ${linksMax} links and sessions at once`)
  return created.token
}

const refused = (): ApiError => unauthorized('the link or the key is not valid')

/** As in the audit log. */
function linkView({ id, label, scopes, expiresAt }: PortalLink) {
  return { id, label, scopes, expires_at: timeText(expiresAt) }
}

function withCookie(answer: HttpAnswer, cookie: string): HttpAnswer {
  return { ...answer, headers: { 'set-cookie': cookie, 'cache-control': 'no-store' } }
}

/** Filters and tabs of a screen stand in its address; the page reads them, and nothing here does. */
const anyQuery = z.looseObject({})

function addFileRoutes(api: Api, files: ConsolePorts['files']): void {
  const page = (): HttpAnswer => {
    const file = files.get('index.html')
    if (file === undefined) return unbuilt
    return answer(file, 'no-cache')
  }
  api.publicRoute({
    method: 'GET',
    path: '/console',
    isUncounted: true,
    query: anyQuery,
    handle: async () => page(),
  })
  api.publicRoute({
    method: 'GET',
    path: '/console/*',
    isUncounted: true,
    params: fileParams,
    query: anyQuery,
    handle: async ({ params }) => {
      const path = params['*']
      const file = path === 'index.html' ? undefined : files.get(path)
      if (file !== undefined) return answer(file, path.startsWith(hashedFolder) ? forever : 'no-cache')
      // An address of a screen, which the page itself knows. What looks like a file is one that a newer release has not.
      if (path.startsWith(hashedFolder)) throw notFound('file')
      return page()
    },
  })
}

const answer = ({ contentType, content }: ConsoleFile, cacheControl: string): HttpAnswer => ({
  status: 200,
  body: content,
  headers: { ...fileHeaders, 'content-type': contentType, 'cache-control': cacheControl },
})

const unbuilt: HttpAnswer = {
  status: 503,
  body: 'The console was not built: npx turbo run build\n',
  headers: { ...fileHeaders, 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
}
