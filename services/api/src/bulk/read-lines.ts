/** The text of an import as numbered lines, each with its object or with what is wrong with it. Pure. */
import type { ErrorType, FieldProblem } from '@scanhook/http/api-error'
import type { JsonObject } from '../merge-patch.ts'

/** A single asset with 50 tags of 255 characters, 16 KiB of metadata and all else at its bounds is below 40 KiB. */
export const lineMaxChars = 65_536

/** Each line is a transaction of some 10 ms: the answer comes within the minute that load balancers commonly wait. */
export const linesMax = 5_000

/** Lines, blank ones included, that the text has. */
export function countLines(text: string): number {
  let lines = 1
  for (let at = text.indexOf('\n'); at !== -1 && at < text.length - 1; at = text.indexOf('\n', at + 1))
    lines += 1
  return lines
}

/** What is wrong with a line, in the words of a single request's error. */
export interface LineError {
  readonly type: ErrorType
  readonly detail: string
  readonly fields: readonly FieldProblem[]
}

export type ReadLine = { readonly number: number } & (
  | { readonly ok: true; readonly value: JsonObject }
  | { readonly ok: false; readonly error: LineError }
)

/** What of a text that is JSON means one thing to us and another to somebody else, as for any body; null when nothing does. */
export type JudgeJson = (text: string, value: unknown) => LineError | null

/** LF or CRLF ends a line, the last needs no end; blank lines are counted and skipped. Numbers count from 1. */
export function* readLines(text: string, judge: JudgeJson): Generator<ReadLine> {
  let number = 0
  let start = 0
  while (start < text.length) {
    const found = text.indexOf('\n', start)
    const end = found === -1 ? text.length : found
    number += 1
    const line = text.slice(start, end)
    start = end + 1
    if (line.trim() !== '') yield readLine({ number, line, judge })
  }
}

interface Line {
  readonly number: number
  readonly line: string
  readonly judge: JudgeJson
}

function readLine({ number, line, judge }: Line): ReadLine {
  if (line.length > lineMaxChars) {
    const detail = `the line must have at most ${lineMaxChars} characters`
    return { number, ok: false, error: wholeLine(detail, 'too_long') }
  }
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return {
      number,
      ok: false,
      error: { type: 'bad_request', detail: 'the line is not valid JSON', fields: [] },
    }
  }
  const error = judge(line, value)
  if (error !== null) return { number, ok: false, error }
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return { number, ok: true, value: value as JsonObject }
  return { number, ok: false, error: wholeLine('the line must be a JSON object', 'invalid_value') }
}

function wholeLine(detail: string, code: FieldProblem['code']): LineError {
  return { type: 'validation_error', detail, fields: [{ field: '', code, message: detail }] }
}
