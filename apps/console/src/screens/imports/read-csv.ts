/** A table as text (RFC 4180; comma, semicolon or tab between, whichever the first line has) as rows of cells. Pure. */

export interface CsvRow {
  /** In the text, from 1: where the row begins. */
  readonly line: number
  readonly cells: readonly string[]
}

export function readCsv(text: string): readonly CsvRow[] {
  const source = text.startsWith('\uFEFF') ? text.slice(1) : text
  const separator = separatorOf(source)
  const rows: CsvRow[] = []
  let [line, beginsAt, at] = [1, 1, 0]
  let cells: string[] = []
  let cell = ''
  const endRow = (): void => {
    cells.push(cell)
    if (cells.some((each) => each !== '')) rows.push({ line: beginsAt, cells })
    cells = []
    cell = ''
  }
  while (at < source.length) {
    const sign = source[at] ?? ''
    if (sign === '"' && cell === '') {
      const quoted = readQuoted(source, at + 1)
      cell = quoted.text
      line += quoted.text.split('\n').length - 1
      at = quoted.next
      continue
    }
    at += 1
    if (sign === separator) {
      cells.push(cell)
      cell = ''
    } else if (sign === '\n') {
      endRow()
      line += 1
      beginsAt = line
    } else if (sign !== '\r') cell += sign
  }
  if (cell !== '' || cells.length > 0) endRow()
  return rows
}

/** The text up to the closing quote; two quotes are one. A quote that never closes takes the rest. */
function readQuoted(source: string, from: number): { readonly text: string; readonly next: number } {
  let text = ''
  let at = from
  for (;;) {
    const end = source.indexOf('"', at)
    if (end === -1) return { text: text + source.slice(at), next: source.length }
    text += source.slice(at, end)
    if (source[end + 1] !== '"') return { text, next: end + 1 }
    text += '"'
    at = end + 2
  }
}

function separatorOf(source: string): string {
  const [first = ''] = source.split('\n', 1)
  const counts = [',', ';', '\t'].map((each) => [each, first.split(each).length] as const)
  return counts.reduce((best, each) => (each[1] > best[1] ? each : best))[0]
}
