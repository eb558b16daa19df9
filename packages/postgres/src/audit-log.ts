/**
 * The audit log: who changed what of an organization, and what it was before and after. Written by the repositories themselves,
 * beside the outbox; how a row looks to people is its author's word (`view`), what is different is the domain's
 * (`auditing/diff-views`).
 *
 * Invariants
 *   V1. A change and its entry commit together or not at all.
 *   V2. What changed nothing has no entry.
 *   V3. Entries of one row stand in the order of its changes: before and after are read while the row is locked.
 *   V4. Nothing is stored but views, and views have no secrets; what they hide is compared (U3) and dropped.
 *   V5. An import is one entry, which counts the lines that are committed: each transaction of the import counts its own.
 *   V6. An entry has a bound, and goes when it is older than it is kept.
 */
import {
  type ActorKind,
  type AuditActor,
  type AuditedKind,
  type AuditOperation,
  kindOfOperation,
} from '@scanhook/domain/auditing/audit-entry'
import { boundView, diffViews, type Seen, type View } from '@scanhook/domain/auditing/diff-views'
import { type RawBuilder, sql } from 'kysely'
import {
  isAfter,
  type KeysetPage,
  type KeysetPosition,
  type KeysetTerm,
  keysetOrder,
  keysetPage,
} from './keyset.ts'
import type { Db, Postgres } from './open.ts'
import { allOf, amongFilter, spanFilter } from './row-filters.ts'

/** Who changes something, for which organization. */
export interface Authorship {
  readonly orgId: number
  readonly actor: AuditActor
  /** Null: not by a request. */
  readonly requestId: string | null
}

/** The same, and how the API shows what is changed. */
export interface Author<T> extends Authorship {
  readonly view: (row: T) => View
  /** What the view hides, by its fields: compared, never stored. */
  readonly hidden?: ((row: T) => View) | undefined
  /** Set within an import: changes are counted in its entry. */
  readonly imported?: ImportedLines | undefined
}

/** Of an import's lines those that are applied now. */
export interface ImportedLines {
  readonly first: number
  readonly last: number
}

/** A bare id of an organization leaves no entry: for what prepares a database, in tests. Routes can not pass one (`Authored`). */
export type Writer<T> = number | Author<T>

/** A repository as it is given to routes: its writes want an author. */
export type Authored<R> = {
  readonly [K in keyof R]: R[K] extends (...all: infer P) => infer O
    ? P extends [infer W extends Writer<never>, ...infer A]
      ? Exclude<W, number> extends never
        ? R[K]
        : (by: Exclude<W, number>, ...rest: A) => O
      : R[K]
    : R[K]
}

export function orgOf(by: Writer<never>): number {
  return typeof by === 'number' ? by : by.orgId
}

export interface RecordedChange<T> {
  readonly operation: AuditOperation
  readonly id: number | string | null
  /** External key or name. */
  readonly name: string | null
  readonly before: T | null
  readonly after: T | null
  /** What went with it, by fields that the view has not. */
  readonly alongside?: View | undefined
}

/** Call it with the transaction that makes the change, both rows read while it is locked. */
export async function record<T>(db: Db, by: Writer<T>, change: RecordedChange<T>): Promise<void> {
  if (typeof by === 'number') return
  const { operation, id, name, before, after, alongside } = change
  const was = seenBy(by, before)
  const difference = diffViews(
    was === null || alongside === undefined ? was : { ...was, view: { ...was.view, ...alongside } },
    seenBy(by, after),
  )
  if (difference === null) return // V2
  if (by.imported === undefined) await append(db, by, { operation, id, name, ...difference })
  else await countImported(db, by, { kind: kindOfOperation(operation), count: 1, isNew: before === null })
}

function seenBy<T>({ view, hidden }: Author<T>, row: T | null): Seen | null {
  return row === null ? null : { view: view(row), hidden: hidden?.(row) }
}

export interface NewEntry {
  readonly operation: AuditOperation
  readonly id: number | string | null
  readonly name: string | null
  readonly before: View | null
  readonly after: View | null
}

/** An entry as it is: for what has no row of its own. Call it inside the transaction that makes the change. */
export async function append(
  db: Db,
  { orgId, actor, requestId }: Authorship,
  entry: NewEntry,
): Promise<void> {
  const { operation, id, name } = entry
  const before = sideOf(entry.before)
  const after = sideOf(entry.after)
  const truncated = [...new Set([...before.cut, ...after.cut])]
  await sql`
    insert into audit_log (org_id, actor_kind, actor_id, request_id, operation, resource_kind, resource_id, resource_name,
      before, after, truncated)
    values (${orgId}, ${actor.kind}, ${actor.id}, ${requestId}, ${operation}, ${kindOfOperation(operation)},
      ${id === null ? null : String(id)}, ${name}, ${before.json}, ${after.json}, ${truncated}::text[])`.execute(
    db,
  )
}

interface Side {
  readonly json: RawBuilder<unknown>
  readonly cut: readonly string[]
}

/** V6. */
function sideOf(view: View | null): Side {
  if (view === null) return { json: sql`null::json`, cut: [] }
  const { view: kept, cut } = boundView(view)
  // Texts of ours have no NUL, and json, other than jsonb, would take the escape of one.
  return { json: sql`${JSON.stringify(kept)}::json`, cut }
}

interface ImportedCount {
  readonly kind: AuditedKind
  readonly count: number
  readonly isNew: boolean
}

/** V5. By one request there is one import; its lines are applied one after the other, so nobody waits for the row. */
export async function countImported<T>(
  db: Db,
  { orgId, actor, requestId, imported }: Author<T>,
  { kind, count, isNew }: ImportedCount,
): Promise<void> {
  const created = isNew ? count : 0
  await sql`
    insert into audit_log as e (org_id, actor_kind, actor_id, request_id, operation, resource_kind, after)
    values (${orgId}, ${actor.kind}, ${actor.id}, ${requestId}, ${`${kind}.imported`}, ${kind},
      json_build_object('created', ${created}::integer, 'updated', ${count - created}::integer,
        'first_line', ${imported?.first ?? null}::integer, 'last_line', ${imported?.last ?? null}::integer))
    on conflict (org_id, request_id) where operation like '%.imported' do update set after = json_build_object(
      'created', (e.after ->> 'created')::integer + (excluded.after ->> 'created')::integer,
      'updated', (e.after ->> 'updated')::integer + (excluded.after ->> 'updated')::integer,
      'first_line', least((e.after ->> 'first_line')::integer, (excluded.after ->> 'first_line')::integer),
      'last_line', greatest((e.after ->> 'last_line')::integer, (excluded.after ->> 'last_line')::integer))`.execute(
    db,
  )
}

export interface StoredEntry extends NewEntry {
  readonly entryId: string
  /** Breaks ties of `atMs`. */
  readonly position: number
  readonly atMs: number
  readonly actorKind: ActorKind
  readonly actorId: number | null
  readonly requestId: string | null
  readonly kind: AuditedKind
  readonly id: string | null
  readonly truncated: readonly string[]
}

export interface AuditQuery {
  readonly limit: number
  readonly after?: KeysetPosition | undefined
  readonly actorKinds?: readonly ActorKind[] | undefined
  readonly actorIds?: readonly number[] | undefined
  readonly operations?: readonly AuditOperation[] | undefined
  readonly kinds?: readonly AuditedKind[] | undefined
  readonly ids?: readonly string[] | undefined
  readonly requestIds?: readonly string[] | undefined
  /** Both inclusive, epoch ms. */
  readonly fromMs?: number | undefined
  readonly toMs?: number | undefined
}

export interface AuditLog {
  /** Newest first. */
  list(orgId: number, query: AuditQuery): Promise<KeysetPage<StoredEntry>>
  /** In a transaction of its own: for what is done elsewhere than in this database. */
  append(by: Authorship, entry: NewEntry): Promise<void>
  /** Deletes at most `limit` that are older than so many days, and gives their number. */
  forget(limit: number, keptDays: number): Promise<number>
}

const newestFirst: readonly KeysetTerm[] = [
  { by: sql.ref('e.at'), type: 'instant', direction: 'desc', nulls: 'none' },
  { by: sql.ref('e.position'), type: 'bigint', direction: 'desc', nulls: 'none' },
]

export function auditLog(pg: Postgres): AuditLog {
  return {
    list: async (orgId, query) => {
      const filters = [
        sql<boolean>`org_id = ${orgId}`,
        ...amongFilter('actor_kind', 'text', query.actorKinds),
        ...amongFilter('actor_id', 'bigint', query.actorIds),
        ...amongFilter('operation', 'text', query.operations),
        ...amongFilter('resource_kind', 'text', query.kinds),
        ...amongFilter('resource_id', 'text', query.ids),
        ...amongFilter('request_id', 'text', query.requestIds),
        ...spanFilter('at', query.fromMs, query.toMs),
        ...(query.after === undefined ? [] : [isAfter(newestFirst, query.after)]),
      ]
      const { rows } = await sql<StoredEntry>`
        select e.id as entry_id, position, at as at_ms, actor_kind, actor_id, request_id, operation, resource_kind as kind,
          resource_id as id, resource_name as name, before, after, truncated
        from audit_log e where ${allOf(filters)} order by ${keysetOrder(newestFirst)} limit ${query.limit + 1}`.execute(
        pg.db,
      )
      return keysetPage(rows, query.limit, ({ atMs, position }) => [atMs, position])
    },
    append: (by, entry) => append(pg.db, by, entry),
    forget: async (limit, keptDays) => {
      const { numAffectedRows } = await sql`
        delete from audit_log where id = any(array(
          select id from audit_log where at < now() - make_interval(days => ${keptDays}) order by at limit ${limit}
          for update skip locked))`.execute(pg.db)
      return Number(numAffectedRows ?? 0n)
    },
  }
}
