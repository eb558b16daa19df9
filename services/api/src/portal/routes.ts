/**
 * Links into the console: whoever has keys:admin hands one out, it is exchanged once for a session, and the session is a bearer
 * token for this API.
 *
 * `POST /portal-sessions` is public, so it is limited by address (packages/http, admit), as tokens are.
 *
 * Invariants
 *   P1. A link has no scope that who makes it lacks, and `keys:admin` only where it was asked for; a session makes no links.
 *   P2. Every refusal of a link's token is the same 401: nothing tells an invented one from one that is used, revoked or over.
 *   P3. A token is answered once, to whom made it; no cache on the way keeps the answer.
 */
import { type Scope, scopes } from '@scanhook/domain/scope'
import { listed, nothing, timeText } from '@scanhook/http/answers'
import { ApiError, fieldError, unauthorized } from '@scanhook/http/api-error'
import { idParam, pageParams } from '@scanhook/http/query'
import type { Authored } from '@scanhook/postgres/audit-log'
import type { PortalLink, PortalLinks } from '@scanhook/postgres/portal-links'
import { z } from 'zod'
import { arrayAnswer, idAnswer, listAnswer, singleAnswer, timeAnswer } from '../answer-schemas.ts'
import { authorOf } from '../audit-log/author-of.ts'
import { nameField } from '../fields.ts'
import { type Api, notFound } from '../server.ts'

export type PortalPorts = Authored<Pick<PortalLinks, 'create' | 'list' | 'revoke' | 'use'>>

/** Long enough to send it to somebody who is waiting for it; an hour at most, because whoever finds it can use it. */
const lifeDefaultS = 900
const lifeMaxS = 3_600
/** A company's people, all of them in the console at once; a row is some 300 bytes. */
const linksMax = 1_000

const newLink = z.object({
  label: nameField.nullable().optional(),
  expires_in_seconds: z.int().min(1).max(lifeMaxS).default(lifeDefaultS),
  scopes: z
    .array(z.enum(scopes))
    .min(1)
    .max(scopes.length)
    .optional()
    .describe('Default: those of the calling key, without `keys:admin`'),
})
/** Ours have 46 characters; what is longer is nobody's, and is not worth hashing. */
const newSession = z.object({ token: z.string().min(1).max(512) })
const params = z.object({ portal_link_id: idParam() })

const linkFields = {
  id: idAnswer,
  label: z.string().nullable(),
  scopes: arrayAnswer(z.string()),
  created_by_api_key_id: idAnswer,
  created_at: timeAnswer,
  expires_at: timeAnswer,
  used_at: timeAnswer.nullable(),
  session_expires_at: timeAnswer.nullable(),
}
const linkAnswer = z.object(linkFields).meta({ id: 'PortalLink' })
const newLinkAnswer = z
  .object({ ...linkFields, token: z.string().describe('The only time that it is shown; good for one use') })
  .meta({ id: 'NewPortalLink' })
const sessionAnswer = z
  .object({
    token: z.string().describe('The bearer token of the session; the only time that it is shown'),
    portal_link_id: idAnswer,
    organization_id: idAnswer,
    scopes: arrayAnswer(z.string()),
    expires_at: timeAnswer,
  })
  .meta({ id: 'PortalSession' })

const uncached = { 'cache-control': 'no-store' } // P3

export function addPortalRoutes(api: Api, links: PortalPorts): void {
  api.route({
    method: 'POST',
    path: '/api/v1/portal-links',
    scope: 'keys:admin',
    describes: {
      id: 'createPortalLink',
      summary: 'Make a link into the console',
      details:
        'Its token is exchanged once, within `expires_in_seconds`, at `POST /api/v1/portal-sessions`. A session of a link makes none.',
      answers: { 201: singleAnswer(newLinkAnswer) },
      errors: ['conflict'],
    },
    body: newLink,
    handle: async (request) => {
      const { caller, body } = request
      if (caller.through?.kind === 'portal_link')
        throw new ApiError('forbidden', 'a session of a portal link makes no links')
      const created = await links.create(
        authorOf(request, linkView),
        {
          apiKeyId: caller.apiKeyId,
          label: body.label ?? null,
          scopes: grantedScopes(body.scopes, caller.scopes),
          lifeMs: body.expires_in_seconds * 1_000,
        },
        linksMax,
      )
      if (created.kind === 'too_many')
        throw new ApiError('conflict', `an organization has at most ${linksMax} links and sessions at once`)
      const data = { ...linkView(created.row), token: created.token }
      return { status: 201, body: { data }, headers: uncached }
    },
  })
  api.publicRoute({
    method: 'POST',
    path: '/api/v1/portal-sessions',
    describes: {
      id: 'createPortalSession',
      summary: 'Exchange the token of a link for a session',
      details: 'The session is used as a bearer token. It ends after 8 hours, and at once with its link.',
      answers: { 201: singleAnswer(sessionAnswer) },
      errors: ['unauthorized'],
    },
    body: newSession,
    handle: async ({ body, requestId }) => {
      const begun = await links.use(body.token, requestId)
      if (begun === null) throw unauthorized('the token is not valid') // P2
      const { session, sessionToken } = begun
      const data = {
        token: sessionToken,
        portal_link_id: session.linkId,
        organization_id: session.orgId,
        scopes: session.scopes,
        expires_at: timeText(session.expiresAt),
      } satisfies z.output<typeof sessionAnswer>
      return { status: 201, body: { data }, headers: uncached }
    },
  })
  api.route({
    method: 'GET',
    path: '/api/v1/portal-links',
    scope: 'keys:admin',
    describes: {
      id: 'listPortalLinks',
      summary: 'List links into the console, and their sessions',
      details: 'Newest first; those that are over are left out.',
      answers: { 200: listAnswer(linkAnswer) },
    },
    query: z.object(pageParams),
    handle: async ({ caller, query }) => {
      const { rows, totalCount } = await links.list(caller.orgId, query)
      return listed({ ...query, data: rows.map(linkView), totalCount })
    },
  })
  api.route({
    method: 'DELETE',
    path: '/api/v1/portal-links/:portal_link_id',
    scope: 'keys:admin',
    describes: {
      id: 'deletePortalLink',
      summary: 'Revoke a link into the console',
      details: 'Its session ends at once.',
      answers: { 204: null },
    },
    params,
    handle: async (request) => {
      const isRevoked = await links.revoke(authorOf(request, linkView), request.params.portal_link_id)
      if (!isRevoked) throw notFound('portal link')
      return nothing()
    },
  })
}

/** P1. Left out, it is everything but what would let the session make keys, which outlive it. */
function grantedScopes(wanted: readonly Scope[] | undefined, own: readonly string[]): readonly string[] {
  if (wanted === undefined) return own.filter((scope) => scope !== 'keys:admin')
  const foreign = wanted.findIndex((scope) => !own.includes(scope))
  if (foreign !== -1)
    throw fieldError({
      field: `scopes.${foreign}`,
      code: 'invalid_value',
      message: 'must be a scope that the calling key has itself',
    })
  return [...new Set(wanted)]
}

function linkView(link: PortalLink): z.output<typeof linkAnswer> {
  return {
    id: link.id,
    label: link.label,
    scopes: link.scopes,
    created_by_api_key_id: link.apiKeyId,
    created_at: timeText(link.createdAt),
    expires_at: timeText(link.expiresAt),
    used_at: timeText(link.usedAt),
    session_expires_at: timeText(link.sessionExpiresAt),
  }
}
