/**
 * Chains of refresh tokens. A chain begins with an API key's credentials; each use of its token gives the next one.
 *
 * A token is `rt_<chain>_<one>`: 256 random bits that all tokens of a chain share, and 256 that only this one has. So a
 * used token is known for what it is without a row for each of them: it names a chain whose living token is another, and
 * nobody can name a chain who never held a token of it.
 *
 * Stored is the SHA-256 of both. That is enough, other than for passwords: there is nothing to guess in 256 random bits, so
 * a slow hash or a salt would only cost, and the row must be found by the hash. Comparing hashes in an index tells no
 * secret by its time: whoever asks can not choose the hash.
 *
 * Invariants
 *   C1. A token is used once: of two uses, at once or one after the other, one wins.
 *   C2. A use that did not win ends the whole chain: the living token, and access tokens made from any of it (findLive).
 *   C3. A chain gives nothing when its API key or organization is gone, or 30 days after its last use.
 *   C4. The table holds no token, and at most a fixed number of chains of each key; expired rows are removed.
 *   C5. That a chain begins or is ended stands in the audit log (V1); that it goes on or expires does not.
 *
 * C2 has a price: a client whose answer got lost and that sends the same token again is a thief to us, and begins
 * anew with its credentials. OAuth's best practice wants it so (RFC 9700, 4.14.2), and TrakRF does it.
 */
import { createHash, randomBytes } from 'node:crypto'
import { type AuditActor, systemActor } from '@scanhook/domain/auditing/audit-entry'
import { sql } from 'kysely'
import type { Caller } from './api-keys.ts'
import { append } from './audit-log.ts'
import type { Db, Postgres } from './open.ts'

export interface LiveChain {
  readonly chainId: number
  /** The API key, with its present scopes. */
  readonly caller: Caller
  /** The only copy. */
  readonly refreshToken: string
}

export type Rotated =
  | ({ readonly kind: 'rotated' } & LiveChain)
  /** Was used before; the chain has ended now. */
  | { readonly kind: 'replayed'; readonly chainId: number; readonly apiKeyId: number }
  /** Malformed, never given, of an ended chain, expired, or of a key that is gone or another than asked for. */
  | { readonly kind: 'unknown' }

export interface TokenChains {
  /**
   * Null when the API key is gone. Ends the key's chains that were used longest ago where there are too many. `requestId` goes
   * to the audit log.
   */
  begin(apiKeyId: number, requestId?: string): Promise<LiveChain | null>
  /** Uses a refresh token; with `apiKeyId`, only one of that key. What does not win ends the chain. */
  rotate(refreshToken: string, apiKeyId?: number, requestId?: string): Promise<Rotated>
  /** The API key of a chain, with its present scopes; null when chain, key or organization is gone. */
  findLive(chain: { readonly chainId: number; readonly apiKeyId: number }): Promise<Caller | null>
  /** Removes at most `limit` expired chains; gives their number. */
  removeExpired(limit: number): Promise<number>
}

/**
 * An address gets some 1,020 answers in the 15 minutes of an access token (60 a minute, 120 at once): a client that takes
 * a new token for each request doesn't end chains whose access tokens it still uses. A row is some 250 bytes.
 */
const chainsPerKeyMaxDefault = 1100
/** TrakRF's. */
const refreshTokenDays = 30

interface LiveRow {
  readonly chainId: number
  readonly apiKeyId: number
  readonly orgId: number
  readonly scopes: readonly string[]
}

export function tokenChains(pg: Postgres, chainsPerKeyMax: number = chainsPerKeyMaxDefault): TokenChains {
  return {
    begin: async (apiKeyId, requestId) => {
      const parts: TokenParts = { chain: newPart(), one: newPart() }
      const row = await begin(pg, parts, { apiKeyId, requestId })
      if (row === null) return null
      // After the insert is committed: whoever of several comes last sees the rows of all. Locked in the order of their ids, so
      // that of several who end the same rows none waits for another who waits for it.
      await pg.db.transaction().execute(async (db) => {
        const ended = await sql<EndedRow>`
          delete from token_chains where id in (
            select id from token_chains where id in (
              select id from token_chains where api_key_id = ${apiKeyId}
              order by expires_at desc, id desc offset ${chainsPerKeyMax})
            order by id for update)
          returning id as chain_id, api_key_id, org_id`.execute(db)
        await recordEnded(db, ended.rows, requestId)
      })
      return liveOf(row, parts)
    },
    rotate: async (refreshToken, apiKeyId, requestId) => {
      const used = parseToken(refreshToken)
      return used === null ? { kind: 'unknown' } : rotate(pg, { used, apiKeyId: apiKeyId ?? null, requestId })
    },
    findLive: async ({ chainId, apiKeyId }) => {
      const row = await pg.db
        .selectFrom('tokenChains')
        .innerJoin('apiKeys', 'apiKeys.id', 'tokenChains.apiKeyId')
        .innerJoin('organizations', 'organizations.id', 'apiKeys.orgId')
        .select(['apiKeys.id', 'apiKeys.orgId', 'apiKeys.scopes'])
        .where('tokenChains.id', '=', chainId)
        .where('apiKeys.id', '=', apiKeyId)
        .where('apiKeys.deletedAt', 'is', null)
        .where('organizations.deletedAt', 'is', null)
        .executeTakeFirst()
      return row === undefined ? null : { orgId: row.orgId, apiKeyId: row.id, scopes: row.scopes }
    },
    removeExpired: async (limit) => {
      const { numAffectedRows = 0n } = await sql`
        delete from token_chains where id in (
          select id from token_chains where expires_at <= now() order by expires_at limit ${limit}
          for update skip locked)`.execute(pg.db)
      return Number(numAffectedRows)
    },
  }
}

const endOfToken = sql`now() + make_interval(days => ${refreshTokenDays})`

function begin(
  pg: Postgres,
  parts: TokenParts,
  { apiKeyId, requestId }: { readonly apiKeyId: number; readonly requestId: string | undefined },
): Promise<LiveRow | null> {
  return pg.db.transaction().execute(async (db) => {
    const { rows } = await sql<LiveRow>`
      insert into token_chains (org_id, api_key_id, chain_hash, token_hash, expires_at)
      select k.org_id, k.id, ${hashOf(parts.chain)}, ${hashOf(parts.one)}, ${endOfToken}
      from api_keys k join organizations o on o.id = k.org_id
      where k.id = ${apiKeyId} and k.deleted_at is null and o.deleted_at is null
      returning id as chain_id, api_key_id, org_id, (select scopes from api_keys where id = ${apiKeyId}) as scopes`.execute(
      db,
    )
    const [row] = rows
    if (row === undefined) return null
    const actor: AuditActor = { kind: 'oauth_client', id: apiKeyId }
    await append(
      db,
      { orgId: row.orgId, actor, requestId: requestId ?? null },
      {
        ...{ operation: 'token_chain.issued', id: row.chainId, name: null },
        ...{ before: null, after: { id: row.chainId, api_key_id: apiKeyId, scopes: row.scopes } },
      },
    )
    return row
  })
}

interface EndedRow {
  readonly chainId: number
  readonly apiKeyId: number
  readonly orgId: number
}

/** It is us who end them: by a limit, or because a token came that somebody else had used. */
async function recordEnded(db: Db, ended: readonly EndedRow[], requestId: string | undefined): Promise<void> {
  for (const { chainId, apiKeyId, orgId } of ended)
    await append(
      db,
      { orgId, actor: systemActor, requestId: requestId ?? null },
      {
        ...{ operation: 'token_chain.revoked', id: chainId, name: null },
        ...{ before: { id: chainId, api_key_id: apiKeyId }, after: null },
      },
    )
}

interface Use {
  readonly used: TokenParts
  readonly apiKeyId: number | null
  readonly requestId: string | undefined
}

async function rotate(pg: Postgres, { used, apiKeyId, requestId }: Use): Promise<Rotated> {
  const next: TokenParts = { chain: used.chain, one: newPart() }
  // C1: who comes second waits for the row, and then sees another token in it.
  const { rows } = await sql<LiveRow>`
    update token_chains c set token_hash = ${hashOf(next.one)}, expires_at = ${endOfToken}
    from api_keys k join organizations o on o.id = k.org_id
    where c.chain_hash = ${hashOf(used.chain)} and c.token_hash = ${hashOf(used.one)} and c.expires_at > now()
      and k.id = c.api_key_id and k.deleted_at is null and o.deleted_at is null
      and (${apiKeyId}::bigint is null or k.id = ${apiKeyId})
    returning c.id as chain_id, k.id as api_key_id, k.org_id, k.scopes`.execute(pg.db)
  const [row] = rows
  if (row !== undefined) return { kind: 'rotated', ...liveOf(row, next) }
  // C2. Besides a used token this meets a living one that has expired, whose key is gone, or that somebody else's key
  // came with: the first two give nothing any more, and the third has leaked.
  const [chain] = await pg.db.transaction().execute(async (db) => {
    const ended = await sql<EndedRow & { isLiving: boolean }>`
      delete from token_chains where chain_hash = ${hashOf(used.chain)}
      returning id as chain_id, api_key_id, org_id, token_hash = ${hashOf(used.one)} as is_living`.execute(db)
    await recordEnded(db, ended.rows, requestId)
    return ended.rows
  })
  if (chain === undefined || chain.isLiving) return { kind: 'unknown' }
  return { kind: 'replayed', chainId: chain.chainId, apiKeyId: chain.apiKeyId }
}

interface TokenParts {
  readonly chain: string
  readonly one: string
}

function parseToken(token: string): TokenParts | null {
  const [, chain, one] = /^rt_([A-Za-z0-9_-]{43})_([A-Za-z0-9_-]{43})$/.exec(token) ?? []
  return chain === undefined || one === undefined ? null : { chain, one }
}

function liveOf({ chainId, apiKeyId, orgId, scopes }: LiveRow, { chain, one }: TokenParts): LiveChain {
  return { chainId, caller: { orgId, apiKeyId, scopes }, refreshToken: `rt_${chain}_${one}` }
}

function newPart(): string {
  return randomBytes(32).toString('base64url')
}

function hashOf(part: string): Buffer {
  return createHash('sha256').update(part).digest()
}
