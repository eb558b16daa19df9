/**
 * API keys: `sk_<key id>_<32 random bytes, base64url>`. Stored hashed; the secret is shown once, to whom made it.
 *
 * Remembers nothing: packages/http keeps callers for a while, so that neither a request costs a query nor PostgreSQL's
 * absence stops the front door.
 *
 * Invariants
 *   A1. A token is looked up by its id and compared in constant time; no query ever contains a secret.
 *   A2. A client learns by a refusal neither what was wrong nor, from the work done, whether its id exists.
 */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import type { Selectable } from 'kysely'
import { orgOf, record, type Writer } from './audit-log.ts'
import type { Postgres } from './open.ts'
import type { ApiKeyTable } from './tables.ts'

export interface Caller {
  readonly orgId: number
  readonly apiKeyId: number
  readonly scopes: readonly string[]
}

export interface ApiKey {
  readonly id: number
  readonly name: string
  readonly scopes: readonly string[]
  readonly createdAt: number
}

export interface ApiKeys {
  /** Null when the token is malformed, unknown, deleted or wrong. Rejects with a retriable PostgresError when it can't know. */
  authenticate(token: string): Promise<Caller | null>
  /**
   * The same for OAuth's pair: `clientId` is the key's id, `clientSecret` its secret alone or the whole token. Null for
   * whatever is wrong.
   */
  authenticateClient(clientId: string, clientSecret: string): Promise<Caller | null>
  /** `token` and `secret`, which is a part of it, are the only copies of the secret. */
  create(
    by: Writer<ApiKey>,
    input: { readonly name: string; readonly scopes: readonly string[] },
  ): Promise<{ readonly key: ApiKey; readonly token: string; readonly secret: string }>
  list(
    orgId: number,
    page: { readonly limit: number; readonly offset: number },
  ): Promise<{ readonly rows: readonly ApiKey[]; readonly totalCount: number }>
  find(orgId: number, id: number): Promise<ApiKey | null>
  /** False when there is no such live key in this organization. */
  remove(by: Writer<ApiKey>, id: number): Promise<boolean>
}

const columns = ['id', 'name', 'scopes', 'createdAt'] as const

export function apiKeys(pg: Postgres): ApiKeys {
  return {
    authenticate: async (token) => {
      const parts = parseToken(token)
      return parts === null ? null : findCaller(pg, parts)
    },
    authenticateClient: async (clientId, clientSecret) => {
      const parts = parseToken(
        clientSecret.startsWith('sk_') && clientSecret.startsWith(`sk_${clientId}_`)
          ? clientSecret
          : `sk_${clientId}_${clientSecret}`,
      )
      const row = parts === null ? undefined : await findRow(pg, parts.id)
      const isRight = await isSecretOf(parts?.secret ?? '', row?.secretHash ?? decoyHash) // A2
      return row !== undefined && isRight ? callerOf(row) : null
    },
    create: async (by, { name, scopes }) => {
      const secret = randomBytes(32).toString('base64url')
      const secretHash = await hashSecret(secret)
      const key = await pg.db.transaction().execute(async (db) => {
        const made = await db
          .insertInto('apiKeys')
          .values({ orgId: orgOf(by), name, scopes: [...scopes], secretHash })
          .returning(columns)
          .executeTakeFirstOrThrow()
        await record(db, by, {
          ...{ operation: 'api_key.created', id: made.id, name },
          ...{ before: null, after: made },
        })
        return made
      })
      return { key, token: `sk_${key.id}_${secret}`, secret }
    },
    list: async (orgId, { limit, offset }) => {
      const live = pg.db.selectFrom('apiKeys').where('orgId', '=', orgId).where('deletedAt', 'is', null)
      const rows = await live
        .select(columns)
        .orderBy('createdAt', 'desc')
        .orderBy('id')
        .limit(limit)
        .offset(offset)
        .execute()
      const { count } = await live
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow()
      return { rows, totalCount: count }
    },
    find: async (orgId, id) =>
      (await pg.db
        .selectFrom('apiKeys')
        .select(columns)
        .where('orgId', '=', orgId)
        .where('id', '=', id)
        .where('deletedAt', 'is', null)
        .executeTakeFirst()) ?? null,
    remove: (by, id) =>
      pg.db.transaction().execute(async (db) => {
        const removed = await db
          .updateTable('apiKeys')
          .set((eb) => ({ deletedAt: eb.fn<string>('now') }))
          .where('orgId', '=', orgOf(by))
          .where('id', '=', id)
          .where('deletedAt', 'is', null)
          .returning(columns)
          .executeTakeFirst()
        if (removed === undefined) return false
        await record(db, by, {
          ...{ operation: 'api_key.deleted', id, name: removed.name },
          ...{ before: removed, after: null },
        })
        return true
      }),
  }
}

interface TokenParts {
  readonly id: number
  readonly secret: string
}

/** Null unless the text has exactly the form of our tokens. */
function parseToken(token: string): TokenParts | null {
  const [, id, secret] = /^sk_([1-9]\d{0,15})_([A-Za-z0-9_-]{43})$/.exec(token) ?? []
  if (id === undefined || secret === undefined || !Number.isSafeInteger(Number(id))) return null
  return { id: Number(id), secret }
}

async function findCaller(pg: Postgres, { id, secret }: TokenParts): Promise<Caller | null> {
  const row = await findRow(pg, id)
  return row !== undefined && (await isSecretOf(secret, row.secretHash)) ? callerOf(row) : null
}

type KeyRow = Pick<Selectable<ApiKeyTable>, 'id' | 'orgId' | 'scopes' | 'secretHash'>

function callerOf({ id, orgId, scopes }: KeyRow): Caller {
  return { orgId, apiKeyId: id, scopes }
}

function findRow(pg: Postgres, id: number): Promise<KeyRow | undefined> {
  return pg.db
    .selectFrom('apiKeys')
    .innerJoin('organizations', 'organizations.id', 'apiKeys.orgId')
    .select(['apiKeys.id', 'apiKeys.orgId', 'apiKeys.scopes', 'apiKeys.secretHash'])
    .where('apiKeys.id', '=', id)
    .where('apiKeys.deletedAt', 'is', null)
    .where('organizations.deletedAt', 'is', null)
    .executeTakeFirst()
}

/**
 * 2^10 rather than the 2^14 and more that passwords need: the secret is 256 random bits, so there is nothing to guess,
 * and a dearer hash (40 ms of a core each) would let anybody who knows a key id keep a core busy.
 */
const cost = { N: 1024, r: 8, p: 1 } as const
const hashBytes = 32

/** Costs what a real one costs, and is nobody's. */
const decoyHash = storedHash(Buffer.alloc(16), Buffer.alloc(hashBytes))

async function hashSecret(secret: string): Promise<string> {
  const salt = randomBytes(16)
  return storedHash(salt, await derive(secret, salt, cost))
}

function storedHash(salt: Buffer, hash: Buffer): string {
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), hash.toString('base64url')].join('$')
}

async function isSecretOf(secret: string, stored: string): Promise<boolean> {
  const [kind, N, r, p, salt, hash] = stored.split('$')
  if (kind !== 'scrypt' || salt === undefined || hash === undefined) return false
  const expected = Buffer.from(hash, 'base64url')
  const derived = await derive(secret, Buffer.from(salt, 'base64url'), {
    N: Number(N),
    r: Number(r),
    p: Number(p),
  })
  return expected.length === derived.length && timingSafeEqual(expected, derived)
}

function derive(
  secret: string,
  salt: Buffer,
  { N, r, p }: { readonly N: number; readonly r: number; readonly p: number },
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(secret, salt, hashBytes, { N, r, p }, (error, key) =>
      error === null ? resolve(key) : reject(error),
    )
  })
}
