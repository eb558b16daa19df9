/**
 * What is to be said of endpoints: the notices that wait to go out as a mail, and as an operational event. Written by
 * endpoint-lives with the change itself.
 *
 * Invariants
 *   N1. One sender at a time has a mail: a claim lasts for its lease, and whoever outlived it marks nothing any more.
 *   N2. A mail waits until it is sent, refused, given up, or has nobody to go to; who dies while sending leaves it waiting.
 */
import type { NoticeKind } from '@scanhook/domain/endpoint-life/endpoint-life'
import { type EndpointId, endpointId, type OrgId, orgId } from '@scanhook/domain/ids'
import { sql } from 'kysely'
import type { Postgres } from './open.ts'

export interface StoredNotice {
  readonly id: number
  readonly orgId: OrgId
  readonly endpointId: EndpointId
  readonly kind: NoticeKind
  readonly episodeMs: number
  /** As they were written. */
  readonly facts: unknown
}

export interface ClaimedMail extends StoredNotice {
  /** Which claim this is, from 1. */
  readonly tries: number
  /** The organization's contacts as they are now. */
  readonly recipients: readonly string[]
  readonly createdAtMs: number
}

export type MailOutcome =
  | { readonly kind: 'sent' | 'no_recipient' }
  | { readonly kind: 'refused' | 'given_up'; readonly error: string }
  | { readonly kind: 'postponed'; readonly delayMs: number; readonly error: string }

export interface EndpointNotices {
  /** Those that are to go out as events and have not, oldest first. */
  listUnpublished(limit: number): Promise<readonly StoredNotice[]>
  markPublished(ids: readonly number[]): Promise<void>
  /** The mail that is due longest, for `leaseMs`; null when none is. */
  claimMail(leaseMs: number): Promise<ClaimedMail | null>
  /** False when the claim was over: somebody else has it now. */
  markMail(mail: Pick<ClaimedMail, 'id' | 'tries'>, outcome: MailOutcome): Promise<boolean>
  countWaiting(): Promise<{ readonly mails: number; readonly events: number }>
}

interface NoticeRow {
  readonly id: number
  readonly orgId: number
  readonly endpointId: number
  readonly kind: NoticeKind
  readonly episode: number
  readonly facts: unknown
}

const noticeColumns = sql.raw('n.id, n.org_id, n.endpoint_id, n.kind, n.episode, n.facts')

function noticeOf(row: NoticeRow): StoredNotice {
  return {
    id: row.id,
    orgId: orgId(row.orgId),
    endpointId: endpointId(row.endpointId),
    kind: row.kind,
    episodeMs: row.episode,
    facts: row.facts,
  }
}

export function endpointNotices(pg: Postgres): EndpointNotices {
  const { db } = pg
  return {
    listUnpublished: async (limit) => {
      const { rows } = await sql<NoticeRow>`
        select ${noticeColumns} from endpoint_notices n where is_told and published_at is null
        order by id limit ${limit}`.execute(db)
      return rows.map(noticeOf)
    },
    markPublished: async (ids) => {
      await sql`update endpoint_notices set published_at = now() where id = any(${[...ids]}::bigint[])`.execute(
        db,
      )
    },
    claimMail: async (leaseMs) => {
      const { rows } = await sql<
        NoticeRow & { mailTries: number; contactEmails: readonly string[]; createdAt: number }
      >`
        update endpoint_notices n
        set mail_due_at = now() + ${leaseMs} * interval '1 millisecond', mail_tries = mail_tries + 1
        from organizations o
        where o.id = n.org_id and n.id = (
          select id from endpoint_notices where mail_state = 'waiting' and mail_due_at <= now()
          order by mail_due_at, id limit 1 for update skip locked)
        returning ${noticeColumns}, n.mail_tries, o.contact_emails, n.created_at`.execute(db)
      const [row] = rows
      if (row === undefined) return null
      const { mailTries: tries, contactEmails: recipients, createdAt: createdAtMs } = row
      return { ...noticeOf(row), tries, recipients, createdAtMs }
    },
    markMail: async ({ id, tries }, outcome) => {
      const error = 'error' in outcome ? outcome.error.slice(0, errorMax) : null
      const set =
        outcome.kind === 'postponed'
          ? sql`mail_due_at = now() + ${outcome.delayMs} * interval '1 millisecond'`
          : sql`mail_state = ${outcome.kind}, mailed_at = ${outcome.kind === 'sent' ? sql`now()` : null}`
      const { numAffectedRows } = await sql`
        update endpoint_notices set mail_error = ${error}, ${set}
        where id = ${id} and mail_tries = ${tries} and mail_state = 'waiting'`.execute(db)
      return numAffectedRows === 1n
    },
    countWaiting: async () => {
      const { rows } = await sql<{ mails: number; events: number }>`
        select (select count(*) from endpoint_notices where mail_state = 'waiting') as mails,
          (select count(*) from endpoint_notices where is_told and published_at is null) as events`.execute(
        db,
      )
      return rows[0] ?? { mails: 0, events: 0 }
    },
  }
}

/** A server's answer is some lines; what is beyond is of no help. */
const errorMax = 1_000
