/**
 * Which POSTs were done under which `Idempotency-Key` (packages/http/idempotency), for a day.
 *
 * Invariants
 *   Y1. Of two claims of a key at once one is given.
 *   Y2. A claim that came to nothing is free again: at once when it was released, else when its lease is over.
 *   Y3. An answer is kept for 24 hours, and then the key is as if it had never been.
 */
import { sql } from 'kysely'
import type { Postgres } from './open.ts'

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
}

interface KeyOf {
  readonly orgId: number
  readonly key: string
}

export type KeyClaim =
  | { readonly kind: 'claimed' }
  | { readonly kind: 'kept'; readonly answer: Answer }
  | { readonly kind: 'under_way' }
  | { readonly kind: 'different' }

export interface IdempotencyKeys {
  claim(of: KeyOf, fingerprint: string): Promise<KeyClaim>
  keep(of: KeyOf, answer: Answer): Promise<void>
  release(of: KeyOf): Promise<void>
  /** Deletes at most `limit` that are over, and gives their number. */
  forget(limit: number): Promise<number>
}

/** How an answer's text is stored: sealed where it may hold a secret. */
export interface AnswerSeal {
  readonly seal: (text: string) => string
  readonly open: (text: string) => string
}

/** Twice as long as the longest request may take (30 s): nobody who has it still works on it. */
const leaseSeconds = 60
const keptHours = 24

export function idempotencyKeys(pg: Postgres, { seal, open }: AnswerSeal): IdempotencyKeys {
  return {
    claim: async ({ orgId, key }, fingerprint) => {
      // One statement decides: the row is made, or taken over, or neither.
      const { rows: claimed } = await sql`
        insert into idempotency_keys as k (org_id, key, fingerprint) values (${orgId}, ${key}, ${fingerprint})
        on conflict (org_id, key) do update
          set fingerprint = excluded.fingerprint, answer = null, created_at = now(), claimed_at = now()
          where k.created_at < now() - make_interval(hours => ${keptHours})
            or (k.answer is null and k.fingerprint = excluded.fingerprint
                and k.claimed_at < now() - make_interval(secs => ${leaseSeconds}))
        returning 1`.execute(pg.db)
      if (claimed.length > 0) return { kind: 'claimed' }
      const row = await pg.db
        .selectFrom('idempotencyKeys')
        .select(['fingerprint', 'answer'])
        .where('orgId', '=', orgId)
        .where('key', '=', key)
        .executeTakeFirst()
      // Released between the two statements: it will be free when the client comes again.
      if (row === undefined) return { kind: 'under_way' }
      if (row.fingerprint !== fingerprint) return { kind: 'different' }
      if (row.answer === null) return { kind: 'under_way' }
      return { kind: 'kept', answer: JSON.parse(open(row.answer)) as Answer }
    },
    keep: async ({ orgId, key }, answer) => {
      await pg.db
        .updateTable('idempotencyKeys')
        .set({ answer: seal(JSON.stringify(answer)) })
        .where('orgId', '=', orgId)
        .where('key', '=', key)
        .where('answer', 'is', null)
        .execute()
    },
    release: async ({ orgId, key }) => {
      await pg.db
        .deleteFrom('idempotencyKeys')
        .where('orgId', '=', orgId)
        .where('key', '=', key)
        .where('answer', 'is', null)
        .execute()
    },
    forget: async (limit) => {
      const { numAffectedRows } = await sql`
        delete from idempotency_keys where ctid = any(array(
          select ctid from idempotency_keys where created_at < now() - make_interval(hours => ${keptHours})
          limit ${limit}))`.execute(pg.db)
      return Number(numAffectedRows ?? 0n)
    },
  }
}
