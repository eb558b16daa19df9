/**
 * What `listen` shows in a terminal: a row for each request, of which one is chosen, and its details. Pure: state, what a key does
 * to it, and the lines that are drawn.
 *
 * Invariants
 *   V1. No line is longer than the terminal is wide, and there are no more than it is high.
 *   V2. Nothing of a request gives the terminal an order (P1); colour says nothing that a word does not say, too.
 *   V3. Rows are bounded; what is chosen stays chosen while others come, unless it was the newest.
 */
import { printable, printableLines } from '../printable.ts'
import type { LocalAnswer, RelayedRequest } from './relayed-request.ts'

export interface Row {
  readonly request: RelayedRequest
  /** Null until the local server answered. */
  readonly answer: { readonly answer: LocalAnswer; readonly tookMs: number } | null
}

export interface View {
  readonly webhookId: number
  readonly secret: string
  readonly target: string
  /** The oldest first. */
  readonly rows: readonly Row[]
  /** Index of a row; -1 while there is none. */
  readonly chosen: number
  /** The chosen row's request and answer instead of all rows; how many of its lines are passed over. */
  readonly details: { readonly skipped: number } | null
  /** The last thing that happened besides. */
  readonly note: string
}

/** What a key asks to be done outside. */
export type Wish =
  | { readonly kind: 'quit' }
  | { readonly kind: 'resend' | 'open'; readonly request: RelayedRequest }

export interface Size {
  readonly columns: number
  readonly rows: number
}

/** A day of looking at it; a row holds a body of some KiB. */
export const rowsMax = 500
/** Title, address, empty line, and the line of keys with the note before it. */
const frameLines = 5

export function emptyView(given: Pick<View, 'webhookId' | 'secret' | 'target'>): View {
  return { ...given, rows: [], chosen: -1, details: null, note: 'waiting for the first delivery' }
}

export function withRequest(view: View, request: RelayedRequest): View {
  const rows = [...view.rows, { request, answer: null }]
  const surplus = Math.max(0, rows.length - rowsMax)
  const isAtEnd = view.chosen === view.rows.length - 1 && view.details === null
  const chosen = isAtEnd ? rows.length - 1 : view.chosen
  return { ...view, rows: rows.slice(surplus), chosen: Math.max(0, chosen - surplus), note: '' } // V3
}

export function withAnswer(view: View, request: RelayedRequest, answer: LocalAnswer, tookMs: number): View {
  const rows = view.rows.map((row) =>
    row.request.id === request.id ? { request, answer: { answer, tookMs } } : row,
  )
  return { ...view, rows }
}

/** `key`: its name as readline tells it. */
export function pressed(view: View, key: string, size: Size): { readonly view: View; readonly wish?: Wish } {
  const row = view.rows[view.chosen]
  switch (key) {
    case 'q':
    case 'ctrl-c':
      return { view, wish: { kind: 'quit' } }
    case 'j':
    case 'down':
      return { view: moved(view, 1) }
    case 'k':
    case 'up':
      return { view: moved(view, -1) }
    case 'pagedown':
    case 'space':
      return { view: moved(view, listHeight(size)) }
    case 'pageup':
      return { view: moved(view, -listHeight(size)) }
    case 'g':
    case 'home':
      return { view: moved(view, Number.NEGATIVE_INFINITY) }
    case 'G':
    case 'end':
      return { view: moved(view, view.details === null ? Number.POSITIVE_INFINITY : 0) }
    case 'd':
    case 'return':
      return {
        view: row === undefined ? view : { ...view, details: view.details === null ? { skipped: 0 } : null },
      }
    case 'escape':
      return { view: { ...view, details: null } }
    case 'r':
    case 'o': {
      if (row === undefined) return { view: { ...view, note: 'there is nothing yet' } }
      return { view, wish: { kind: key === 'r' ? 'resend' : 'open', request: row.request } }
    }
    default:
      return { view }
  }
}

function moved(view: View, by: number): View {
  if (view.details !== null) return { ...view, details: { skipped: Math.max(0, view.details.skipped + by) } }
  const last = view.rows.length - 1
  return { ...view, chosen: Math.min(last, Math.max(Math.min(0, last), view.chosen + by)) }
}

const listHeight = ({ rows }: Size): number => Math.max(1, rows - frameLines)

/** One text for each line of the terminal. */
export function renderView(view: View, size: Size, isColoured: boolean): readonly string[] {
  const paint = isColoured ? painted : (text: string): string => text
  const height = listHeight(size)
  const body = view.details === null ? rowLines(view, height) : detailLines(view, height)
  const keys =
    view.details === null
      ? 'j/k choose  d details  r resend  o console  q quit'
      : 'j/k scroll  d back  r resend  o console  q quit'
  const lines: readonly Line[] = [
    { text: `scanhook listen  webhook ${view.webhookId}  -> ${printable(view.target)}`, style: 'bold' },
    { text: `secret ${view.secret}` },
    { text: '' },
    ...body,
    ...Array.from({ length: Math.max(0, height - body.length) }, () => ({ text: '' })),
    { text: view.note === '' ? summaryOf(view) : printable(view.note), style: 'dim' },
    { text: keys, style: 'dim' },
  ]
  return lines
    .slice(0, Math.max(1, size.rows))
    .map(({ text, style }) => paint(cut(text, size.columns), style)) // V1
}

interface Line {
  readonly text: string
  readonly style?: Style
}
type Style = 'bold' | 'dim' | 'chosen' | 'good' | 'bad'

const codes: Readonly<Record<Style, string>> = { bold: '1', dim: '2', chosen: '7', good: '32', bad: '31' }

function painted(text: string, style?: Style): string {
  return style === undefined ? text : `\u001b[${codes[style]}m${text}\u001b[0m`
}

/** By characters: what is twice as wide goes beyond, which a terminal that does not wrap leaves out. */
function cut(text: string, columns: number): string {
  const characters = [...text]
  return characters.length <= columns ? text : `${characters.slice(0, Math.max(0, columns - 1)).join('')}…`
}

function rowLines({ rows, chosen }: View, height: number): readonly Line[] {
  const from = Math.max(0, Math.min(chosen - Math.floor(height / 2), rows.length - height))
  return rows.slice(from, from + height).map((row, index) => {
    const isChosen = from + index === chosen
    return { text: `${isChosen ? '>' : ' '} ${rowText(row)}`, style: isChosen ? 'chosen' : styleOf(row) }
  })
}

function rowText({ request, answer }: Row): string {
  const what = `${printable(request.eventType)} [${printable(request.eventId)}]`
  if (answer === null) return `--> ${what}`
  const { status } = answer.answer
  return `<-- [${status}] ${`${Math.round(answer.tookMs)} ms`.padEnd(8)} ${what}`
}

function styleOf({ answer }: Row): Style {
  if (answer === null) return 'dim'
  return isGood(answer.answer) ? 'good' : 'bad'
}

const isGood = ({ status }: LocalAnswer): boolean => status >= 200 && status < 300

/** How many came, and what became of them. */
export function summaryOf({ rows }: View): string {
  const answered = rows.filter(({ answer }) => answer !== null)
  const good = answered.filter(({ answer }) => answer !== null && isGood(answer.answer)).length
  return `${rows.length} ${rows.length === 1 ? 'delivery' : 'deliveries'}: ${good} accepted, ${answered.length - good} refused`
}

function detailLines({ rows, chosen, details }: View, height: number): readonly Line[] {
  const row = rows[chosen]
  if (row === undefined) return []
  const { request, answer } = row
  const answered =
    answer === null
      ? ['no answer yet']
      : [
          `answer: ${answer.answer.status} in ${Math.round(answer.tookMs)} ms`,
          ...Object.entries(answer.answer.headers).map(([name, value]) => printable(`${name}: ${value}`)),
          '',
          ...textLines(answer.answer.body),
        ]
  const all = [
    `${printable(request.eventType)} [${printable(request.eventId)}]`,
    ...request.headers.map(([name, value]) => printable(`${name}: ${value}`)),
    '',
    ...textLines(request.body),
    '',
    ...answered,
  ]
  const skipped = Math.min(details?.skipped ?? 0, Math.max(0, all.length - height))
  return all.slice(skipped, skipped + height).map((text) => ({ text }))
}

/** JSON is set out, else it is as it came. */
function textLines(body: Buffer): readonly string[] {
  const text = body.toString()
  let shown = text
  try {
    shown = JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    // It is no JSON: it is shown as it is.
  }
  return printableLines(shown).replaceAll('\t', '  ').split('\n')
}
