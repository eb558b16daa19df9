/** Whether the filters that were sent can be kept. Pure. */
import { compileFilter } from '@scanhook/filters/compile-filter'
import type { FieldProblem } from '@scanhook/http/api-error'

/**
 * Of one webhook. The most expensive filter takes a router 26 ms (docs/adr/0016): an organization with 50 webhooks can not
 * keep it from others for longer than 13 s with one event, and ordinary ones take a microsecond each.
 */
const filtersMax = 10

/** Each filter that is none, by its field; empty: all can be kept. */
export function filterProblems(
  subscriptions: readonly { readonly filter?: string | null | undefined }[],
): readonly FieldProblem[] {
  const filters = subscriptions.map(({ filter }) => filter ?? null)
  if (filters.filter((filter) => filter !== null).length > filtersMax)
    return [{ field: 'subscriptions', code: 'too_long', message: `must have at most ${filtersMax} filters` }]
  return filters.flatMap((filter, index) => filterProblem(`subscriptions.${index}.filter`, filter) ?? [])
}

/** Null: `filter` is one, or null. */
export function filterProblem(field: string, filter: string | null): FieldProblem | null {
  const compilation = filter === null ? null : compileFilter(filter)
  if (compilation === null || compilation.ok) return null
  const { line, column, message } = compilation
  return {
    field,
    code: 'invalid_value',
    message: `is no filter, at line ${line}, column ${column}: ${message}`,
    params: { line, column },
  }
}
