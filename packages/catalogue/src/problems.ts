/** Says what zod found in the words of the house: field, code, rule. */
import type { FieldProblem, FieldProblemCode } from '@scanhook/domain/read'
import type { z } from 'zod'

type Issue = z.core.$ZodIssue

/** `root` is what field names begin with. `input` is what was parsed: zod does not tell absent from wrong. */
export function problemsOf(issues: readonly Issue[], input: unknown, root: string): readonly FieldProblem[] {
  return issues.map((issue) => ({
    field: fieldOf(root, issue.path),
    code: codeOf(issue, valueAt(input, issue.path)),
    message: issue.message,
  }))
}

function fieldOf(root: string, path: readonly PropertyKey[]): string {
  const parts = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
  return `${root}${parts.join('')}`
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    input,
  )
}

function codeOf(issue: Issue, value: unknown): FieldProblemCode {
  switch (issue.code) {
    case 'invalid_type':
      return value === undefined || value === null ? 'required' : 'invalid_value'
    case 'too_small':
      return issue.origin === 'string' ? 'too_short' : 'too_small'
    case 'too_big':
      return issue.origin === 'string' ? 'too_long' : 'too_large'
    case 'unrecognized_keys':
      return 'unknown_field'
    default:
      return 'invalid_value'
  }
}
