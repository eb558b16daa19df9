/** The text of an import as numbered lines, each with its object or with what is wrong with it. Pure. */
import { ApiError, fieldError } from '@scanhook/http/api-error'
import type { JsonObject } from '../merge-patch.ts'

/** A single asset with 50 tags of 255 characters, 16 KiB of metadata and all else at its bounds is below 40 KiB. */
export const lineMaxChars = 65_536

export type ReadLine = { readonly number: number } & (
  | { readonly ok: true; readonly value: JsonObject }
  | { readonly ok: false; readonly error: ApiError }
)

/** LF or CRLF ends a line, the last needs no end; blank lines are counted and skipped. Numbers count from 1. */
export function* readLines(text: string): Generator<ReadLine> {
  let number = 0
  let start = 0
  while (start < text.length) {
    const found = text.indexOf('\n', start)
    const end = found === -1 ? text.length : found
    number += 1
    const line = text.slice(start, end)
    start = end + 1
    if (line.trim() !== '') yield readLine(number, line)
  }
}

function readLine(number: number, line: string): ReadLine {
  if (line.length > lineMaxChars) {
    const message = `the line must have at most ${lineMaxChars} characters`
    return { number, ok: false, error: fieldError({ field: '', code: 'too_long', message }) }
  }
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return { number, ok: false, error: new ApiError('bad_request', 'the line is not valid JSON') }
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return { number, ok: true, value: value as JsonObject }
  const error = fieldError({ field: '', code: 'invalid_value', message: 'the line must be a JSON object' })
  return { number, ok: false, error }
}
