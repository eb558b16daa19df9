/**
 * Text with JSON in it becomes its documents: one value, the entries of an array, lines, or values that follow each
 * other with nothing between them, as Zebra's readers write several objects into one frame.
 *
 * Invariant
 *   N1. Nothing here throws; what is not JSON is `unreadable` in its place, and does not cost its neighbours.
 */
import { splitValues } from './split-values.ts'

export type Document =
  | { readonly kind: 'json'; readonly json: unknown }
  /** A piece that is not JSON, among pieces that are. */
  | { readonly kind: 'unreadable' }

export interface Documents {
  readonly documents: readonly Document[]
  /** False for a single value: its problems are then named without an index. */
  readonly isBatch: boolean
}

/** Null when nothing in it is JSON. */
export function splitDocuments(text: string): Documents | null {
  const whole = documentOf(text)
  if (whole.kind === 'json') {
    const { json } = whole
    if (!Array.isArray(json)) return { documents: [whole], isBatch: false }
    return { documents: entriesOf(json), isBatch: true }
  }
  const pieces = documentsIn(text)
  if (pieces.every(isReadable)) return { documents: pieces, isBatch: true }
  // A broken value may have swallowed its neighbours; line by line it costs itself only.
  const lines = text.includes('\n') ? splitLines(text) : null
  const found = lines?.documents.some(isReadable) ? lines.documents : pieces
  return found.some(isReadable) ? { documents: found, isBatch: true } : null
}

/** Lines of JSON, blank ones skipped. Null when there is none. */
export function splitLines(text: string): Documents | null {
  const documents: Document[] = []
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue
    const document = documentOf(line)
    // One by one: a spread of a hundred thousand arguments overflows the stack.
    for (const each of document.kind === 'json' ? [document] : documentsIn(line)) documents.push(each)
  }
  return documents.length === 0 ? null : { documents, isBatch: true }
}

/** The values that follow each other in it, or one that is unreadable. */
function documentsIn(text: string): readonly Document[] {
  const documents: Document[] = []
  for (const piece of splitValues(text)) {
    const document = documentOf(piece)
    const isList = document.kind === 'json' && Array.isArray(document.json)
    for (const each of isList ? entriesOf(document.json) : [document]) documents.push(each)
  }
  return documents.some(isReadable) ? documents : [{ kind: 'unreadable' }]
}

function entriesOf(json: readonly unknown[]): readonly Document[] {
  return json.map((entry): Document => ({ kind: 'json', json: entry }))
}

function isReadable({ kind }: Document): boolean {
  return kind === 'json'
}

function documentOf(text: string): Document {
  try {
    return { kind: 'json', json: JSON.parse(text) }
  } catch {
    return { kind: 'unreadable' }
  }
}
