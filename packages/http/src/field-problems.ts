/**
 * zod's issues in the API's words: dotted paths, a closed list of codes, sentences that read on after the field's
 * name. Pure. A message that a schema sets itself is kept.
 */
import type { z } from 'zod'
import { ApiError, type FieldCode, type FieldProblem, fieldCodes, sentenceOf } from './api-error.ts'

type Issue = z.core.$ZodIssue
type RawIssue = z.core.$ZodRawIssue

/** Enough to see what is wrong with a batch; a body of 1,000 wrong entries is not answered with a megabyte. */
const problemsMax = 100

/** Parses `input`, or throws a validation_error with all problems. */
export function parseOrRefuse<T>(schema: z.ZodType<T>, input: unknown): T {
  const parsed = schema.safeParse(input, { reportInput: true, error: messageOf })
  if (parsed.success) return parsed.data
  throw validationError(parsed.error.issues.flatMap((issue) => problemsOf(issue, [])))
}

export function validationError(problems: readonly FieldProblem[]): ApiError {
  const [first] = problems
  return new ApiError(
    'validation_error',
    first === undefined ? 'the request is not valid' : sentenceOf(first),
    problems.slice(0, problemsMax),
  )
}

function problemsOf(issue: Issue, prefix: readonly PropertyKey[]): FieldProblem[] {
  const path = [...prefix, ...issue.path]
  const field = path.map(String).join('.')
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      field: [...path.map(String), key].join('.'),
      code: 'unknown_field',
      message: 'is not a known field',
    }))
  }
  if (issue.code === 'invalid_union') {
    const branch = bestBranch(issue.errors)
    if (branch !== undefined) return branch.flatMap((inner) => problemsOf(inner, path))
  }
  return [{ field, code: codeOf(issue), message: issue.message, params: paramsOf(issue) }]
}

/** The branch that was meant: one that accepts the kind of value given, with the fewest problems. */
function bestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const meant = branches.filter(
    (issues) => !issues.some((issue) => issue.path.length === 0 && isOfAnotherKind(issue)),
  )
  return meant.toSorted((one, other) => one.length - other.length)[0]
}

function isOfAnotherKind(issue: Issue): boolean {
  return issue.code === 'invalid_type' || issue.code === 'invalid_value'
}

function codeOf(issue: Issue): FieldCode {
  switch (issue.code) {
    case 'invalid_type':
    case 'invalid_value':
    case 'invalid_union':
      return issue.input === undefined ? 'required' : 'invalid_value'
    case 'too_small':
      return issue.origin === 'string' || issue.origin === 'array' ? 'too_short' : 'too_small'
    case 'too_big':
      return issue.origin === 'string' || issue.origin === 'array' ? 'too_long' : 'too_large'
    case 'custom':
      return fieldCodes.find((code) => code === issue.params?.['code']) ?? 'invalid_value'
    default:
      return 'invalid_value'
  }
}

function paramsOf(issue: Issue): Readonly<Record<string, unknown>> | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return { expected_type: issue.expected === 'int' ? 'integer' : issue.expected }
    case 'invalid_value':
      return { allowed: issue.values }
    case 'too_small':
      return { min: Number(issue.minimum) }
    case 'too_big':
      return { max: Number(issue.maximum) }
    default:
      return undefined
  }
}

/** Called by zod for every issue whose schema has no message of its own. */
function messageOf(issue: RawIssue): string | undefined {
  const isMissing = issue.input === undefined
  switch (issue.code) {
    case 'invalid_type':
      return isMissing ? 'is required' : `must be ${nounOf(issue.expected)}; received ${kindOf(issue.input)}`
    case 'invalid_value':
      return isMissing ? 'is required' : `must be one of ${issue.values.map(String).join(', ')}`
    case 'too_small':
      return `must ${sizeOf(issue.origin, issue.inclusive === false ? 'more than' : 'at least', issue.minimum)}`
    case 'too_big':
      return `must ${sizeOf(issue.origin, issue.inclusive === false ? 'less than' : 'at most', issue.maximum)}`
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`
    case 'invalid_format':
      return `must be ${formats[issue.format] ?? 'in the documented form'}`
    case 'invalid_union':
      return isMissing ? 'is required' : 'has none of the accepted forms'
    default:
      return 'is not valid'
  }
}

const formats: Readonly<Record<string, string>> = {
  uuid: 'a UUID',
  url: 'an absolute URL',
  email: 'an e-mail address',
  datetime: 'an RFC 3339 time',
}

const nouns: Readonly<Record<string, string>> = {
  int: 'an integer',
  object: 'an object',
  array: 'an array',
  record: 'an object',
}

function nounOf(expected: string): string {
  return nouns[expected] ?? `a ${expected}`
}

function kindOf(input: unknown): string {
  if (input === null) return 'null'
  if (Array.isArray(input)) return 'array'
  if (typeof input === 'number' && !Number.isInteger(input)) return 'number with a fraction'
  return typeof input
}

function sizeOf(origin: string, bound: string, count: unknown): string {
  if (origin === 'string') return `have ${bound} ${String(count)} characters`
  if (origin === 'array') return `have ${bound} ${String(count)} entries`
  return `be ${bound} ${String(count)}`
}
