/** A file as the lines that an import takes, each with its number in the file. Pure. */
import { type CsvRow, readCsv } from './read-csv.ts'

export interface FileLine {
  /** From 1. */
  readonly number: number
  readonly json: string
}

/** NDJSON goes as it is: what is wrong with a line, the API says. Whatever does not begin with a brace is a table. */
export function readLines(text: string): readonly FileLine[] {
  const first = text.trimStart().replace('\uFEFF', '')
  return first.startsWith('{') ? ofNdjson(text) : ofTable(readCsv(text))
}

function ofNdjson(text: string): readonly FileLine[] {
  return text
    .split('\n')
    .map((line, index) => ({ number: index + 1, json: line.replace('\uFEFF', '').trim() }))
    .filter(({ json }) => json !== '')
}

function ofTable([header, ...rows]: readonly CsvRow[]): readonly FileLine[] {
  const columns = (header?.cells ?? []).map((name) => name.trim())
  return rows.map(({ line, cells }) => ({ number: line, json: JSON.stringify(recordOf(columns, cells)) }))
}

function recordOf(columns: readonly string[], cells: readonly string[]): Record<string, unknown> {
  const record: Record<string, unknown> = {}
  const metadata: Record<string, unknown> = {}
  const tags: { readonly tag_type: string; readonly value: string }[] = []
  for (const [index, column] of columns.entries()) {
    const cell = (cells[index] ?? '').trim()
    // An empty cell says nothing: the field is left as it is, or as the API makes it.
    if (cell === '' || column === '') continue
    if (column.startsWith('metadata.')) metadata[column.slice('metadata.'.length)] = cell
    else if (column.startsWith('tags.'))
      tags.push(...valuesOf(cell).map((value) => ({ tag_type: column.slice('tags.'.length), value })))
    else record[column] = fieldOf(column, cell)
  }
  if (Object.keys(metadata).length > 0) record['metadata'] = metadata
  if (tags.length > 0) record['tags'] = tags
  return record
}

function valuesOf(cell: string): readonly string[] {
  return cell
    .split(';')
    .map((value) => value.trim())
    .filter((value) => value !== '')
}

/** By what the API has there. A text that is no such value goes as text: the API says what it must be. */
function fieldOf(column: string, cell: string): unknown {
  const lower = cell.toLowerCase()
  if (column === 'is_active')
    return lower === 'true' || lower === 'yes' || lower === '1'
      ? true
      : lower === 'false' || lower === 'no' || lower === '0'
        ? false
        : cell
  if (column === 'antenna_port' || column.endsWith('_id'))
    return /^\d{1,15}$/.test(cell) ? Number(cell) : cell
  if (column === 'geofence' || column === 'metadata' || column === 'settings') return jsonOr(cell)
  return cell
}

function jsonOr(cell: string): unknown {
  try {
    return JSON.parse(cell)
  } catch {
    return cell
  }
}
