/**
 * Applies the lines of an import one after the other, each through the routes of its kind and in a transaction of its
 * own. Owns order, upsert and the report; what a line may hold and what is announced is the routes' business.
 *
 * Invariants
 *   B1. A line that fails changes nothing, and keeps no other line from being applied.
 *   B2. Lines are applied in their order: of two with one key the later wins.
 *   B3. A client that went away stops the work after the line under way.
 */
import type { JsonObject } from '../merge-patch.ts'
import { isUnchanged } from './is-unchanged.ts'
import { type LineError, type ReadLine, readLines } from './read-lines.ts'
import type { Asking } from './recorded-routes.ts'

type Row = JsonObject & { readonly id: number }

/** One kind of master data, as an import needs it. All of them throw the ApiError of the single request. */
export interface ImportedKind {
  /** What the report shows as the line's key; null when it has none. */
  keyOf(line: JsonObject): string | null
  /** The living row that the line means, as GET answers it; null when there is none. */
  find(asking: Asking, line: JsonObject): Promise<Row | null>
  create(asking: Asking, line: JsonObject): Promise<Row>
  patch(asking: Asking, id: number, line: JsonObject): Promise<Row>
  /** What the line's report says of something thrown; null when it is no refusal and ends the import. */
  refusalOf(thrown: unknown): LineError | null
}

type ImportMode = 'upsert' | 'create'

type Status = 'created' | 'updated' | 'unchanged'

interface Applied {
  readonly status: Status
  readonly id: number
}

interface Failed {
  readonly status: 'failed'
  readonly error: LineError
}

/** The report as NDJSON text: one line for each line of `asking.text` that is not blank, and the summary. */
export async function importLines(kind: ImportedKind, asking: Asking, mode: ImportMode): Promise<string> {
  const summary = { created: 0, updated: 0, unchanged: 0, failed: 0 }
  const report: string[] = []
  for (const line of readLines(asking.text)) {
    if (asking.signal.aborted) break
    const key = line.ok ? kind.keyOf(line.value) : null
    const done = await attempt(kind, asking, { line, mode })
    summary[done.status] += 1
    report.push(
      JSON.stringify({
        line: line.number,
        status: done.status,
        id: done.status === 'failed' ? null : done.id,
        external_key: key,
        error: done.status === 'failed' ? errorView(done.error) : null,
      }),
    )
  }
  return `${[...report, JSON.stringify({ summary })].join('\n')}\n`
}

interface Todo {
  readonly line: ReadLine
  readonly mode: ImportMode
}

async function attempt(kind: ImportedKind, asking: Asking, { line, mode }: Todo): Promise<Applied | Failed> {
  if (!line.ok) return { status: 'failed', error: line.error }
  try {
    return await apply(kind, asking, { value: line.value, mode })
  } catch (thrown) {
    const error = kind.refusalOf(thrown)
    if (error === null) throw thrown
    return { status: 'failed', error }
  }
}

async function apply(
  kind: ImportedKind,
  asking: Asking,
  { value, mode }: { readonly value: JsonObject; readonly mode: ImportMode },
): Promise<Applied> {
  if (mode === 'create') return { status: 'created', id: (await kind.create(asking, value)).id }
  const current = await kind.find(asking, value)
  if (current !== null) return change(kind, asking, { current, value })
  try {
    return { status: 'created', id: (await kind.create(asking, value)).id }
  } catch (error) {
    if (kind.refusalOf(error)?.type !== 'conflict') throw error
    // Somebody else made it since we looked; if that was not the conflict, it stands.
    const made = await kind.find(asking, value)
    if (made === null) throw error
    return change(kind, asking, { current: made, value })
  }
}

async function change(
  kind: ImportedKind,
  asking: Asking,
  { current, value }: { readonly current: Row; readonly value: JsonObject },
): Promise<Applied> {
  if (isUnchanged(current, value)) return { status: 'unchanged', id: current.id }
  return { status: 'updated', id: (await kind.patch(asking, current.id, value)).id }
}

function errorView(error: LineError) {
  return {
    type: error.type,
    detail: error.detail,
    fields: error.fields.map(({ field, code, message, params }) => ({
      field,
      code,
      message,
      params: params ?? null,
    })),
  }
}
