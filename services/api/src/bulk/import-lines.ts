/**
 * Applies the lines of an import one after the other, each through the routes of its kind and in a transaction of its
 * own; what is new for certain is made some hundred at a time, and what is there is read so, where the kind can. Owns order, upsert and the report; what a
 * line may hold and what is announced is the routes' business.
 *
 * Invariants
 *   B1. A line that fails changes nothing, and keeps no other line from being applied.
 *   B2. Lines are applied in their order: of two with one key the later wins.
 *   B3. A client that went away stops the work after the line, or the lines at once, under way.
 *   B4. What is made many at a time is what would have been made one at a time: of lines with one key the first, of keys
 *       that nobody has; where one of them cannot be made, the others are, and its own line says why.
 *   B5. What is applied says of which lines it is: the audit log counts them in one entry.
 */
import type { JsonObject } from '../merge-patch.ts'
import { changesOf } from './changes-of.ts'
import { type JudgeJson, type LineError, type ReadLine, readLines } from './read-lines.ts'
import type { Asking } from './recorded-routes.ts'

type Row = JsonObject & { readonly id: number }

/** One kind of master data, as an import needs it. All of them throw the ApiError of the single request. */
export interface ImportedKind {
  /** What the report shows as the line's key; null when it has none. */
  keyOf(line: JsonObject): string | null
  /** The living row that the line means, as GET answers it; null when there is none. */
  find(asking: Asking, line: JsonObject): Promise<Row | null>
  create(asking: Asking, line: JsonObject): Promise<Row>
  /** What the line says that is not so already; by default `changesOf`. */
  readonly changesOf?: ((current: JsonObject, line: JsonObject) => JsonObject) | undefined
  patch(asking: Asking, id: number, line: JsonObject): Promise<Row>
  readonly many?: MakesMany | undefined
  /** What the line's report says of something thrown; null when it is no refusal and ends the import. */
  refusalOf(thrown: unknown): LineError | null
  readonly judgeJson: JudgeJson
}

/** For a kind whose rows need nothing of one another. */
export interface MakesMany {
  /** Those of these keys that living rows have, as GET answers them. */
  findMany(asking: Asking, keys: readonly string[]): Promise<ReadonlyMap<string, Row>>
  /** Ids in the order of `lines`. Null: not all of them can be made, and none was. */
  createMany(asking: Asking, lines: readonly JsonObject[]): Promise<readonly number[] | null>
}

/** One transaction of some 50 ms; what cannot be made is found among them in nine halvings. */
const atOnce = 500

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
  for (const lines of inParts(readLines(asking.text, kind.judgeJson), atOnce)) {
    if (asking.signal.aborted) break
    const { made, found } = await makeNew(kind, asking, lines)
    for (const line of lines) {
      if (asking.signal.aborted) break
      const id = made.get(line.number)
      const known = found.get(line.number)
      const done: Applied | Failed =
        id === undefined ? await attempt(kind, asking, { line, mode, known }) : { status: 'created', id }
      summary[done.status] += 1
      report.push(reportOf(line, line.ok ? kind.keyOf(line.value) : null, done))
    }
  }
  return `${[...report, JSON.stringify({ summary })].join('\n')}\n`
}

function reportOf(line: ReadLine, key: string | null, done: Applied | Failed): string {
  return JSON.stringify({
    line: line.number,
    status: done.status,
    id: done.status === 'failed' ? null : done.id,
    external_key: key,
    error: done.status === 'failed' ? errorView(done.error) : null,
  })
}

function* inParts<T>(all: Iterable<T>, size: number): Generator<readonly T[]> {
  let part: T[] = []
  for (const one of all) {
    part.push(one)
    if (part.length < size) continue
    yield part
    part = []
  }
  if (part.length > 0) yield part
}

interface New {
  readonly number: number
  readonly value: JsonObject
}

/** Both by line number. */
interface Beginning {
  readonly made: ReadonlyMap<number, number>
  /** The row that the line means, which no earlier line of these can have changed. */
  readonly found: ReadonlyMap<number, Row>
}

/** B4. What was not made is applied by itself. */
async function makeNew(
  { keyOf, many }: ImportedKind,
  asking: Asking,
  lines: readonly ReadLine[],
): Promise<Beginning> {
  const made = new Map<number, number>()
  const found = new Map<number, Row>()
  if (many === undefined) return { made, found }
  const first = new Map<string, New>()
  for (const line of lines) {
    const key = line.ok ? keyOf(line.value) : null
    if (line.ok && key !== null && !first.has(key)) first.set(key, line)
  }
  if (first.size === 0) return { made, found }
  const taken = await many.findMany(asking, [...first.keys()])
  const fresh: New[] = []
  for (const [key, line] of first) {
    const row = taken.get(key)
    if (row === undefined) fresh.push(line)
    else found.set(line.number, row)
  }
  await makeHalving(many, asking, fresh, made)
  return { made, found }
}

async function makeHalving(
  many: MakesMany,
  asking: Asking,
  lines: readonly New[],
  made: Map<number, number>,
): Promise<void> {
  // One alone is applied like any other line, and says then what is wrong with it.
  if (lines.length < 2 || asking.signal.aborted) return
  const [first, last] = [lines[0]?.number ?? 0, lines.at(-1)?.number ?? 0]
  const ids = await many.createMany(
    { ...asking, imported: { first, last } },
    lines.map(({ value }) => value),
  )
  if (ids !== null) {
    for (const [index, id] of ids.entries()) made.set(lines[index]?.number ?? 0, id)
    return
  }
  const half = lines.length >> 1
  await makeHalving(many, asking, lines.slice(0, half), made)
  await makeHalving(many, asking, lines.slice(half), made)
}

interface Todo {
  readonly line: ReadLine
  readonly mode: ImportMode
  /** The row that the line means, if that has been read already. */
  readonly known: Row | undefined
}

async function attempt(
  kind: ImportedKind,
  asking: Asking,
  { line, ...todo }: Todo,
): Promise<Applied | Failed> {
  if (!line.ok) return { status: 'failed', error: line.error }
  try {
    const imported = { first: line.number, last: line.number }
    return await apply(kind, { ...asking, imported }, { value: line.value, ...todo })
  } catch (thrown) {
    const error = kind.refusalOf(thrown)
    if (error === null) throw thrown
    return { status: 'failed', error }
  }
}

async function apply(
  kind: ImportedKind,
  asking: Asking,
  { value, mode, known }: Omit<Todo, 'line'> & { readonly value: JsonObject },
): Promise<Applied> {
  if (mode === 'create') return { status: 'created', id: (await kind.create(asking, value)).id }
  const current = known ?? (await kind.find(asking, value))
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
  const changes = (kind.changesOf ?? changesOf)(current, value)
  if (Object.keys(changes).length === 0) return { status: 'unchanged', id: current.id }
  return { status: 'updated', id: (await kind.patch(asking, current.id, changes)).id }
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
