/**
 * Those who listen, and the requests that wait for their answers: what the processes of the API know together (ADR 0023).
 *
 * Every question of time is answered by the database's clock: the processes' own may differ.
 *
 * Invariants
 *   Q1. One stream follows a listener: the one that took it last. No other gets a request, or keeps it for seen.
 *   Q2. A request has one answer: the first that is brought before its end.
 *   Q3. A listener whose webhook is deleted has no requests and takes none.
 *   Q4. Requests end by themselves; what a process that died left behind is forgotten.
 *   Q5. A listener is made and, when nobody has followed it for long, removed with its webhook in one transaction (endpoints.ts):
 *       of two who remove it one does, and none removes what somebody follows again.
 */
import { sql } from 'kysely'
import type { Db, Postgres, Session } from './open.ts'

export interface ListenerKey {
  readonly orgId: number
  readonly webhookId: number
}

export interface ListenerRequest {
  readonly id: string
  /** As they came, in order and spelling. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Buffer
  readonly receivedAtMs: number
}

export interface ListenerAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** What a wait for an answer has come to. */
export type Waited =
  | { readonly kind: 'answered'; readonly answer: ListenerAnswer }
  | { readonly kind: 'waiting' }
  /** Nobody follows any more, or the listener is gone. */
  | { readonly kind: 'nobody' }

export interface PutRequest {
  readonly id: string
  readonly token: string
  readonly headers: ListenerRequest['headers']
  readonly body: Buffer
  /** How long somebody waits for its answer. */
  readonly waitMs: number
}

export interface Listeners {
  /** Endpoints under `base` that nobody wrote down as listeners: of a version before. */
  adopt(base: string): Promise<void>
  count(orgId: number): Promise<{ readonly ofOrg: number; readonly all: number }>
  list(orgId: number): Promise<readonly { readonly webhookId: number; readonly isConnected: boolean }[]>
  exists(listener: ListenerKey): Promise<boolean>
  /** `streamId` follows from now on (Q1). False: there is no such listener. */
  take(listener: ListenerKey, streamId: string): Promise<boolean>
  /** It still follows. False: another stream does, or the listener is gone. */
  renew(listener: ListenerKey, streamId: string): Promise<boolean>
  /** It follows no longer. Does nothing where another stream does. */
  leave(listener: ListenerKey, streamId: string): Promise<void>
  /** Those that wait, oldest first, without those of `handed`. Null: another stream follows, or the listener is gone. */
  listWaiting(
    listener: ListenerKey,
    stream: { readonly streamId: string; readonly handed: readonly string[]; readonly limit: number },
  ): Promise<readonly ListenerRequest[] | null>
  /** False: nobody is there to answer it. */
  put(request: PutRequest): Promise<boolean>
  look(requestId: string): Promise<Waited>
  /** Nobody waits for it any more. */
  withdraw(requestId: string): Promise<void>
  /** Whether it was the first, in time (Q2). */
  answer(listener: ListenerKey, requestId: string, answer: ListenerAnswer): Promise<boolean>
  /** Its requests go, too, and its stream is told. */
  remove(listener: ListenerKey): Promise<void>
  /** Those that nobody has followed for `goneMs`, the longest away first. */
  listGone(goneMs: number, limit: number): Promise<readonly ListenerKey[]>
  /** Deletes at most `limit` requests that are over; gives their number. */
  forgetRequests(limit: number): Promise<number>
}

/** In the transaction that makes its webhook: neither is ever there without the other. */
export async function insertListener(
  db: Db,
  { orgId, webhookId, token }: ListenerKey & { readonly token: string },
): Promise<void> {
  await sql`insert into listeners (org_id, endpoint_id, token) values (${orgId}, ${webhookId}, ${token})`.execute(
    db,
  )
}

/**
 * In the transaction that deletes its webhook. False, and nothing is done: somebody has followed it within `goneMs` after all, or it
 * is gone already. Whoever comes to follow it meanwhile waits for that transaction, and finds it gone.
 */
export async function deleteGoneListener(
  db: Db,
  { orgId, webhookId }: ListenerKey,
  goneMs: number,
): Promise<boolean> {
  const { rows } = await sql`
    with l as (
      delete from listeners where org_id = ${orgId} and endpoint_id = ${webhookId}
        and seen_at < now() - ${goneMs} * interval '1 millisecond'
      returning endpoint_id)
    select pg_notify(${channel}, 'to ' || endpoint_id) from l`.execute(db)
  return rows.length > 0
}

export interface ListenersOptions {
  /** A stream that has not been renewed for that long counts as ended: its process died. */
  readonly staleMs: number
  /** After its stream ended a listener counts as there for that long: it is on its way back. */
  readonly graceMs: number
}

/** What a process of the API is told of: requests to a listener, or one request's answer. */
export type ListenerSignal = `to ${number}` | `of ${string}`

const channel = 'listeners'

/** A connection that hears of requests and answers, until it ends. Rejects with POSTGRES_UNAVAILABLE. */
export async function listenListeners(
  pg: Postgres,
  { onSignal, onEnd }: { readonly onSignal: (signal: ListenerSignal) => void; readonly onEnd: () => void },
): Promise<Pick<Session, 'close'>> {
  const session = await pg.openSession({
    // Only what is told below comes on this channel.
    onNotification: (_, payload) => onSignal(payload as ListenerSignal),
    onEnd,
  })
  await session.query(`listen ${channel}`)
  return session
}

interface RequestRow {
  readonly id: string | null
  readonly headers: ListenerRequest['headers']
  readonly body: Buffer
  readonly receivedAt: number
}

interface LookRow {
  readonly isHere: boolean
  readonly status: number | null
  readonly answerHeaders: Readonly<Record<string, string>> | null
  readonly answerBody: Buffer | null
}

export function listeners(pg: Postgres, { staleMs, graceMs }: ListenersOptions): Listeners {
  const isHere = sql<boolean>`(l.seen_at > now() - ${graceMs} * interval '1 millisecond'
    or l.stream_id is not null and l.seen_at > now() - ${staleMs} * interval '1 millisecond')`
  const isIt = ({ orgId, webhookId }: ListenerKey) =>
    sql<boolean>`l.org_id = ${orgId} and l.endpoint_id = ${webhookId}`
  const isAlive = sql<boolean>`exists (select from endpoints e
    where e.org_id = l.org_id and e.id = l.endpoint_id and e.deleted_at is null)` // Q3
  return {
    adopt: async (base) => {
      await sql`
        insert into listeners (org_id, endpoint_id, token)
        select org_id, id, substr(url, length(${base}::text) + 1) from endpoints
        where starts_with(url, ${base}) and deleted_at is null
          and substr(url, length(${base}::text) + 1) ~ '^[A-Za-z0-9_-]{1,64}$'
        on conflict do nothing`.execute(pg.db)
    },
    count: async (orgId) => {
      const { rows } = await sql<{ ofOrg: number; all: number }>`
        select count(*) filter (where l.org_id = ${orgId}) as of_org, count(*) as all from listeners l where ${isAlive}`.execute(
        pg.db,
      )
      return rows[0] ?? { ofOrg: 0, all: 0 }
    },
    list: async (orgId) => {
      const { rows } = await sql<{ webhookId: number; isConnected: boolean }>`
        select l.endpoint_id as webhook_id, ${isHere} as is_connected from listeners l
        where l.org_id = ${orgId} and ${isAlive} order by l.endpoint_id`.execute(pg.db)
      return rows
    },
    exists: async (listener) =>
      (await sql`select from listeners l where ${isIt(listener)} and ${isAlive}`.execute(pg.db)).rows.length >
      0,
    take: async (listener, streamId) => {
      // Whoever followed before looks, and ends.
      const { rows } = await sql`
        with l as (
          update listeners l set stream_id = ${streamId}::uuid, seen_at = now() where ${isIt(listener)} and ${isAlive}
          returning endpoint_id)
        select pg_notify(${channel}, 'to ' || endpoint_id) from l`.execute(pg.db)
      return rows.length > 0
    },
    renew: async (listener, streamId) => {
      const { numAffectedRows } = await sql`
        update listeners l set seen_at = now()
        where ${isIt(listener)} and l.stream_id = ${streamId}::uuid and ${isAlive}`.execute(pg.db)
      return numAffectedRows === 1n
    },
    leave: async (listener, streamId) => {
      await sql`
        update listeners l set stream_id = null, seen_at = now()
        where ${isIt(listener)} and l.stream_id = ${streamId}::uuid`.execute(pg.db)
    },
    listWaiting: async (listener, { streamId, handed, limit }) => {
      const { rows } = await sql<RequestRow>`
        select r.id, r.headers, r.body, r.received_at from listeners l
        left join lateral (
          select * from listener_requests r
          where r.org_id = l.org_id and r.endpoint_id = l.endpoint_id and r.status is null and r.ends_at > now()
            and r.id <> all(${[...handed]}::uuid[])
          order by r.received_at, r.id limit ${limit}) r on true
        where ${isIt(listener)} and l.stream_id = ${streamId}::uuid and ${isAlive}
        order by r.received_at, r.id`.execute(pg.db)
      if (rows.length === 0) return null // Q1
      return rows.flatMap(({ id, headers, body, receivedAt }) =>
        id === null ? [] : [{ id, headers, body, receivedAtMs: receivedAt }],
      )
    },
    put: async ({ id, token, headers, body, waitMs }) => {
      const { rows } = await sql`
        with r as (
          insert into listener_requests (id, org_id, endpoint_id, headers, body, ends_at)
          select ${id}::uuid, l.org_id, l.endpoint_id, ${JSON.stringify(headers)}::json, ${body}::bytea,
            now() + ${waitMs} * interval '1 millisecond'
          from listeners l where l.token = ${token} and ${isHere} and ${isAlive}
          returning endpoint_id)
        select pg_notify(${channel}, 'to ' || endpoint_id) from r`.execute(pg.db)
      return rows.length > 0
    },
    look: async (requestId) => {
      const { rows } = await sql<LookRow>`
        select ${isHere} as is_here, r.status, r.answer_headers, r.answer_body
        from listener_requests r join listeners l on l.org_id = r.org_id and l.endpoint_id = r.endpoint_id
        where r.id = ${requestId}::uuid and ${isAlive}`.execute(pg.db)
      return waitedOf(rows[0])
    },
    withdraw: async (requestId) => {
      await sql`delete from listener_requests where id = ${requestId}::uuid`.execute(pg.db)
    },
    answer: async ({ orgId, webhookId }, requestId, { status, headers, body }) => {
      const { rows } = await sql`
        with r as (
          update listener_requests set status = ${status}, answer_headers = ${JSON.stringify(headers)}::json,
            answer_body = ${body}::bytea
          where id = ${requestId}::uuid and org_id = ${orgId} and endpoint_id = ${webhookId}
            and status is null and ends_at > now()
          returning id)
        select pg_notify(${channel}, 'of ' || id) from r`.execute(pg.db)
      return rows.length > 0
    },
    remove: async ({ orgId, webhookId }) => {
      await sql`
        with l as (
          delete from listeners where org_id = ${orgId} and endpoint_id = ${webhookId} returning endpoint_id)
        select pg_notify(${channel}, 'to ' || endpoint_id) from l`.execute(pg.db)
    },
    listGone: async (goneMs, limit) => {
      const { rows } = await sql<ListenerKey>`
        select l.org_id, l.endpoint_id as webhook_id from listeners l
        where l.seen_at < now() - ${goneMs} * interval '1 millisecond' order by l.seen_at limit ${limit}`.execute(
        pg.db,
      )
      return rows
    },
    forgetRequests: async (limit) => {
      const { numAffectedRows } = await sql`
        delete from listener_requests where id = any(array(
          select id from listener_requests where ends_at < now() limit ${limit} for update skip locked))`.execute(
        pg.db,
      )
      return Number(numAffectedRows ?? 0n)
    },
  }
}

function waitedOf(row: LookRow | undefined): Waited {
  if (row === undefined) return { kind: 'nobody' }
  const { isHere, status, answerHeaders, answerBody } = row
  if (status !== null)
    return {
      kind: 'answered',
      answer: { status, headers: answerHeaders ?? {}, body: answerBody ?? Buffer.alloc(0) },
    }
  return isHere ? { kind: 'waiting' } : { kind: 'nobody' }
}
