/**
 * Links into the console: a token that is good for one use within minutes, and the session that it is exchanged for.
 *
 * Tokens are `pl_` and `ps_` with 256 random bits. Stored is their SHA-256, by which the row is found; why that is enough stands
 * in token-chains.ts. Sessions are no signed tokens: whoever revokes a link wants its session ended at once, so every request
 * has to look here anyway.
 *
 * Invariants
 *   L1. A link is used once: of two uses, at once or one after the other, one wins.
 *   L2. A link gives nothing after its end, and a session nothing after its own, which is fixed when it begins.
 *   L3. Both give nothing when the link is revoked, or its API key or organization is gone; never a scope that the key lacks.
 *   L4. The table holds no token, and at most `linksMax` links of an organization that are not over.
 *   L5. That a link is made, used or revoked stands in the audit log (V1).
 */
import { createHash, randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { append, orgOf, record, type Writer } from './audit-log.ts'
import type { Page } from './change.ts'
import type { Db, Postgres } from './open.ts'

export interface PortalLink {
  readonly id: number
  readonly apiKeyId: number
  readonly label: string | null
  readonly scopes: readonly string[]
  readonly createdAt: number
  readonly expiresAt: number
  readonly usedAt: number | null
  readonly sessionExpiresAt: number | null
}

export interface NewPortalLink {
  readonly apiKeyId: number
  readonly label: string | null
  readonly scopes: readonly string[]
  readonly lifeMs: number
}

/** Who a session's token stands for. */
export interface PortalSession {
  readonly linkId: number
  readonly orgId: number
  readonly apiKeyId: number
  readonly scopes: readonly string[]
  /** Epoch ms. */
  readonly expiresAt: number
}

export type PortalLinkCreated =
  /** `token`: the only copy. */
  | { readonly kind: 'created'; readonly row: PortalLink; readonly token: string }
  | { readonly kind: 'too_many' }

export interface PortalLinks {
  create(by: Writer<PortalLink>, link: NewPortalLink, linksMax: number): Promise<PortalLinkCreated>
  /** Those that are not over, newest first. */
  list(orgId: number, page: { readonly limit: number; readonly offset: number }): Promise<Page<PortalLink>>
  /** And its session. False when there is no such link, or it is over. */
  revoke(by: Writer<PortalLink>, id: number): Promise<boolean>
  /**
   * Null when the token is malformed, unknown, used, revoked or expired: nobody learns which. `sessionToken` is the only copy.
   * `requestId` goes to the audit log.
   */
  use(
    token: string,
    requestId?: string,
  ): Promise<{ readonly session: PortalSession; readonly sessionToken: string } | null>
  /** Null for what is no session, or none any more. */
  findSession(sessionToken: string): Promise<PortalSession | null>
  /** Deletes at most `limit` that are over; gives their number. */
  forget(limit: number): Promise<number>
}

/** A working day, and the upper end of what OWASP's Session Management Cheat Sheet wants for office work (4 to 8 hours, absolute). */
const sessionHours = 8

const columns = sql.raw(
  'l.id, l.api_key_id, l.label, l.scopes, l.created_at, l.expires_at, l.used_at, l.session_expires_at',
)
const isOver = sql<boolean>`coalesce(l.session_expires_at, l.expires_at) <= now()`

export function portalLinks(pg: Postgres): PortalLinks {
  return {
    create: (by, link, linksMax) => create(pg, by, link, linksMax),
    list: async (orgId, { limit, offset }) => {
      const live = sql`from portal_links l where l.org_id = ${orgId} and not ${isOver}`
      const { rows } = await sql<PortalLink>`
        select ${columns} ${live} order by l.created_at desc, l.id limit ${limit} offset ${offset}`.execute(
        pg.db,
      )
      const counted = await sql<{ count: number }>`select count(*) ${live}`.execute(pg.db)
      return { rows, totalCount: counted.rows[0]?.count ?? 0 }
    },
    revoke: (by, id) =>
      pg.db.transaction().execute(async (db) => {
        const { rows } = await sql<PortalLink>`
          delete from portal_links l where l.org_id = ${orgOf(by)} and l.id = ${id} and not ${isOver}
          returning ${columns}`.execute(db)
        const [before] = rows
        if (before === undefined) return false
        await record(db, by, {
          ...{ operation: 'portal_link.revoked', id, name: before.label },
          ...{ before, after: null },
        })
        return true
      }),
    use: async (token, requestId) => {
      const sessionToken = newToken('ps')
      const session = await begin(pg, { token, sessionToken, requestId })
      return session === null ? null : { session, sessionToken }
    },
    findSession: async (sessionToken) => {
      const { rows } = await sql<PortalSession>`
        select l.id as link_id, l.org_id, l.api_key_id, l.session_expires_at as expires_at, ${grantedScopes} as scopes
        from portal_links l join api_keys k on k.id = l.api_key_id join organizations o on o.id = l.org_id
        where l.session_hash = ${hashOf(sessionToken)} and l.session_expires_at > now()
          and k.deleted_at is null and o.deleted_at is null`.execute(pg.db)
      return rows[0] ?? null
    },
    forget: async (limit) => {
      const { numAffectedRows } = await sql`
        delete from portal_links where id = any(array(
          select l.id from portal_links l where ${isOver} limit ${limit} for update skip locked))`.execute(
        pg.db,
      )
      return Number(numAffectedRows ?? 0n)
    },
  }
}

/** L3: of the link's scopes those that its key has. */
const grantedScopes = sql`array(select unnest(l.scopes) intersect select unnest(k.scopes) order by 1)`

function create(
  pg: Postgres,
  by: Writer<PortalLink>,
  { apiKeyId, label, scopes, lifeMs }: NewPortalLink,
  linksMax: number,
): Promise<PortalLinkCreated> {
  const orgId = orgOf(by)
  const token = newToken('pl')
  return pg.db.transaction().execute(async (db) => {
    // L4: counted while nobody else of this organization can add one.
    await sql`select pg_advisory_xact_lock(hashtext('scanhook portal links'), hashtext(${String(orgId)}))`.execute(
      db,
    )
    if ((await countLive(db, orgId)) >= linksMax) return { kind: 'too_many' }
    const { rows } = await sql<PortalLink>`
      insert into portal_links as l (org_id, api_key_id, label, scopes, token_hash, expires_at)
      values (${orgId}, ${apiKeyId}, ${label}, ${[...scopes]}::text[], ${hashOf(token)},
        now() + ${lifeMs} * interval '1 millisecond')
      returning ${columns}`.execute(db)
    const [row] = rows
    if (row === undefined) throw new Error('an insert returned nothing')
    await record(db, by, {
      ...{ operation: 'portal_link.created', id: row.id, name: label },
      ...{ before: null, after: row },
    })
    return { kind: 'created', row, token }
  })
}

async function countLive(db: Db, orgId: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) from portal_links l where l.org_id = ${orgId} and not ${isOver}`.execute(db)
  return rows[0]?.count ?? 0
}

interface Use {
  readonly token: string
  readonly sessionToken: string
  readonly requestId: string | undefined
}

function begin(pg: Postgres, { token, sessionToken, requestId }: Use): Promise<PortalSession | null> {
  return pg.db.transaction().execute(async (db) => {
    // L1: who comes second waits for the row, and then sees that it is used.
    const { rows } = await sql<PortalSession & { readonly label: string | null }>`
      update portal_links l set used_at = now(), session_hash = ${hashOf(sessionToken)},
        session_expires_at = now() + make_interval(hours => ${sessionHours})
      from api_keys k, organizations o
      where l.token_hash = ${hashOf(token)} and l.used_at is null and l.expires_at > now()
        and k.id = l.api_key_id and k.deleted_at is null and o.id = l.org_id and o.deleted_at is null
      returning l.id as link_id, l.org_id, l.api_key_id, l.label, l.session_expires_at as expires_at,
        ${grantedScopes} as scopes`.execute(db)
    const [row] = rows
    if (row === undefined) return null
    const { label, ...session } = row
    await append(
      db,
      {
        orgId: session.orgId,
        actor: { kind: 'portal_link', id: session.linkId },
        requestId: requestId ?? null,
      },
      {
        ...{ operation: 'portal_link.used', id: session.linkId, name: label },
        ...{
          before: { session_expires_at: null },
          after: { session_expires_at: new Date(session.expiresAt).toISOString() },
        },
      },
    )
    return session
  })
}

function newToken(prefix: 'pl' | 'ps'): string {
  return `${prefix}_${randomBytes(32).toString('base64url')}`
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
