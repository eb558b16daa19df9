/**
 * CEL expressions as filters. The only file that calls the library; expressions are data to it, never code: nothing is
 * generated and nothing is evaluated as JavaScript.
 *
 * Invariants
 *   F1. Whatever compiles never throws, whatever the event: what goes wrong is a refusal that says so.
 *   F2. A filter lets an event through exactly when it names no clause: each clause is true.
 *   F3. No filter costs more than a bounded time for one event (admit-expression.ts, and the bounds below).
 */
import { type ASTNode, Environment } from '@marcbachmann/cel-js'
import type { DomainEvent } from '@scanhook/domain/event'
import type { FilterRefusal } from '@scanhook/domain/filter-refusal'
import { comprehensionCount, looksThroughLists, objectionTo } from './admit-expression.ts'
import { dataMaxLength, type FilterableEvent, filterableEvent } from './filterable-event.ts'
import { splitClauses } from './split-clauses.ts'

export interface CompiledFilter {
  /** The parts that `&&` joins at the top, as they were written. */
  readonly clauses: readonly string[]
  /** Null: it passes. */
  readonly refusalOf: (event: DomainEvent) => FilterRefusal | null
}

/** `line` and `column` count from 1. `message` reads on after a field's name: "has an error in line 1, …". */
export interface FilterProblem {
  readonly message: string
  readonly line: number
  readonly column: number
}

export type FilterCompilation =
  | { readonly ok: true; readonly filter: CompiledFilter }
  | ({ readonly ok: false } & FilterProblem)

/** A page of text: what people write by hand has one line; a list of 100 external keys of 36 characters fits. */
export const filterMaxLength = 4_096

/**
 * 250 nodes are some forty comparisons. A depth of 24 is more than people read. A list of 100 for "one of these"; what is
 * more belongs in the data. No maps, and no function takes more than two arguments and what it is called on.
 */
const limits = { maxAstNodes: 250, maxDepth: 24, maxListElements: 100, maxMapEntries: 0, maxCallArguments: 3 }

/** Lists are looked through twice at most, … */
const comprehensionsMax = 2
/** … 100 entries each, and in data of 4,096 characters: together with what may be done with each, this bounds their cost. */
const listMaxEntries = 100
const listDataMaxLength = 4_096

const environment: Environment = new Environment({
  unlistedVariablesAreDyn: false,
  homogeneousAggregateLiterals: false,
  limits,
})
  .registerVariable('event', {
    schema: {
      id: 'string',
      type: 'string',
      subject: 'string',
      occurred_at: 'google.protobuf.Timestamp',
      received_at: 'google.protobuf.Timestamp',
      data: 'dyn',
      location_path: 'list<string>',
      from_location_path: 'list<string>',
    },
  })
  .registerVariable('data', 'dyn')
  .registerFunction('asset_key(map): string', (data: unknown) => keyIn(data, ['asset']))
  .registerFunction('tag_type(map): string', (data: unknown) => tagIn(data, 'tag_type'))
  .registerFunction('tag_value(map): string', (data: unknown) => tagIn(data, 'value'))
  .registerFunction('location_key(map): string', (data: unknown) => keyIn(data, ['to_location', 'location']))

/** `expression` is checked against what every event has: its fields are typed, `data` is not, whatever the type. */
export function compileFilter(expression: string): FilterCompilation {
  if (expression.length > filterMaxLength)
    return problem(expression, filterMaxLength, `is longer than ${filterMaxLength} characters`)
  if (expression.trim() === '') return problem(expression, 0, 'is empty; null lets everything through')
  try {
    const root = environment.parse(expression).ast
    const objection = objectionTo(root)
    if (objection !== null) return problem(expression, objection.startAt, objection.message)
    if (comprehensionCount(root) > comprehensionsMax)
      return problem(expression, 0, `looks through lists more than ${comprehensionsMax} times`)
    const checked = environment.check(expression)
    if (!checked.valid) return problemOf(expression, checked.error)
    if (checked.type !== 'bool' && checked.type !== 'dyn')
      return problem(expression, 0, `gives ${checked.type}, not true or false`)
    return { ok: true, filter: filterOf(clausesOf(root, expression)) }
  } catch (error) {
    return problemOf(expression, error)
  }
}

interface Clause {
  readonly text: string
  readonly looksThroughLists: boolean
  readonly evaluate: (variables: Readonly<Record<string, unknown>>) => unknown
}

/** Each clause is compiled by itself; where the text can't be taken apart, the whole is the only one. */
function clausesOf(root: ASTNode, expression: string): readonly Clause[] {
  if (root.op !== '&&') return [compileClause(expression.trim())]
  try {
    return splitClauses(expression).map(compileClause)
  } catch {
    return [compileClause(expression.trim())]
  }
}

/** Throws what the library throws. */
function compileClause(text: string): Clause {
  const run = environment.parse(text)
  const looks = looksThroughLists(run.ast)
  const checked = run.check()
  if (!checked.valid) throw checked.error
  return { text, looksThroughLists: looks, evaluate: (variables) => run({ ...variables }) }
}

function filterOf(clauses: readonly Clause[]): CompiledFilter {
  return {
    clauses: clauses.map(({ text }) => text),
    refusalOf: (event) => {
      const known = filterableEvent(event)
      let failed: FilterRefusal | null = null
      for (const clause of clauses) {
        const refusal = refusalBy(clause, known)
        // As in CEL a false clause decides, whatever goes wrong in others.
        if (refusal !== null && refusal.failure === null) return refusal
        failed ??= refusal
      }
      return failed
    },
  }
}

function refusalBy(clause: Clause, event: FilterableEvent): FilterRefusal | null {
  const { text } = clause
  const tooLarge = excessOf(clause, event)
  if (tooLarge !== null) return { clause: text, failure: tooLarge }
  try {
    const value = clause.evaluate(event.variables)
    if (value === true) return null
    return { clause: text, failure: value === false ? null : 'it gave neither true nor false' }
  } catch (error) {
    return { clause: text, failure: summaryOf(error) }
  }
}

/** F3 */
function excessOf(clause: Clause, event: FilterableEvent): string | null {
  if (event.length > dataMaxLength) return `data has more than ${dataMaxLength} characters`
  if (!clause.looksThroughLists) return null
  if (event.length > listDataMaxLength)
    return `data has more than ${listDataMaxLength} characters, too many to look through lists`
  return event.longestList() > listMaxEntries
    ? `data has a list of more than ${listMaxEntries} entries, too many to look through`
    : null
}

/** Throws where there is none, as every missing field does. */
function keyIn(data: unknown, members: readonly string[]): string {
  for (const member of members) {
    const found = memberOf(memberOf(data, member), 'external_key')
    if (typeof found === 'string') return found
  }
  throw new Error(`No such key: ${members.join(' or ')}.external_key`)
}

/** The tag by which the asset was seen. Throws where there is none. */
function tagIn(data: unknown, name: 'tag_type' | 'value'): string {
  const found = memberOf(memberOf(memberOf(data, 'scan'), 'tag'), name)
  if (typeof found === 'string') return found
  throw new Error(`No such key: scan.tag.${name}`)
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined
}

/** The library's errors have their text without the picture of the place, and their place. */
interface LibraryError {
  readonly summary?: unknown
  readonly message?: unknown
  readonly range?: { readonly start: number } | undefined
}

function summaryOf(error: unknown): string {
  const { summary, message } = (error ?? {}) as LibraryError
  const text = typeof summary === 'string' ? summary : typeof message === 'string' ? message : 'it failed'
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}

function problemOf(expression: string, error: unknown): FilterCompilation {
  const startAt = (error as LibraryError | null)?.range?.start ?? 0
  return problem(expression, startAt, summaryOf(error))
}

function problem(expression: string, startAt: number, message: string): FilterCompilation {
  const before = expression.slice(0, startAt).split('\n')
  const line = before.length
  const column = (before.at(-1)?.length ?? 0) + 1
  return { ok: false, message, line, column }
}
