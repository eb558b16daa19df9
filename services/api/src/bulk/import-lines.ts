/**
 * Applies the lines of an import one after the other, each through the routes of its kind and in a transaction of its
 * own. Owns order, upsert and the report; what a line may hold and what is announced is the routes' business.
 *
 * Invariants
 *   B1. A line that fails changes nothing, and keeps no other line from being applied.
 *   B2. Lines are applied in their order: of two with one key the later wins.
 *   B3. A client that went away stops the work after the line under way.
 */
import { ApiError, fieldError } from '@scanhook/http/api-error'
import { isRetriable } from '@scanhook/http/authentication'
import type { JsonObject } from '../merge-patch.ts'
import { isUnchanged } from './is-unchanged.ts'
import { type ReadLine, readLines } from './read-lines.ts'
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
}

type ImportMode = 'upsert' | 'create'

type Status = 'created' | 'updated' | 'unchanged'

interface Applied {
  readonly status: Status
  readonly id: number
}

/** Each line is a transaction of some 10 ms: the answer comes within the minute that load balancers commonly wait. */
export const linesMax = 5_000

/** Throws a validation_error, and applies nothing, when there are too many. The report as NDJSON text: one line for each line of `asking.text` that is not blank, and the summary. */
export async function importLines(kind: ImportedKind, asking: Asking, mode: ImportMode): Promise<string> {
  const summary = { created: 0, updated: 0, unchanged: 0, failed: 0 }
  const report: string[] = []
  refuseTooMany(asking.text)
  for (const line of readLines(asking.text)) {
    if (asking.signal.aborted) break
    const key = line.ok ? kind.keyOf(line.value) : null
    const applied = await apply(kind, asking, { line, mode }).catch(lineError)
    const isFailed = applied instanceof ApiError
    summary[isFailed ? 'failed' : applied.status] += 1
    report.push(
      JSON.stringify({
        line: line.number,
        status: isFailed ? 'failed' : applied.status,
        id: isFailed ? null : applied.id,
        external_key: key,
        error: isFailed ? errorView(applied) : null,
      }),
    )
  }
  return `${[...report, JSON.stringify({ summary })].join('\n')}\n`
}

function refuseTooMany(text: string): void {
  let lines = 1
  for (let at = text.indexOf('\n'); at !== -1 && at < text.length - 1; at = text.indexOf('\n', at + 1))
    lines += 1
  if (lines <= linesMax) return
  const message = `an import must have at most ${linesMax} lines; send the rest as another`
  throw fieldError({ field: '', code: 'too_long', message })
}

async function apply(
  kind: ImportedKind,
  asking: Asking,
  { line, mode }: { readonly line: ReadLine; readonly mode: ImportMode },
): Promise<Applied> {
  if (!line.ok) throw line.error
  const { value } = line
  if (mode === 'create') return { status: 'created', id: (await kind.create(asking, value)).id }
  const current = await kind.find(asking, value)
  if (current !== null) return change(kind, asking, { current, value })
  try {
    return { status: 'created', id: (await kind.create(asking, value)).id }
  } catch (error) {
    if (!(error instanceof ApiError) || error.type !== 'conflict') throw error
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

/** A dependency that is away fails the lines that it meets: those before are written, and the report has to say so. */
function lineError(error: unknown): ApiError {
  if (error instanceof ApiError) return error
  if (isRetriable(error)) {
    const detail = 'something that this line needs is away right now; send it again'
    return new ApiError('internal_error', detail, [], { cause: error })
  }
  throw error
}

function errorView(error: ApiError) {
  return {
    type: error.type,
    detail: error.message,
    fields: error.fields.map(({ field, code, message, params }) => ({
      field,
      code,
      message,
      params: params ?? null,
    })),
  }
}
