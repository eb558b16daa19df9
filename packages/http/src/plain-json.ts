/**
 * What JSON.parse lets pass although two readers would read it differently (I-JSON, RFC 7493 §2.1 and §2.3): a member that
 * comes twice, of which it takes the last, and halves of characters, which no store keeps as they are. Pure.
 */
import type { FieldProblem } from './api-error.ts'

/** Of a text that is JSON, and the value that it says. In the order of the text, duplicates first. */
export function problemsOfJson(text: string, value: unknown): readonly FieldProblem[] {
  // Of 134 KB in a thousand reads the count takes one to two milliseconds, and naming them nine: that is for those who have some.
  const names = namesIn(text) === membersIn(value) ? [] : repeatedMembers(text)
  const repeated = names.map((field) => ({
    field,
    code: 'ambiguous_fields' as const,
    message: 'is given twice',
  }))
  // Valid UTF-8 has no halves; only an escape writes one.
  if (!/\\u[dD][89a-fA-F]/.test(text)) return repeated
  const halves = brokenTexts(value).map((path) => ({
    field: path.join('.'),
    code: 'invalid_value' as const,
    message: 'must be well-formed Unicode: half of a surrogate pair is no character',
  }))
  return [...repeated, ...halves]
}

const quote = 0x22
const colon = 0x3a
const backslash = 0x5c

/** How many names stand in the text: strings with a colon behind them. */
function namesIn(text: string): number {
  let count = 0
  for (let start = text.indexOf('"'); start >= 0; ) {
    let next = endOfString(text, start) + 1
    while (isBlank(text.charCodeAt(next))) next++
    if (text.charCodeAt(next) === colon) count++
    start = text.charCodeAt(next) === quote ? next : text.indexOf('"', next)
  }
  return count
}

/** Of the string that begins at `start`, the place of its last quote. */
function endOfString(text: string, start: number): number {
  let end = start
  let escapes = 0
  do {
    end = text.indexOf('"', end + 1)
    for (escapes = 0; text.charCodeAt(end - 1 - escapes) === backslash; ) escapes++
  } while (escapes % 2 === 1)
  return end
}

/** Blank, tab, LF, CR: what JSON allows. */
function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d
}

/** How many members all objects in it have. */
function membersIn(value: unknown): number {
  let count = 0
  const rest: unknown[] = [value]
  while (rest.length > 0) {
    const each = rest.pop()
    if (typeof each !== 'object' || each === null) continue
    const members: readonly unknown[] = Array.isArray(each) ? each : Object.values(each)
    if (!Array.isArray(each)) count += members.length
    for (const member of members) if (typeof member === 'object') rest.push(member)
  }
  return count
}

/** The object or list that is open: its members so far, or the index of its entry. */
interface Open {
  readonly names: Set<string> | null
  name: string
  index: number
}

/** One pass over strings and brackets: everything else was checked by JSON.parse. */
const token = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],]/g

function repeatedMembers(text: string): readonly string[] {
  const found: string[] = []
  const open: Open[] = []
  let isNameNext = false
  for (const [piece] of text.matchAll(token)) {
    const top = open.at(-1)
    switch (piece) {
      case '{':
        open.push({ names: new Set(), name: '', index: 0 })
        isNameNext = true
        break
      case '[':
        open.push({ names: null, name: '', index: 0 })
        isNameNext = false
        break
      case '}':
      case ']':
        open.pop()
        isNameNext = false
        break
      case ',':
        if (top !== undefined) top.index++
        isNameNext = top?.names != null
        break
      default:
        if (!isNameNext || top?.names == null) break
        isNameNext = false
        top.name = JSON.parse(piece) as string
        if (top.names.has(top.name))
          found.push(open.map((each) => (each.names === null ? `${each.index}` : each.name)).join('.'))
        top.names.add(top.name)
    }
  }
  return found
}

interface Part {
  readonly value: unknown
  readonly path: readonly string[]
}

/** With a stack of its own: a body of a megabyte may be nested half a million deep. */
function brokenTexts(value: unknown): readonly (readonly string[])[] {
  const found: (readonly string[])[] = []
  const rest: Part[] = [{ value, path: [] }]
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    const { value: each, path } = next
    if (typeof each === 'string' && !each.isWellFormed()) found.push(path)
    if (typeof each !== 'object' || each === null) continue
    for (const [name, member] of Object.entries(each).reverse()) {
      const inside = [...path, name.toWellFormed()]
      if (!name.isWellFormed()) found.push(inside)
      rest.push({ value: member, path: inside })
    }
  }
  return found
}
